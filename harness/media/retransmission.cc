#include "harness/media/retransmission.h"

#include <algorithm>

#include "harness/media/big_endian.h"
#include "harness/media/rtp_packet.h"

namespace framefence::media {

// Section 4: marker and timestamp are the original's, number, payload type and SSRC the stream's.
std::span<const std::byte> RetransmissionStream::Wrap(std::span<const std::byte> packet) {
  constexpr std::byte kMarkerBit{0x80};
  const auto payload = packet.subspan(kRtpHeaderBytes);
  packet_.resize(packet.size() + kOverheadBytes);
  std::ranges::copy(packet.first(kRtpHeaderBytes), packet_.begin());
  packet_[1] = (packet[1] & kMarkerBit) | std::byte{next_.payload_type};
  StoreBigEndian16(next_.first_sequence_number++, &packet_[2]);
  StoreBigEndian32(next_.ssrc, &packet_[8]);
  StoreBigEndian16(SequenceNumberOf(packet), &packet_[kRtpHeaderBytes]);
  std::ranges::copy(payload, packet_.begin() + kRtpHeaderBytes + kOverheadBytes);
  return packet_;
}

}  // namespace framefence::media
