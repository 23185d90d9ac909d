#include "properties/proofs/path_explorer.h"

#include "harness/base/check.h"

namespace framefence::proofs {
namespace {

thread_local z3::context* current_context = nullptr;
thread_local PathExplorer* current_explorer = nullptr;

}  // namespace

ContextScope::ContextScope(z3::context& context) : outer_(current_context) {
  current_context = &context;
}
ContextScope::~ContextScope() { current_context = outer_; }

z3::context& Context() {
  FRAMEFENCE_CHECK(current_context != nullptr);
  return *current_context;
}

PathExplorer::PathExplorer(const std::vector<z3::expr>& assumptions)
    : solver_(Context()), path_(Context().bool_val(true)), demands_(Context().bool_val(true)) {
  for (const z3::expr& assumption : assumptions) solver_.add(assumption);
}

PathExplorer* PathExplorer::Current() { return current_explorer; }

void PathExplorer::Explore(
    const std::function<void()>& run,
    const std::function<void(const z3::expr& condition, const z3::expr& demands)>& end) {
  decisions_.clear();
  do {
    depth_ = 0;
    path_ = Context().bool_val(true);
    demands_ = Context().bool_val(true);
    solver_.push();
    PathExplorer* const outer = current_explorer;
    current_explorer = this;
    run();
    current_explorer = outer;
    solver_.pop();
    end(path_, demands_);
  } while (Turn());
}

bool PathExplorer::Decide(const z3::expr& condition) {
  const z3::expr simple = condition.simplify();
  if (simple.is_true()) return true;
  if (simple.is_false()) return false;
  if (depth_ == decisions_.size()) {
    const bool may_hold = Feasible(simple);
    // Of a feasible path one side at least is feasible.
    decisions_.push_back({may_hold, may_hold && Feasible(!simple)});
  }
  const bool answer = decisions_[depth_++].answer;
  Assume(answer ? simple : !simple);
  return answer;
}

void PathExplorer::Demand(const z3::expr& condition) {
  demands_ = demands_ && z3::implies(path_, condition);
}

bool PathExplorer::Feasible(const z3::expr& condition) {
  solver_.push();
  solver_.add(condition);
  const z3::check_result result = solver_.check();
  solver_.pop();
  return result != z3::unsat;  // what the solver does not know is tried
}

void PathExplorer::Assume(const z3::expr& condition) {
  solver_.add(condition);
  path_ = path_ && condition;
}

bool PathExplorer::Turn() {
  while (!decisions_.empty() && !decisions_.back().other_open) decisions_.pop_back();
  if (decisions_.empty()) return false;
  decisions_.back() = {!decisions_.back().answer, false};
  return true;
}

}  // namespace framefence::proofs
