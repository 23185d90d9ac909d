// The writing and matching side, at memory speed: as many cells at a time as a vector holds, by the
// AES instructions of the machine it runs on (Highway's dynamic dispatch), and by arithmetic on
// machines that have none.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "harness/base/check.h"
#include "harness/media/stamp/permutation.h"
#include "harness/media/stamp/stamp.h"
#include "harness/media/stamp/stamp_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "harness/media/stamp/cells.cc"
#define HWY_WANT_AVX3_DL 1  // the target whose vectors of 512 bits have AES
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace framefence::media {
namespace HWY_NAMESPACE {

using stamp_layout::Block;
using stamp_layout::kRoundKeys;
using stamp_layout::kSaltCount;

#if HWY_TARGET == HWY_SCALAR

// One cell at a time.
struct Generator {
  explicit Generator(const Stamp& first) : plain(stamp_layout::Pack(first, 0)) {}

  void Next(std::uint8_t* out) {
    for (unsigned salt = 0; salt < kSaltCount; ++salt) {
      const Block cell = stamp_layout::Permute({.low = plain.low + salt, .high = plain.high});
      std::memcpy(out, &cell, kCellBytes);
      if (stamp_layout::AvoidsStartCodes(out)) break;
    }
    plain.low += stamp_layout::kOneCell;
  }

  Block plain;
};

void Write(const Stamp& first, std::uint8_t* out, std::size_t size) {
  Generator cells(first);
  std::array<std::uint8_t, kCellBytes> cell;
  for (std::size_t at = 0; at < size; at += kCellBytes) {
    cells.Next(cell.data());
    std::memcpy(out + at, cell.data(), std::min(kCellBytes, size - at));
  }
}

std::size_t Match(const Stamp& first, const std::uint8_t* bytes, std::size_t size) {
  Generator cells(first);
  std::array<std::uint8_t, kCellBytes> cell;
  for (std::size_t at = 0; at < size; at += kCellBytes) {
    cells.Next(cell.data());
    const std::size_t length = std::min(kCellBytes, size - at);
    const auto [mine, theirs] = std::mismatch(cell.data(), cell.data() + length, bytes + at);
    if (mine != cell.data() + length) return at + static_cast<std::size_t>(mine - cell.data());
  }
  return size;
}

#else

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kVectorBytesMax = 64;
using Octets = hn::CappedTag<std::uint8_t, kVectorBytesMax>;
using Words = hn::CappedTag<std::uint64_t, kVectorBytesMax / 8>;
using VectorOfOctets = hn::Vec<Octets>;
using VectorOfWords = hn::Vec<Words>;

// `low` and `high` in every block.
HWY_INLINE VectorOfWords EveryBlock(std::uint64_t low, std::uint64_t high) {
  const Words words;
  return hn::OddEven(hn::Set(words, high), hn::Set(words, low));
}

// The plain blocks of as many cells from `first` on as a vector holds.
HWY_INLINE VectorOfWords PlainBlocks(const Stamp& first) {
  constexpr std::uint64_t c = stamp_layout::kOneCell;
  HWY_ALIGN static constexpr std::uint64_t kCellOfLane[kVectorBytesMax / 8] = {0,     0, c,     0,
                                                                               2 * c, 0, 3 * c, 0};
  const Block block = stamp_layout::Pack(first, 0);
  return hn::Add(EveryBlock(block.low, block.high), hn::Load(Words(), kCellOfLane));
}

// What to add to the blocks of one vector to get those of the next.
HWY_INLINE VectorOfWords StepOfBlocks() {
  return EveryBlock(hn::Lanes(Octets()) / kCellBytes * stamp_layout::kOneCell, 0);
}

HWY_INLINE VectorOfOctets PermuteBlocks(VectorOfWords blocks) {
  const Octets octets;
  const auto key = [&](std::size_t round) HWY_ATTR {
    return hn::BitCast(octets, hn::LoadDup128(Words(), &kRoundKeys[round].low));
  };
  static_assert(stamp_layout::kRounds == 4);
  VectorOfOctets state = hn::Xor(hn::BitCast(octets, blocks), key(0));
  state = hn::AESRound(state, key(1));
  state = hn::AESRound(state, key(2));
  state = hn::AESRound(state, key(3));
  return hn::AESRound(state, key(4));
}

// Non-zero where invariant 3 of stamp.h is broken: a zero byte after a zero byte, or at either end
// of a cell.
HWY_INLINE VectorOfOctets StartCodeHazards(VectorOfOctets cells) {
  const Octets octets;
  HWY_ALIGN static constexpr std::uint8_t kEnds[kCellBytes] = {0xff, 0, 0, 0, 0, 0, 0, 0,
                                                               0,    0, 0, 0, 0, 0, 0, 0xff};
  const VectorOfOctets zeros = hn::VecFromMask(octets, hn::Eq(cells, hn::Zero(octets)));
  return hn::And(zeros,
                 hn::Or(hn::ShiftLeftBytes<1>(octets, zeros), hn::LoadDup128(octets, kEnds)));
}

HWY_INLINE bool AllZero(VectorOfOctets v) {
  const Octets octets;
  return hn::AllTrue(octets, hn::Eq(v, hn::Zero(octets)));
}

// The cells whose salt 0 will not do, about one in 126, are replaced by those of the smallest salt
// that does.
HWY_NOINLINE VectorOfOctets Resalt(VectorOfWords blocks, VectorOfOctets cells) {
  const Words words;
  for (unsigned salt = 1; salt < kSaltCount; ++salt) {
    const VectorOfWords hazards = hn::BitCast(words, StartCodeHazards(cells));
    const VectorOfWords hazards_of_cell = hn::Or(hazards, hn::Shuffle01(hazards));
    const auto usable = hn::Eq(hazards_of_cell, hn::Zero(words));
    if (hn::AllTrue(words, usable)) break;
    const VectorOfOctets salted = PermuteBlocks(hn::Add(blocks, EveryBlock(salt, 0)));
    cells = hn::BitCast(
        Octets(), hn::IfThenElse(usable, hn::BitCast(words, cells), hn::BitCast(words, salted)));
  }
  return cells;
}

HWY_INLINE VectorOfOctets CellsOf(VectorOfWords blocks) {
  const VectorOfOctets cells = PermuteBlocks(blocks);
  if (HWY_LIKELY(AllZero(StartCodeHazards(cells)))) return cells;
  return Resalt(blocks, cells);
}

void Write(const Stamp& first, std::uint8_t* out, std::size_t size) {
  const Octets octets;
  const std::size_t vector_bytes = hn::Lanes(octets);
  const VectorOfWords step = StepOfBlocks();
  VectorOfWords blocks = PlainBlocks(first);
  std::size_t at = 0;
  for (; at + vector_bytes <= size; at += vector_bytes, blocks = hn::Add(blocks, step)) {
    hn::StoreU(CellsOf(blocks), octets, out + at);
  }
  if (at == size) return;
  HWY_ALIGN std::uint8_t last[kVectorBytesMax];
  hn::Store(CellsOf(blocks), octets, last);
  std::memcpy(out + at, last, size - at);
}

// Nearly all cells have salt 0: whether a cell must have another is asked only where that one differs.
std::size_t Match(const Stamp& first, const std::uint8_t* bytes, std::size_t size) {
  const Octets octets;
  const std::size_t vector_bytes = hn::Lanes(octets);
  const VectorOfWords step = StepOfBlocks();
  VectorOfWords blocks = PlainBlocks(first);
  std::size_t at = 0;
  for (; at + vector_bytes <= size; at += vector_bytes, blocks = hn::Add(blocks, step)) {
    const VectorOfOctets theirs = hn::LoadU(octets, bytes + at);
    if (HWY_LIKELY(hn::AllTrue(octets, hn::Eq(PermuteBlocks(blocks), theirs)))) continue;
    const auto same = hn::Eq(CellsOf(blocks), theirs);
    if (HWY_LIKELY(hn::AllTrue(octets, same))) continue;
    return at + static_cast<std::size_t>(hn::FindFirstTrue(octets, hn::Not(same)));
  }
  if (at == size) return size;
  HWY_ALIGN std::uint8_t last[kVectorBytesMax];
  hn::Store(CellsOf(blocks), octets, last);
  if (HWY_LIKELY(std::memcmp(last, bytes + at, size - at) == 0)) return size;
  return at +
         static_cast<std::size_t>(std::mismatch(last, last + (size - at), bytes + at).first - last);
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace framefence::media
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace framefence::media {
namespace {

HWY_EXPORT(Write);
HWY_EXPORT(Match);

constexpr std::size_t CellsIn(std::size_t bytes) { return (bytes + kCellBytes - 1) / kCellBytes; }

}  // namespace

void WriteCells(const Stamp& first, std::span<std::byte> out) {
  FRAMEFENCE_CHECK(stamp_layout::Fits(first, CellsIn(out.size())));
  HWY_DYNAMIC_DISPATCH(Write)(first, reinterpret_cast<std::uint8_t*>(out.data()), out.size());
}

std::size_t MatchCells(const Stamp& first, std::span<const std::byte> bytes) {
  if (!stamp_layout::Fits(first, 1)) return 0;
  const std::size_t cells_left = stamp_layout::MaskOf(kStampCellBits) + 1 - first.cell;
  const std::size_t size = std::min(bytes.size(), cells_left * kCellBytes);
  return HWY_DYNAMIC_DISPATCH(Match)(first, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                     size);
}

}  // namespace framefence::media
#endif  // HWY_ONCE
