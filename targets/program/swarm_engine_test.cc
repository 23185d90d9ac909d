// What the swarm says of a system. Of the notes seen to fail: with the count left out, and with it there for a
// system that lacks nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/engine.h"
#include "harness/cli/exit_status.h"
#include "targets/adapters/targets.h"

#ifndef __has_feature  // clang's
#define __has_feature(feature) 0
#endif

namespace framefence::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// Starts and stops publishers, and no more.
class BareSystem final : public contract::SystemUnderTest {
 public:
  std::string_view name() const override { return "bare"; }
  contract::Capabilities capabilities() const override {
    return {.operations = contract::Operations({contract::Operation::kStartPublisher})};
  }
  void Reset(const contract::Deployment&, contract::Observer& observer) override {
    observer_ = &observer;
  }
  void Submit(const contract::Request& request, VirtualTime) override {
    observer_->OnAck({.number = request.number});
  }
  void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte>,
              VirtualTime) override {}
  void AdvanceTo(VirtualTime) override {}

 private:
  contract::Observer* observer_ = nullptr;
};

report::EngineRun RunOn(const contract::Target& target) {
  return RunSwarm({.target = &target, .cases_max = 50}).run;
}

const contract::Target kBare{"bare", "", contract::Make<BareSystem>};

TEST(SwarmEngineTest, WhatASystemLacksIsSaid) {
  EXPECT_THAT(RunOn(kBare).notes, Contains(HasSubstr("the system lacks")));
  EXPECT_THAT(RunOn(*adapters::FindTarget("relay")).notes, Not(Contains(HasSubstr("lacks"))));
}

// Nothing seen bounds nothing then. Seen to fail with a silent system passing, and with every system
// failing; with the bound said of any.
TEST(SwarmEngineTest, ASystemThatDeliversNothingIsNoPass) {
  const report::EngineRun bare = RunOn(kBare);
  EXPECT_TRUE(bare.failed);
  EXPECT_THAT(bare.status, HasSubstr("delivered nothing"));
  EXPECT_THAT(bare.notes, Not(Contains(HasSubstr("none broke isolation"))));
  const report::EngineRun relay = RunOn(*adapters::FindTarget("relay"));
  EXPECT_FALSE(relay.failed);
  EXPECT_THAT(relay.notes, Contains(HasSubstr("none broke isolation")));
}

// Never comes back from its first call.
class HangingSystem final : public contract::SystemUnderTest {
 public:
  std::string_view name() const override { return "hanging"; }
  contract::Capabilities capabilities() const override {
    return {.operations = contract::Operations({contract::Operation::kStartPublisher})};
  }
  void Reset(const contract::Deployment&, contract::Observer&) override {}
  void Submit(const contract::Request&, VirtualTime) override {
    while (hangs_) {
    }
  }
  void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte>,
              VirtualTime) override {}
  void AdvanceTo(VirtualTime) override {}

 private:
  volatile bool hangs_ = true;
};

// Seen to hang where the watch ended with the campaign's time.
TEST(SwarmEngineDeathTest, ACaseThatHangsEndsThoughTheTimeIsUp) {
#if __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a death test and ThreadSanitizer do not go together";
#endif
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const contract::Target hanging{"hanging", "", contract::Make<HangingSystem>};
  const std::string folder = ::testing::TempDir() + "framefence-hanging";
  EXPECT_EXIT(RunSwarm({.target = &hanging,
                        .seconds = 0.01,
                        .case_time_max = std::chrono::milliseconds(300),
                        .crash_folder = folder}),
              ::testing::ExitedWithCode(kExitCrash), "did not come back");
  std::filesystem::remove_all(folder);
}

// What a campaign never came to, it did not judge. Seen to fail with what the swarm draws for liveness,
// upgrades or feedback left out.
TEST(SwarmEngineTest, TheRelaysSwarmMeetsEverySituation) {
  const report::EngineRun run =
      RunSwarm({.target = adapters::FindTarget("relay"), .cases_max = 3'000}).run;
  ASSERT_TRUE(run.marks);
  for (int i = 0; i < sim::kMarkCount; ++i)
    EXPECT_GT((*run.marks)[static_cast<std::size_t>(i)], 0U) << NameOf(static_cast<sim::Mark>(i));
  EXPECT_THAT(RunOn(kBare).notes,
              Contains(AllOf(HasSubstr("never: "), HasSubstr("frame-received"))));
}

}  // namespace
}  // namespace framefence::cli
