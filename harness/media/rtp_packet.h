// The RTP fixed header (RFC 3550 5.1).
#ifndef FRAMEFENCE_HARNESS_MEDIA_RTP_PACKET_H_
#define FRAMEFENCE_HARNESS_MEDIA_RTP_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace framefence::media {

inline constexpr std::size_t kRtpHeaderBytes = 12;      // without CSRCs and extension
inline constexpr std::uint32_t kVideoClockHz = 90'000;  // RFC 6184 8.2.1
inline constexpr std::uint8_t kVideoPayloadType = 96;   // the first dynamic one (RFC 3551 6)
inline constexpr std::uint8_t kH265PayloadType = 97;

struct RtpPacket {
  bool marker = false;
  std::uint8_t payload_type = kVideoPayloadType;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::span<const std::byte> payload;  // CSRCs, extension and padding taken off; may be empty
};

enum class RtpParse : std::uint8_t {
  kOk,
  kTooShort,      // shorter than a fixed header with its CSRCs
  kBadVersion,    // not version 2
  kBadExtension,  // the header extension reaches past the end
  kBadPadding,    // a padding count of 0, or larger than what is left
};

// Fills `packet`, whose payload points into `datagram`. On any other status than kOk `packet` is
// unspecified.
RtpParse ParseRtp(std::span<const std::byte> datagram, RtpPacket& packet);

// Writes the fixed header of `packet`, whose payload is ignored.
void WriteRtpHeader(const RtpPacket& packet, std::span<std::byte, kRtpHeaderBytes> out);

// Of a packet with a whole fixed header.
std::uint16_t SequenceNumberOf(std::span<const std::byte> packet);
std::uint32_t SsrcOf(std::span<const std::byte> packet);

// Whether a datagram on a port shared by RTP and RTCP is RTCP: payload types 64..95 with the marker
// bit (RFC 5761 4).
bool IsRtcp(std::span<const std::byte> datagram);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RTP_PACKET_H_
