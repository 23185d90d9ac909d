#include "targets/relay/rtx.h"

#include "targets/relay/big_endian.h"

namespace relay {

RtxParse UnwrapRtx(const RtpPacket& rtx, const RtxAssociation& association, RtpPacket& original) {
  if (rtx.ssrc != association.ssrc) return RtxParse::kForeignSource;
  if (rtx.payload_type != association.payload_type) return RtxParse::kForeignPayloadType;
  if (rtx.payload.size() < kRtxOsnBytes) return RtxParse::kTooShort;
  if (rtx.payload.size() == kRtxOsnBytes) return RtxParse::kEmpty;
  original = {.marker = rtx.marker,
              .payload_type = association.original_payload_type,
              .sequence_number = ReadBigEndian<std::uint16_t>(rtx.payload.data()),
              .timestamp = rtx.timestamp,
              .ssrc = association.original_ssrc,
              .payload = rtx.payload.subspan(kRtxOsnBytes)};
  return RtxParse::kOk;
}

void WriteRtxHeader(const RtpPacket& original, const RtxAssociation& association,
                    std::uint16_t sequence_number, std::span<std::byte, kRtxHeaderBytes> out) {
  WriteRtpHeader({.marker = original.marker,
                  .payload_type = association.payload_type,
                  .sequence_number = sequence_number,
                  .timestamp = original.timestamp,
                  .ssrc = association.ssrc,
                  .payload = {}},
                 out.first<kRtpHeaderBytes>());
  WriteBigEndian(&out[kRtpHeaderBytes], original.sequence_number);
}

}  // namespace relay
