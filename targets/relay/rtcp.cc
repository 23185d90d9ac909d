#include "targets/relay/rtcp.h"

#include "targets/relay/big_endian.h"

namespace relay {
namespace {

constexpr std::size_t kWordBytes = 4;
constexpr unsigned kVersion = 2;
constexpr std::byte kCountMask{0x1f};
constexpr std::byte kBye{203};

}  // namespace

RtcpParse ParseRtcp(std::span<const std::byte> datagram, Farewell& farewell) {
  farewell.count = 0;
  if (datagram.empty()) return RtcpParse::kTooShort;
  while (!datagram.empty()) {
    if (datagram.size() < kWordBytes) return RtcpParse::kTooShort;
    if (std::to_integer<unsigned>(datagram[0] >> 6) != kVersion) return RtcpParse::kBadVersion;
    const std::size_t bytes =
        kWordBytes * (std::size_t{1} + ReadBigEndian<std::uint16_t>(&datagram[2]));
    if (datagram.size() < bytes) return RtcpParse::kBadLength;
    if (datagram[1] == kBye) {
      const auto count = std::to_integer<std::size_t>(datagram[0] & kCountMask);
      if (bytes < kWordBytes * (1 + count)) return RtcpParse::kBadLength;
      for (std::size_t i = 0; i < count; ++i) {
        farewell.ssrcs[i] = ReadBigEndian<std::uint32_t>(&datagram[kWordBytes * (1 + i)]);
      }
      farewell.count = count;
    }
    datagram = datagram.subspan(bytes);
  }
  return RtcpParse::kOk;
}

}  // namespace relay
