// The smallest case that still does what a found one did.
//
// Options that do not matter go first. Steps are removed in ever smaller runs (A. Zeller,
// R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28, 2002), then whole
// actors with all that they do, then the weather, link by link; neighbouring advances are joined,
// options return to their defaults, ids become small, and fields fall towards their defaults; all over
// again until nothing more gives way. The result is then 1-minimal: without any one of its steps it no
// longer fails. Deterministic when the predicate is. What was found by the time that a search is ended
// is a case like any other: to go on, minimise that.
#ifndef FRAMEFENCE_HARNESS_CASES_MINIMIZE_H_
#define FRAMEFENCE_HARNESS_CASES_MINIMIZE_H_

#include <cstdint>
#include <functional>

#include "harness/cases/case.h"

namespace framefence::cases {

struct MinimizeProgress {
  std::uint64_t executions = 0;
  std::uint64_t executions_max = 0;
  std::size_t steps = 0;  // of the smallest case so far
};

struct MinimizeLimits {
  std::uint64_t executions_max = 100'000;  // calls of the predicate
};

struct MinimizeResult {
  Case smallest;                 // Canonical; the input itself (canonical) when it does not fail
  bool fails = false;            // whether the canonical input fails at all: found out first
  bool is_minimal = false;       // a fixpoint was reached within the limits
  std::uint64_t executions = 0;  // <= executions_max
};

// `still_fails` says of a smaller case whether it still does the thing wanted. `on_progress`, when
// given, is called after each call of it, and ends the search, as a limit does, by returning false.
MinimizeResult Minimize(const Case& input, const std::function<bool(const Case&)>& still_fails,
                        const MinimizeLimits& limits = {},
                        const std::function<bool(const MinimizeProgress&)>& on_progress = {});

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_MINIMIZE_H_
