#include "harness/media/stamp/permutation.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framefence::media::stamp_layout {
namespace {

using Bytes = std::array<std::uint8_t, 256>;
using Columns = std::array<std::uint32_t, 4>;  // row r of a column is its byte r from below

constexpr std::uint8_t TimesX(std::uint8_t a) {  // in GF(2^8), FIPS 197 4.2.1
  return static_cast<std::uint8_t>(a << 1 ^ (a & 0x80 ? 0x1b : 0));
}

constexpr std::uint8_t Times(std::uint8_t a, unsigned factor) {
  std::uint8_t product = 0;
  for (; factor != 0; factor >>= 1, a = TimesX(a)) {
    if (factor & 1) product ^= a;
  }
  return product;
}

// FIPS 197 5.1.1. As p runs over the powers of the generator 3, q runs over their inverses.
constexpr Bytes kSubstitute = [] {
  Bytes box{};
  box[0] = 0x63;
  std::uint8_t p = 1;
  std::uint8_t q = 1;
  do {
    p = static_cast<std::uint8_t>(p ^ TimesX(p));
    q = Times(q, 0xf6);  // the inverse of 3
    const std::uint8_t affine = static_cast<std::uint8_t>(q ^ std::rotl(q, 1) ^ std::rotl(q, 2) ^
                                                          std::rotl(q, 3) ^ std::rotl(q, 4));
    box[p] = affine ^ 0x63;
  } while (p != 1);
  return box;
}();

constexpr Bytes kSubstituteBack = [] {
  Bytes box{};
  for (unsigned i = 0; i < 256; ++i) box[kSubstitute[i]] = static_cast<std::uint8_t>(i);
  return box;
}();

// A column of which row 0 alone is set, multiplied by the circulant matrix with this first column
// (FIPS 197 5.1.3, 5.3.3). The other rows' columns are rotations of it.
using Mixed = std::array<std::uint32_t, 256>;

constexpr std::uint32_t MixRow0(std::uint8_t value, const std::array<unsigned, 4>& first_column) {
  std::uint32_t column = 0;
  for (unsigned row = 0; row < 4; ++row) {
    column |= std::uint32_t{Times(value, first_column[row])} << 8 * row;
  }
  return column;
}

// The two halves of a round in one table: SubBytes, then MixColumns.
constexpr Mixed kForward = [] {
  Mixed table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = MixRow0(kSubstitute[i], {2, 1, 1, 3});
  return table;
}();

constexpr Mixed kUnmix = [] {  // InvMixColumns alone
  Mixed table{};
  for (unsigned i = 0; i < 256; ++i) {
    table[i] = MixRow0(static_cast<std::uint8_t>(i), {14, 9, 13, 11});
  }
  return table;
}();

constexpr Mixed kBackward = [] {  // InvSubBytes, then InvMixColumns
  Mixed table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = kUnmix[kSubstituteBack[i]];
  return table;
}();

constexpr std::uint8_t Row(std::uint32_t column, unsigned row) {
  return static_cast<std::uint8_t>(column >> 8 * row);
}

constexpr Columns ToColumns(const Block& block) {
  return {static_cast<std::uint32_t>(block.low), static_cast<std::uint32_t>(block.low >> 32),
          static_cast<std::uint32_t>(block.high), static_cast<std::uint32_t>(block.high >> 32)};
}

constexpr Block ToBlock(const Columns& columns) {
  return {.low = columns[0] | std::uint64_t{columns[1]} << 32,
          .high = columns[2] | std::uint64_t{columns[3]} << 32};
}

constexpr Block Xor(const Block& a, const Block& b) {
  return {.low = a.low ^ b.low, .high = a.high ^ b.high};
}

// One output column is the sum of four table entries, row r of which is taken `stride * r` columns
// on: 1 for ShiftRows, 3 (that is, -1) for InvShiftRows, 0 for neither.
constexpr Columns Look(const Mixed& table, const Columns& in, unsigned stride) {
  const auto column = [&](unsigned c) {
    return table[Row(in[c], 0)] ^ std::rotl(table[Row(in[(c + stride) % 4], 1)], 8) ^
           std::rotl(table[Row(in[(c + 2 * stride) % 4], 2)], 16) ^
           std::rotl(table[Row(in[(c + 3 * stride) % 4], 3)], 24);
  };
  return {column(0), column(1), column(2), column(3)};
}

// InvSubBytes and InvShiftRows.
constexpr Columns SubstituteBack(const Columns& in) {
  const auto column = [&](unsigned c) {
    return std::uint32_t{kSubstituteBack[Row(in[c], 0)]} |
           std::uint32_t{kSubstituteBack[Row(in[(c + 3) % 4], 1)]} << 8 |
           std::uint32_t{kSubstituteBack[Row(in[(c + 2) % 4], 2)]} << 16 |
           std::uint32_t{kSubstituteBack[Row(in[(c + 1) % 4], 3)]} << 24;
  };
  return {column(0), column(1), column(2), column(3)};
}

// InvMixColumns is linear, so that it can be taken of a key and of a state apart (FIPS 197 5.3.5).
constexpr std::array<Block, kRounds + 1> kUnmixedKeys = [] {
  std::array<Block, kRounds + 1> keys = kRoundKeys;
  for (Block& key : keys) key = ToBlock(Look(kUnmix, ToColumns(key), 0));
  return keys;
}();

}  // namespace

Block Permute(const Block& block) {
  Block state = Xor(block, kRoundKeys[0]);
  for (std::size_t round = 1; round <= kRounds; ++round) {
    state = Xor(ToBlock(Look(kForward, ToColumns(state), 1)), kRoundKeys[round]);
  }
  return state;
}

Block Invert(const Block& block) {
  Block state = Xor(ToBlock(Look(kUnmix, ToColumns(block), 0)), kUnmixedKeys[kRounds]);
  for (std::size_t round = kRounds - 1; round >= 1; --round) {
    state = Xor(ToBlock(Look(kBackward, ToColumns(state), 3)), kUnmixedKeys[round]);
  }
  return Xor(ToBlock(SubstituteBack(ToColumns(state))), kRoundKeys[0]);
}

}  // namespace framefence::media::stamp_layout
