// A case whose schedule was drawn, as one that says it.
#ifndef FRAMEFENCE_HARNESS_SIM_WRITTEN_SCHEDULE_H_
#define FRAMEFENCE_HARNESS_SIM_WRITTEN_SCHEDULE_H_

#include <optional>
#include <span>

#include "harness/cases/case.h"
#include "harness/sim/world.h"

namespace framefence::sim {

// `played` under the plain schedule, with a handover step for each that was made, directly before the
// step whose calls made it: those it had make way. It plays the same run, if `made` is what World::handovers()
// says of it. None: it would have more than cases::kStepsMax steps.
std::optional<cases::Case> WriteSchedule(const cases::Case& played,
                                         std::span<const MadeHandover> made);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_WRITTEN_SCHEDULE_H_
