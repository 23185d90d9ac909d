// Fuzzes the relay's reading of RTP headers (RFC 3550 5.1):
//   1. its payload lies within the datagram;
//   2. a header written from what was read reads the same;
//   3. the harness's own parser, which shares no code with it, agrees in every field and every
//   refusal.
#include <cstring>
#include <vector>

#include "harness/base/check.h"
#include "harness/media/rtp_packet.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/relay/rtp.h"

namespace {

namespace media = framefence::media;

template <class A, class B>
bool SameFields(const A& a, const B& b) {
  return a.marker == b.marker && a.payload_type == b.payload_type &&
         a.sequence_number == b.sequence_number && a.timestamp == b.timestamp && a.ssrc == b.ssrc &&
         a.payload.size() == b.payload.size();
}

void CheckRoundTrip(const relay::RtpPacket& packet) {
  static std::vector<std::byte> written;
  written.assign(relay::kRtpHeaderBytes, {});
  relay::WriteRtpHeader(packet, std::span<std::byte, relay::kRtpHeaderBytes>(written));
  written.insert(written.end(), packet.payload.begin(), packet.payload.end());
  relay::RtpPacket again;
  FRAMEFENCE_CHECK(relay::ParseRtp(written, again) == relay::RtpParse::kOk);
  FRAMEFENCE_CHECK(SameFields(packet, again));
  FRAMEFENCE_CHECK(again.payload.data() == written.data() + relay::kRtpHeaderBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = std::as_bytes(std::span(data, size));
  relay::RtpPacket packet;
  media::RtpPacket reference;
  const relay::RtpParse status = relay::ParseRtp(datagram, packet);
  const media::RtpParse expected = media::ParseRtp(datagram, reference);
  FRAMEFENCE_CHECK(static_cast<int>(status) == static_cast<int>(expected));
  FRAMEFENCE_CHECK(relay::IsRtcp(datagram) == media::IsRtcp(datagram));
  if (status != relay::RtpParse::kOk) return 0;
  FRAMEFENCE_CHECK(SameFields(packet, reference));
  FRAMEFENCE_CHECK(packet.payload.empty() || packet.payload.data() == reference.payload.data());
  FRAMEFENCE_CHECK(fuzz::IsWithin(packet.payload, datagram));
  CheckRoundTrip(packet);
  return 0;
}
