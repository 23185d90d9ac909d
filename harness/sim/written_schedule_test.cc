#include "harness/sim/written_schedule.h"

#include <gtest/gtest.h>

#include "harness/cases/schema.h"
#include "harness/cases/text.h"
#include "harness/sim/system_for_tests.h"

namespace framefence::sim {
namespace {

cases::Case Read(const std::string& text) {
  const auto read = cases::ReadText("framefence case 1\n" + text);
  EXPECT_TRUE(read.ok()) << read.error().message;
  return *read;
}

TEST(WrittenScheduleTest, EachHandoverStandsBeforeTheStepThatMadeIt) {
  const cases::Case drawn = Read(
      "option schedule 2\noption schedule_seed 5\noption schedule_depth 3\noption schedule_steps "
      "9\n"
      "publish camera=1\nhandover after=7 to=7\nclose viewer=2\n");
  const MadeHandover made[] = {{0, {3, 1}}, {0, {4, 2}}, {2, {0, 1}}, {3, {9, 0}}};
  const auto written = WriteSchedule(drawn, made);
  ASSERT_TRUE(written);
  EXPECT_EQ(*written, Read("handover after=3 to=1\nhandover after=4 to=2\npublish camera=1\n"
                           "handover after=0 to=1\nclose viewer=2\nhandover after=9 to=0\n"));
}

TEST(WrittenScheduleTest, OneThatIsTooLongIsNotWritten) {
  const std::vector<MadeHandover> made(cases::kStepsMax, {0, {1, 1}});
  EXPECT_TRUE(WriteSchedule({}, made));
  EXPECT_FALSE(WriteSchedule(Read("publish camera=1\n"), made));
}

// Seen to fail with steps that take the handovers of the step after the next.
TEST(WorldScheduleTest, AStepsCallsAreToldItsHandoversAndNoOthers) {
  testing::ScriptedSystem system;
  system.can.schedules = true;
  World world(system);
  world.Play(
      Read("option provisioned 0\nhandover after=1 to=2\nhandover after=5 to=0\nbind account=0 "
           "camera=0\n"
           "unbind camera=0\nhandover after=0 to=1\n"));
  using Handovers = std::vector<contract::StepHandover>;
  EXPECT_EQ(system.steps, (std::vector<Handovers>{{{1, 2}, {5, 0}}, {}, {{0, 1}}}));
  EXPECT_EQ(world.counters().unsupported, 0U);
}

TEST(WorldScheduleTest, ASystemWithoutThreadsIsToldNothing) {
  testing::ScriptedSystem system;
  World world(system);
  world.Play(Read("handover after=1 to=2\nunbind camera=0\n"));
  EXPECT_TRUE(system.steps.empty());
  EXPECT_EQ(world.counters().unsupported, 1U);
}

// What the system says it made is kept by step, and in the trace.
TEST(WorldScheduleTest, HandoversThatAreMadeAreKept) {
  testing::ScriptedSystem system;
  system.can.schedules = true;
  World world(system);
  system.hands_over = {4, 1};
  world.Play(Read("advance ms=1\nunbind camera=0\n"));
  ASSERT_EQ(world.handovers().size(), 1U);
  EXPECT_EQ(world.handovers()[0].step, 1U);
  EXPECT_EQ(world.handovers()[0].handover, (contract::StepHandover{4, 1}));
  const std::uint64_t trace = world.trace_hash();
  system.hands_over = {4, 0};
  world.Play(Read("advance ms=1\nunbind camera=0\n"));
  EXPECT_NE(world.trace_hash(), trace);
}

// What was begun ends at the time at which it was.
TEST(WorldScheduleTest, BeforeTimePassesASystemWithThreadsEndsWhatIsUnderWay) {
  testing::ScriptedSystem system;
  system.can.schedules = true;
  World world(system);
  world.Play(Read("advance ms=2\nadvance ms=3\n"));
  const auto at = [](int ms) { return VirtualTime(std::chrono::milliseconds(ms)); };
  EXPECT_EQ(system.advances, (std::vector<VirtualTime>{at(0), at(2), at(2), at(5)}));
}

}  // namespace
}  // namespace framefence::sim
