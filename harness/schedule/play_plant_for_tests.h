// For tests: one run of a plant (plants_for_tests.h), its fibres under a schedule.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_PLAY_PLANT_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_PLAY_PLANT_FOR_TESTS_H_

#include <cstdint>

#include "harness/schedule/fibre_sync.h"
#include "harness/schedule/fibres.h"
#include "harness/schedule/plants_for_tests.h"
#include "harness/schedule/schedule.h"

namespace framefence::schedule::testing {

// `wrong`: whether the plant went wrong.
template <class Plant>
Played PlayOnce(Schedule& schedule, bool& wrong) {
  Plant plant;
  Fibres fibres;
  for (std::uint32_t fibre = 0; fibre < Plant::kFibres; ++fibre)
    fibres.Add([&plant, fibre] { plant.Act(fibre); });
  Played run = fibres.Play(schedule);
  wrong = plant.WentWrong();
  return run;
}

}  // namespace framefence::schedule::testing

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_PLAY_PLANT_FOR_TESTS_H_
