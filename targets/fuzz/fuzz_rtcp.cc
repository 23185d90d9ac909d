// Fuzzes the relay's reading of RTCP (RFC 3550 6.6):
//   1. a BYE written for any sources is read as these sources;
//   2. a compound packet without padding or BYE, and a BYE after it, are a compound packet whose
//      farewells are that BYE's;
//   3. one that is cut short within its last packet is refused.
#include <algorithm>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/relay/rtcp.h"

namespace {

using relay::RtcpCompound;
using relay::RtcpParse;

// Version 2, packet type 203; the sources are `words`, whatever they hold.
void AppendBye(std::span<const std::byte> words, std::vector<std::byte>& packet) {
  const auto count = static_cast<std::uint8_t>(words.size() / 4);
  for (const std::uint8_t octet :
       {std::uint8_t(0x80 | count), std::uint8_t{203}, std::uint8_t{0}, count}) {
    packet.push_back(std::byte{octet});
  }
  packet.insert(packet.end(), words.begin(), words.end());
}

bool HasFarewells(const RtcpCompound& compound, std::span<const std::byte> words) {
  if (compound.farewells.size() != words.size() / 4) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto octet = static_cast<std::uint8_t>(compound.farewells[i / 4] >> (24 - 8 * (i % 4)));
    if (words[i] != std::byte{octet}) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = std::as_bytes(std::span(data, size));
  static std::vector<std::byte> packet;
  static RtcpCompound compound;
  const RtcpParse status = relay::ParseRtcp(datagram, compound);
  const bool extended = status == RtcpParse::kOk && compound.farewells.empty();

  const auto words = datagram.first(std::min(size, 4 * relay::kReportBlocksMax) / 4 * 4);
  packet.clear();
  if (extended) packet.assign(datagram.begin(), datagram.end());
  AppendBye(words, packet);
  const RtcpParse whole = relay::ParseRtcp(packet, compound);
  // Padding must be on the last packet.
  if (extended && whole == RtcpParse::kBadPadding) return 0;
  FRAMEFENCE_CHECK(whole == RtcpParse::kOk);
  FRAMEFENCE_CHECK(HasFarewells(compound, words));

  const std::size_t last_packet_bytes = 4 + words.size();
  for (std::size_t cut = 1; cut < last_packet_bytes; ++cut) {
    const auto part = std::span(packet).first(packet.size() - cut);
    FRAMEFENCE_CHECK(relay::ParseRtcp(part, compound) != RtcpParse::kOk);
  }
  return 0;
}
