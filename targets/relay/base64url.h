// base64url without padding (RFC 4648 section 5) of whole groups of three bytes, which has one
// spelling. In the same time whatever the bytes are, for a MAC may be among them: no branch and no
// table hangs on them.
#ifndef FRAMEFENCE_TARGETS_RELAY_BASE64URL_H_
#define FRAMEFENCE_TARGETS_RELAY_BASE64URL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace relay {

template <std::size_t bytes>
requires(bytes % 3 == 0) inline constexpr std::size_t kBase64UrlChars = bytes / 3 * 4;

// All bits where `place` is one of the first `count`, else none.
constexpr std::uint8_t AllIfBelow(std::uint8_t place, std::uint8_t count) {
  return place < count ? 0xff : 0;
}

// REQUIRES: digit < 64.
constexpr char Base64UrlChar(std::uint8_t digit) {
  std::uint8_t character = digit + 'A';
  character += static_cast<std::uint8_t>(~AllIfBelow(digit, 26)) & ('a' - 'Z' - 1);
  character -= static_cast<std::uint8_t>(~AllIfBelow(digit, 52)) & ('z' + 1 - '0');
  character -= static_cast<std::uint8_t>(~AllIfBelow(digit, 62)) & ('9' + 1 - '-');
  character += static_cast<std::uint8_t>(~AllIfBelow(digit, 63)) & ('_' - '-' - 1);
  return static_cast<char>(character);
}

inline constexpr std::uint8_t kNoBase64UrlDigit = 0x80;

// Below 64, or with kNoBase64UrlDigit set.
constexpr std::uint8_t Base64UrlDigit(char character) {
  const auto from = [character](char first) {
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(character) - first);
  };
  const std::uint8_t upper = AllIfBelow(from('A'), 26), lower = AllIfBelow(from('a'), 26),
                     number = AllIfBelow(from('0'), 10), hyphen = AllIfBelow(from('-'), 1),
                     underscore = AllIfBelow(from('_'), 1);
  const auto any = static_cast<std::uint8_t>(upper | lower | number | hyphen | underscore);
  return static_cast<std::uint8_t>((upper & from('A')) | (lower & (from('a') + 26)) |
                                   (number & (from('0') + 52)) | (hyphen & 62) | (underscore & 63) |
                                   (~any & kNoBase64UrlDigit));
}

// Both: characters and digits are turned into one another all at once, which compilers do with vectors.
template <std::size_t bytes>
void WriteBase64Url(const std::array<std::byte, bytes>& from,
                    std::span<char, kBase64UrlChars<bytes>> to) {
  std::array<std::uint8_t, kBase64UrlChars<bytes>> digits;
  for (std::size_t i = 0; i < bytes / 3; ++i) {
    const auto group = std::to_integer<std::uint32_t>(from[3 * i]) << 16 |
                       std::to_integer<std::uint32_t>(from[3 * i + 1]) << 8 |
                       std::to_integer<std::uint32_t>(from[3 * i + 2]);
    for (std::size_t j = 0; j < 4; ++j)
      digits[4 * i + j] = static_cast<std::uint8_t>(group >> (18 - 6 * j) & 63);
  }
  for (std::size_t i = 0; i < digits.size(); ++i) to[i] = Base64UrlChar(digits[i]);
}

// False: not all of it is of the alphabet.
template <std::size_t bytes>
bool ReadBase64Url(std::span<const char, kBase64UrlChars<bytes>> from,
                   std::array<std::byte, bytes>& to) {
  std::array<std::uint8_t, kBase64UrlChars<bytes>> digits;
  for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = Base64UrlDigit(from[i]);
  std::uint8_t seen = 0;
  for (const std::uint8_t digit : digits) seen |= digit;
  for (std::size_t i = 0; i < bytes / 3; ++i) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) group = group << 6 | (digits[4 * i + j] & 63U);
    for (std::size_t j = 0; j < 3; ++j)
      to[3 * i + j] = static_cast<std::byte>(group >> (16 - 8 * j));
  }
  return (seen & kNoBase64UrlDigit) == 0;
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_BASE64URL_H_
