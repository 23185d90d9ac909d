// One direction between two ends of the simulated network.
#ifndef FRAMEFENCE_HARNESS_NET_LINK_H_
#define FRAMEFENCE_HARNESS_NET_LINK_H_

#include <cstdint>
#include <optional>

#include "harness/base/virtual_time.h"
#include "harness/net/loss_process.h"

namespace framefence::net {

struct LinkCounters {
  std::uint64_t offered = 0;  // == lost + dropped + passed
  std::uint64_t lost = 0;     // by the loss model
  std::uint64_t dropped = 0;  // by order of DropNext
  std::uint64_t passed = 0;
  friend bool operator==(const LinkCounters&, const LinkCounters&) = default;
};

// A loss process and a constant latency; it does not hold packets, it says when they arrive.
// Packets arrive in the order of their offers. A value, without allocation: an array of them is a
// network.
class Link {
 public:
  Link() = default;
  // REQUIRES: latency >= 0.
  Link(LossProcess loss, VirtualDuration latency);

  // When a packet offered now arrives; nothing when it never does.
  std::optional<VirtualTime> Offer(VirtualTime now) {
    ++counters_.offered;
    // A packet that is dropped by order still uses up its draw: the order changes no other packet's
    // fate.
    const bool lost = loss_.Lose();
    if (drop_next_ != 0) {
      --drop_next_;
      ++counters_.dropped;
      return std::nullopt;
    }
    if (lost) {
      ++counters_.lost;
      return std::nullopt;
    }
    ++counters_.passed;
    return now + latency_;
  }

  void SetLoss(const LossModel& model) { loss_.SetModel(model); }

  // Exactly the next `packets` offers fail, whatever the loss model says. Replaces an order not yet
  // used up.
  void DropNext(std::uint32_t packets) { drop_next_ = packets; }

  const LinkCounters& counters() const { return counters_; }
  VirtualDuration latency() const { return latency_; }

 private:
  LossProcess loss_;
  VirtualDuration latency_{};
  std::uint32_t drop_next_ = 0;
  LinkCounters counters_;
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_LINK_H_
