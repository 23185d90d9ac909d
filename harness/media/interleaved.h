// Datagrams in a byte stream: '$', a channel, a 16-bit length, and so many bytes (RFC 2326 10.12).
#ifndef FRAMEFENCE_HARNESS_MEDIA_INTERLEAVED_H_
#define FRAMEFENCE_HARNESS_MEDIA_INTERLEAVED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/media/big_endian.h"

namespace framefence::media {

inline constexpr std::size_t kInterleavedHeaderBytes = 4;

// Appends the datagram's frame. REQUIRES: datagram.size() < 65536.
inline void AppendInterleaved(std::uint8_t channel, std::span<const std::byte> datagram,
                              std::vector<std::byte>& stream) {
  std::array<std::byte, kInterleavedHeaderBytes> header{std::byte{'$'}, std::byte{channel}};
  StoreBigEndian16(static_cast<std::uint16_t>(datagram.size()), &header[2]);
  stream.insert(stream.end(), header.begin(), header.end());
  stream.insert(stream.end(), datagram.begin(), datagram.end());
}

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_INTERLEAVED_H_
