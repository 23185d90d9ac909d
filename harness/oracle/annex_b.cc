#include "harness/oracle/annex_b.h"

#include "harness/base/bytes.h"
#include "harness/base/prng.h"

namespace framefence::oracle {

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
    digest.identity = Mix64(digest.identity ^ HashOfBytes(nal_unit));
    digest.bytes += nal_unit.size();
    ++digest.nal_units;
  }
  return digest;
}

}  // namespace framefence::oracle
