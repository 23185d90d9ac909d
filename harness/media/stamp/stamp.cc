// The reading side: whose cell is this? Not hot, for a reader who knows whose cells to expect uses
// MatchCells().
#include "harness/media/stamp/stamp.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "harness/media/stamp/permutation.h"
#include "harness/media/stamp/stamp_layout.h"

namespace framefence::media {
namespace {

using stamp_layout::Block;

static_assert(std::endian::native == std::endian::little, "a Block is copied to and from bytes");
static_assert(sizeof(Block) == kCellBytes);

// Of the salts below the cell's own none may be usable, or the writer would have taken it.
bool IsSmallestSalt(const Stamp& stamp, unsigned salt) {
  for (unsigned smaller = 0; smaller < salt; ++smaller) {
    const Block cell = stamp_layout::Permute(stamp_layout::Pack(stamp, smaller));
    std::array<std::uint8_t, kCellBytes> bytes;
    std::memcpy(bytes.data(), &cell, kCellBytes);
    if (stamp_layout::AvoidsStartCodes(bytes.data())) return false;
  }
  return true;
}

}  // namespace

std::optional<Stamp> ReadCell(std::span<const std::byte, kCellBytes> bytes) {
  Block cell;
  std::memcpy(&cell, bytes.data(), kCellBytes);
  const Block plain = stamp_layout::Invert(cell);
  if (!stamp_layout::Checks(plain)) return std::nullopt;
  std::array<std::uint8_t, kCellBytes> octets;
  std::memcpy(octets.data(), bytes.data(), kCellBytes);
  const Stamp stamp = stamp_layout::Unpack(plain);
  if (!stamp_layout::AvoidsStartCodes(octets.data()) ||
      !IsSmallestSalt(stamp, stamp_layout::SaltOf(plain))) {
    return std::nullopt;
  }
  return stamp;
}

std::optional<FoundCell> FindCell(std::span<const std::byte> bytes) {
  for (std::size_t offset = 0; offset + kCellBytes <= bytes.size(); ++offset) {
    const auto stamp = ReadCell(bytes.subspan(offset).first<kCellBytes>());
    if (stamp) return FoundCell{.offset = offset, .stamp = *stamp};
  }
  return std::nullopt;
}

}  // namespace framefence::media
