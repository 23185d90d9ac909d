// Real encoder output: an H.264 byte stream cut into its access units.
#ifndef FRAMEFENCE_HARNESS_MEDIA_FOOTAGE_H_
#define FRAMEFENCE_HARNESS_MEDIA_FOOTAGE_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "harness/base/result.h"

namespace framefence::media {

struct FootageAccessUnit {
  std::size_t offset = 0;  // of its first start code, in bytes
  std::size_t size = 0;
  bool idr = false;  // holds a slice of nal_unit_type 5
};

// The access units of one camera, at least one, the first of them IDR. Each IDR access unit has
// parameter sets, those that came last where the file did not repeat them (encoders may send them
// once): cameras begin anywhere. Every start code has 4 bytes and no NAL unit is followed by zeros,
// whatever the file had, so that an access unit compares equal to itself after a journey over RTP.
class Footage {
 public:
  // Cuts a byte stream (Annex B) where H.264 7.4.1.2.3 and 7.4.1.2.4 let a primary coded picture
  // begin: at the first access unit delimiter, parameter set, SEI, or NAL unit of type 14..18 after
  // the last slice of the picture before, or at a slice whose first_mb_in_slice is 0. (Encoders
  // that send the slices of a picture out of order, which Baseline alone allows, are not for this.)
  // Error: bytes before the first start code, no picture, a first access unit that is not IDR or
  // starts inside a picture, a NAL unit of type 0 or 24..31, parameter sets without a picture at
  // the end.
  static Result<Footage> Parse(std::span<const std::byte> stream);

  // Error: as Parse(), or the file cannot be read or is larger than 1 GiB.
  static Result<Footage> Load(const std::filesystem::path& path);

  const std::vector<FootageAccessUnit>& access_units() const { return access_units_; }
  std::span<const std::byte> bytes(const FootageAccessUnit& access_unit) const {
    return std::span(stream_).subspan(access_unit.offset, access_unit.size);
  }

 private:
  std::vector<std::byte> stream_;
  std::vector<FootageAccessUnit> access_units_;
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_FOOTAGE_H_
