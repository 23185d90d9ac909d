// The proof of the core that ships. That it can fail is shown in planted_proof_test.cc, on the
// planted build.
#include "properties/proofs/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "properties/invariants/operations.h"
#include "properties/proofs/symbolic_machine.h"
#include "targets/relay/core/native_machine.h"

namespace framefence::proofs {
namespace {

const Report& CleanReport() {
  static const Report report = Prove({.ask_cvc5 = true});
  return report;
}

TEST(Proof, TheCoreThatShipsKeepsEveryHomesPictureAtHome) {
  const Report& report = CleanReport();
  for (const Condition& condition : report.conditions) {
    EXPECT_EQ(condition.result, Verdict::kProved)
        << condition.operation << ": " << ToString(condition.obligation) << " of " << condition.name
        << " " << condition.says;
  }
  EXPECT_TRUE(report.Holds());
  EXPECT_TRUE(report.dropped.empty());
}

TEST(Proof, EveryOperationAndEveryPropertyHasConditions) {
  std::map<std::string, std::set<Obligation>> obligations;
  std::set<std::string> claimed;
  for (const Condition& condition : CleanReport().conditions) {
    obligations[condition.operation].insert(condition.obligation);
    if (condition.obligation == Obligation::kClaim) claimed.insert(condition.name);
  }
  EXPECT_EQ(obligations.size(), 1 + kOperationKindCount);
  for (std::size_t i = 0; i < kOperationKindCount; ++i) {
    const std::string operation(ToString(static_cast<OperationKind>(i)));
    EXPECT_THAT(obligations[operation],
                testing::IsSupersetOf({Obligation::kConsecution, Obligation::kPermanence,
                                       Obligation::kRange, Obligation::kCoverage,
                                       Obligation::kReachability}))
        << operation;
  }
  EXPECT_THAT(claimed, testing::ElementsAre("ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-005",
                                            "ISO-010"));
}

TEST(Proof, EveryOperationCanSucceed) {
  std::set<std::string> succeed;
  for (const Condition& condition : CleanReport().conditions) {
    if (condition.obligation == Obligation::kReachability && condition.name == "ok") {
      succeed.insert(condition.operation);
    }
  }
  EXPECT_EQ(succeed.size(), kOperationKindCount);
}

// Seen to fail: without the program in PATH.
TEST(Proof, ASecondSolverAgrees) {
  std::size_t asked = 0;
  for (const Condition& condition : CleanReport().conditions) {
    if (!condition.cvc5) continue;
    ++asked;
    EXPECT_EQ(*condition.cvc5, Verdict::kProved)
        << condition.operation << ": " << ToString(condition.obligation) << " of " << condition.name
        << " " << condition.says;
  }
  EXPECT_GT(asked, 200U);
}

TEST(Proof, NoConjunctOfTheInvariantIsRedundant) {
  std::vector<std::string_view> names;
  for (const Conjunct conjunct : FindRedundantConjuncts({})) names.push_back(ToString(conjunct));
  EXPECT_THAT(names, testing::IsEmpty());
}

template <class Symbolic, class Native>
constexpr bool kSameWidth = Symbolic::kWidth == 8 * sizeof(Native);

TEST(Proof, WordsHaveTheWidthsThatShip) {
  using S = SymbolicMachine;
  using N = relay::core::NativeMachine;
  EXPECT_TRUE((kSameWidth<S::Account, N::Account>));
  EXPECT_TRUE((kSameWidth<S::Camera, N::Camera>));
  EXPECT_TRUE((kSameWidth<S::Name, N::Name>));
  EXPECT_TRUE((kSameWidth<S::Integration, N::Integration>));
  EXPECT_TRUE((kSameWidth<S::Viewer, N::Viewer>));
  EXPECT_TRUE((kSameWidth<S::Port, N::Port>));
  EXPECT_TRUE((kSameWidth<S::Slot, N::Slot>));
  EXPECT_TRUE((kSameWidth<S::Epoch, N::Epoch>));
  EXPECT_TRUE((kSameWidth<S::Generation, N::Generation>));
  EXPECT_TRUE((kSameWidth<S::Ticket, N::Ticket>));
  EXPECT_TRUE((kSameWidth<S::Time, N::Time>));
  EXPECT_TRUE((kSameWidth<S::Length, N::Length>));
  EXPECT_TRUE((kSameWidth<S::Source, N::Source>));
  EXPECT_TRUE((kSameWidth<S::Ssrc, N::Ssrc>));
}

}  // namespace
}  // namespace framefence::proofs
