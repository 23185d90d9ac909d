#include "harness/net/path.h"

#include <utility>

#include "harness/base/check.h"

namespace framefence::net {

Path::Path(Link up, Link down, VirtualDuration idle_timeout)
    : up_(std::move(up)), down_(std::move(down)), idle_timeout_(idle_timeout) {
  FRAMEFENCE_CHECK(idle_timeout >= VirtualDuration::zero());
}

void Path::Reset(const Prng& up, const Prng& down, VirtualDuration latency) {
  up_.Reset(up, latency);
  down_.Reset(down, latency);
  idle_timeout_ = {};
  has_address_ = false;
  epoch_ = 0;
  last_up_ = {};
  unreachable_ = 0;
}

Fate Path::SendDown(VirtualTime now, std::uint32_t bytes, std::uint32_t to_epoch,
                    const Conditions& conditions) {
  const Fate fate = down_.Send(now, bytes, conditions);
  if (to_epoch != 0 && to_epoch == EpochAt(now)) return fate;
  unreachable_ += fate.arrival.has_value() ? 1 : 0;
  return {};
}

}  // namespace framefence::net
