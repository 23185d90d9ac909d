// Synthetic cameras: access units whose every byte says which camera made it (see stamp/stamp.h).
#ifndef FRAMEFENCE_HARNESS_MEDIA_SYNTHETIC_CAMERA_H_
#define FRAMEFENCE_HARNESS_MEDIA_SYNTHETIC_CAMERA_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/base/ids.h"
#include "harness/media/codec.h"
#include "harness/media/stamp/stamp.h"

namespace framefence::media {

struct FrameShape {
  bool idr = false;
  std::uint16_t slices = 1;          // slice NAL units
  std::uint32_t payload_bytes = 16;  // stamp bytes over all slices; the first get the remainder
  Codec codec = Codec::kH264;
  friend bool operator==(const FrameShape&, const FrameShape&) = default;
};

// So that the frame's cells can be numbered (about a megabyte): each parameter set is one, and each
// slice may end with a cut one. 0: too many slices.
constexpr std::uint32_t PayloadBytesMax(std::uint32_t slices) {
  constexpr std::uint32_t kCells = (1U << kStampCellBits) - 3;
  return slices < kCells ? (kCells - slices) * kCellBytes : 0;
}
// Each slice has a byte.
constexpr bool IsValid(const FrameShape& shape) {
  return shape.slices >= 1 && shape.payload_bytes >= shape.slices &&
         shape.payload_bytes <= PayloadBytesMax(shape.slices);
}

// Where a NAL unit of a synthetic frame lies, and which cells it holds.
struct StampedNalUnit {
  std::uint32_t header_offset =
      0;  // of the NAL unit header in the access unit; a 4-byte start code is before it
  std::uint32_t payload_bytes = 0;  // stamp bytes after the header
  std::uint32_t first_cell = 0;     // the last cell may be cut short
  friend bool operator==(const StampedNalUnit&, const StampedNalUnit&) = default;
};

// Re-used from frame to frame: nothing is allocated once the largest frame has been through it.
struct SyntheticFrame {
  std::vector<std::byte> annex_b;
  std::vector<StampedNalUnit> nal_units;  // in the order of annex_b
};

// One access unit in Annex B form, a function of its arguments alone:
//
//   IDR:      SPS, PPS (one whole cell each), then the slices (nal_unit_type 5, nal_ref_idc 3)
//   non-IDR:  the slices only                                 (nal_unit_type 1, nal_ref_idc 2)
//
// of H.265 VPS, SPS and PPS, then slices of IDR_W_RADL; and slices of TRAIL_R only.
//
// Cells are numbered on over the NAL units of a frame, and each NAL unit begins a new one. Where a
// cut cell would end a NAL unit with 00, which H.264 7.4.1 forbids and Annex B could not carry,
// that byte is left out. REQUIRES: IsValid(shape); the stamp's fields fit (see stamp/stamp.h).
void MakeSyntheticFrame(CameraId camera, BindingEpoch epoch, FrameNumber frame,
                        const FrameShape& shape, SyntheticFrame& out);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_SYNTHETIC_CAMERA_H_
