#include "properties/proofs/operation_proof.h"

#include <algorithm>
#include <map>
#include <set>

#include "properties/proofs/stopwatch.h"

namespace framefence::proofs {
namespace {

using M = SymbolicMachine;

template <class Emit>
void EmitTables(const SymbolicWorld& world, const SymbolicArguments& at, const Emit& emit) {
  const Invariant<M> invariant(world);
  invariant.ForAll(emit);
  invariant.ForCamera(at.camera, emit);
  invariant.ForAlias(at.account, at.name, emit);
  invariant.ForResolution(at.account, at.name, emit);
  invariant.ForIntegration(at.integration, emit);
  invariant.ForLink(at.account, at.integration, emit);
  invariant.ForPort(at.port, emit);
  invariant.ForSlot(at.slot, emit);
  invariant.ForSlotAndIntegration(at.slot, at.integration, emit);
  invariant.ForViewer(at.viewer, emit);
}

template <class Emit>
void EmitHandedOut(const SymbolicWorld& world, const SymbolicArguments& at, const Emit& emit) {
  const Invariant<M> invariant(world);
  invariant.ForGrant(at.grant, emit);
  invariant.ForSession(at.session, emit);
  invariant.ForAdmission(at.admission, emit);
  invariant.ForAdmissionAndIntegration(at.admission, at.integration, emit);
  invariant.ForSlotAndAdmission(at.slot, at.admission, emit);
  invariant.ForFilling(at.filling, emit);
}

// Numbers as people write them; what is no number as Z3 prints it.
std::string Readable(const z3::expr& value) {
  std::uint64_t number = 0;
  if (value.is_bv() && value.is_numeral_u64(number)) return std::to_string(number);
  return value.to_string();
}

}  // namespace

OperationProof::OperationProof(std::optional<OperationKind> kind, unsigned milliseconds_max)
    : operation_(kind ? std::string(ToString(*kind)) : "initial state"),
      milliseconds_max_(milliseconds_max),
      before_(AnyWorld()),
      arguments_(MakeAnyArguments("")),
      anything_(MakeAnyArguments("any.")),
      held_before_(kConjunctCount),
      instances_(kConjunctCount) {
  assumptions_ = {Deployment(before_), arguments_.condition, anything_.condition};
  if (kind) {
    ProveOperation(*kind);
    AssumeInvariant();
  } else {
    ProveInitiation();
  }
}

// --- what must follow

void OperationProof::ProveInitiation() {
  const SymbolicWorld initial = InitialWorld(before_);
  EmitTables(initial, anything_.values, [&](Conjunct conjunct, const SymbolicBool& holds) {
    RequireConjunct(Obligation::kInitiation, conjunct, holds.term());
  });
}

void OperationProof::ProveOperation(OperationKind kind) {
  SymbolicWorld scratch = before_;
  assumptions_.push_back(Step<M>(scratch, arguments_.values).Assumed(kind).term());
  z3::expr covered = Context().bool_val(false);
  std::map<relay::Status, z3::expr> reached;
  std::size_t paths = 0;

  const auto remember = [&](Conjunct conjunct, const SymbolicBool& holds) {
    held_before_[static_cast<std::size_t>(conjunct)].push_back(holds.term());
  };
  EmitTables(before_, anything_.values, remember);
  EmitHandedOut(before_, anything_.values, remember);

  SymbolicWorld after;
  Outcome<M> outcome;
  PathExplorer explorer(assumptions_);
  explorer.Explore(
      [&] {
        after = before_;
        outcome = Step<M>(after, arguments_.values).Take(kind);
      },
      [&](const z3::expr& path, const z3::expr& demands) {
        AddPath(after, outcome, path, demands);
        covered = covered || path;
        const auto [at, is_new] = reached.try_emplace(outcome.status, path);
        if (!is_new) at->second = at->second || path;
        ++paths;
      });

  Require(Obligation::kCoverage, "paths", "", covered).condition.paths = paths;
  for (const auto& [status, path] : reached) {
    Require(Obligation::kReachability, relay::ToString(status), "", path);
  }
}

void OperationProof::AddPath(const SymbolicWorld& after, const Outcome<M>& outcome,
                             const z3::expr& path, const z3::expr& demands) {
  for (std::size_t i = 0; i < outcome.claim_count; ++i) {
    const Claim<M>& claim = outcome.claims[i];
    Require(Obligation::kClaim, claim.property, claim.says, z3::implies(path, claim.holds.term()));
  }
  Require(Obligation::kRange, "records", "", demands);
  AddPermanence(after, path);
  AddConsecution(after, outcome, path);
}

void OperationProof::AddPermanence(const SymbolicWorld& after, const z3::expr& path) {
  const auto& promised = anything_.values.grant.promised;
  const auto& session = anything_.values.session;
  Require(Obligation::kPermanence, "ISO-003", "a promise once withdrawn stays withdrawn",
          z3::implies(
              path,
              Implies(Withdrawn(before_.spec, promised), Withdrawn(after.spec, promised)).term()));
  Require(Obligation::kPermanence, "ISO-003", "a session once closed stays closed",
          z3::implies(path,
                      Implies(Closed(before_.spec, session), Closed(after.spec, session)).term()));
}

void OperationProof::AddConsecution(const SymbolicWorld& after, const Outcome<M>& outcome,
                                    const z3::expr& path) {
  // What the operation does not touch is the same term before and after, and needs no solver.
  const auto emit = [&](Conjunct conjunct, const SymbolicBool& holds) {
    const auto& before = held_before_[static_cast<std::size_t>(conjunct)];
    const bool untouched = std::any_of(before.begin(), before.end(), [&](const z3::expr& term) {
      return z3::eq(term, holds.term());
    });
    RequireConjunct(Obligation::kConsecution, conjunct,
                    untouched ? Context().bool_val(true) : z3::implies(path, holds.term()));
  };
  EmitTables(after, anything_.values, emit);
  EmitHandedOut(after, anything_.values, emit);
  const Invariant<M> invariant(after);
  if (outcome.grant) invariant.ForGrant(*outcome.grant, emit);
  if (outcome.session) invariant.ForSession(*outcome.session, emit);
  if (outcome.filling) invariant.ForFilling(*outcome.filling, emit);
  if (outcome.admission) {
    invariant.ForAdmission(*outcome.admission, emit);
    invariant.ForAdmissionAndIntegration(*outcome.admission, anything_.values.integration, emit);
    invariant.ForSlotAndAdmission(anything_.values.slot, *outcome.admission, emit);
    invariant.ForAdmissions(*outcome.admission, anything_.values.admission, emit);
  }
}

Goal& OperationProof::Require(Obligation obligation, std::string_view name, std::string_view says,
                              const z3::expr& formula) {
  for (Goal& goal : goals_) {
    Condition& condition = goal.condition;
    if (condition.obligation != obligation || condition.name != name || condition.says != says)
      continue;
    goal.formula = (goal.formula && formula).simplify();
    ++condition.paths;
    return goal;
  }
  Condition condition;
  condition.operation = operation_;
  condition.obligation = obligation;
  condition.name = name;
  condition.says = says;
  condition.paths = 1;
  goals_.push_back(Goal{condition, std::nullopt, formula});
  return goals_.back();
}

void OperationProof::RequireConjunct(Obligation obligation, Conjunct conjunct,
                                     const z3::expr& formula) {
  Require(obligation, ToString(conjunct), "", formula).conjunct = conjunct;
}

// --- what may be assumed

// The invariant holds of all indices; it is instantiated where the operation and its conditions
// look.
void OperationProof::AssumeInvariant() {
  const auto emit = [&](Conjunct conjunct, const SymbolicBool& holds) {
    instances_[static_cast<std::size_t>(conjunct)].push_back(holds.term());
  };
  for (const SymbolicArguments* values : {&anything_.values, &arguments_.values}) {
    EmitTables(before_, *values, emit);
    EmitHandedOut(before_, *values, emit);
  }
  Instantiate();
}

void OperationProof::Instantiate() {
  const Invariant<M> invariant(before_);
  const auto& state = before_.core.state();
  const auto emit = [&](Conjunct conjunct, const SymbolicBool& holds) {
    instances_[static_cast<std::size_t>(conjunct)].push_back(holds.term());
  };
  invariant.ForAdmissions(anything_.values.admission, arguments_.values.admission, emit);
  // Calls fact(key...) for each touched key, also for those that are touched meanwhile.
  const auto at_each = [](const auto& table, const auto& fact) {
    for (std::size_t i = 0; i < table.touched().size(); ++i) {
      const auto key = table.touched()[i];
      std::apply(fact, key);
    }
  };
  at_each(state.integrations, [&](const auto& integration) {
    invariant.ForIntegration(integration, emit);
    at_each(state.slots,
            [&](const auto& slot) { invariant.ForSlotAndIntegration(slot, integration, emit); });
    for (const auto* values : {&anything_.values, &arguments_.values}) {
      invariant.ForAdmissionAndIntegration(values->admission, integration, emit);
    }
  });
  at_each(state.viewers, [&](const auto& viewer) { invariant.ForViewer(viewer, emit); });
  at_each(state.slots, [&](const auto& slot) {
    invariant.ForSlot(slot, emit);
    for (const auto* values : {&anything_.values, &arguments_.values}) {
      invariant.ForSlotAndAdmission(slot, values->admission, emit);
    }
  });
  at_each(state.ports, [&](const auto& port) { invariant.ForPort(port, emit); });
  at_each(state.links,
          [&](const auto& account, const auto& by) { invariant.ForLink(account, by, emit); });
  at_each(state.resolutions, [&](const auto& account, const auto& name) {
    invariant.ForResolution(account, name, emit);
  });
  at_each(state.cameras, [&](const auto& camera) { invariant.ForCamera(camera, emit); });
  at_each(state.aliases,
          [&](const auto& account, const auto& name) { invariant.ForAlias(account, name, emit); });
}

// --- what the solvers say

// The invariant has hundreds of instances, of which a proof needs a handful: an instance is given
// to the solver when the solver's model breaks it. A model that breaks none is a counterexample.
void OperationProof::Settle(Goal& goal, const Conjuncts& invariant) {
  const Stopwatch stopwatch;
  goal.settled = true;
  goal.used.reset();
  goal.premises.clear();
  goal.condition.counterexample.clear();
  goal.condition.result = Verdict::kUnknown;
  z3::solver solver(Context(), z3::solver::simple());
  solver.set("timeout", milliseconds_max_);
  // Relevancy off and the older arithmetic halve the time on these small problems without
  // quantifiers.
  solver.set("relevancy", 0U);
  solver.set("arith.solver", 2U);
  for (const z3::expr& assumption : assumptions_) solver.add(assumption);
  solver.add(Searched(goal));
  z3::check_result result = z3::unknown;
  while ((result = solver.check()) == z3::sat) {
    const z3::model model = solver.get_model();
    if (!AddPremises(model, invariant, goal, solver)) {
      if (!WantsModel(goal)) Explain(model, goal, goal.condition);
      break;
    }
  }
  if (result != z3::unknown) {
    goal.condition.result =
        (result == z3::sat) == WantsModel(goal) ? Verdict::kProved : Verdict::kRefuted;
  }
  goal.condition.milliseconds += stopwatch.milliseconds();
}

bool OperationProof::AddPremises(const z3::model& model, const Conjuncts& invariant, Goal& goal,
                                 z3::solver& solver) const {
  constexpr std::size_t kAtOnce = 4;  // more would mostly be beside the point
  std::size_t added = 0;
  for (std::size_t i = 0; i < kConjunctCount && added < kAtOnce; ++i) {
    if (!invariant[i]) continue;
    for (const z3::expr& instance : instances_[i]) {
      if (added == kAtOnce) break;
      if (!model.eval(instance, true).is_false()) continue;
      solver.add(instance);
      goal.premises.push_back(instance);
      goal.used.set(i);
      ++added;
    }
  }
  return added > 0;
}

bool OperationProof::WantsModel(const Goal& goal) {
  return goal.condition.obligation == Obligation::kReachability;
}

z3::expr OperationProof::Searched(const Goal& goal) {
  return WantsModel(goal) ? goal.formula : !goal.formula;
}

// Says what the model gives to each symbol and each cell that the condition itself speaks of.
void OperationProof::Explain(const z3::model& model, const Goal& goal, Condition& condition) {
  std::map<std::string, std::string> lines;
  std::set<unsigned> seen;
  std::vector<z3::expr> open = {Searched(goal)};
  while (!open.empty()) {
    const z3::expr term = open.back();
    open.pop_back();
    if (!term.is_app() || !seen.insert(term.id()).second) continue;
    std::string key;
    for (unsigned i = 0; i < term.num_args(); ++i) {
      open.push_back(term.arg(i));
      key += (i == 0 ? "" : ",") + Readable(model.eval(term.arg(i), true));
    }
    if (term.decl().decl_kind() != Z3_OP_UNINTERPRETED) continue;
    std::string name = term.decl().name().str();
    const std::size_t dot = name.rfind('.');
    if (!key.empty()) name = name.substr(0, dot) + "[" + key + "]" + name.substr(dot);
    lines[name] = Readable(model.eval(term, true));
  }
  for (const auto& [name, value] : lines) condition.counterexample.push_back({name, value});
}

std::string OperationProof::Script(const Goal& goal) const {
  z3::solver solver(Context());
  for (const z3::expr& assumption : assumptions_) solver.add(assumption);
  for (const z3::expr& premise : goal.premises) solver.add(premise);
  solver.add(Searched(goal));
  return solver.to_smt2("unknown");
}

}  // namespace framefence::proofs
