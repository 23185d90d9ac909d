#include "harness/media/rtcp_feedback.h"

#include "harness/media/big_endian.h"

namespace framefence::media {
namespace {

constexpr std::size_t kWordBytes = 4;
constexpr std::size_t kRequestsOffset = 12;  // behind header, sender and media source
constexpr unsigned kVersion = 2;
constexpr unsigned kTransportFeedback = 205;  // RFC 4585 6.1
constexpr unsigned kPayloadFeedback = 206;
constexpr unsigned kNackFormat = 1;
constexpr unsigned kPictureLossFormat = 1;
constexpr unsigned kFollowingBits = 16;

void Ask(std::uint16_t sequence_number, FeedbackRequests& requests) {
  if (requests.packet_count < FeedbackRequests::kPacketsMax)
    requests.packets[requests.packet_count++] = sequence_number;
}

void ReadNacks(std::span<const std::byte> items, FeedbackRequests& requests) {
  for (; items.size() >= kWordBytes; items = items.subspan(kWordBytes)) {
    const std::uint16_t first = LoadBigEndian16(&items[0]);
    const std::uint16_t following = LoadBigEndian16(&items[2]);
    Ask(first, requests);
    for (unsigned i = 0; i < kFollowingBits; ++i) {
      if ((following >> i & 1U) != 0) Ask(static_cast<std::uint16_t>(first + 1 + i), requests);
    }
  }
}

template <std::size_t size>
std::array<std::byte, size> MakeFeedback(unsigned format, unsigned type, std::uint32_t sender_ssrc,
                                         std::uint32_t media_ssrc) {
  std::array<std::byte, size> packet{};
  packet[0] = static_cast<std::byte>(kVersion << 6 | format);
  packet[1] = static_cast<std::byte>(type);
  StoreBigEndian16(size / kWordBytes - 1, &packet[2]);
  StoreBigEndian32(sender_ssrc, &packet[4]);
  StoreBigEndian32(media_ssrc, &packet[8]);
  return packet;
}

}  // namespace

FeedbackRequests ReadFeedback(std::span<const std::byte> rtcp, std::uint32_t media_ssrc) {
  FeedbackRequests requests;
  while (rtcp.size() >= kWordBytes) {
    const auto first = std::to_integer<unsigned>(rtcp[0]);
    const auto type = std::to_integer<unsigned>(rtcp[1]);
    const std::size_t bytes = kWordBytes * (LoadBigEndian16(&rtcp[2]) + std::size_t{1});
    if (first >> 6 != kVersion || bytes > rtcp.size()) break;
    const unsigned format = first & 0x1f;
    if (bytes >= kRequestsOffset && LoadBigEndian32(&rtcp[8]) == media_ssrc) {
      if (type == kTransportFeedback && format == kNackFormat)
        ReadNacks(rtcp.first(bytes).subspan(kRequestsOffset), requests);
      if (type == kPayloadFeedback && format == kPictureLossFormat) requests.picture = true;
    }
    rtcp = rtcp.subspan(bytes);
  }
  return requests;
}

NackPacket MakeNack(std::uint32_t sender_ssrc, std::uint32_t media_ssrc, std::uint16_t first,
                    std::uint16_t following) {
  auto packet =
      MakeFeedback<sizeof(NackPacket)>(kNackFormat, kTransportFeedback, sender_ssrc, media_ssrc);
  StoreBigEndian16(first, &packet[kRequestsOffset]);
  StoreBigEndian16(following, &packet[kRequestsOffset + 2]);
  return packet;
}

PictureLossPacket MakePictureLoss(std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
  return MakeFeedback<sizeof(PictureLossPacket)>(kPictureLossFormat, kPayloadFeedback, sender_ssrc,
                                                 media_ssrc);
}

}  // namespace framefence::media
