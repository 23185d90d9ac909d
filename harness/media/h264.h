// H.264 as far as the harness needs it: NAL unit headers (ITU-T H.264 7.3.1) and the Annex B byte
// stream.
#ifndef FRAMEFENCE_HARNESS_MEDIA_H264_H_
#define FRAMEFENCE_HARNESS_MEDIA_H264_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace framefence::media {

// nal_unit_type: H.264 table 7-1, and the packet types that RFC 6184 5.2 puts beside them.
enum class NalUnitType : std::uint8_t {
  kNonIdrSlice = 1,
  kSlicePartitionA = 2,
  kIdrSlice = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kEndOfSequence = 10,
  kEndOfStream = 11,
  kPrefix = 14,
  kReserved18 = 18,
  kLastSingle = 23,  // above it the number space is RFC 6184's
  kStapA = 24,
  kFuA = 28,
};

inline constexpr std::byte kForbiddenZeroBit{0x80};
inline constexpr std::byte kNalRefIdcMask{0x60};
inline constexpr std::byte kNalUnitTypeMask{0x1f};

constexpr NalUnitType TypeOf(std::byte nal_header) {
  return static_cast<NalUnitType>(nal_header & kNalUnitTypeMask);
}

// A NAL unit of H.264 itself, rather than one of RFC 6184's packet types or type 0, which no
// encoder emits.
constexpr bool IsSingleNalUnit(NalUnitType type) {
  return type >= NalUnitType::kNonIdrSlice && type <= NalUnitType::kLastSingle;
}

// nal_ref_idc 0..3.
constexpr std::byte NalHeader(NalUnitType type, unsigned nal_ref_idc) {
  return static_cast<std::byte>(nal_ref_idc << 5 | static_cast<unsigned>(type));
}

// What the harness writes before every NAL unit: zero_byte and start_code_prefix_one_3bytes
// (B.1.1).
inline constexpr std::array<std::byte, 4> kStartCode = {std::byte{0}, std::byte{0}, std::byte{0},
                                                        std::byte{1}};

// Walks the NAL units of a byte stream (Annex B) without copying.
//
//   - Start codes have 3 or 4 bytes; zero bytes before a start code and at the end of the stream
//     are stripped (zero_byte, trailing_zero_8bits), and so are empty NAL units.
//   - Bytes before the first start code belong to no NAL unit; leading_bytes() says how many of
//     them there are.
//   - B.1 also ends a NAL unit at 00 00 00. In a valid stream only zeros can follow that; in an
//     invalid one the bytes stay in the NAL unit, so that no byte of a stream escapes who looks at
//     its NAL units.
class AnnexBReader {
 public:
  explicit AnnexBReader(std::span<const std::byte> stream);

  // The next NAL unit, its header byte first; empty at the end of the stream.
  std::span<const std::byte> Next();

  // Not counting zeros before the first start code (leading_zero_8bits).
  std::size_t leading_bytes() const { return leading_bytes_; }

 private:
  const std::byte* position_;  // after a start code, or the end
  const std::byte* end_;
  std::size_t leading_bytes_;
};

// Appends kStartCode and the NAL unit. The NAL unit holds emulation prevention bytes where it needs
// them already.
void AppendNalUnit(std::span<const std::byte> nal_unit, std::vector<std::byte>& stream);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_H264_H_
