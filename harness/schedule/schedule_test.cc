#include "harness/schedule/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace framefence::schedule {
namespace {

using Fibre = std::uint32_t;
const std::vector<Fibre> kThree = {0, 1, 2};

std::vector<Fibre> Choices(Schedule& schedule, std::span<const Fibre> alive, std::size_t count) {
  std::vector<Fibre> chosen;
  Fibre current = kNobody;
  for (std::size_t i = 0; i < count; ++i)
    chosen.push_back(current = schedule.Choose({alive, current}));
  return chosen;
}

std::size_t Switches(const std::vector<Fibre>& chosen) {
  std::size_t switches = 0;
  for (std::size_t i = 1; i < chosen.size(); ++i) switches += chosen[i] != chosen[i - 1] ? 1 : 0;
  return switches;
}

TEST(ScheduleTest, PlainScheduleChangesFibresOnlyWhereOneWaitsOrEnds) {
  EXPECT_EQ(PlainChoice({kThree}), 0U);
  EXPECT_EQ(PlainChoice({kThree, 1}), 1U);
  EXPECT_EQ(PlainChoice({kThree, 1, true}), 2U);
  EXPECT_EQ(PlainChoice({kThree, 2, true}), 0U);
  const std::vector<Fibre> without_1 = {0, 2}, only_1 = {1};
  EXPECT_EQ(PlainChoice({without_1, 1}), 2U);
  EXPECT_EQ(PlainChoice({only_1, 1, true}), 1U);
  EXPECT_EQ(PlainChoice({only_1, 2}), 1U);
}

TEST(ScheduleTest, RandomChoosesEachAsOften) {
  RandomSchedule schedule(1);
  std::map<Fibre, int> counts;
  for (const Fibre fibre : Choices(schedule, kThree, 3000)) ++counts[fibre];
  for (const Fibre fibre : kThree) EXPECT_NEAR(counts[fibre], 1000, 150) << fibre;
}

// Seen to fail with priorities in the order of numbers.
TEST(ScheduleTest, PctOfDepthOneRunsWhoeverIsHighestAndEachOrderIsAsLikely) {
  std::map<std::vector<Fibre>, int> orders;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    PctSchedule schedule(seed, 1, 10);
    std::vector<Fibre> alive = kThree, order;
    Fibre current = kNobody;
    while (!alive.empty()) {
      current = schedule.Choose({alive, current});
      ASSERT_EQ(schedule.Choose({alive, current}), current);
      order.push_back(current);
      std::erase(alive, current);
    }
    ++orders[order];
  }
  EXPECT_EQ(orders.size(), 6U);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1000, 200);
}

// Seen to fail with a change point that comes a step too soon, or never.
TEST(ScheduleTest, PctPreemptsOnceLessThanItsDepthAtStepsThatAreAsLikely) {
  std::map<std::size_t, int> at;
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    PctSchedule schedule(seed, 2, 10);
    const auto chosen = Choices(schedule, kThree, 20);
    ASSERT_EQ(Switches(chosen), 1U);
    ++at[static_cast<std::size_t>(std::ranges::count(chosen, chosen[0]))];
    PctSchedule deep(seed, 4, 10);
    ASSERT_LE(Switches(Choices(deep, kThree, 20)), 3U);
  }
  EXPECT_EQ(at.size(), 10U);
  for (const auto& [step, count] : at) EXPECT_NEAR(count, 1000, 200) << step;
}

// Those who fell are in an order that was drawn: with two fibres and two change points either may
// run last. Seen to fail with each falling below all, and with all falling to one priority.
TEST(ScheduleTest, WhoFellAtALaterStepOfPctMayRunBeforeWhoFellEarlier) {
  const std::vector<Fibre> two = {0, 1};
  std::map<std::size_t, int> switches;
  int zero_last = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    PctSchedule schedule(seed, 3, 100);
    const auto chosen = Choices(schedule, two, 110);
    ++switches[Switches(chosen)];
    zero_last += chosen.back() == 0 ? 1 : 0;
  }
  EXPECT_GT(switches[1], 300);
  EXPECT_GT(switches[2], 300);
  EXPECT_NEAR(zero_last, 500, 100);
}

// Seen to fail with a wait that leaves priorities as they are.
TEST(ScheduleTest, UnderPctWhoWaitsLetsAllOthersRunBeforeIt) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    PctSchedule schedule(seed, 5, 200);
    std::vector<Fibre> waited = {schedule.Choose({kThree})};
    while (waited.size() < 60) waited.push_back(schedule.Choose({kThree, waited.back(), true}));
    for (std::size_t i = 3; i < waited.size(); ++i) {
      ASSERT_EQ(waited[i], waited[i - 3]) << seed;
      ASSERT_NE(waited[i], waited[i - 1]) << seed;
      ASSERT_NE(waited[i], waited[i - 2]) << seed;
    }
  }
}

// Seen to fail with a change point that lifts who comes to it above those that waited.
TEST(ScheduleTest, WhoComesToAChangePointOfPctFallsBelowThoseThatWaitedToo) {
  int switched = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    PctSchedule schedule(seed, 2, 10);
    Fibre current = schedule.Choose({kThree});
    for (int i = 0; i < 4; ++i) current = schedule.Choose({kThree, current, true});
    // The change point is at one of the ten steps: as often as not at one of the last.
    const Fibre before = current;
    for (int i = 0; i < 6; ++i) current = schedule.Choose({kThree, current});
    switched += current != before ? 1 : 0;
  }
  EXPECT_NEAR(switched, 600, 150);
}

TEST(ScheduleTest, ReplayHandsOverWhereItIsToldAndIsPlainElsewhere) {
  ReplaySchedule schedule({{2, 1}, {0, 2}, {1, 0}});
  EXPECT_EQ(Choices(schedule, kThree, 7), (std::vector<Fibre>{0, 0, 1, 2, 2, 0, 0}));
}

// Seen to fail with a handover that is done whoever it is to.
TEST(ScheduleTest, HandoverToWhoHasEndedGoesToAnother) {
  ReplaySchedule schedule({{0, 1}, {0, 200}});
  const std::vector<Fibre> alive = {0, 2};
  for (const Fibre fibre : Choices(schedule, alive, 3)) EXPECT_TRUE(fibre == 0 || fibre == 2);
}

TEST(ScheduleTest, ScheduleIsReadFromItsLine) {
  RandomSchedule random(7);
  PctSchedule pct(7, 3, 50);
  ReplaySchedule replay({{2, 1}});
  const std::pair<const char*, Schedule*> schedules[] = {
      {"random 7", &random}, {"pct 7 3 50", &pct}, {"replay 2>1", &replay}};
  for (const auto& [text, schedule] : schedules) {
    const auto read = ReadSchedule(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(Choices(**read, kThree, 60), Choices(*schedule, kThree, 60)) << text;
  }
  EXPECT_TRUE(ReadSchedule("replay").ok());
  for (const char* const text :
       {"", "random", "random x", "random 1 2", "pct 1 2", "pct 1 0 5", "pct 1 2 0",
        "pct 1 2 4294967296", "pct 1 2 3 4", "replay 1", "random 1,2", "plain"})
    EXPECT_FALSE(ReadSchedule(text).ok()) << text;
}

}  // namespace
}  // namespace framefence::schedule
