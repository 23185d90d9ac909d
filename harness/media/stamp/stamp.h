// Stamps: provenance written into every byte of a synthetic frame.
//
// A synthetic camera fills its NAL unit payloads with cells of 16 bytes. A cell is one block of a
// keyed permutation over (camera, binding epoch, frame, cell index, salt, check bits), so that
// whoever holds 16 bytes knows whose they are, and whoever knows whose bytes to expect can compare
// them at memory speed.
//
//   1. The permutation is a bijection on 128 bits: equal cells mean equal stamps.
//   2. A cell that is not ours passes ReadCell() with a chance below 2^-40 (40 constant check
//      bits).
//   3. No cell contains 00 00, and none begins or ends with 00, so that no start code (H.264 Annex
//      B) and no emulation prevention byte (H.264 7.4.1) can arise inside or between cells: of the
//      16 salts the smallest that gives such a cell is taken, by writer and reader alike.
//   4. A cell may be cut short at the end of a NAL unit; its bytes are then a prefix of the whole
//      cell's. (A prefix may end with 00: it is the writer of the NAL unit that keeps 00 from
//      ending it, H.264 7.4.1.)
//
// The permutation is four AES rounds (FIPS 197) under fixed keys, with the machine's AES
// instructions where it has them. It hides nothing from an attacker: it makes every bit of a cell
// depend on every bit of its stamp.
#ifndef FRAMEFENCE_HARNESS_MEDIA_STAMP_STAMP_H_
#define FRAMEFENCE_HARNESS_MEDIA_STAMP_STAMP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/base/ids.h"

namespace framefence::media {

inline constexpr std::size_t kCellBytes = 16;

// Field widths of a stamp. A value that does not fit is a broken invariant of the harness.
inline constexpr unsigned kStampCameraBits = 24;
inline constexpr unsigned kStampEpochBits = 16;
inline constexpr unsigned kStampFrameBits = 28;
inline constexpr unsigned kStampCellBits = 16;

struct Stamp {
  CameraId camera;
  BindingEpoch epoch;
  FrameNumber frame;
  std::uint32_t cell = 0;  // counts the cells of a frame, over all its NAL units
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

// Fills `out` with the cells from `first` on; the last one is cut where `out` ends.
// REQUIRES: the cells' numbers fit kStampCellBits, and so on for the other fields.
void WriteCells(const Stamp& first, std::span<std::byte> out);

// How many leading bytes of `bytes` are what WriteCells(first, ...) writes. bytes.size() where all
// are. A cell that breaks invariant 3, and that nobody writes therefore, may count as one, too. Cells
// whose number does not fit match nothing.
std::size_t MatchCells(const Stamp& first, std::span<const std::byte> bytes);

// Whose cell these 16 bytes are; none where they are no cell.
std::optional<Stamp> ReadCell(std::span<const std::byte, kCellBytes> bytes);

struct FoundCell {
  std::size_t offset = 0;
  Stamp stamp;
};

// The first whole cell in `bytes`, at any alignment.
std::optional<FoundCell> FindCell(std::span<const std::byte> bytes);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_STAMP_STAMP_H_
