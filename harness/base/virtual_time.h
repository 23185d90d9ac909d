// The one clock of a simulated world: microseconds since the case began. Nothing in the harness
// reads the wall clock to decide anything that a verdict depends on.
#ifndef FRAMEFENCE_HARNESS_BASE_VIRTUAL_TIME_H_
#define FRAMEFENCE_HARNESS_BASE_VIRTUAL_TIME_H_

#include <chrono>
#include <cstdint>

namespace framefence {

using VirtualDuration = std::chrono::duration<std::int64_t, std::micro>;

struct VirtualClock {
  using duration = VirtualDuration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

using VirtualTime = VirtualClock::time_point;

constexpr std::int64_t Microseconds(VirtualTime time) { return time.time_since_epoch().count(); }

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_VIRTUAL_TIME_H_
