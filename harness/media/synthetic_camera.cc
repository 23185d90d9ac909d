#include "harness/media/synthetic_camera.h"

#include <algorithm>
#include <span>

#include "harness/base/check.h"
#include "harness/media/h264.h"

namespace framefence::media {
namespace {

constexpr std::size_t kOverheadBytes = kStartCode.size() + 1;  // of a NAL unit
constexpr std::size_t kParameterSets = 2;

constexpr std::uint32_t CellsIn(std::uint32_t payload_bytes) {
  return static_cast<std::uint32_t>((payload_bytes + kCellBytes - 1) / kCellBytes);
}

// Writes NAL units one behind the other into a buffer that is large enough.
class FrameWriter {
 public:
  FrameWriter(const Stamp& first, SyntheticFrame& out) : stamp_(first), out_(out) {
    out_.nal_units.clear();
  }

  void Add(std::byte header, std::uint32_t payload_bytes) {
    std::byte* const start = out_.annex_b.data() + size_;
    std::copy(kStartCode.begin(), kStartCode.end(), start);
    start[kStartCode.size()] = header;
    std::byte* const payload = start + kOverheadBytes;
    WriteCells(stamp_, {payload, payload_bytes});
    const std::uint32_t cells = CellsIn(payload_bytes);
    // No cell begins with 00 or holds 00 00: one byte is all there can be to leave out, and it is
    // never the only one.
    if (payload[payload_bytes - 1] == std::byte{0}) --payload_bytes;
    out_.nal_units.push_back(
        {.header_offset = static_cast<std::uint32_t>(size_ + kStartCode.size()),
         .payload_bytes = payload_bytes,
         .first_cell = stamp_.cell});
    stamp_.cell += cells;
    size_ += kOverheadBytes + payload_bytes;
  }

  void Finish() { out_.annex_b.resize(size_); }

 private:
  Stamp stamp_;
  SyntheticFrame& out_;
  std::size_t size_ = 0;
};

}  // namespace

void MakeSyntheticFrame(CameraId camera, BindingEpoch epoch, FrameNumber frame,
                        const FrameShape& shape, SyntheticFrame& out) {
  FRAMEFENCE_CHECK(IsValid(shape));
  const std::size_t nal_units_max = shape.slices + (shape.idr ? kParameterSets : 0);
  out.annex_b.resize(nal_units_max * kOverheadBytes + shape.payload_bytes +
                     (shape.idr ? kParameterSets * kCellBytes : 0));
  FrameWriter writer({.camera = camera, .epoch = epoch, .frame = frame, .cell = 0}, out);
  if (shape.idr) {
    writer.Add(NalHeader(NalUnitType::kSps, 3), kCellBytes);
    writer.Add(NalHeader(NalUnitType::kPps, 3), kCellBytes);
  }
  const std::byte header =
      shape.idr ? NalHeader(NalUnitType::kIdrSlice, 3) : NalHeader(NalUnitType::kNonIdrSlice, 2);
  const std::uint32_t slice_bytes = shape.payload_bytes / shape.slices;
  const std::uint32_t longer_slices = shape.payload_bytes % shape.slices;
  for (std::uint32_t slice = 0; slice < shape.slices; ++slice) {
    writer.Add(header, slice_bytes + (slice < longer_slices ? 1 : 0));
  }
  writer.Finish();
}

}  // namespace framefence::media
