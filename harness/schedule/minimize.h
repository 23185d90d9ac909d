// The fewest context switches that still do what a found schedule did.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_MINIMIZE_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_MINIMIZE_H_

#include <cstdint>
#include <functional>

#include "harness/schedule/handovers.h"

namespace framefence::schedule {

// Drops handovers in ever smaller runs until none can go; those that stay keep their places, but for the
// next, which may come a little sooner. Within executions_max calls of still_fails; what was found by
// then, if they are spent. `found` itself where nothing smaller fails.
Handovers Minimize(const Handovers& found, const std::function<bool(const Handovers&)>& still_fails,
                   std::uint64_t executions_max = 10'000);

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_MINIMIZE_H_
