// What else happens to a packet that is not lost: it comes twice, damaged or cut short; and times in
// which a link carries nothing.
#ifndef FRAMEFENCE_HARNESS_NET_IMPAIRMENTS_H_
#define FRAMEFENCE_HARNESS_NET_IMPAIRMENTS_H_

#include <cstdint>

#include "harness/base/result.h"
#include "harness/base/virtual_time.h"
#include "harness/net/probability.h"

namespace framefence::net {

// Each packet on its own. Rates: these probabilities (of packets that arrive).
struct DamageOptions {
  Probability duplicate;  // a second copy, with a jitter of its own and the same damage
  Probability corrupt;    // one bit is flipped, each alike (netem's `corrupt`)
  // Cut to fewer bytes, each length in [truncate_bytes_min, bytes) alike; a packet no longer than
  // that stays whole.
  Probability truncate;
  std::uint32_t truncate_bytes_min = 0;
  friend constexpr bool operator==(const DamageOptions&, const DamageOptions&) = default;
};

// Nothing offered in [from, from + length) arrives; every so often again, unless `every` is 0. What
// was offered before arrives. Share of the time: length / every.
struct Outage {
  VirtualTime from{};
  VirtualDuration length{};  // 0 and more; 0: never
  VirtualDuration every{};   // 0, or no less than length
  friend constexpr bool operator==(const Outage&, const Outage&) = default;

  constexpr bool Covers(VirtualTime now) const {
    if (now < from || length == VirtualDuration::zero()) return false;
    const VirtualDuration since = now - from;
    return (every == VirtualDuration::zero() ? since : since % every) < length;
  }
};

inline Outcome Validate(const Outage& outage) {
  if (outage.length < VirtualDuration::zero()) return Error{"an outage of negative length"};
  if (outage.every != VirtualDuration::zero() && outage.every < outage.length)
    return Error{"an outage that begins again before it ends: wants length <= every"};
  return Unit{};
}

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_IMPAIRMENTS_H_
