// RTCP, as far as a publisher's farewell (RFC 3550 6.6).
#ifndef FRAMEFENCE_TARGETS_RELAY_RTCP_H_
#define FRAMEFENCE_TARGETS_RELAY_RTCP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace relay {

inline constexpr std::size_t kByeSourcesMax = 31;  // the count has 5 bits

// The sources that a compound packet says goodbye for, in the last BYE that it holds.
struct Farewell {
  std::array<std::uint32_t, kByeSourcesMax> ssrcs{};
  std::size_t count = 0;
};

enum class RtcpParse : std::uint8_t {
  kOk,
  kTooShort,    // ends before a header does
  kBadVersion,  // a packet in it is not of version 2
  kBadLength,   // a packet in it ends after it does, or a BYE before its sources do
};
inline constexpr std::size_t kRtcpParseCount = 4;

// Reads a compound packet, also one of reduced size (RFC 5506). `farewell` is meaningful on kOk
// only.
RtcpParse ParseRtcp(std::span<const std::byte> datagram, Farewell& farewell);

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RTCP_H_
