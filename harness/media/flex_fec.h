// A camera's forward error correction (RFC 8627, FlexFEC): repair packets in a stream of their own,
// each with a flexible mask over packets of one source that follow one another (section 4.2.2.1).
#ifndef FRAMEFENCE_HARNESS_MEDIA_FLEX_FEC_H_
#define FRAMEFENCE_HARNESS_MEDIA_FLEX_FEC_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace framefence::media {

class FlexFecSender {
 public:
  static constexpr unsigned kPacketsMax = 15;  // as many as the shortest mask has bits for
  // Bytes that a repair packet has more than the longest packet that it protects: its CSRC, the
  // recovery fields, SN base and mask.
  static constexpr std::size_t kOverheadBytes = 4 + 8 + 2 + 2;

  struct Options {
    std::uint32_t ssrc = 0;
    std::uint32_t source_ssrc = 0;
    std::uint16_t first_sequence_number = 0;
    std::uint8_t payload_type = 0;
    unsigned packets = 0;  // that a repair packet protects, up to kPacketsMax; 0: there is none
  };

  void Restart(const Options& options);

  // Takes the next packet that is sent. Where that makes up the number: the repair packet, valid
  // until the next call; else nothing. REQUIRES: the number after the last packet's; a whole fixed
  // header.
  std::span<const std::byte> Add(std::span<const std::byte> packet);

  // Packets that no repair packet protects so far.
  unsigned pending() const { return pending_; }

 private:
  void Begin(std::span<const std::byte> packet);
  void XorIn(std::span<const std::byte> packet);

  Options next_;
  unsigned pending_ = 0;
  std::vector<std::byte> repair_;  // so far
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_FLEX_FEC_H_
