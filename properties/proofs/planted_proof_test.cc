// The proof fails where it should: each planted leak of the core is refuted, in the claim that it
// breaks, and each near twin is proved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/proofs/proof.h"
#include "targets/planted/planting.h"

namespace framefence::proofs {
namespace {

using leaks::Leak;

using enum OperationKind;

// `operations`: those whose source the leak changes. All others are as in the core that ships.
Report ProveWith(Leak leak, std::vector<OperationKind> operations) {
  leaks::Plant(std::uint64_t{1} << static_cast<unsigned>(leak));
  Report report = Prove({.operations = std::move(operations)});
  leaks::Plant(0);
  return report;
}

bool Refutes(const Report& report, std::string_view operation, std::string_view says) {
  return std::any_of(
      report.conditions.begin(), report.conditions.end(), [&](const Condition& condition) {
        return condition.operation == operation && condition.says == says &&
               condition.result == Verdict::kRefuted && !condition.counterexample.empty();
      });
}

TEST(PlantedProof, AStillWithoutItsOwnerCheckedIsRefutedAndOnlyThat) {
  const Report report = ProveWith(Leak::kStillFallbackSkipsOwner, {kLendPacket, kLendStill});
  EXPECT_TRUE(Refutes(report, "LendStill", "the bytes are of the camera that the session is for"));
  EXPECT_FALSE(
      Refutes(report, "LendPacket", "the bytes are of the camera that the session is for"));
  EXPECT_TRUE(report.dropped.empty());
  ASSERT_TRUE(report.shown);
  EXPECT_FALSE(report.shown->witness.empty());
}

TEST(PlantedProof, AReusedBuffersOldLengthIsRefuted) {
  const Report report =
      ProveWith(Leak::kReusedBufferKeepsLength, {kCommit, kLendPacket, kLendStill});
  EXPECT_TRUE(
      Refutes(report, "LendPacket", "only bytes written since the filling began are shown"));
  EXPECT_TRUE(Refutes(report, "LendStill", "only bytes written since the filling began are shown"));
}

TEST(PlantedProof, AResolutionWithoutItsAccountIsRefuted) {
  const Report report = ProveWith(Leak::kResolutionKeyOmitsAccount, {kGrantApp, kGrantIntegration});
  EXPECT_TRUE(Refutes(report, "GrantApp", "an account is promised a camera of its own"));
  EXPECT_TRUE(Refutes(report, "GrantIntegration", "an account is promised a camera of its own"));
}

TEST(PlantedProof, ADatagramFromAnywhereIsRefuted) {
  const Report report =
      ProveWith(Leak::kIngestPortSkipsSource, {kLatchSsrc, kCheckPublisher, kAdmit});
  EXPECT_TRUE(Refutes(report, "Admit", "a datagram is admitted for the camera that sent it"));
  EXPECT_TRUE(Refutes(report, "LatchSsrc", "a port listens to the camera that has it"));
  EXPECT_TRUE(Refutes(report, "CheckPublisher", "a port listens to the camera that has it"));
}

// The fourth twin, kReusedBufferClearsTail, is not in the core.
TEST(PlantedProof, TheTwinsAreProved) {
  EXPECT_TRUE(ProveWith(Leak::kStillOwnerFromDirectory, {kLendStill}).Holds());
  EXPECT_TRUE(ProveWith(Leak::kResolutionHitChecksAccount, {kGrantApp, kGrantIntegration}).Holds());
  EXPECT_TRUE(ProveWith(Leak::kIngestPortAcceptsNewSsrc, {kAdmit}).Holds());
}

}  // namespace
}  // namespace framefence::proofs
