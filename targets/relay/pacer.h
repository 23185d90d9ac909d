// Spreads what one viewer session is sent over time: so many bytes in each interval.
#ifndef FRAMEFENCE_TARGETS_RELAY_PACER_H_
#define FRAMEFENCE_TARGETS_RELAY_PACER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "targets/relay/types.h"

namespace relay {

inline constexpr std::chrono::microseconds kPacingIntervalMax = std::chrono::seconds(1);

// Intervals begin when something is sent, so that they need no timer while all goes out. Eight bytes,
// because each packet to each viewer looks at them: the time is kept modulo 2^32 us, so that after
// 71 minutes without a packet an interval may seem to go on that is long over.
class Pacer {
 public:
  // Whether the interval has room: for one packet more where it has had less than `bytes_max`. 0: no
  // bound.
  bool HasRoom(std::uint32_t bytes_max, std::chrono::microseconds interval, Time now) {
    if (bytes_max == 0) return true;
    if (Elapsed(now) >= interval.count()) {
      began_at_us_ = static_cast<std::uint32_t>(now.value);
      sent_bytes_ = 0;
    }
    return sent_bytes_ < bytes_max;
  }
  void OnSent(std::size_t bytes) { sent_bytes_ += static_cast<std::uint32_t>(bytes); }

 private:
  std::uint32_t Elapsed(Time now) const {
    return static_cast<std::uint32_t>(now.value) - began_at_us_;
  }

  std::uint32_t began_at_us_ = 0;
  std::uint32_t sent_bytes_ = 0;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_PACER_H_
