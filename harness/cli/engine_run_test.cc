#include "harness/cli/engine_run.h"

#include <array>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace framefence::cli {
namespace {

using testing::HasSubstr;

EngineOutcome FindOne(const EngineTask&) {
  EngineOutcome outcome;
  outcome.run.ran = true;
  outcome.findings.emplace_back();
  return outcome;
}

constexpr std::array<std::string_view, 1> kFuzzed = {"libfuzzer"};

// Seen to fail with RunOn() calling every engine.
TEST(EngineRunTest, AnEngineBuiltForAnotherTargetFindsNothingInThisOne) {
  const contract::Target mine{.name = "mine"};
  const EngineInfo engine{.name = "libfuzzer", .run = FindOne};
  const EngineOutcome outcome = RunOn(engine, {.target = &mine});
  EXPECT_FALSE(outcome.run.ran);
  EXPECT_FALSE(outcome.run.failed);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.run.name, "libfuzzer");
  EXPECT_THAT(outcome.run.status, HasSubstr("not built for target mine"));
}

// Seen to fail when Failed() said so itself: reports that say "failed: " said it twice.
TEST(EngineRunTest, AFailureIsSaidByTheFlagAlone) {
  const EngineOutcome outcome = Failed({}, "out of memory");
  EXPECT_TRUE(outcome.run.failed);
  EXPECT_EQ(outcome.run.status, "out of memory");
}

TEST(EngineRunTest, AnEngineRunsOnItsTargetAndTheSwarmOnAny) {
  const contract::Target fuzzed{.name = "fuzzed", .engines = kFuzzed}, mine{.name = "mine"};
  EXPECT_TRUE(RunOn({.name = "libfuzzer", .run = FindOne}, {.target = &fuzzed}).run.ran);
  EXPECT_FALSE(RunOn({.name = "afl", .run = FindOne}, {.target = &fuzzed}).run.ran);
  const EngineInfo swarm{.name = "swarm", .any_target = true, .run = FindOne};
  EXPECT_TRUE(RunOn(swarm, {.target = &mine}).run.ran);
}

}  // namespace
}  // namespace framefence::cli
