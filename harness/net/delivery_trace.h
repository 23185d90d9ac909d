// Recorded capacity: when a link could carry a packet, read from a Mahimahi trace.
//
// Format (R. Netravali et al., "Mahimahi: Accurate Record-and-Replay for HTTP", USENIX ATC 2015;
// mm-link): one whole number a line, milliseconds from the start, never falling. Each is one
// opportunity to carry up to 1,500 bytes; what is not used of one is lost. The trace repeats, with
// the last number as its length. Empty lines are passed over, a line may end in CR LF.
#ifndef FRAMEFENCE_HARNESS_NET_DELIVERY_TRACE_H_
#define FRAMEFENCE_HARNESS_NET_DELIVERY_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/virtual_time.h"

namespace framefence::net {

class DeliveryTrace {
 public:
  static constexpr std::uint32_t kOpportunityBytes = 1500;
  static constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;
  static constexpr std::uint32_t kTimeMsMax = 86'400'000;  // a day

  // One opportunity of the endless repetition.
  struct Opportunity {
    std::int64_t cycle = 0;
    std::uint32_t index = 0;
    friend bool operator==(const Opportunity&, const Opportunity&) = default;
  };

  // Error, with the line: no number, a falling one, one beyond kTimeMsMax; or none at all, none
  // above 0 (it would have no length), or too large a text.
  static Result<DeliveryTrace> Parse(std::string_view text);
  // Also: unreadable.
  static Result<DeliveryTrace> Load(const std::filesystem::path& path);

  std::size_t size() const { return times_ms_.size(); }  // opportunities, > 0
  VirtualDuration period() const { return period_; }     // > 0
  // Closed form: size() * 1,500 bytes in each period().
  double BitsPerSecond() const;

  // The first opportunity at or after `at` since the trace began; O(log size()).
  Opportunity FirstAt(VirtualDuration at) const;
  VirtualDuration TimeOf(Opportunity opportunity) const {
    return opportunity.cycle * period_ + std::chrono::milliseconds(times_ms_[opportunity.index]);
  }
  Opportunity After(Opportunity opportunity) const {
    if (opportunity.index + 1 < times_ms_.size()) return {opportunity.cycle, opportunity.index + 1};
    return {opportunity.cycle + 1, 0};
  }

 private:
  DeliveryTrace() = default;

  std::vector<std::uint32_t> times_ms_;
  VirtualDuration period_{};
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_DELIVERY_TRACE_H_
