// Both directions between a home and the rest of the world, and the address it is seen under.
#ifndef FRAMEFENCE_HARNESS_NET_PATH_H_
#define FRAMEFENCE_HARNESS_NET_PATH_H_

#include <cstdint>

#include "harness/base/virtual_time.h"
#include "harness/net/link.h"

namespace framefence::net {

// The home is behind a NAT, which gives it a source address (and port) with the first packet that
// goes up, and a new one with the first that goes up after the old one is gone: by Rebind (the
// router restarts, the phone leaves the Wi-Fi), or because nothing went up for longer than
// idle_timeout (RFC 4787: REQ-5 wants two minutes or more, REQ-6 that what goes up keeps it).
//
// An address is named by its epoch: 1, 2, ...; never given out again. What is sent down to an address
// that is gone crosses the link and is then thrown away; what was on its way when it went arrives.
// Which address a real one would be is for the caller to say: (home, epoch) is one.
class Path {
 public:
  struct Up {
    Fate fate;
    std::uint32_t source_epoch = 0;  // that the packet comes from
    friend bool operator==(const Up&, const Up&) = default;
  };

  Path() = default;
  // idle_timeout 0: an address stays until Rebind. REQUIRES: idle_timeout >= 0.
  Path(Link up, Link down, VirtualDuration idle_timeout = VirtualDuration::zero());

  // As a path of two links that are Reset() so, in the room that it has.
  void Reset(const Prng& up, const Prng& down, VirtualDuration latency);

  // REQUIRES (both): as Link::Send; now never falls over both.
  Up SendUp(VirtualTime now, std::uint32_t bytes, const Conditions& conditions = {}) {
    // The NAT stands before the link: a packet that is lost on it keeps the address all the same.
    const std::uint32_t source_epoch = TakeAddress(now);
    return {.fate = up_.Send(now, bytes, conditions), .source_epoch = source_epoch};
  }
  Fate SendDown(VirtualTime now, std::uint32_t bytes, std::uint32_t to_epoch,
                const Conditions& conditions = {});
  // A packet went up outside this path's links (a request over another connection): the address that
  // it came from, which later packets keep.
  std::uint32_t TakeAddress(VirtualTime now) {
    if (EpochAt(now) == 0) {
      ++epoch_;
      has_address_ = true;
    }
    last_up_ = now;
    return epoch_;
  }
  // The address is gone from now on.
  void Rebind() { has_address_ = false; }

  // The address that reaches the home at this moment; 0: none.
  std::uint32_t EpochAt(VirtualTime now) const {
    const bool idle = idle_timeout_ != VirtualDuration::zero() && now - last_up_ > idle_timeout_;
    return has_address_ && !idle ? epoch_ : 0;
  }

  Link& up() { return up_; }
  Link& down() { return down_; }
  const Link& up() const { return up_; }
  const Link& down() const { return down_; }
  std::uint64_t unreachable() const { return unreachable_; }  // thrown away by the NAT

 private:
  Link up_;
  Link down_;
  VirtualDuration idle_timeout_{};
  bool has_address_ = false;
  std::uint32_t epoch_ = 0;
  VirtualTime last_up_{};
  std::uint64_t unreachable_ = 0;
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_PATH_H_
