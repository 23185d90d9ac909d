// What the harness does alike for H.264 (RFC 6184, ITU-T H.264 7.3.1) and H.265 (RFC 7798, ITU-T
// H.265 7.3.1.2): headers of NAL units, and the RTP payloads that NAL units travel in. Without DONL
// fields (sprop-max-don-diff = 0) and PACI packets.
#ifndef FRAMEFENCE_HARNESS_MEDIA_CODEC_H_
#define FRAMEFENCE_HARNESS_MEDIA_CODEC_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/media/h264.h"

namespace framefence::media {

enum class Codec : std::uint8_t { kH264, kH265 };

// nal_unit_type: H.265 table 7-1, and the payload structures that RFC 7798 4.4 numbers beside them.
enum class H265Type : std::uint8_t {
  kTrailR = 1,
  kIdrWRadl = 19,
  kIdrNLp = 20,
  kVps = 32,
  kSps = 33,
  kPps = 34,
  kAccessUnitDelimiter = 35,
  kLastSingle = 47,  // above it the number space is RFC 7798's
  kAggregation = 48,
  kFragmentation = 49,
};

constexpr H265Type H265TypeOf(std::byte header) {
  return static_cast<H265Type>(header >> 1 & std::byte{0x3f});
}

// Of the base layer and the lowest temporal sub-layer.
constexpr std::array<std::byte, 2> H265Header(H265Type type) {
  return {static_cast<std::byte>(static_cast<unsigned>(type) << 1), std::byte{1}};
}

// Bytes of a NAL unit's header, and of a payload's, which is of the same form.
constexpr std::size_t HeaderBytes(Codec codec) { return codec == Codec::kH264 ? 1 : 2; }

constexpr bool IsForbidden(std::byte header) {
  return (header & kForbiddenZeroBit) != std::byte{0};
}

// What a payload is, by its header's first byte.
enum class Structure : std::uint8_t { kSingle, kAggregate, kFragment, kUnsupported };
constexpr Structure StructureOf(Codec codec, std::byte header) {
  if (codec == Codec::kH265) {
    const H265Type type = H265TypeOf(header);
    if (type == H265Type::kAggregation) return Structure::kAggregate;
    if (type == H265Type::kFragmentation) return Structure::kFragment;
    return type <= H265Type::kLastSingle ? Structure::kSingle : Structure::kUnsupported;
  }
  const NalUnitType type = TypeOf(header);
  if (type == NalUnitType::kStapA) return Structure::kAggregate;
  if (type == NalUnitType::kFuA) return Structure::kFragment;
  return IsSingleNalUnit(type) ? Structure::kSingle : Structure::kUnsupported;
}

// A NAL unit that can be sent: whole as far as its header, and of the codec itself.
constexpr bool IsNalUnit(Codec codec, std::span<const std::byte> bytes) {
  return bytes.size() >= HeaderBytes(codec) && StructureOf(codec, bytes[0]) == Structure::kSingle;
}

constexpr bool IsIdrSlice(Codec codec, std::byte header) {
  if (codec == Codec::kH264) return TypeOf(header) == NalUnitType::kIdrSlice;
  return H265TypeOf(header) == H265Type::kIdrWRadl || H265TypeOf(header) == H265Type::kIdrNLp;
}

// Whether such a NAL unit is the first of its access unit, as encoders write them (H.264 7.4.1.2.3,
// H.265 7.4.2.4.4).
constexpr bool BeginsAccessUnit(Codec codec, std::byte header) {
  if (codec == Codec::kH264) {
    return TypeOf(header) == NalUnitType::kSps ||
           TypeOf(header) == NalUnitType::kAccessUnitDelimiter;
  }
  return H265TypeOf(header) == H265Type::kVps ||
         H265TypeOf(header) == H265Type::kAccessUnitDelimiter;
}

// A header of either codec: its first HeaderBytes() count, the rest is 0.
using NalHeaderBytes = std::array<std::byte, 2>;

constexpr NalHeaderBytes HeaderOf(Codec codec, std::span<const std::byte> nal_unit) {
  return {nal_unit[0], codec == Codec::kH265 ? nal_unit[1] : std::byte{0}};
}

// A fragment's payload header, and the type in its FU header: together the header of the NAL unit
// that it is of (RFC 6184 5.8, RFC 7798 4.4.3).
inline constexpr std::byte kFuStart{0x80};
inline constexpr std::byte kFuEnd{0x40};
constexpr NalHeaderBytes FragmentHeader(Codec codec, NalHeaderBytes nal) {
  constexpr std::byte kLayerAndForbidden{0x81};
  if (codec == Codec::kH264)
    return {(nal[0] & ~kNalUnitTypeMask) | NalHeader(NalUnitType::kFuA, 0), std::byte{0}};
  return {(nal[0] & kLayerAndForbidden) | H265Header(H265Type::kFragmentation)[0], nal[1]};
}
constexpr std::byte FragmentType(Codec codec, NalHeaderBytes nal) {
  return codec == Codec::kH264 ? nal[0] & kNalUnitTypeMask : nal[0] >> 1 & std::byte{0x3f};
}
constexpr NalHeaderBytes Unfragmented(Codec codec, NalHeaderBytes payload, std::byte fu_header) {
  constexpr std::byte kLayer{0x01};
  if (codec == Codec::kH264)
    return {(payload[0] & kNalRefIdcMask) | (fu_header & kNalUnitTypeMask), std::byte{0}};
  return {(payload[0] & kLayer) | (fu_header & std::byte{0x3f}) << 1, payload[1]};
}

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_CODEC_H_
