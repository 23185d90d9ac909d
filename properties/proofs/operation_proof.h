// All that has to be proved of one operation: its conditions, and what they may rest on.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_OPERATION_PROOF_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_OPERATION_PROOF_H_

#include <z3++.h>

#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "properties/invariants/invariant.h"
#include "properties/proofs/proof.h"
#include "properties/proofs/symbolic_world.h"

namespace framefence::proofs {

using Conjuncts = std::bitset<kConjunctCount>;

struct Goal {
  Condition condition;
  std::optional<Conjunct> conjunct;  // of initiation and consecution
  z3::expr formula;  // must follow; of Obligation::kReachability: must be satisfiable
  // Once settled: the instances of the invariant that the solver was given, and of which conjuncts
  // they are.
  std::vector<z3::expr> premises{};
  Conjuncts used{};
  bool settled = false;
};

// The conditions of one operation, or without a kind: of the initial state.
class OperationProof {
 public:
  OperationProof(std::optional<OperationKind> kind, unsigned milliseconds_max);

  std::vector<Goal>& goals() { return goals_; }

  // Decides the goal with these conjuncts of the invariant assumed before the operation.
  void Settle(Goal& goal, const Conjuncts& invariant);

  // The settled goal with its premises as an SMT-LIB 2 script (without set-logic). What is proved
  // is unsatisfiable.
  std::string Script(const Goal& goal) const;
  // Whether the goal is that something can be, so that to prove it is to find a model.
  static bool WantsModel(const Goal& goal);

 private:
  void ProveInitiation();
  void ProveOperation(OperationKind kind);
  void AddPath(const SymbolicWorld& after, const Outcome<SymbolicMachine>& outcome,
               const z3::expr& path, const z3::expr& demands);
  void AddConsecution(const SymbolicWorld& after, const Outcome<SymbolicMachine>& outcome,
                      const z3::expr& path);
  void AddPermanence(const SymbolicWorld& after, const z3::expr& path);
  // The goal of that name, which gets one conjunct more.
  Goal& Require(Obligation obligation, std::string_view name, std::string_view says,
                const z3::expr& formula);
  void RequireConjunct(Obligation obligation, Conjunct conjunct, const z3::expr& formula);
  void AssumeInvariant();
  void Instantiate();
  static z3::expr Searched(const Goal& goal);
  // Gives the solver some instances that the model breaks. False: there is none.
  bool AddPremises(const z3::model& model, const Conjuncts& invariant, Goal& goal,
                   z3::solver& solver) const;
  static void Explain(const z3::model& model, const Goal& goal, Condition& condition);

  std::string operation_;
  unsigned milliseconds_max_;
  SymbolicWorld before_;
  AnyArguments arguments_;
  AnyArguments anything_;  // the index at which the invariant must hold afterwards
  std::vector<z3::expr> assumptions_;
  std::vector<std::vector<z3::expr>>
      held_before_;  // by conjunct: at `anything_`, before the operation
  std::vector<std::vector<z3::expr>> instances_;  // by conjunct
  std::vector<Goal> goals_;
};

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_OPERATION_PROOF_H_
