// The codecs that publishers may send, behind one reader of their payloads.
#ifndef FRAMEFENCE_TARGETS_RELAY_CODEC_H_
#define FRAMEFENCE_TARGETS_RELAY_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "targets/relay/h264.h"
#include "targets/relay/h265.h"

namespace relay {

enum class Codec : std::uint8_t { kH264, kH265 };

// Whether the payload is well formed. `summary` is meaningful on kOk only.
inline PayloadParse ParsePayload(Codec codec, std::span<const std::byte> payload,
                                 PayloadSummary& summary) {
  return codec == Codec::kH264 ? ParsePayload<H264>(payload, summary)
                               : ParsePayload<H265>(payload, summary);
}

template <class Format, class Visit>
void ForEachPiece(std::span<const std::byte> payload, const Visit& visit) {
  NalPieces<Format> pieces(payload);
  for (NalPiece piece; pieces.Next(piece);) visit(piece);
}

// Calls visit(const NalPiece&) for each piece of a payload that is well formed.
template <class Visit>
void ForEachPiece(Codec codec, std::span<const std::byte> payload, const Visit& visit) {
  if (codec == Codec::kH264) {
    ForEachPiece<H264>(payload, visit);
  } else {
    ForEachPiece<H265>(payload, visit);
  }
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_CODEC_H_
