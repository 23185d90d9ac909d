// Access units in Annex B form (ITU-T H.264), as far as the oracle needs it.
#ifndef FRAMEFENCE_HARNESS_ORACLE_ANNEX_B_H_
#define FRAMEFENCE_HARNESS_ORACLE_ANNEX_B_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace framefence::oracle {

// The NAL units of a byte stream in order, without copying. No byte but those of start codes and
// the zeros before them and at the end (zero_byte, trailing_zero_8bits) is left out: bytes before
// the first start code come as a NAL unit of their own, though they are none.
class NalUnits {
 public:
  explicit NalUnits(std::span<const std::byte> stream) : stream_(stream) {}

  // Finds the next NAL unit. False at the end.
  bool Next();

  std::span<const std::byte> nal_unit() const { return stream_.subspan(begin_, length_); }
  std::size_t offset() const { return begin_; }  // of the NAL unit in the stream

 private:
  std::span<const std::byte> stream_;
  std::size_t begin_ = 0;
  std::size_t length_ = 0;
  std::size_t next_ = 0;
};

// What is the same of an access unit however its start codes are written.
struct AccessUnitDigest {
  // Equal where two hold the same NAL units in the same order. 64 bits of XXH3.
  std::uint64_t identity = 0;
  std::size_t nal_units = 0;
  std::size_t bytes = 0;  // of the NAL units
  friend bool operator==(const AccessUnitDigest&, const AccessUnitDigest&) = default;
};
AccessUnitDigest DigestOf(std::span<const std::byte> access_unit);

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_ANNEX_B_H_
