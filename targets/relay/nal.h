// What the RTP payloads of H.264 (RFC 6184 section 5) and H.265 (RFC 7798 section 4.4) share: a
// payload is one NAL unit, an aggregate of some, each after its 16-bit size, or a fragment of one.
// A Format (h264.h, h265.h) says what differs. All else is refused.
#ifndef FRAMEFENCE_TARGETS_RELAY_NAL_H_
#define FRAMEFENCE_TARGETS_RELAY_NAL_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "targets/relay/big_endian.h"

namespace relay {

// What a NAL unit is there for, as far as the relay cares.
enum class NalRole : std::uint8_t {
  kVps,  // parameter sets, each kind standing on the one before it; H.264 has no VPS
  kSps,
  kPps,
  kDelimiter,          // always its access unit's first NAL unit
  kRandomAccessSlice,  // of a picture that can be decoded alone
  kOtherSlice,
  kOther,
  kNone,  // no NAL unit: a payload structure, or a number that none has
};

enum class PayloadParse : std::uint8_t {
  kOk,
  kEmpty,          // no payload
  kForbidden,      // forbidden_zero_bit is set
  kBadTemporalId,  // nuh_temporal_id_plus1 is 0 (H.265)
  kUnsupported,    // neither a NAL unit's type nor that of the codec's aggregate or fragment
  kTruncated,      // an aggregated NAL unit ends after the packet, or the header of one does
  kLoneAggregate,  // of one NAL unit, where the codec asks for two
  kBadFragment,    // both first and last, or of what is no NAL unit, or empty where none may be
};
inline constexpr std::size_t kPayloadParseCount = 8;

// A NAL unit's header, as it stands in a byte stream.
struct NalHeader {
  std::array<std::byte, 2> bytes{};  // the second is zero where the header has one
  std::uint8_t size = 1;

  std::span<const std::byte> view() const { return std::span(bytes).first(size); }
  friend bool operator==(const NalHeader&, const NalHeader&) = default;
};

// A NAL unit, or a fragment of one.
struct NalPiece {
  NalHeader header;  // of the NAL unit, also where a fragment does not repeat it
  NalRole role = NalRole::kNone;
  bool starts = true;               // holds the NAL unit's first byte
  bool ends = true;                 // holds its last byte
  std::span<const std::byte> body;  // without the header

  bool whole() const { return starts && ends; }
};

// What a payload tells without looking at it again.
struct PayloadSummary {
  bool starts_with_delimiter = false;
  bool starts_random_access = false;  // a slice of a picture that can be decoded alone begins in it
};

// Walks the pieces of a payload. What is not well formed ends the walk; nothing outside the payload
// is read.
template <class Format>
class NalPieces {
 public:
  explicit NalPieces(std::span<const std::byte> payload);

  // False at the end, and where the payload is broken: then status() is not kOk.
  bool Next(NalPiece& piece);
  PayloadParse status() const { return status_; }

 private:
  static constexpr std::byte kFragmentStartBit{0x80};
  static constexpr std::byte kFragmentEndBit{0x40};
  static constexpr std::size_t kAggregateSizeBytes = 2;

  // REQUIRES: bytes.size() >= Format::kHeaderBytes.
  static NalHeader HeaderOf(std::span<const std::byte> bytes);

  bool Fail(PayloadParse why);
  bool NextAggregated(NalPiece& piece);
  bool Fragment(NalPiece& piece);
  bool Single(std::span<const std::byte> nal_unit, NalPiece& piece);

  std::span<const std::byte> rest_;
  bool aggregated_ = false;
  std::size_t owed_ = Format::kAggregatedMin;  // NAL units without which an aggregate is none
  PayloadParse status_ = PayloadParse::kOk;
};

// Whether the payload is well formed. `summary` is meaningful on kOk only.
template <class Format>
PayloadParse ParsePayload(std::span<const std::byte> payload, PayloadSummary& summary) {
  summary = {};
  NalPieces<Format> pieces(payload);
  NalPiece piece;
  for (bool first = true; pieces.Next(piece); first = false) {
    if (!piece.starts) continue;
    if (first) summary.starts_with_delimiter = piece.role == NalRole::kDelimiter;
    if (piece.role == NalRole::kRandomAccessSlice) summary.starts_random_access = true;
  }
  return pieces.status();
}

// --- implementation

template <class Format>
NalPieces<Format>::NalPieces(std::span<const std::byte> payload) : rest_(payload) {
  if (payload.size() < Format::kHeaderBytes) {
    Fail(payload.empty() ? PayloadParse::kEmpty : PayloadParse::kTruncated);
    return;
  }
  const NalHeader header = HeaderOf(payload);
  const PayloadParse checked = Format::Check(header);
  if (checked != PayloadParse::kOk) {
    Fail(checked);
  } else if (Format::TypeOf(header) == Format::kAggregate) {
    aggregated_ = true;
    rest_ = payload.subspan(Format::kHeaderBytes);
    if (rest_.empty()) Fail(PayloadParse::kTruncated);
  }
}

template <class Format>
bool NalPieces<Format>::Next(NalPiece& piece) {
  if (rest_.empty()) return false;
  if (aggregated_) return NextAggregated(piece);
  if (Format::TypeOf(HeaderOf(rest_)) == Format::kFragment) return Fragment(piece);
  const std::span<const std::byte> nal_unit = rest_;
  rest_ = {};
  return Single(nal_unit, piece);
}

template <class Format>
NalHeader NalPieces<Format>::HeaderOf(std::span<const std::byte> bytes) {
  NalHeader header{.size = Format::kHeaderBytes};
  std::copy_n(bytes.begin(), Format::kHeaderBytes, header.bytes.begin());
  return header;
}

template <class Format>
bool NalPieces<Format>::Fail(PayloadParse why) {
  status_ = why;
  rest_ = {};
  return false;
}

// RFC 6184 5.7.1, RFC 7798 4.4.2: a 16-bit size before each NAL unit.
template <class Format>
bool NalPieces<Format>::NextAggregated(NalPiece& piece) {
  if (rest_.size() < kAggregateSizeBytes) return Fail(PayloadParse::kTruncated);
  const std::size_t bytes = ReadBigEndian<std::uint16_t>(rest_.data());
  if (bytes < Format::kHeaderBytes || rest_.size() < kAggregateSizeBytes + bytes)
    return Fail(PayloadParse::kTruncated);
  const std::span<const std::byte> nal_unit = rest_.subspan(kAggregateSizeBytes, bytes);
  rest_ = rest_.subspan(kAggregateSizeBytes + bytes);
  if (owed_ > 0) --owed_;
  if (owed_ > 0 && rest_.empty()) return Fail(PayloadParse::kLoneAggregate);
  return Single(nal_unit, piece);
}

// RFC 6184 5.8, RFC 7798 4.4.3: the NAL unit's header is spread over the payload's and the FU
// header after it.
template <class Format>
bool NalPieces<Format>::Fragment(NalPiece& piece) {
  if (rest_.size() <= Format::kHeaderBytes) return Fail(PayloadParse::kTruncated);
  const std::byte fu_header = rest_[Format::kHeaderBytes];
  piece.header = Format::Unfragmented(HeaderOf(rest_), fu_header);
  piece.role = Format::RoleOf(piece.header);
  piece.starts = (fu_header & kFragmentStartBit) != std::byte{0};
  piece.ends = (fu_header & kFragmentEndBit) != std::byte{0};
  piece.body = rest_.subspan(Format::kHeaderBytes + 1);
  if (piece.whole() || piece.role == NalRole::kNone ||
      (piece.body.empty() && !Format::kFragmentMayBeEmpty))
    return Fail(PayloadParse::kBadFragment);
  rest_ = {};
  return true;
}

template <class Format>
bool NalPieces<Format>::Single(std::span<const std::byte> nal_unit, NalPiece& piece) {
  const NalHeader header = HeaderOf(nal_unit);
  const PayloadParse checked = Format::Check(header);
  if (checked != PayloadParse::kOk) return Fail(checked);
  const NalRole role = Format::RoleOf(header);
  if (role == NalRole::kNone) return Fail(PayloadParse::kUnsupported);
  piece = NalPiece{header, role, true, true, nal_unit.subspan(Format::kHeaderBytes)};
  return true;
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_NAL_H_
