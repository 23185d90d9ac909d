// Datagrams on a byte stream: '$', a channel, a 16-bit length, and so many bytes (RFC 2326 10.12,
// RFC 7826 14). For publishers behind networks that let no UDP through.
#ifndef FRAMEFENCE_TARGETS_RELAY_INTERLEAVED_H_
#define FRAMEFENCE_TARGETS_RELAY_INTERLEAVED_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace relay {

enum class InterleavedParse : std::uint8_t {
  kOk,
  kNotInterleaved,  // a byte other than '$' where a frame should begin: the stream is lost
};
inline constexpr std::size_t kInterleavedParseCount = 2;

// Cuts one stream into its frames, however the stream was cut into pieces on its way. Allocates in
// Reset() only.
class InterleavedReader {
 public:
  // A new stream. Frames longer than `frame_bytes_max` are left out and counted.
  void Reset(std::size_t frame_bytes_max) {
    frame_.resize(frame_bytes_max);
    header_size_ = frame_size_ = 0;
    too_large_ = 0;
    lost_ = false;
  }

  // Takes the next piece, and calls on_frame(channel, bytes) for each frame that ends in it; the
  // bytes are valid during the call only. kNotInterleaved: frames before the lost place were given,
  // nothing after it will be. REQUIRES: on_frame does not call the reader back.
  template <class OnFrame>
  InterleavedParse Push(std::span<const std::byte> piece, OnFrame&& on_frame);

  std::uint64_t too_large() const { return too_large_; }

  // Nothing of a frame is held, and the stream is not lost.
  bool between_frames() const { return header_size_ == 0 && !lost_; }
  // Where its frames begin is not known any more.
  void Lose() { lost_ = true; }

 private:
  static constexpr std::byte kMark{0x24};  // '$'
  static constexpr std::size_t kHeaderBytes = 4;

  std::size_t length() const {
    return std::to_integer<std::size_t>(header_[2]) << 8 | std::to_integer<std::size_t>(header_[3]);
  }
  // Moves up to `wanted` bytes from the front of `piece`.
  static std::span<const std::byte> Take(std::span<const std::byte>& piece, std::size_t wanted) {
    const auto taken = piece.first(std::min(wanted, piece.size()));
    piece = piece.subspan(taken.size());
    return taken;
  }

  std::array<std::byte, kHeaderBytes> header_{};
  std::size_t header_size_ = 0;
  std::vector<std::byte> frame_;  // the begun frame, if it did not come in one piece
  std::size_t frame_size_ = 0;
  std::uint64_t too_large_ = 0;
  bool lost_ = false;
};

template <class OnFrame>
InterleavedParse InterleavedReader::Push(std::span<const std::byte> piece, OnFrame&& on_frame) {
  while (!piece.empty() && !lost_) {
    if (header_size_ < kHeaderBytes) {
      if (header_size_ == 0 && piece[0] != kMark) {
        lost_ = true;
        break;
      }
      const auto taken = Take(piece, kHeaderBytes - header_size_);
      std::ranges::copy(taken, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
      header_size_ += taken.size();
      if (header_size_ < kHeaderBytes) break;
    }
    const auto taken = Take(piece, length() - frame_size_);
    const bool whole = taken.size() == length();
    const bool fits = length() <= frame_.size();
    if (!whole && fits)
      std::ranges::copy(taken, frame_.begin() + static_cast<std::ptrdiff_t>(frame_size_));
    frame_size_ += taken.size();
    if (frame_size_ < length()) break;
    header_size_ = frame_size_ = 0;
    if (!fits) {
      ++too_large_;
    } else {
      on_frame(std::to_integer<std::uint8_t>(header_[1]),
               whole ? taken : std::span<const std::byte>(frame_).first(length()));
    }
  }
  return lost_ ? InterleavedParse::kNotInterleaved : InterleavedParse::kOk;
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_INTERLEAVED_H_
