// Gives one viewer session a stream of its own (RFC 3550): its SSRC, its sequence numbers, its
// timestamps, so that nothing of the publisher's numbering, or of another viewer's, shows. Loss
// before the relay stays a gap in the numbers, so that the viewer's depacketiser sees it.
#ifndef FRAMEFENCE_TARGETS_RELAY_RTP_REWRITER_H_
#define FRAMEFENCE_TARGETS_RELAY_RTP_REWRITER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include "targets/relay/frame_store.h"
#include "targets/relay/rtp.h"
#include "targets/relay/types.h"

namespace relay {

// Where a stream's numbers begin; random (RFC 3550 5.1).
struct StreamIdentity {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
};

// How far a stream has come: what the numbers of its next packet follow on.
struct StreamPosition {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
  bool sent = false;  // a packet; else the numbers are those before the first one's
  Time sent_at{};     // the last one
  auto Fields() { return std::tie(ssrc, sequence_number, timestamp, sent, sent_at); }
};

class RtpRewriter {
 public:
  using Header = std::array<std::byte, kRtpHeaderBytes>;

  RtpRewriter() = default;
  explicit RtpRewriter(const StreamIdentity& identity)
      : ssrc_(identity.ssrc),
        timestamp_(identity.timestamp),
        sequence_number_(static_cast<std::uint16_t>(identity.sequence_number - 1)) {}

  // Goes on with a stream of which nothing can be sent again. REQUIRES: Restart() before the next
  // packet.
  explicit RtpRewriter(const StreamPosition& position)
      : ssrc_(position.ssrc),
        timestamp_(position.timestamp),
        sequence_number_(position.sequence_number),
        sent_at_(position.sent_at),
        sent_(position.sent) {}
  StreamPosition position() const { return {ssrc_, sequence_number_, timestamp_, sent_, sent_at_}; }

  // The next packet does not follow on the last one, and may be of another codec. One sequence
  // number is left out before it: without a gap a viewer would take an access unit whose end, or
  // whose beginning, never came for a whole one. Its timestamp is on by the time that has gone by.
  void Restart(std::uint8_t payload_type) {
    payload_type_ = payload_type;
    restarts_ = true;
  }

  Header Rewrite(const StoredPacket& packet, Time now) {
    if (restarts_) Rebase(packet, now);
    last_ = packet.sequence;
    sequence_number_ = static_cast<std::uint16_t>(packet.sequence + sequence_offset_);
    timestamp_ = packet.timestamp + timestamp_offset_;
    sent_at_ = now;
    return HeaderOf(packet);
  }

  // The packet as it was sent before. REQUIRES: SourceOf() named it.
  Header Repeat(const StoredPacket& packet) const { return HeaderOf(packet); }

  // Which of the publisher's packets was sent as `sequence_number`; none of before the last
  // Restart(): what lies under those numbers now may be another publisher session's.
  std::optional<ExtendedSequence> SourceOf(std::uint16_t sequence_number) const {
    const auto behind = static_cast<std::uint16_t>(sequence_number_ - sequence_number);
    if (restarts_ || static_cast<std::uint32_t>(last_) - first_ < behind) return std::nullopt;
    return last_ - behind;
  }

  std::uint32_t ssrc() const { return ssrc_; }

 private:
  Header HeaderOf(const StoredPacket& packet) const {
    const auto sequence_number = static_cast<std::uint16_t>(packet.sequence + sequence_offset_);
    Header header;
    WriteRtpHeader({packet.marker,
                    payload_type_,
                    sequence_number,
                    packet.timestamp + timestamp_offset_,
                    ssrc_,
                    {}},
                   header);
    return header;
  }

  void Rebase(const StoredPacket& packet, Time now) {
    const int step = sent_ ? 2 : 1;
    sequence_offset_ = static_cast<std::uint16_t>(sequence_number_ + step - packet.sequence);
    const std::uint64_t elapsed_us = sent_ ? now.value - sent_at_.value : 0;
    const auto ticks =
        static_cast<std::uint32_t>(elapsed_us / 100 * 9 + (sent_ ? 1 : 0));  // 90 kHz
    timestamp_offset_ = timestamp_ + ticks - packet.timestamp;
    first_ = static_cast<std::uint32_t>(packet.sequence);
    restarts_ = false;
    sent_ = true;
  }

  std::uint32_t ssrc_ = 0;
  std::uint32_t timestamp_ = 0;  // of the packet sent last
  std::uint32_t timestamp_offset_ = 0;
  std::uint16_t sequence_number_ = 0;  // of the packet sent last
  std::uint16_t sequence_offset_ = 0;
  Time sent_at_{};
  // In the publisher's numbers, of what was sent since the last Restart(). Modulo 2^32, which keeps a
  // viewer session in a cache line: after a wrap a packet may not be found that was sent.
  ExtendedSequence last_ = 0;
  std::uint32_t first_ = 0;
  std::uint8_t payload_type_ = 0;
  bool restarts_ = true;
  bool sent_ = false;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RTP_REWRITER_H_
