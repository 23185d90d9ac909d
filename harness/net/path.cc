#include "harness/net/path.h"

#include <utility>

#include "harness/base/check.h"

namespace framefence::net {

Path::Path(Link up, Link down, VirtualDuration idle_timeout)
    : up_(std::move(up)), down_(std::move(down)), idle_timeout_(idle_timeout) {
  FRAMEFENCE_CHECK(idle_timeout >= VirtualDuration::zero());
}

std::uint32_t Path::EpochAt(VirtualTime now) const {
  const bool idle = idle_timeout_ != VirtualDuration::zero() && now - last_up_ > idle_timeout_;
  return has_address_ && !idle ? epoch_ : 0;
}

Path::Up Path::SendUp(VirtualTime now, std::uint32_t bytes, const Conditions& conditions) {
  if (EpochAt(now) == 0) {
    ++epoch_;
    has_address_ = true;
  }
  // The NAT stands before the link: a packet that is lost on it keeps the address all the same.
  last_up_ = now;
  return {.fate = up_.Send(now, bytes, conditions), .source_epoch = epoch_};
}

Fate Path::SendDown(VirtualTime now, std::uint32_t bytes, std::uint32_t to_epoch,
                    const Conditions& conditions) {
  const Fate fate = down_.Send(now, bytes, conditions);
  if (to_epoch != 0 && to_epoch == EpochAt(now)) return fate;
  unreachable_ += fate.arrival.has_value() ? 1 : 0;
  return {};
}

}  // namespace framefence::net
