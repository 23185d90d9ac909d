// What the relay, as a receiver, reports of one publisher session (RFC 3550 6.4.1; computed as in
// A.3 and A.8). Packets that came twice are not counted.
#ifndef FRAMEFENCE_TARGETS_RELAY_RECEPTION_REPORT_H_
#define FRAMEFENCE_TARGETS_RELAY_RECEPTION_REPORT_H_

#include <algorithm>
#include <cstdint>

#include "targets/relay/rtcp.h"
#include "targets/relay/types.h"

namespace relay {

class ReceptionReport {
 public:
  // timestamp: ticks of 90 kHz (RFC 6184 8.2.1).
  void OnPacket(ExtendedSequence sequence, std::uint32_t timestamp, Time now) {
    const auto arrival =
        static_cast<std::uint32_t>(now.value / 100 * 9 + now.value % 100 * 9 / 100);
    const std::uint32_t transit = arrival - timestamp;
    if (received_ == 0) {
      first_ = highest_ = sequence;
    } else {
      const auto difference = static_cast<std::int32_t>(transit - last_transit_);
      const std::uint32_t size = difference < 0 ? 0U - static_cast<std::uint32_t>(difference)
                                                : static_cast<std::uint32_t>(difference);
      scaled_jitter_ += size - ((scaled_jitter_ + 8) >> 4);
    }
    last_transit_ = transit;
    highest_ = std::max(highest_, sequence);
    ++received_;
  }

  void OnSenderReport(const SenderReport& report, Time now) {
    last_sender_report_ = static_cast<std::uint32_t>(report.ntp_timestamp >> 16);
    sender_report_at_ = now;
  }

  bool heard_nothing() const { return received_ == 0; }

  // Of the time since the last call, as far as it speaks of fractions. REQUIRES: something was
  // heard.
  ReportBlock Take(std::uint32_t ssrc, Time now) {
    constexpr std::int64_t kLostMax = 0x7fffff;  // 24 bits with a sign
    const std::uint64_t expected = highest_ - first_ + 1;
    const std::uint64_t expected_now = expected - expected_before_;
    const std::uint64_t received_now = received_ - received_before_;
    expected_before_ = expected;
    received_before_ = received_;
    const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received_);
    ReportBlock block;
    block.ssrc = ssrc;
    if (received_now < expected_now) {
      const std::uint64_t fraction = (expected_now - received_now) * 256 / expected_now;
      block.fraction_lost = static_cast<std::uint8_t>(std::min<std::uint64_t>(fraction, 255));
    }
    block.packets_lost = static_cast<std::int32_t>(std::clamp(lost, -kLostMax - 1, kLostMax));
    // Wraps are the session's own, whatever the port carried before.
    block.highest_sequence = static_cast<std::uint32_t>((first_ & 0xffff) + (highest_ - first_));
    block.jitter = scaled_jitter_ >> 4;
    block.last_sender_report = last_sender_report_;
    if (last_sender_report_ != 0) {
      const std::uint64_t delay_us = now.value - sender_report_at_.value;
      block.delay_since_last_sr = static_cast<std::uint32_t>(delay_us * 65536 / 1'000'000);
    }
    return block;
  }

 private:
  ExtendedSequence first_ = 0;
  ExtendedSequence highest_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  std::uint32_t last_transit_ = 0;
  std::uint32_t scaled_jitter_ = 0;  // times 16 (A.8)
  std::uint32_t last_sender_report_ = 0;
  Time sender_report_at_{};
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RECEPTION_REPORT_H_
