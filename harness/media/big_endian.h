// Network byte order, as RTP and rtpdump use it.
#ifndef FRAMEFENCE_HARNESS_MEDIA_BIG_ENDIAN_H_
#define FRAMEFENCE_HARNESS_MEDIA_BIG_ENDIAN_H_

#include <cstddef>
#include <cstdint>

namespace framefence::media {

constexpr std::uint16_t LoadBigEndian16(const std::byte* from) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(from[0]) << 8 |
                                    std::to_integer<unsigned>(from[1]));
}

constexpr std::uint32_t LoadBigEndian32(const std::byte* from) {
  return std::uint32_t{LoadBigEndian16(from)} << 16 | LoadBigEndian16(from + 2);
}

constexpr void StoreBigEndian16(std::uint16_t value, std::byte* to) {
  to[0] = static_cast<std::byte>(value >> 8);
  to[1] = static_cast<std::byte>(value);
}

constexpr void StoreBigEndian32(std::uint32_t value, std::byte* to) {
  StoreBigEndian16(static_cast<std::uint16_t>(value >> 16), to);
  StoreBigEndian16(static_cast<std::uint16_t>(value), to + 2);
}

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_BIG_ENDIAN_H_
