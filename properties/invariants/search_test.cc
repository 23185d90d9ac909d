// Everything that can happen in a tiny deployment, and nothing is wrong. That the search can fail
// is shown in planted_search_test.cc, on the planted build.
#include "properties/invariants/search.h"

#include <gtest/gtest.h>

#include <set>

namespace framefence::proofs {
namespace {

TEST(Search, NothingIsWrongInATinyDeploymentSixGoesDeep) {
  const SearchReport report = Search({.depth_max = 6, .check_invariant = true});
  EXPECT_TRUE(report.witness.empty()) << report.property << ": " << report.says;
  EXPECT_FALSE(report.broken_conjunct) << ToString(*report.broken_conjunct);
  EXPECT_EQ(report.depth, 6U);
}

TEST(Search, NothingIsWrongWithEveryInterleavingAndCountersOfOneBit) {
  const SearchReport report = Search(
      {.counter_bits = 1, .whole_frames = false, .states_max = 300'000, .check_invariant = true});
  EXPECT_TRUE(report.witness.empty()) << report.property << ": " << report.says;
  EXPECT_FALSE(report.broken_conjunct) << ToString(*report.broken_conjunct);
}

TEST(Search, EveryOperationSucceedsSomewhere) {
  std::set<OperationKind> succeeded;
  for (const auto& [kind, status] : Search({.depth_max = 6}).answers) {
    if (status == relay::Status::kOk) succeeded.insert(kind);
  }
  EXPECT_EQ(succeeded.size(), kOperationKindCount);
}

}  // namespace
}  // namespace framefence::proofs
