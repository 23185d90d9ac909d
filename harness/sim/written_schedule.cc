#include "harness/sim/written_schedule.h"

#include "harness/cases/schema.h"

namespace framefence::sim {

std::optional<cases::Case> WriteSchedule(const cases::Case& played,
                                         std::span<const MadeHandover> made) {
  namespace field = cases::field;
  const cases::WorldOptions defaults;
  cases::Case written{.options = played.options};
  written.options.schedule = defaults.schedule;
  written.options.schedule_seed = defaults.schedule_seed;
  written.options.schedule_depth = defaults.schedule_depth;
  written.options.schedule_steps = defaults.schedule_steps;
  auto next = made.begin();
  for (std::size_t step = 0; step <= played.steps.size(); ++step) {
    for (; next != made.end() && next->step == step; ++next)
      written.steps.push_back(
          MakeStep(cases::Op::kHandOver, {{field::kHandOverAfter, next->handover.after},
                                          {field::kHandOverTo, next->handover.to}}));
    if (step < played.steps.size() && played.steps[step].op != cases::Op::kHandOver)
      written.steps.push_back(played.steps[step]);
  }
  if (written.steps.size() > cases::kStepsMax) return std::nullopt;
  return written;
}

}  // namespace framefence::sim
