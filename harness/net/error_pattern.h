// Recorded loss: which packets of a run were lost, read from a file.
//
// Formats, told apart by the first bytes:
//   G.192 words   16 bits a packet, 0x6B21 received, 0x6B20 lost: the frame-erasure patterns of
//                 ITU-T G.191's EID tools (softbit.h: G192_SYNC, G192_FER), in either byte order,
//                 which is the first word's. A pattern with the softbits of bit errors (0x007F,
//                 0x0081) is refused: it says which bits were wrong, not which packets.
//   G.191 bytes   8 bits a packet, 0x21 received, 0x20 lost (BYTE_SYNC, BYTE_FER), from the first
//                 byte on. 0x20 is also a space: a file that begins with spaces and goes on with
//                 digits is text.
//   text          '0' received, '1' lost; spaces, tabs and line ends between them mean nothing.
#ifndef FRAMEFENCE_HARNESS_NET_ERROR_PATTERN_H_
#define FRAMEFENCE_HARNESS_NET_ERROR_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace framefence::net {

class ErrorPattern {
 public:
  static constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

  // Error: empty, none of the formats, or something else among the packets (it says where).
  static Result<ErrorPattern> Parse(std::span<const std::byte> bytes);
  static Result<ErrorPattern> Parse(std::string_view text);
  // Also: unreadable, or larger than kFileBytesMax.
  static Result<ErrorPattern> Load(const std::filesystem::path& path);

  std::uint32_t size() const { return size_; }      // packets, > 0
  std::uint32_t lost() const { return lost_; }      // of them
  std::uint32_t bursts() const { return bursts_; }  // runs of lost ones, as the pattern repeats
  // REQUIRES: packet < size().
  bool IsLost(std::uint32_t packet) const { return (words_[packet / 64] >> packet % 64 & 1U) != 0; }

 private:
  ErrorPattern() = default;
  void Add(bool lost);
  void CountBursts();

  std::vector<std::uint64_t> words_;
  std::uint32_t size_ = 0;
  std::uint32_t lost_ = 0;
  std::uint32_t bursts_ = 0;
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_ERROR_PATTERN_H_
