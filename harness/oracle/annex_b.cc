#include "harness/oracle/annex_b.h"

#include <cstring>

#define XXH_INLINE_ALL  // small inputs are the usual ones
#include <xxhash.h>

#include "harness/base/prng.h"

namespace framefence::oracle {
namespace {

// Where the next 00 00 01 begins, from `at` on; the end where there is none. Zeros are rare in
// coded video, so that memchr leaps over most of it.
std::size_t FindStartCode(std::span<const std::byte> stream, std::size_t at) {
  const std::byte* const begin = stream.data();
  const std::size_t size = stream.size();
  while (at + 3 <= size) {
    const void* zero = std::memchr(begin + at, 0, size - 2 - at);
    if (zero == nullptr) return size;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(zero) - begin);
    if (begin[at + 1] == std::byte{0} && begin[at + 2] == std::byte{1}) return at;
    ++at;
  }
  return size;
}

}  // namespace

bool NalUnits::Next() {
  while (next_ < stream_.size()) {
    begin_ = next_;
    std::size_t end = FindStartCode(stream_, begin_);
    next_ = end == stream_.size() ? end : end + 3;
    while (end > begin_ && stream_[end - 1] == std::byte{0}) --end;
    length_ = end - begin_;
    if (length_ > 0) return true;
  }
  return false;
}

AccessUnitDigest DigestOf(std::span<const std::byte> access_unit) {
  AccessUnitDigest digest;
  NalUnits units(access_unit);
  while (units.Next()) {
    const auto nal_unit = units.nal_unit();
    digest.identity = Mix64(digest.identity ^ XXH3_64bits(nal_unit.data(), nal_unit.size()));
    digest.bytes += nal_unit.size();
    ++digest.nal_units;
  }
  return digest;
}

}  // namespace framefence::oracle
