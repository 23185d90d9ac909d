#include "harness/media/h264.h"

#include "harness/base/bytes.h"

namespace framefence::media {
namespace {

constexpr std::size_t kPrefixBytes = 3;

const std::byte* FindPrefix(const std::byte* from, const std::byte* end) {
  return from + FindStartCode({from, end}, 0);
}

const std::byte* StripZeros(const std::byte* begin, const std::byte* end) {
  while (end > begin && end[-1] == std::byte{0}) --end;
  return end;
}

const std::byte* AfterPrefix(const std::byte* prefix, const std::byte* end) {
  return prefix == end ? end : prefix + kPrefixBytes;
}

}  // namespace

AnnexBReader::AnnexBReader(std::span<const std::byte> stream)
    : position_(stream.data()), end_(stream.data() + stream.size()) {
  const std::byte* prefix = FindPrefix(position_, end_);
  leading_bytes_ = static_cast<std::size_t>(StripZeros(position_, prefix) - position_);
  position_ = AfterPrefix(prefix, end_);
}

std::span<const std::byte> AnnexBReader::Next() {
  while (position_ != end_) {
    const std::byte* begin = position_;
    const std::byte* prefix = FindPrefix(begin, end_);
    const std::byte* end = StripZeros(begin, prefix);
    position_ = AfterPrefix(prefix, end_);
    if (begin != end) return {begin, end};
  }
  return {};
}

void AppendNalUnit(std::span<const std::byte> nal_unit, std::vector<std::byte>& stream) {
  stream.insert(stream.end(), kStartCode.begin(), kStartCode.end());
  stream.insert(stream.end(), nal_unit.begin(), nal_unit.end());
}

}  // namespace framefence::media
