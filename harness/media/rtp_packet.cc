#include "harness/media/rtp_packet.h"

#include "harness/media/big_endian.h"

namespace framefence::media {
namespace {

constexpr unsigned kVersion = 2;
constexpr std::byte kPaddingBit{0x20};
constexpr std::byte kExtensionBit{0x10};
constexpr std::byte kCsrcCountMask{0x0f};
constexpr std::byte kMarkerBit{0x80};
constexpr std::size_t kWordBytes = 4;

bool Has(std::byte value, std::byte bit) { return (value & bit) != std::byte{0}; }

}  // namespace

RtpParse ParseRtp(std::span<const std::byte> datagram, RtpPacket& packet) {
  if (datagram.size() < kRtpHeaderBytes) return RtpParse::kTooShort;
  if (std::to_integer<unsigned>(datagram[0]) >> 6 != kVersion) return RtpParse::kBadVersion;
  const std::byte flags = datagram[0];
  packet.marker = Has(datagram[1], kMarkerBit);
  packet.payload_type = std::to_integer<std::uint8_t>(datagram[1] & ~kMarkerBit);
  packet.sequence_number = LoadBigEndian16(&datagram[2]);
  packet.timestamp = LoadBigEndian32(&datagram[4]);
  packet.ssrc = LoadBigEndian32(&datagram[8]);

  std::span<const std::byte> rest = datagram.subspan(kRtpHeaderBytes);
  const std::size_t csrc_bytes = std::to_integer<std::size_t>(flags & kCsrcCountMask) * kWordBytes;
  if (rest.size() < csrc_bytes) return RtpParse::kTooShort;
  rest = rest.subspan(csrc_bytes);
  if (Has(flags, kExtensionBit)) {
    if (rest.size() < kWordBytes) return RtpParse::kBadExtension;
    const std::size_t extension_bytes = kWordBytes + kWordBytes * LoadBigEndian16(&rest[2]);
    if (rest.size() < extension_bytes) return RtpParse::kBadExtension;
    rest = rest.subspan(extension_bytes);
  }
  if (Has(flags, kPaddingBit)) {
    if (rest.empty()) return RtpParse::kBadPadding;
    const auto padding_bytes = std::to_integer<std::size_t>(rest.back());
    if (padding_bytes == 0 || padding_bytes > rest.size()) return RtpParse::kBadPadding;
    rest = rest.first(rest.size() - padding_bytes);
  }
  packet.payload = rest;
  return RtpParse::kOk;
}

void WriteRtpHeader(const RtpPacket& packet, std::span<std::byte, kRtpHeaderBytes> out) {
  out[0] = static_cast<std::byte>(kVersion << 6);
  out[1] =
      static_cast<std::byte>(packet.payload_type) | (packet.marker ? kMarkerBit : std::byte{0});
  StoreBigEndian16(packet.sequence_number, &out[2]);
  StoreBigEndian32(packet.timestamp, &out[4]);
  StoreBigEndian32(packet.ssrc, &out[8]);
}

std::uint16_t SequenceNumberOf(std::span<const std::byte> packet) {
  return LoadBigEndian16(&packet[2]);
}

std::uint32_t SsrcOf(std::span<const std::byte> packet) { return LoadBigEndian32(&packet[8]); }

bool IsRtcp(std::span<const std::byte> datagram) {
  if (datagram.size() < 2) return false;
  const auto type = std::to_integer<unsigned>(datagram[1]);
  return type >= 192 && type <= 223;
}

}  // namespace framefence::media
