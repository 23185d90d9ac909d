#include "harness/media/synthetic_camera.h"

#include <algorithm>
#include <array>
#include <span>

#include "harness/base/check.h"
#include "harness/media/codec.h"

namespace framefence::media {
namespace {

// Headers of the NAL units of a frame, parameter sets first.
struct Headers {
  std::array<NalHeaderBytes, 3> parameter_sets;
  std::size_t parameter_set_count;
  NalHeaderBytes idr_slice, slice;
};
constexpr Headers kH264Headers{
    {{{NalHeader(NalUnitType::kSps, 3)}, {NalHeader(NalUnitType::kPps, 3)}}},
    2,
    {NalHeader(NalUnitType::kIdrSlice, 3)},
    {NalHeader(NalUnitType::kNonIdrSlice, 2)}};
constexpr Headers kH265Headers{
    {{H265Header(H265Type::kVps), H265Header(H265Type::kSps), H265Header(H265Type::kPps)}},
    3,
    H265Header(H265Type::kIdrWRadl),
    H265Header(H265Type::kTrailR)};

constexpr std::uint32_t CellsIn(std::uint32_t payload_bytes) {
  return static_cast<std::uint32_t>((payload_bytes + kCellBytes - 1) / kCellBytes);
}

// Writes NAL units one behind the other into a buffer that is large enough.
class FrameWriter {
 public:
  FrameWriter(const Stamp& first, Codec codec, SyntheticFrame& out)
      : stamp_(first), header_bytes_(HeaderBytes(codec)), out_(out) {
    out_.nal_units.clear();
  }

  void Add(NalHeaderBytes header, std::uint32_t payload_bytes) {
    std::byte* const start = out_.annex_b.data() + size_;
    std::copy(kStartCode.begin(), kStartCode.end(), start);
    std::copy_n(header.begin(), header_bytes_, start + kStartCode.size());
    std::byte* const payload = start + kStartCode.size() + header_bytes_;
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
    size_ += kStartCode.size() + header_bytes_ + payload_bytes;
  }

  void Finish() { out_.annex_b.resize(size_); }

 private:
  Stamp stamp_;
  std::size_t header_bytes_;
  SyntheticFrame& out_;
  std::size_t size_ = 0;
};

}  // namespace

void MakeSyntheticFrame(CameraId camera, BindingEpoch epoch, FrameNumber frame,
                        const FrameShape& shape, SyntheticFrame& out) {
  FRAMEFENCE_CHECK(IsValid(shape));
  const Headers& headers = shape.codec == Codec::kH264 ? kH264Headers : kH265Headers;
  const std::size_t parameter_sets = shape.idr ? headers.parameter_set_count : 0;
  const std::size_t overhead_bytes = kStartCode.size() + HeaderBytes(shape.codec);
  out.annex_b.resize((shape.slices + parameter_sets) * overhead_bytes + shape.payload_bytes +
                     parameter_sets * kCellBytes);
  FrameWriter writer({.camera = camera, .epoch = epoch, .frame = frame, .cell = 0}, shape.codec,
                     out);
  for (std::size_t i = 0; i < parameter_sets; ++i)
    writer.Add(headers.parameter_sets[i], kCellBytes);
  const NalHeaderBytes header = shape.idr ? headers.idr_slice : headers.slice;
  const std::uint32_t slice_bytes = shape.payload_bytes / shape.slices;
  const std::uint32_t longer_slices = shape.payload_bytes % shape.slices;
  for (std::uint32_t slice = 0; slice < shape.slices; ++slice) {
    writer.Add(header, slice_bytes + (slice < longer_slices ? 1 : 0));
  }
  writer.Finish();
}

}  // namespace framefence::media
