// A camera's sending side: access units into RTP packets (RFC 6184, packetization-mode 1; RFC 7798).
#ifndef FRAMEFENCE_HARNESS_MEDIA_RTP_PACKETIZER_H_
#define FRAMEFENCE_HARNESS_MEDIA_RTP_PACKETIZER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/media/codec.h"
#include "harness/media/rtp_packet.h"

namespace framefence::media {

// Sends each NAL unit by the first of these that fits: with its neighbours in a STAP-A (5.7.1), in
// a packet of its own (5.6), in FU-A fragments (5.8); of H.265, in an AP, on its own, in FUs (RFC
// 7798 4.4). The last packet of an access unit carries the marker bit (5.1). What RFC 6184 cannot
// carry (nal_unit_type 0 and 24..31; 48..63 of H.265) is skipped and counted.
//
// Usage:
//   packetizer.Begin(access_unit, timestamp);
//   for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next())
//   Send(packet);
class RtpPacketizer {
 public:
  struct Options {
    std::uint32_t ssrc = 0;
    std::uint16_t first_sequence_number = 0;
    std::uint8_t payload_type = kVideoPayloadType;
    std::uint16_t packet_bytes_max = 1200;  // RTP header included; at least kPacketBytesMin
    bool aggregate = true;                  // use STAP-A
    Codec codec = Codec::kH264;
  };
  static constexpr std::uint16_t kPacketBytesMin =
      kRtpHeaderBytes + 4;  // an FU with one byte of payload

  explicit RtpPacketizer(const Options& options) { Restart(options); }

  // A new stream; keeps the memory.
  void Restart(const Options& options);

  // Starts an access unit in Annex B form, which must stay valid until Next() has returned its last
  // packet. The timestamp is in units of 1/90000 s. Packets of the access unit before, if not yet
  // taken, are never made.
  void Begin(std::span<const std::byte> access_unit, std::uint32_t timestamp);

  // The next packet, valid until the next call; empty when the access unit is sent. Sequence
  // numbers run on over access units and wrap.
  std::span<const std::byte> Next();

  std::uint16_t next_sequence_number() const { return header_.sequence_number; }
  std::uint64_t nal_units_skipped() const { return nal_units_skipped_; }

 private:
  std::span<const std::byte> NextSendable();
  void Advance();
  bool CanAggregate() const;
  std::byte* Payload() { return packet_.data() + kRtpHeaderBytes; }
  std::size_t PayloadBytesMax() const { return packet_.size() - kRtpHeaderBytes; }

  // Each fills the payload of packet_ and returns its size.
  std::size_t WriteSingle();
  std::size_t WriteAggregate();
  std::size_t WriteFragment();

  RtpPacket header_;  // of the next packet
  bool aggregate_ = true;
  Codec codec_ = Codec::kH264;
  std::vector<std::byte> packet_;
  AnnexBReader reader_{{}};
  std::span<const std::byte> current_;  // being sent; empty: none is left
  std::span<const std::byte> ahead_;    // the one after it
  std::size_t fragmented_bytes_ =
      0;  // how much of current_ fragments have carried, its header included
  std::uint64_t nal_units_skipped_ = 0;
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RTP_PACKETIZER_H_
