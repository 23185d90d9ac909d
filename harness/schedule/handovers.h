// A recorded schedule: where it departs from the plain one.
//
// The plain schedule never preempts: whoever runs goes on until it waits or ends, and then the next by
// number does, after the last the first. Any other schedule is that one with handovers. So a record is
// short where there are few context switches, it can lose some and is a schedule still, and any bytes
// are one.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_HANDOVERS_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_HANDOVERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace framefence::schedule {

// Hands the processor to fibre `to`, when so many choices since the last handover were the plain ones.
// (A contract::StepHandover counts from the beginning of a step.)
struct Handover {
  std::uint32_t after = 0;
  std::uint8_t to = 0;
  friend constexpr bool operator==(const Handover&, const Handover&) = default;
};
using Handovers = std::vector<Handover>;

// "12>1 0>2": after 12 plain choices to fibre 1, at the next to fibre 2. Empty: the plain schedule.
std::string ScheduleToText(const Handovers& handovers);
Result<Handovers> ScheduleFromText(std::string_view text);

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_HANDOVERS_H_
