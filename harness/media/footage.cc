#include "harness/media/footage.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "harness/base/files.h"
#include "harness/media/h264.h"

namespace framefence::media {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;

// Slices and slice data partition A: what begins with a slice header.
bool HasSliceHeader(NalUnitType type) {
  return type == NalUnitType::kNonIdrSlice || type == NalUnitType::kSlicePartitionA ||
         type == NalUnitType::kIdrSlice;
}

// first_mb_in_slice is ue(v) coded and comes first: it is 0 exactly where the first bit is 1
// (7.3.3, 9.1).
bool BeginsPicture(std::span<const std::byte> slice) {
  return slice.size() > 1 && (slice[1] & std::byte{0x80}) != std::byte{0};
}

// The NAL units that, after a picture's last slice, belong to the next access unit (7.4.1.2.3).
bool PrecedesPicture(NalUnitType type) {
  return (type >= NalUnitType::kSei && type <= NalUnitType::kAccessUnitDelimiter) ||
         (type >= NalUnitType::kPrefix && type <= NalUnitType::kReserved18);
}

// The parameter sets of one type that came last together: those in force, where each repeats all.
class ParameterSets {
 public:
  explicit ParameterSets(NalUnitType type) : type_(type) {}

  void Add(NalUnitType type, std::span<const std::byte> nal_unit) {
    if (type != type_) return;
    if (!in_access_unit_) annex_b_.clear();
    in_access_unit_ = true;
    AppendNalUnit(nal_unit, annex_b_);
  }
  void EndAccessUnit() { in_access_unit_ = false; }
  // What an access unit lacks that is to be decoded alone.
  std::span<const std::byte> Missing() const {
    return in_access_unit_ ? std::span<const std::byte>() : annex_b_;
  }

 private:
  NalUnitType type_;
  bool in_access_unit_ = false;
  std::vector<std::byte> annex_b_;
};

// Puts NAL units into access units.
class Cutter {
 public:
  explicit Cutter(std::size_t stream_bytes) { stream_.reserve(stream_bytes + kStartCode.size()); }

  // The reason why the stream cannot be cut, if there is one.
  std::optional<Error> Add(std::span<const std::byte> nal_unit) {
    const NalUnitType type = TypeOf(nal_unit[0]);
    if (!IsSingleNalUnit(type)) {
      return Error{fmt::format("NAL unit {} has type {}, which is not H.264", nal_units_,
                               static_cast<int>(type))};
    }
    ++nal_units_;
    const bool slice = HasSliceHeader(type);
    const bool begins_picture = slice && BeginsPicture(nal_unit);
    if (slice && !begins_picture && !has_picture_) {
      return Error{fmt::format("access unit {} starts inside a picture", access_units_.size())};
    }
    if (has_picture_ && (begins_picture || PrecedesPicture(type))) Close();
    if (type == NalUnitType::kPps && !first_pps_) first_pps_ = stream_.size();
    sps_.Add(type, nal_unit);
    pps_.Add(type, nal_unit);
    if (type == NalUnitType::kIdrSlice && !has_picture_) {
      Insert(sps_.Missing(), first_pps_.value_or(stream_.size()));  // which refer to it
      Insert(pps_.Missing(), stream_.size());
    }
    has_picture_ |= slice;
    current_.idr |= type == NalUnitType::kIdrSlice;
    AppendNalUnit(nal_unit, stream_);
    return std::nullopt;
  }

  void Close() {
    current_.size = stream_.size() - current_.offset;
    access_units_.push_back(current_);
    current_ = {.offset = stream_.size()};
    has_picture_ = false;
    first_pps_.reset();
    sps_.EndAccessUnit();
    pps_.EndAccessUnit();
  }

  bool has_picture() const { return has_picture_; }
  std::vector<std::byte>& stream() { return stream_; }
  std::vector<FootageAccessUnit>& access_units() { return access_units_; }

 private:
  void Insert(std::span<const std::byte> annex_b, std::size_t at) {
    stream_.insert(stream_.begin() + static_cast<std::ptrdiff_t>(at), annex_b.begin(),
                   annex_b.end());
  }

  std::vector<std::byte> stream_;
  std::vector<FootageAccessUnit> access_units_;
  FootageAccessUnit current_;
  std::optional<std::size_t> first_pps_;  // of the current access unit: where it begins
  ParameterSets sps_{NalUnitType::kSps};
  ParameterSets pps_{NalUnitType::kPps};
  bool has_picture_ = false;
  std::size_t nal_units_ = 0;
};

}  // namespace

Result<Footage> Footage::Parse(std::span<const std::byte> stream) {
  AnnexBReader reader(stream);
  if (reader.leading_bytes() != 0)
    return Error{"no H.264 byte stream: it begins without a start code"};
  Cutter cutter(stream.size());
  for (auto nal_unit = reader.Next(); !nal_unit.empty(); nal_unit = reader.Next()) {
    if (auto error = cutter.Add(nal_unit)) return *std::move(error);
  }
  if (!cutter.has_picture()) return Error{"the byte stream ends without a picture"};
  cutter.Close();
  if (!cutter.access_units().front().idr) return Error{"the first access unit is not IDR"};
  Footage footage;
  footage.stream_ = std::move(cutter.stream());
  footage.access_units_ = std::move(cutter.access_units());
  return footage;
}

Result<Footage> Footage::Load(const std::filesystem::path& path) {
  Result<std::vector<std::byte>> file = ReadFile(path, kFileBytesMax);
  if (!file) return file.error();
  Result<Footage> footage = Parse(*file);
  if (!footage) return Error{fmt::format("{}: {}", path.string(), footage.error().message)};
  return footage;
}

}  // namespace framefence::media
