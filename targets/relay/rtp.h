// The RTP fixed header (RFC 3550 5.1), read strictly.
#ifndef FRAMEFENCE_TARGETS_RELAY_RTP_H_
#define FRAMEFENCE_TARGETS_RELAY_RTP_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "targets/relay/big_endian.h"

namespace relay {

inline constexpr std::size_t kRtpHeaderBytes = 12;

struct RtpPacket {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::span<const std::byte>
      payload;  // into the datagram, without CSRCs, header extension and padding
};

enum class RtpParse : std::uint8_t {
  kOk,
  kTooShort,      // ends before its fixed header or its CSRCs do
  kBadVersion,    // not 2
  kBadExtension,  // its header extension ends after it does
  kBadPadding,    // a padding count of 0, or more than there is
};
inline constexpr std::size_t kRtpParseCount = 5;

// `packet` is meaningful on kOk only.
RtpParse ParseRtp(std::span<const std::byte> datagram, RtpPacket& packet);

// The fixed header, without CSRCs, extension and padding. `packet.payload` is not read. Inline: one
// for each packet and viewer.
inline void WriteRtpHeader(const RtpPacket& packet, std::span<std::byte, kRtpHeaderBytes> out) {
  constexpr std::uint16_t kVersion2 = 2 << 14;
  const unsigned marker = packet.marker ? 0x80 : 0;
  const auto flags = static_cast<std::uint16_t>(kVersion2 | marker | (packet.payload_type & 0x7fU));
  WriteBigEndian(&out[0], flags);
  WriteBigEndian(&out[2], packet.sequence_number);
  WriteBigEndian(&out[4], packet.timestamp);
  WriteBigEndian(&out[8], packet.ssrc);
}

// Whether a datagram on a port that RTP and RTCP share is RTCP: its second byte is 192..223 (RFC
// 5761 section 4).
bool IsRtcp(std::span<const std::byte> datagram);

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RTP_H_
