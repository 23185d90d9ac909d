// Runs ordinary code over symbols, once for each of its feasible paths.
//
// Where the code asks a symbolic condition for its truth (Decide), the explorer answers so that
// every combination which the solver cannot rule out is tried once: it replays the answers given so
// far, then takes the first one open, and turns the last open answer round for the next run. The
// code must be deterministic and free of effects outside its own values.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_PATH_EXPLORER_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_PATH_EXPLORER_H_

#include <z3++.h>

#include <functional>
#include <vector>

namespace framefence::proofs {

// The context that symbols are made in, one a thread.
class ContextScope {
 public:
  explicit ContextScope(z3::context& context);
  ~ContextScope();
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  z3::context* outer_;
};
// REQUIRES: a ContextScope is alive in this thread.
z3::context& Context();

class PathExplorer {
 public:
  // `assumptions`: what holds on every path.
  explicit PathExplorer(const std::vector<z3::expr>& assumptions);

  // Calls `run` once for each feasible path, then `end(condition, demands)` with the path's
  // condition and with what the path demands of the state beyond that (Demand), each under the
  // condition that held when it was demanded.
  void Explore(const std::function<void()>& run,
               const std::function<void(const z3::expr& condition, const z3::expr& demands)>& end);

  // The explorer whose run() is going on in this thread, or null.
  static PathExplorer* Current();

  bool Decide(const z3::expr& condition);
  void Demand(const z3::expr& condition);

 private:
  struct Decision {
    bool answer;
    bool other_open;
  };
  bool Feasible(const z3::expr& condition);
  void Assume(const z3::expr& condition);
  // To the next path. False: none is left.
  bool Turn();

  z3::solver solver_;
  std::vector<Decision> decisions_;
  std::size_t depth_ = 0;
  z3::expr path_;
  z3::expr demands_;
};

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_PATH_EXPLORER_H_
