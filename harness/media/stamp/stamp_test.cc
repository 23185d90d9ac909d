#include "harness/media/stamp/stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <vector>

#include "harness/base/prng.h"
#include "harness/media/stamp/permutation.h"
#include "harness/media/stamp/stamp_layout.h"

namespace framefence::media {
namespace {

using Cell = std::array<std::uint8_t, kCellBytes>;

// --- A slow reference, after the text of FIPS 197: no tables, no vectors, one byte at a time.

std::uint8_t MultiplyReference(unsigned a, unsigned b) {  // 4.2
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if (b >> bit & 1U) product ^= a << bit;
  }
  for (unsigned bit = 15; bit >= 8; --bit) {
    if (product >> bit & 1U) product ^= 0x11bU << (bit - 8);
  }
  return static_cast<std::uint8_t>(product);
}

std::uint8_t SubstituteReference(std::uint8_t byte) {  // 5.1.1
  std::uint8_t inverse = 0;
  for (unsigned candidate = 1; candidate < 256; ++candidate) {
    if (MultiplyReference(byte, candidate) == 1) inverse = static_cast<std::uint8_t>(candidate);
  }
  unsigned result = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned bit = (inverse >> i ^ inverse >> (i + 4) % 8 ^ inverse >> (i + 5) % 8 ^
                          inverse >> (i + 6) % 8 ^ inverse >> (i + 7) % 8 ^ 0x63U >> i) &
                         1U;
    result |= bit << i;
  }
  return static_cast<std::uint8_t>(result);
}

Cell ToBytes(const stamp_layout::Block& block) {
  Cell bytes;
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(block.low >> 8 * i);
  for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(block.high >> 8 * i);
  return bytes;
}

Cell RoundReference(const Cell& state, const Cell& key) {
  static const auto box = [] {
    std::array<std::uint8_t, 256> made{};
    for (unsigned i = 0; i < 256; ++i) made[i] = SubstituteReference(static_cast<std::uint8_t>(i));
    return made;
  }();
  constexpr unsigned kMatrix[4][4] = {{2, 3, 1, 1}, {1, 2, 3, 1}, {1, 1, 2, 3}, {3, 1, 1, 2}};
  Cell result;
  for (unsigned column = 0; column < 4; ++column) {
    for (unsigned row = 0; row < 4; ++row) {
      unsigned sum = key[4 * column + row];
      for (unsigned k = 0; k < 4; ++k) {
        sum ^= MultiplyReference(box[state[4 * ((column + k) % 4) + k]], kMatrix[row][k]);
      }
      result[4 * column + row] = static_cast<std::uint8_t>(sum);
    }
  }
  return result;
}

Cell PermuteReference(const Stamp& stamp, unsigned salt) {
  Cell state = ToBytes(stamp_layout::Pack(stamp, salt));
  const Cell whitening = ToBytes(stamp_layout::kRoundKeys[0]);
  for (std::size_t i = 0; i < kCellBytes; ++i) state[i] ^= whitening[i];
  for (std::size_t round = 1; round < stamp_layout::kRoundKeys.size(); ++round) {
    state = RoundReference(state, ToBytes(stamp_layout::kRoundKeys[round]));
  }
  return state;
}

struct SaltedCell {
  Cell bytes;
  unsigned salt;
};

SaltedCell CellReference(const Stamp& stamp) {
  unsigned salt = 0;
  Cell cell = PermuteReference(stamp, salt);
  while (!stamp_layout::AvoidsStartCodes(cell.data())) cell = PermuteReference(stamp, ++salt);
  return {cell, salt};
}

// --- Helpers

Stamp StampOf(std::uint32_t camera, std::uint32_t epoch, std::uint32_t frame, std::uint32_t cell) {
  return {CameraId(camera), BindingEpoch(epoch), FrameNumber(frame), cell};
}

Stamp RandomStamp(Prng& prng) {
  return StampOf(prng.Below(1U << kStampCameraBits), prng.Below(1U << kStampEpochBits),
                 prng.Below(1U << kStampFrameBits), prng.Below(1U << kStampCellBits));
}

std::vector<std::byte> Written(const Stamp& first, std::size_t size) {
  std::vector<std::byte> bytes(size);
  WriteCells(first, bytes);
  return bytes;
}

std::span<const std::byte, kCellBytes> CellAt(const std::vector<std::byte>& bytes, std::size_t at) {
  return std::span(bytes).subspan(at).first<kCellBytes>();
}

// Runs `check` once for every instruction set that this machine has, from the best down to the one
// compiled for all.
template <class Check>
void OnEveryTarget(const Check& check) {
  const auto supported = hwy::SupportedTargets();
  for (auto targets = supported; targets != 0; targets &= targets - 1) {
    const auto target = targets & -targets;
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// --- Tests

TEST(Stamp, CellsAreThoseOfTheSlowReferenceOnEveryInstructionSet) {
  OnEveryTarget([] {
    Prng prng(1);
    for (int i = 0; i < 20; ++i) {
      Stamp stamp = RandomStamp(prng);
      stamp.cell &= 0xff00;
      const auto bytes = Written(stamp, 40 * kCellBytes);
      for (std::size_t cell = 0; cell < 40; ++cell, ++stamp.cell) {
        const Cell expected = CellReference(stamp).bytes;
        ASSERT_EQ(std::memcmp(&bytes[cell * kCellBytes], expected.data(), kCellBytes), 0);
      }
    }
  });
}

TEST(Stamp, ACellReadsBackAsItsStamp) {
  Prng prng(2);
  for (int i = 0; i < 20'000; ++i) {
    const Stamp stamp = RandomStamp(prng);
    ASSERT_EQ(ReadCell(CellAt(Written(stamp, kCellBytes), 0)), stamp);
  }
}

TEST(Stamp, ExtremeFieldsReadBack) {
  for (const Stamp& stamp : {StampOf(0, 0, 0, 0), StampOf(0xffffff, 0xffff, 0xfffffff, 0xffff)}) {
    EXPECT_EQ(ReadCell(CellAt(Written(stamp, kCellBytes), 0)), stamp);
  }
}

TEST(Stamp, NeighbouringStampsDifferInAboutHalfTheirBits) {
  int differing = 0;
  for (std::uint32_t cell = 0; cell < 1000; ++cell) {
    const auto pair = Written(StampOf(1, 1, 1, 2 * cell), 2 * kCellBytes);
    for (std::size_t i = 0; i < kCellBytes; ++i) {
      differing += std::popcount(std::to_integer<unsigned>(pair[i] ^ pair[i + kCellBytes]));
    }
  }
  EXPECT_NEAR(differing / 1000.0, 64, 1);
}

TEST(Stamp, NoStartCodeAndNoEmulationPreventionArisesInOrBetweenCells) {
  // Watched failing with the salts disabled: about one cell in 126 breaks it.
  OnEveryTarget([] {
    const auto bytes = Written(StampOf(3, 2, 1, 0), kCellBytes << kStampCellBits);
    constexpr std::byte kZero{0};
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      ASSERT_FALSE(bytes[i - 1] == kZero && bytes[i] == kZero) << i;
      if (i % kCellBytes == 0) {
        ASSERT_FALSE(bytes[i - 1] == kZero || bytes[i] == kZero) << i;
      }
    }
  });
}

TEST(Stamp, SaltsAboveZeroOccurAndReadBackAndMatch) {
  std::map<unsigned, int> cells_with_salt;
  for (std::uint32_t cell = 0; cell < 1U << kStampCellBits; ++cell) {
    const Stamp stamp = StampOf(5, 1, 9, cell);
    const SaltedCell expected = CellReference(stamp);
    ++cells_with_salt[expected.salt];
    if (expected.salt == 0) continue;
    const auto written = Written(stamp, kCellBytes);
    ASSERT_EQ(std::memcmp(written.data(), expected.bytes.data(), kCellBytes), 0);
    ASSERT_EQ(ReadCell(CellAt(written, 0)), stamp);
    ASSERT_EQ(MatchCells(stamp, written), kCellBytes);
  }
  EXPECT_NEAR(cells_with_salt[1], 65536 / 126, 80);
  EXPECT_GE(cells_with_salt[2], 1);
}

TEST(Stamp, AUsableCellOfALargerSaltThanNeededIsNobodys) {
  const Stamp stamp = StampOf(1, 1, 1, 1);
  ASSERT_EQ(CellReference(stamp).salt, 0U);
  const Cell larger = PermuteReference(stamp, 1);
  ASSERT_TRUE(stamp_layout::AvoidsStartCodes(larger.data()));
  EXPECT_EQ(ReadCell(std::as_bytes(std::span(larger))), std::nullopt);
}

TEST(Stamp, RandomBytesAreNobodysCell) {
  // 4 MB here; the expected number of false cells is 2^22 / 2^40.
  Prng prng(4);
  std::vector<std::byte> bytes(4U << 20);
  for (auto& byte : bytes) byte = static_cast<std::byte>(prng.Next());
  EXPECT_FALSE(FindCell(bytes));
}

TEST(Stamp, AFlippedBitMakesACellNobodys) {
  auto bytes = Written(StampOf(1, 2, 3, 4), kCellBytes);
  for (std::size_t bit = 0; bit < 8 * kCellBytes; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(ReadCell(CellAt(bytes, 0)));
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  }
}

TEST(Stamp, ACutCellIsAPrefixOfTheWholeOne) {
  const auto whole = Written(StampOf(1, 1, 1, 0), 10 * kCellBytes);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto cut = Written(StampOf(1, 1, 1, 0), size);
    ASSERT_TRUE(std::equal(cut.begin(), cut.end(), whole.begin()));
  }
}

TEST(Stamp, MatchStopsAtTheFirstByteThatDiffers) {
  OnEveryTarget([] {
    auto bytes = Written(StampOf(1, 1, 1, 0), 150);
    EXPECT_EQ(MatchCells(StampOf(1, 1, 1, 0), bytes), bytes.size());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      bytes[at] ^= std::byte{0x10};
      ASSERT_EQ(MatchCells(StampOf(1, 1, 1, 0), bytes), at);
      bytes[at] ^= std::byte{0x10};
    }
  });
}

TEST(Stamp, MatchTakesAnyLength) {
  OnEveryTarget([] {
    const auto bytes = Written(StampOf(7, 1, 1, 100), 300);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      ASSERT_EQ(MatchCells(StampOf(7, 1, 1, 100), std::span(bytes).first(size)), size);
    }
  });
}

// In the largest frame there are cells of another salt in each place of the largest vector. Seen to fail
// on every instruction set with only cells of salt 0 matched, in whole vectors and in what is left.
TEST(Stamp, TheLargestFrameMatchesThoughSomeOfItsCellsHaveAnotherSalt) {
  constexpr std::uint32_t kCells = 1U << kStampCellBits, kCellsOfAVectorMax = 4;
  const Stamp first = StampOf(5, 1, 9, 0);
  auto bytes = Written(first, kCellBytes * kCells);
  std::map<std::uint32_t, std::uint32_t> salted;  // the last one, by place
  Stamp stamp = first;
  for (; stamp.cell < kCells; ++stamp.cell) {
    const auto plain = stamp_layout::Permute(stamp_layout::Pack(stamp, 0));
    if (std::memcmp(&bytes[stamp.cell * kCellBytes], &plain, kCellBytes) != 0)
      salted[stamp.cell % kCellsOfAVectorMax] = stamp.cell;
  }
  ASSERT_EQ(salted.size(), kCellsOfAVectorMax);
  OnEveryTarget([&] {
    EXPECT_EQ(MatchCells(first, bytes), bytes.size());
    for (const auto& [place, cell] : salted) {
      const std::size_t end = (cell + 1) * kCellBytes;
      EXPECT_EQ(MatchCells(first, std::span(bytes).first(end)), end) << place;
      bytes[end - 3] ^= std::byte{1};
      EXPECT_EQ(MatchCells(first, bytes), end - 3) << place;
      bytes[end - 3] ^= std::byte{1};
    }
  });
}

TEST(Stamp, MatchStopsWhereCellNumbersEnd) {
  const auto bytes = Written(StampOf(1, 1, 1, 0xffff), kCellBytes);
  std::vector<std::byte> longer(bytes);
  longer.resize(100);
  EXPECT_EQ(MatchCells(StampOf(1, 1, 1, 0xffff), longer), kCellBytes);
  EXPECT_EQ(MatchCells(StampOf(1, 1, 1, 0x10000), longer), 0U);
}

TEST(Stamp, ACellIsFoundAtAnyAlignment) {
  const Stamp stamp = StampOf(9, 8, 7, 6);
  for (std::size_t offset = 0; offset < 40; ++offset) {
    std::vector<std::byte> bytes(offset, std::byte{0xa5});
    const auto cell = Written(stamp, kCellBytes);
    bytes.insert(bytes.end(), cell.begin(), cell.end());
    bytes.resize(bytes.size() + 5);
    const auto found = FindCell(bytes);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->offset, offset);
    EXPECT_EQ(found->stamp, stamp);
  }
}

TEST(StampDeathTest, AStampThatDoesNotFitIsABrokenInvariant) {
  std::vector<std::byte> bytes(32);
  EXPECT_DEATH(WriteCells(StampOf(1U << kStampCameraBits, 0, 0, 0), bytes), "broken invariant");
  EXPECT_DEATH(WriteCells(StampOf(0, 1U << kStampEpochBits, 0, 0), bytes), "broken invariant");
  EXPECT_DEATH(WriteCells(StampOf(0, 0, 1U << kStampFrameBits, 0), bytes), "broken invariant");
  EXPECT_DEATH(WriteCells(StampOf(0, 0, 0, 0xffff), bytes), "broken invariant");
}

}  // namespace
}  // namespace framefence::media
