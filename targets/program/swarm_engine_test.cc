// What the swarm says of a system. Of the notes seen to fail: with the count left out, and with it there for a
// system that lacks nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/engine.h"
#include "targets/adapters/targets.h"

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

// Seen to fail with a silent system passing, and with every system failing.
TEST(SwarmEngineTest, ASystemThatDeliversNothingIsNoPass) {
  const report::EngineRun bare = RunOn(kBare);
  EXPECT_TRUE(bare.failed);
  EXPECT_THAT(bare.status, HasSubstr("delivered nothing"));
  EXPECT_FALSE(RunOn(*adapters::FindTarget("relay")).failed);
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
