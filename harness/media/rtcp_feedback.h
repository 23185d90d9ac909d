// Requests in RTCP: a viewer asks for lost packets or for a picture that decodes on its own, a
// camera reads what it is asked for (RFC 4585 6.2.1 and 6.3.1).
#ifndef FRAMEFENCE_HARNESS_MEDIA_RTCP_FEEDBACK_H_
#define FRAMEFENCE_HARNESS_MEDIA_RTCP_FEEDBACK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace framefence::media {

// What one source is asked for.
struct FeedbackRequests {
  static constexpr std::size_t kPacketsMax = 64;  // more are left out

  bool picture = false;
  std::array<std::uint16_t, kPacketsMax> packets{};  // sequence numbers
  std::size_t packet_count = 0;

  std::span<const std::uint16_t> sequence_numbers() const {
    return std::span(packets).first(packet_count);
  }
};

// What the compound packet asks of `media_ssrc`. Of one that is malformed: what stands before the
// fault.
FeedbackRequests ReadFeedback(std::span<const std::byte> rtcp, std::uint32_t media_ssrc);

// 16 bytes: for packet `first`, and for each bit i of `following` packet first + 1 + i.
using NackPacket = std::array<std::byte, 16>;
NackPacket MakeNack(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint16_t first,
                    std::uint16_t following);

using PictureLossPacket = std::array<std::byte, 12>;
PictureLossPacket MakePictureLoss(std::uint32_t sender_ssrc, std::uint32_t media_ssrc);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RTCP_FEEDBACK_H_
