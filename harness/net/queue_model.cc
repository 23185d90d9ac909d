#include "harness/net/queue_model.h"

#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/check.h"

namespace framefence::net {
namespace {

constexpr std::uint64_t kMicrosecondsPerSecond = 1'000'000;

}  // namespace

Outcome Validate(const QueueOptions& options) {
  const std::uint64_t rate = options.rate_bits_per_s;
  if (rate != 0 && (rate < QueueOptions::kRateMin || rate > QueueOptions::kRateMax))
    return Error{"a rate of " + std::to_string(rate) + " bit/s: wants 0 (none), or " +
                 std::to_string(QueueOptions::kRateMin) + " to " +
                 std::to_string(QueueOptions::kRateMax)};
  if (rate != 0 && options.trace != nullptr)
    return Error{"a bottleneck has a rate or a delivery trace, not both"};
  if (rate == 0 && options.burst_bytes != 0)
    return Error{"burst_bytes without a rate: a token bucket fills at a rate"};
  if (options.burst_bytes > QueueOptions::kBurstMax)
    return Error{"burst_bytes of " + std::to_string(options.burst_bytes) + ": the limit is " +
                 std::to_string(QueueOptions::kBurstMax)};
  if (options.overhead_bytes > QueueOptions::kOverheadMax)
    return Error{"overhead_bytes of " + std::to_string(options.overhead_bytes) + ": the limit is " +
                 std::to_string(QueueOptions::kOverheadMax)};
  if (options.queue_packets_max < 1 || options.queue_packets_max > QueueOptions::kPacketsMax)
    return Error{"a queue of " + std::to_string(options.queue_packets_max) +
                 " packets: wants 1 to " + std::to_string(QueueOptions::kPacketsMax)};
  return Unit{};
}

void Bottleneck::Set(const QueueOptions& options) {
  FRAMEFENCE_CHECK(Validate(options).ok());
  if (options == options_) return;
  const bool another_trace =
      options.trace != options_.trace || options.trace_offset_ms != options_.trace_offset_ms;
  options_ = options;
  if (unlimited()) return;
  // What was let in before is sent first, at the speed that it was promised.
  sent_ = last_leaves_;
  sent_parts_ = 0;
  if (options.rate_bits_per_s != 0) {
    burst_ = VirtualDuration(static_cast<std::int64_t>(
        options.burst_bytes * std::uint64_t{8} * kMicrosecondsPerSecond / options.rate_bits_per_s));
    if (count_ == 0) sent_ -= burst_;  // a bucket begins full
  }
  if (another_trace) {
    opportunity_ = {};
    opportunity_left_ = DeliveryTrace::kOpportunityBytes;
  }
}

void Bottleneck::Grow() {
  constexpr std::size_t kPacketsAtFirst = 16;
  std::vector<Waiting> ring(std::max(kPacketsAtFirst, 2 * ring_.size()));
  for (std::uint32_t i = 0; i < count_; ++i) ring[i] = ring_[(head_ + i) % ring_.size()];
  ring_ = std::move(ring);
  head_ = 0;
}

void Bottleneck::Release(VirtualTime now) {
  while (count_ != 0 && ring_[head_].leaves <= now) {
    queued_bytes_ -= ring_[head_].bytes;
    head_ = head_ + 1 == ring_.size() ? 0 : head_ + 1;
    --count_;
  }
}

std::optional<VirtualTime> Bottleneck::Admit(VirtualTime now, std::uint32_t bytes,
                                             std::uint32_t capacity_percent) {
  FRAMEFENCE_CHECK(bytes <= kPacketBytesMax);
  FRAMEFENCE_CHECK(capacity_percent >= 1 && capacity_percent <= 100);
  Release(now);
  if (unlimited()) return last_leaves_ = std::max(now, last_leaves_);
  if (count_ >= options_.queue_packets_max) return std::nullopt;
  if (options_.queue_bytes_max != 0 && queued_bytes_ + bytes > options_.queue_bytes_max)
    return std::nullopt;
  // Half the speed is twice the bytes.
  const std::uint64_t on_the_wire =
      (std::uint64_t{bytes} + options_.overhead_bytes) * 100 / capacity_percent;
  last_leaves_ = std::max(last_leaves_, options_.trace != nullptr ? ByTrace(now, on_the_wire)
                                                                  : ByRate(now, on_the_wire));
  if (count_ == ring_.size()) Grow();
  const std::size_t tail = (head_ + std::size_t{count_}) % ring_.size();
  ring_[tail] = {.leaves = last_leaves_, .bytes = bytes};
  ++count_;
  queued_bytes_ += bytes;
  return last_leaves_;
}

VirtualTime Bottleneck::ByRate(VirtualTime now, std::uint64_t bytes) {
  if (sent_ < now - burst_) {
    sent_ = now - burst_;
    sent_parts_ = 0;
  }
  const std::uint64_t parts = bytes * 8 * kMicrosecondsPerSecond + sent_parts_;
  sent_ += VirtualDuration(static_cast<std::int64_t>(parts / options_.rate_bits_per_s));
  sent_parts_ = parts % options_.rate_bits_per_s;
  return std::max(now, sent_ + VirtualDuration(sent_parts_ == 0 ? 0 : 1));
}

VirtualTime Bottleneck::ByTrace(VirtualTime now, std::uint64_t bytes) {
  const DeliveryTrace& trace = *options_.trace;
  const VirtualTime began{-std::chrono::milliseconds(options_.trace_offset_ms)};
  const VirtualTime first = std::max(now, last_leaves_);
  if (began + trace.TimeOf(opportunity_) < first) {
    opportunity_ = trace.FirstAt(first - began);
    opportunity_left_ = DeliveryTrace::kOpportunityBytes;
  }
  while (bytes > opportunity_left_) {
    bytes -= opportunity_left_;
    opportunity_ = trace.After(opportunity_);
    opportunity_left_ = DeliveryTrace::kOpportunityBytes;
  }
  opportunity_left_ -= static_cast<std::uint32_t>(bytes);
  return began + trace.TimeOf(opportunity_);
}

}  // namespace framefence::net
