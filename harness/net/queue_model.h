// The bottleneck of a link: how fast packets leave it, and which find no room before it.
//
// A packet's delay follows from what is queued before it. The model holds no packet, only when each
// one that was let in will have left.
#ifndef FRAMEFENCE_HARNESS_NET_QUEUE_MODEL_H_
#define FRAMEFENCE_HARNESS_NET_QUEUE_MODEL_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/virtual_time.h"
#include "harness/net/delivery_trace.h"

namespace framefence::net {

// With neither a rate nor a trace, there is no bottleneck. A packet of b bytes leaves a rate's
// bottleneck (b + overhead) * 8 / rate after the one before it, or after it came; long runs are
// exact, for what is left of a microsecond is carried on. Up to burst_bytes may be saved up while
// nothing is sent (a token bucket: RFC 2697's committed information rate and burst size). Closed
// forms: throughput min(offered, rate); the longest wait about queue_bytes_max * 8 / rate.
struct QueueOptions {
  std::uint64_t rate_bits_per_s = 0;       // kRateMin to kRateMax; 0: no such limit
  const DeliveryTrace* trace = nullptr;    // in place of a rate; outlives all that is made of this
  std::uint32_t trace_offset_ms = 0;       // where in the trace virtual time 0 is
  std::uint32_t burst_bytes = 0;           // with a rate only
  std::uint32_t overhead_bytes = 0;        // beside each packet on the wire, up to kOverheadMax
  std::uint32_t queue_bytes_max = 0;       // without the overhead; 0: packets alone count
  std::uint32_t queue_packets_max = 1000;  // 1 to kPacketsMax; netem's default `limit`
  static constexpr std::uint64_t kRateMin = 1'000;
  static constexpr std::uint64_t kRateMax = 1'000'000'000'000;
  static constexpr std::uint32_t kOverheadMax = 1'000;
  static constexpr std::uint32_t kPacketsMax = 65'536;
  static constexpr std::uint32_t kBurstMax = std::uint32_t{1} << 30;
  friend bool operator==(const QueueOptions&, const QueueOptions&) = default;
};

Outcome Validate(const QueueOptions& options);

// Drop-tail: a packet that would make more than the options allow is not let in. A packet counts
// until it has left in full. A value; allocates only when more packets wait than ever did, 16 to 32
// bytes for each.
class Bottleneck {
 public:
  static constexpr std::uint32_t kPacketBytesMax = 65'535;

  // From the next packet on; those that wait keep their times. REQUIRES: Validate(options).
  void Set(const QueueOptions& options);

  // When the packet has left; nothing when there is no room. capacity_percent: how much of its
  // speed the bottleneck has at this moment. REQUIRES: now never falls, bytes <= kPacketBytesMax,
  // 1 <= capacity_percent <= 100.
  std::optional<VirtualTime> Admit(VirtualTime now, std::uint32_t bytes,
                                   std::uint32_t capacity_percent = 100);

  // Goes on in the room of the one before it, which is of no use from now on. REQUIRES: nothing waits
  // in this one.
  void TakeRoomOf(Bottleneck& before) { ring_ = std::move(before.ring_); }

  const QueueOptions& options() const { return options_; }
  bool unlimited() const { return options_.rate_bits_per_s == 0 && options_.trace == nullptr; }
  // What waits, as of the last Admit.
  std::uint32_t queued_packets() const { return count_; }
  std::uint64_t queued_bytes() const { return queued_bytes_; }

 private:
  struct Waiting {
    VirtualTime leaves;
    std::uint32_t bytes = 0;
  };

  void Release(VirtualTime now);
  void Grow();
  VirtualTime ByRate(VirtualTime now, std::uint64_t bytes);
  VirtualTime ByTrace(VirtualTime now, std::uint64_t bytes);

  QueueOptions options_;
  std::vector<Waiting> ring_;
  std::uint32_t head_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t queued_bytes_ = 0;
  VirtualTime last_leaves_{};  // of the packet let in last: order is kept over a change of options
  // By rate: when all that was let in is sent, with the 1/rate parts of a microsecond beyond it.
  VirtualTime sent_{};
  std::uint64_t sent_parts_ = 0;
  VirtualDuration burst_{};  // how long burst_bytes take
  // By trace: the opportunity that the next packet may use, and what is left of it.
  DeliveryTrace::Opportunity opportunity_;
  std::uint32_t opportunity_left_ = DeliveryTrace::kOpportunityBytes;
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_QUEUE_MODEL_H_
