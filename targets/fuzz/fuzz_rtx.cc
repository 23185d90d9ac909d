// Fuzzes retransmissions (RFC 4588 section 4):
//   1. what is read out of one lies within it, and is the original's in every field;
//   2. written as a retransmission again it is the same packet, but for what is not restored.
#include <algorithm>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/relay/rtx.h"

namespace {

constexpr relay::RtxAssociation kAssociation{
    .ssrc = 7, .original_ssrc = 9, .payload_type = 97, .original_payload_type = 96};

void CheckRoundTrip(const relay::RtpPacket& rtx, const relay::RtpPacket& original) {
  static std::vector<std::byte> written;
  written.assign(relay::kRtxHeaderBytes, {});
  relay::WriteRtxHeader(original, kAssociation, rtx.sequence_number,
                        std::span<std::byte, relay::kRtxHeaderBytes>(written));
  written.insert(written.end(), original.payload.begin(), original.payload.end());
  relay::RtpPacket again;
  FRAMEFENCE_CHECK(relay::ParseRtp(written, again) == relay::RtpParse::kOk);
  FRAMEFENCE_CHECK(again.marker == rtx.marker && again.timestamp == rtx.timestamp);
  FRAMEFENCE_CHECK(again.ssrc == rtx.ssrc && again.payload_type == rtx.payload_type);
  FRAMEFENCE_CHECK(again.sequence_number == rtx.sequence_number);
  FRAMEFENCE_CHECK(std::ranges::equal(again.payload, rtx.payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  relay::RtpPacket rtx;
  if (relay::ParseRtp(std::as_bytes(std::span(data, size)), rtx) != relay::RtpParse::kOk) return 0;
  relay::RtpPacket original;
  const relay::RtxParse status = relay::UnwrapRtx(rtx, kAssociation, original);
  const bool ours = rtx.ssrc == kAssociation.ssrc && rtx.payload_type == kAssociation.payload_type;
  FRAMEFENCE_CHECK((status == relay::RtxParse::kOk) ==
                   (ours && rtx.payload.size() > relay::kRtxOsnBytes));
  if (status != relay::RtxParse::kOk) return 0;
  FRAMEFENCE_CHECK(original.ssrc == kAssociation.original_ssrc);
  FRAMEFENCE_CHECK(original.payload_type == kAssociation.original_payload_type);
  FRAMEFENCE_CHECK(!original.payload.empty() && fuzz::IsWithin(original.payload, rtx.payload));
  CheckRoundTrip(rtx, original);
  return 0;
}
