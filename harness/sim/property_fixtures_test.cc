// Each property has a system that breaks it and no other, and the judges say just that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/sim/property_fixtures_for_tests.h"

namespace framefence::sim {
namespace {

using ::testing::ElementsAre;
using testing::Flaw;
using ::testing::IsEmpty;
using testing::Judged;
using testing::PropertyFixture;
using testing::PropertyFixtures;

// Seen to fail for ISO-010 when the oracle lets a packet hold two frames (JudgeOneFrame).
TEST(PropertyFixturesTest, EachFlawBreaksItsPropertyAndNoOther) {
  for (const PropertyFixture& fixture : PropertyFixtures()) {
    EXPECT_THAT(Judge(fixture.flaw, fixture).broken, ElementsAre(fixture.property))
        << oracle::ToString(fixture.property);
  }
}

// The near twin: the same system, right, in the same situation.
TEST(PropertyFixturesTest, WithoutItsFlawTheSystemBreaksNothing) {
  for (const PropertyFixture& fixture : PropertyFixtures()) {
    const Judged judged = Judge(Flaw::kNone, fixture);
    EXPECT_THAT(judged.broken, IsEmpty()) << oracle::ToString(fixture.property);
    EXPECT_GT(judged.deliveries, 0U) << oracle::ToString(fixture.property);
  }
}

TEST(PropertyFixturesTest, NoFlawIsTakenForAnotherInAnySituation) {
  for (const PropertyFixture& fixture : PropertyFixtures()) {
    for (const PropertyFixture& situation : PropertyFixtures()) {
      for (const oracle::Property broken : Judge(fixture.flaw, situation).broken) {
        EXPECT_EQ(broken, fixture.property) << oracle::ToString(situation.property);
      }
    }
  }
}

TEST(PropertyFixturesTest, EveryPropertyIsInTheTable) {
  std::vector<int> numbers;
  for (const PropertyFixture& fixture : PropertyFixtures())
    numbers.push_back(static_cast<int>(fixture.property));
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

}  // namespace
}  // namespace framefence::sim
