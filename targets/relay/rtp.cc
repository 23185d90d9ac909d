#include "targets/relay/rtp.h"

namespace relay {
namespace {

constexpr unsigned kVersion = 2;
constexpr std::byte kPaddingBit{0x20};
constexpr std::byte kExtensionBit{0x10};
constexpr std::byte kCsrcCountMask{0x0f};
constexpr std::byte kMarkerBit{0x80};
constexpr std::byte kPayloadTypeMask{0x7f};
constexpr std::size_t kWordBytes = 4;

}  // namespace

RtpParse ParseRtp(std::span<const std::byte> datagram, RtpPacket& packet) {
  if (datagram.size() < kRtpHeaderBytes) return RtpParse::kTooShort;
  const std::byte flags = datagram[0];
  if (std::to_integer<unsigned>(flags >> 6) != kVersion) return RtpParse::kBadVersion;
  packet.marker = (datagram[1] & kMarkerBit) != std::byte{0};
  packet.payload_type = std::to_integer<std::uint8_t>(datagram[1] & kPayloadTypeMask);
  packet.sequence_number = ReadBigEndian<std::uint16_t>(&datagram[2]);
  packet.timestamp = ReadBigEndian<std::uint32_t>(&datagram[4]);
  packet.ssrc = ReadBigEndian<std::uint32_t>(&datagram[8]);

  const std::size_t csrc_bytes = std::to_integer<std::size_t>(flags & kCsrcCountMask) * kWordBytes;
  std::span<const std::byte> rest = datagram.subspan(kRtpHeaderBytes);
  if (rest.size() < csrc_bytes) return RtpParse::kTooShort;
  rest = rest.subspan(csrc_bytes);

  if ((flags & kExtensionBit) != std::byte{0}) {
    if (rest.size() < kWordBytes) return RtpParse::kBadExtension;
    const std::size_t bytes = kWordBytes + ReadBigEndian<std::uint16_t>(&rest[2]) * kWordBytes;
    if (rest.size() < bytes) return RtpParse::kBadExtension;
    rest = rest.subspan(bytes);
  }
  if ((flags & kPaddingBit) != std::byte{0}) {
    if (rest.empty()) return RtpParse::kBadPadding;
    const auto padding_bytes = std::to_integer<std::size_t>(rest.back());
    if (padding_bytes == 0 || padding_bytes > rest.size()) return RtpParse::kBadPadding;
    rest = rest.first(rest.size() - padding_bytes);
  }
  packet.payload = rest;
  return RtpParse::kOk;
}

bool IsRtcp(std::span<const std::byte> datagram) {
  return datagram.size() >= 2 && datagram[1] >= std::byte{192} && datagram[1] <= std::byte{223};
}

}  // namespace relay
