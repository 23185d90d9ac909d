// Network byte order. The caller has checked that the bytes are there.
#ifndef FRAMEFENCE_TARGETS_RELAY_BIG_ENDIAN_H_
#define FRAMEFENCE_TARGETS_RELAY_BIG_ENDIAN_H_

#include <concepts>
#include <cstddef>

namespace relay {

template <std::unsigned_integral Word>
constexpr Word ReadBigEndian(const std::byte* from) {
  Word word = 0;
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    word = static_cast<Word>(static_cast<Word>(word << 7 << 1) | std::to_integer<Word>(from[i]));
  }
  return word;
}

template <std::unsigned_integral Word>
constexpr void WriteBigEndian(std::byte* to, Word word) {
  for (std::size_t i = sizeof(Word); i-- > 0; word = static_cast<Word>(word >> 7 >> 1)) {
    to[i] = static_cast<std::byte>(word);
  }
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_BIG_ENDIAN_H_
