// How a stamp lies in the 128 bits that are permuted, and the keys of the permutation. Internal to
// the codec.
//
//   bits   0..3    salt
//   bits   4..19   cell          so that the next cell is one addition away
//   bits  20..35   binding epoch
//   bits  36..63   frame
//   bits  64..87   camera
//   bits  88..127  check bits: kCheck
#ifndef FRAMEFENCE_HARNESS_MEDIA_STAMP_STAMP_LAYOUT_H_
#define FRAMEFENCE_HARNESS_MEDIA_STAMP_STAMP_LAYOUT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/base/prng.h"
#include "harness/media/stamp/stamp.h"

namespace framefence::media::stamp_layout {

inline constexpr unsigned kSaltBits = 4;
inline constexpr unsigned kSaltCount = 1U << kSaltBits;
inline constexpr unsigned kCheckBits = 40;
static_assert(kSaltBits + kStampCellBits + kStampEpochBits + kStampFrameBits == 64);
static_assert(kStampCameraBits + kCheckBits == 64);

inline constexpr std::uint64_t kCheck = 0xf4a3ef3ce1;  // any constant does
inline constexpr std::uint64_t kOneCell = 1U << kSaltBits;

// The 128 bits as two little-endian words.
struct Block {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

constexpr std::uint64_t MaskOf(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

// Whether the fields fit; `cells` is how many cells follow one another from stamp.cell on.
constexpr bool Fits(const Stamp& stamp, std::size_t cells) {
  return stamp.camera.value <= MaskOf(kStampCameraBits) &&
         stamp.epoch.value <= MaskOf(kStampEpochBits) &&
         stamp.frame.value <= MaskOf(kStampFrameBits) &&
         stamp.cell + std::uint64_t{cells} <= MaskOf(kStampCellBits) + 1;
}

constexpr Block Pack(const Stamp& stamp, unsigned salt) {
  return {.low = std::uint64_t{salt} | std::uint64_t{stamp.cell} << kSaltBits |
                 std::uint64_t{stamp.epoch.value} << (kSaltBits + kStampCellBits) |
                 std::uint64_t{stamp.frame.value} << (64 - kStampFrameBits),
          .high = stamp.camera.value | kCheck << kStampCameraBits};
}

constexpr bool Checks(const Block& block) { return block.high >> kStampCameraBits == kCheck; }

constexpr unsigned SaltOf(const Block& block) {
  return static_cast<unsigned>(block.low & MaskOf(kSaltBits));
}

// REQUIRES: Checks(block).
constexpr Stamp Unpack(const Block& block) {
  const auto field = [](std::uint64_t word, unsigned shift, unsigned bits) {
    return static_cast<std::uint32_t>(word >> shift & MaskOf(bits));
  };
  return {.camera = CameraId(field(block.high, 0, kStampCameraBits)),
          .epoch = BindingEpoch(field(block.low, kSaltBits + kStampCellBits, kStampEpochBits)),
          .frame = FrameNumber(field(block.low, 64 - kStampFrameBits, kStampFrameBits)),
          .cell = field(block.low, kSaltBits, kStampCellBits)};
}

// The first key whitens, each of the others ends a round. Numbers up the sleeve of nobody: a
// counter through SplitMix64.
inline constexpr std::size_t kRounds = 4;
inline constexpr std::array<Block, kRounds + 1> kRoundKeys = [] {
  std::array<Block, kRounds + 1> keys{};
  std::uint64_t counter = 0;
  for (Block& key : keys) key = {.low = Mix64(counter++), .high = Mix64(counter++)};
  return keys;
}();

// Invariant 3 of stamp.h. `cell` points to kCellBytes bytes.
constexpr bool AvoidsStartCodes(const std::uint8_t* cell) {
  if (cell[0] == 0 || cell[kCellBytes - 1] == 0) return false;
  for (std::size_t i = 1; i < kCellBytes; ++i) {
    if (cell[i - 1] == 0 && cell[i] == 0) return false;
  }
  return true;
}

}  // namespace framefence::media::stamp_layout

#endif  // FRAMEFENCE_HARNESS_MEDIA_STAMP_STAMP_LAYOUT_H_
