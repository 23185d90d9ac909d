// Every rule is seen to object, every planted leak to be found, and every near twin to pass.
#include "properties/stateful/suite.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/prng.h"
#include "harness/cases/text.h"
#include "properties/stateful/faulty_system_for_tests.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"

namespace framefence::stateful {
namespace {

constexpr int kCasesARound = 100;
constexpr std::uint64_t kRoundsMax = 1000;  // to find a leak in; the slowest took 439 of them
constexpr std::uint64_t kRoundsOfTwin = 50;

std::optional<Counterexample> Search(contract::SystemUnderTest& system, std::uint64_t rounds,
                                     bool blind = false,
                                     std::span<const Property> properties = Properties()) {
  Suite suite(system, Promises{}, blind);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const Property& property = properties[round % properties.size()];
    if (auto found =
            suite.Check(property, Prng::ForPurpose(1, round).Next(), kCasesARound, /*quiet=*/true))
      return found;
  }
  return std::nullopt;
}

class EachLeak : public testing::TestWithParam<leaks::Entry> {
 protected:
  void SetUp() override { leaks::Plant(GetParam().mask()); }
  void TearDown() override { leaks::Plant(0); }
};

TEST_P(EachLeak, IsFoundAndEachTwinPasses) {
  adapters::RelayAdapter relay;
  const auto found = Search(relay, GetParam().is_twin() ? kRoundsOfTwin : kRoundsMax);
  if (GetParam().is_twin()) {
    EXPECT_FALSE(found) << found->what << "\n" << cases::WriteText(found->shrunk);
    return;
  }
  ASSERT_TRUE(found);
  // The counterexample is a case: played on its own it violates, at its last step and not before.
  sim::World world(relay);
  world.Play(found->shrunk);
  EXPECT_FALSE(world.oracle().violations().empty()) << cases::WriteText(found->shrunk);
  cases::Case shorter = found->shrunk;
  shorter.steps.pop_back();
  world.Play(shorter);
  EXPECT_TRUE(world.oracle().violations().empty()) << cases::WriteText(found->shrunk);
}

std::string NameOf(const testing::TestParamInfo<leaks::Entry>& info) {
  std::string name(info.param.id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
// The suite drives one thread.
std::vector<leaks::Entry> LeaksOfTheRelay() {
  std::vector<leaks::Entry> entries;
  std::ranges::copy_if(leaks::Catalogue(), std::back_inserter(entries),
                       [](const leaks::Entry& entry) { return entry.target() == "relay"; });
  return entries;
}
INSTANTIATE_TEST_SUITE_P(Catalogue, EachLeak, testing::ValuesIn(LeaksOfTheRelay()), NameOf);

std::string PropertyBrokenBy(Fault fault) {
  adapters::RelayAdapter relay;
  FaultySystem faulty(relay, fault);
  const auto found = Search(faulty, kRoundsOfTwin);
  return found ? std::string(found->sentence) : "none";
}

TEST(Rules, ObjectToARefusalThatTheModelGrants) {
  EXPECT_EQ(PropertyBrokenBy(Fault::kRefusesClose), "AcknowledgementsAreWhatTheModelSays");
}

TEST(Rules, ObjectToAMissingAnswer) {
  EXPECT_EQ(PropertyBrokenBy(Fault::kLosesAnAck), "AcknowledgementsAreWhatTheModelSays");
}

TEST(Rules, ObjectToAMissingFrame) {
  EXPECT_EQ(PropertyBrokenBy(Fault::kLosesPackets),
            "AnEntitledViewerOnACleanNetworkSeesEveryFrame");
}

TEST(Rules, ObjectToMissingStills) {
  EXPECT_EQ(PropertyBrokenBy(Fault::kServesNoStills), "ADisplayUnderLossIsNeverLongWithoutAStill");
}

// On its own, since the oracle sees this too: two witnesses, of which this one knows no byte.
TEST(Rules, ObjectToAnythingSentToTheUnentitled) {
  constexpr Rule kSilenceAlone[] = {TheUnentitledReceiveNothing};
  const Property property{"SilenceAlone", {.ends = 4}, kSilenceAlone};
  adapters::RelayAdapter relay;
  FaultySystem faulty(relay, Fault::kSendsToTheRevoked);
  EXPECT_TRUE(Search(faulty, kRoundsOfTwin, /*blind=*/false, {&property, 1}));
  EXPECT_FALSE(Search(relay, kRoundsOfTwin, /*blind=*/false, {&property, 1}));
}

// Seen to fail with no case played twice.
TEST(Suite, FindsACaseThatGivesTwoTraces) {
  EXPECT_EQ(PropertyBrokenBy(Fault::kCountsCases), "TheSameCaseGivesTheSameTrace");
}

TEST(Rules, HaveNoObjectionToTheRelay) { EXPECT_EQ(PropertyBrokenBy(Fault::kNone), "none"); }

TEST(Suite, IsBlindOnRequest) {
  adapters::RelayAdapter relay;
  FaultySystem faulty(relay, Fault::kServesNoStills);
  EXPECT_FALSE(Search(faulty, kRoundsOfTwin, /*blind=*/true));
}

TEST(Suite, FindsTheSameCounterexampleFromTheSameSeed) {
  adapters::RelayAdapter relay;
  FaultySystem faulty(relay, Fault::kLosesPackets);
  const auto first = Search(faulty, kRoundsOfTwin), second = Search(faulty, kRoundsOfTwin);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->shrunk, second->shrunk);
}

}  // namespace
}  // namespace framefence::stateful
