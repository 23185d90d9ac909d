// Each planted leak of the core is shown by a sequence of operations that ends in a wrong lease,
// and that happens over the words that ship as it does over tiny ones, and in the whole relay. The
// twins are not.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/sim/world.h"
#include "properties/invariants/native_replay.h"
#include "properties/invariants/search.h"
#include "properties/invariants/witness_case.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/planted/planting.h"

namespace framefence::proofs {
namespace {

using leaks::Leak;

class PlantedSearch : public testing::Test {
 protected:
  static void Plant(Leak leak) { leaks::Plant(std::uint64_t{1} << static_cast<unsigned>(leak)); }
  void TearDown() override { leaks::Plant(0); }

  static void ExpectShown(Leak leak, std::string_view property) {
    Plant(leak);
    const SearchReport report = Search({.deliveries_only = true});
    ASSERT_FALSE(report.witness.empty());
    EXPECT_EQ(report.property, property);
    EXPECT_EQ(BrokenNatively(report.witness), property);
    EXPECT_TRUE(ViolatesInTheWholeRelay(report.witness)) << ToString(report.witness);
    leaks::Plant(0);
    EXPECT_EQ(BrokenNatively(report.witness), "") << "the clean core shows it too";
    EXPECT_FALSE(ViolatesInTheWholeRelay(report.witness)) << "the clean relay shows it too";
  }
  static bool ViolatesInTheWholeRelay(std::span<const Operation> witness) {
    adapters::RelayAdapter relay;
    sim::World world(relay);
    const std::vector<cases::Case> all = CasesOf(witness);
    return std::any_of(all.begin(), all.end(), [&](const cases::Case& candidate) {
      world.Play(candidate);
      return !world.oracle().violations().empty();
    });
  }
  static void ExpectNotShown(Leak leak) {
    Plant(leak);
    EXPECT_TRUE(Search({.depth_max = 6}).witness.empty());
  }
};

TEST_F(PlantedSearch, ShowsTheStillWhoseOwnerIsNotChecked) {
  ExpectShown(Leak::kStillFallbackSkipsOwner, "ISO-001");
  ExpectNotShown(Leak::kStillOwnerFromDirectory);
}

TEST_F(PlantedSearch, ShowsTheReusedBuffersTail) {
  ExpectShown(Leak::kReusedBufferKeepsLength, "ISO-010");
}

TEST_F(PlantedSearch, ShowsTheResolutionOfAnotherAccount) {
  ExpectShown(Leak::kResolutionKeyOmitsAccount, "ISO-001");
  ExpectNotShown(Leak::kResolutionHitChecksAccount);
}

TEST_F(PlantedSearch, ShowsTheDatagramFromElsewhere) {
  ExpectShown(Leak::kIngestPortSkipsSource, "ISO-001");
  ExpectNotShown(Leak::kIngestPortAcceptsNewSsrc);
}

}  // namespace
}  // namespace framefence::proofs
