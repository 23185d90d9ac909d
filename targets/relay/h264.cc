#include "targets/relay/h264.h"

#include "targets/relay/big_endian.h"

namespace relay {
namespace {

constexpr std::byte kForbiddenZeroBit{0x80};
constexpr std::byte kFragmentStartBit{0x80};
constexpr std::byte kFragmentEndBit{0x40};
constexpr std::byte kForbiddenAndRefIdcMask{0xe0};
constexpr std::byte kTypeMask{0x1f};
constexpr std::size_t kAggregateSizeBytes = 2;

bool IsNalUnit(std::byte header) {
  return TypeOf(header) >= NalType::kSlice && TypeOf(header) <= NalType::kLastSingle;
}

}  // namespace

NalPieces::NalPieces(std::span<const std::byte> payload) : rest_(payload) {
  if (payload.empty()) {
    Fail(H264Parse::kEmpty);
  } else if ((payload[0] & kForbiddenZeroBit) != std::byte{0}) {
    Fail(H264Parse::kForbidden);
  } else if (TypeOf(payload[0]) == NalType::kStapA) {
    aggregated_ = true;
    rest_ = payload.subspan(1);
    if (rest_.empty()) Fail(H264Parse::kTruncated);
  }
}

bool NalPieces::Next(NalPiece& piece) {
  if (rest_.empty()) return false;
  if (aggregated_) return NextAggregated(piece);
  if (TypeOf(rest_[0]) == NalType::kFuA) return Fragment(piece);
  const std::span<const std::byte> nal_unit = rest_;
  rest_ = {};
  return Single(nal_unit, piece);
}

bool NalPieces::Fail(H264Parse why) {
  status_ = why;
  rest_ = {};
  return false;
}

// RFC 6184 5.7.1: a 16-bit size before each NAL unit.
bool NalPieces::NextAggregated(NalPiece& piece) {
  if (rest_.size() < kAggregateSizeBytes) return Fail(H264Parse::kTruncated);
  const std::size_t bytes = ReadBigEndian<std::uint16_t>(rest_.data());
  if (bytes == 0 || rest_.size() < kAggregateSizeBytes + bytes) return Fail(H264Parse::kTruncated);
  const std::span<const std::byte> nal_unit = rest_.subspan(kAggregateSizeBytes, bytes);
  rest_ = rest_.subspan(kAggregateSizeBytes + bytes);
  return Single(nal_unit, piece);
}

// RFC 6184 5.8: the NAL unit's header is spread over the FU indicator and the FU header.
bool NalPieces::Fragment(NalPiece& piece) {
  if (rest_.size() < 2) return Fail(H264Parse::kTruncated);
  const std::byte fu_header = rest_[1];
  piece.header = (rest_[0] & kForbiddenAndRefIdcMask) | (fu_header & kTypeMask);
  piece.starts = (fu_header & kFragmentStartBit) != std::byte{0};
  piece.ends = (fu_header & kFragmentEndBit) != std::byte{0};
  piece.body = rest_.subspan(2);
  if (piece.whole() || !IsNalUnit(piece.header)) return Fail(H264Parse::kBadFragment);
  rest_ = {};
  return true;
}

bool NalPieces::Single(std::span<const std::byte> nal_unit, NalPiece& piece) {
  if ((nal_unit[0] & kForbiddenZeroBit) != std::byte{0}) return Fail(H264Parse::kForbidden);
  if (!IsNalUnit(nal_unit[0])) return Fail(H264Parse::kUnsupported);
  piece = NalPiece{nal_unit[0], true, true, nal_unit.subspan(1)};
  return true;
}

H264Parse ParseH264(std::span<const std::byte> payload, PayloadSummary& summary) {
  summary = {};
  NalPieces pieces(payload);
  NalPiece piece;
  for (bool first = true; pieces.Next(piece); first = false) {
    if (first) summary.first_type = piece.type();
    if (piece.starts && piece.type() == NalType::kIdrSlice) summary.starts_idr = true;
  }
  return pieces.status();
}

}  // namespace relay
