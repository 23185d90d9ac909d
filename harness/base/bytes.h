// What is done to every byte that goes through a simulated world, at the speed of vectors.
#ifndef FRAMEFENCE_HARNESS_BASE_BYTES_H_
#define FRAMEFENCE_HARNESS_BASE_BYTES_H_

#define XXH_INLINE_ALL  // small inputs are the usual ones
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace framefence {

// XXH3 by the widest vectors that the machine has.
std::uint64_t HashOfManyBytes(std::span<const std::byte> bytes);

// Their hash, XXH3 of 64 bits: the same on every machine.
inline std::uint64_t HashOfBytes(std::span<const std::byte> bytes) {
  if (bytes.size() > XXH3_MIDSIZE_MAX) return HashOfManyBytes(bytes);
  return XXH3_64bits(bytes.data(), bytes.size());
}

namespace bytes_internal {

static_assert(std::endian::native == std::endian::little);

inline std::uint64_t Word(const std::byte* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Its lowest set bit is the highest one of the first byte that is 0; 0: none is.
constexpr std::uint64_t ZeroBytes(std::uint64_t word) {
  return (word - 0x0101010101010101U) & ~word & 0x8080808080808080U;
}

}  // namespace bytes_internal

// Where two zeros in a row begin, from `at` on; the end where they do nowhere. Single zeros, of which
// coded video is full, do not slow it down, as they would a search by memchr.
inline std::size_t FindTwoZeros(std::span<const std::byte> bytes, std::size_t at) {
  constexpr std::size_t kBlock = 64;
  const std::size_t size = bytes.size();
  const auto begin_in_block = [&bytes](std::size_t block) {  // compiled to vectors
    std::uint8_t least = 0xff;
    for (std::size_t i = block; i < block + kBlock; ++i) {
      const std::byte pair = bytes.data()[i] | bytes.data()[i + 1];
      least = std::min(least, std::to_integer<std::uint8_t>(pair));
    }
    return least == 0;
  };
  while (at + kBlock < size && !begin_in_block(at)) at += kBlock;
  for (; at + 8 < size; at += 8) {
    const std::uint64_t pairs =
        bytes_internal::Word(&bytes[at]) | bytes_internal::Word(&bytes[at + 1]);
    const std::uint64_t zeros = bytes_internal::ZeroBytes(pairs);
    if (zeros != 0) return at + static_cast<std::size_t>(std::countr_zero(zeros)) / 8;
  }
  for (; at + 1 < size; ++at) {
    if ((bytes[at] | bytes[at + 1]) == std::byte{0}) return at;
  }
  return size;
}

// Where the next 00 00 01 (H.264 Annex B) begins, from `at` on; the end where none does. More zeros
// before it are gone through once.
inline std::size_t FindStartCode(std::span<const std::byte> bytes, std::size_t at) {
  for (at = FindTwoZeros(bytes, at); at + 2 < bytes.size(); at = FindTwoZeros(bytes, at + 3)) {
    while (at + 2 < bytes.size() && bytes[at + 2] == std::byte{0}) ++at;
    if (at + 2 < bytes.size() && bytes[at + 2] == std::byte{1}) return at;
  }
  return bytes.size();
}

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_BYTES_H_
