// A camera's retransmissions (RFC 4588), in a stream of their own beside the one that they repair
// (section 5.3, SSRC-multiplexed).
#ifndef FRAMEFENCE_HARNESS_MEDIA_RETRANSMISSION_H_
#define FRAMEFENCE_HARNESS_MEDIA_RETRANSMISSION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace framefence::media {

class RetransmissionStream {
 public:
  // Bytes that a retransmission has more than its original: the original's sequence number.
  static constexpr std::size_t kOverheadBytes = 2;

  struct Options {
    std::uint32_t ssrc = 0;
    std::uint16_t first_sequence_number = 0;
    std::uint8_t payload_type = 0;
  };

  void Restart(const Options& options) { next_ = options; }

  // The packet once more, in this stream. Valid until the next call. REQUIRES: a packet without CSRCs
  // and header extension, which are not taken along.
  std::span<const std::byte> Wrap(std::span<const std::byte> packet);

 private:
  Options next_;
  std::vector<std::byte> packet_;
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RETRANSMISSION_H_
