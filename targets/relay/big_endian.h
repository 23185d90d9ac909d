// Network byte order. The caller has checked that the bytes are there.
#ifndef FRAMEFENCE_TARGETS_RELAY_BIG_ENDIAN_H_
#define FRAMEFENCE_TARGETS_RELAY_BIG_ENDIAN_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace relay {

// Between the machine's order and the network's, either way. One instruction: g++ 12 does not see it
// in a loop over bytes.
template <std::unsigned_integral Word>
Word SwapToBigEndian(Word word) {
  if constexpr (std::endian::native == std::endian::big || sizeof(Word) == 1) return word;
  if constexpr (sizeof(Word) == 2) return __builtin_bswap16(word);
  if constexpr (sizeof(Word) == 4) return __builtin_bswap32(word);
  if constexpr (sizeof(Word) == 8) return __builtin_bswap64(word);
}

template <std::unsigned_integral Word>
Word ReadBigEndian(const std::byte* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return SwapToBigEndian(word);
}

template <std::unsigned_integral Word>
void WriteBigEndian(std::byte* to, Word word) {
  word = SwapToBigEndian(word);
  std::memcpy(to, &word, sizeof word);
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_BIG_ENDIAN_H_
