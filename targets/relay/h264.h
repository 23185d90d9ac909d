// H.264 RTP payloads (RFC 6184 section 5): single NAL unit packets, STAP-A and FU-A. All else is
// refused.
#ifndef FRAMEFENCE_TARGETS_RELAY_H264_H_
#define FRAMEFENCE_TARGETS_RELAY_H264_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace relay {

// nal_unit_type (ITU-T H.264 table 7-1), and the payload structures that RFC 6184 5.2 numbers
// beside them.
enum class NalType : std::uint8_t {
  kSlice = 1,
  kIdrSlice = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kLastSingle = 23,
  kStapA = 24,
  kFuA = 28,
};

constexpr NalType TypeOf(std::byte nal_header) {
  return static_cast<NalType>(nal_header & std::byte{0x1f});
}

enum class H264Parse : std::uint8_t {
  kOk,
  kEmpty,        // no payload
  kForbidden,    // forbidden_zero_bit is set
  kUnsupported,  // type 0, or a payload structure other than the three above
  kTruncated,    // an aggregated NAL unit ends after the packet, or the header of one does
  kBadFragment,  // both first and last fragment, or a fragment of what is no NAL unit
};
inline constexpr std::size_t kH264ParseCount = 6;

// A NAL unit, or a fragment of one.
struct NalPiece {
  std::byte header{};               // of the NAL unit, also where a fragment does not repeat it
  bool starts = true;               // holds the NAL unit's first byte
  bool ends = true;                 // holds its last byte
  std::span<const std::byte> body;  // without the header

  NalType type() const { return TypeOf(header); }
  bool whole() const { return starts && ends; }
};

// What a payload tells without looking at it again.
struct PayloadSummary {
  NalType first_type{};     // of the first NAL unit
  bool starts_idr = false;  // an IDR slice begins in it
};

// Whether the payload is well formed. `summary` is meaningful on kOk only.
H264Parse ParseH264(std::span<const std::byte> payload, PayloadSummary& summary);

// Walks the pieces of a payload. What is not well formed ends the walk; nothing outside the payload
// is read.
class NalPieces {
 public:
  explicit NalPieces(std::span<const std::byte> payload);

  // False at the end, and where the payload is broken: then status() is not kOk.
  bool Next(NalPiece& piece);
  H264Parse status() const { return status_; }

 private:
  bool Fail(H264Parse why);
  bool NextAggregated(NalPiece& piece);
  bool Fragment(NalPiece& piece);
  bool Single(std::span<const std::byte> nal_unit, NalPiece& piece);

  std::span<const std::byte> rest_;
  bool aggregated_ = false;
  H264Parse status_ = H264Parse::kOk;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_H264_H_
