#include "harness/sim/camera.h"

#include <algorithm>

#include "harness/base/check.h"
#include "harness/base/prng.h"
#include "harness/media/rtp_packet.h"

namespace framefence::sim {
namespace {

// 90 kHz (RFC 6184 8.2.1), from an offset that is the session's own (RFC 3550 5.1).
std::uint32_t RtpTimestamp(VirtualTime now, std::uint32_t ssrc) {
  return static_cast<std::uint32_t>(Microseconds(now) * 9 / 100) +
         static_cast<std::uint32_t>(Mix64(ssrc));
}

// Random (RFC 3550 5.1), and the stream's own.
std::uint16_t FirstSequenceNumber(std::uint32_t ssrc) {
  return static_cast<std::uint16_t>(Mix64(ssrc) >> 48);
}

}  // namespace

void Camera::Reset(CameraId id, const cases::WorldOptions& options, const media::Footage* footage) {
  id_ = id;
  options_ = &options;
  footage_ = footage;
  frames_ = 0;
  alters_payloads_ = false;
  session = {};
  const Prng losses =
      Prng::ForPurpose(options.seed, 0x75706c6e6bU + (std::uint64_t{id.value} << 40));
  path.Reset(losses, {}, std::chrono::microseconds(options.uplink_latency_us));
  connection.Reset(Prng::ForPurpose(options.seed, 0x63757473U + (std::uint64_t{id.value} << 40)));
}

void Camera::StartSession(const PublisherSession& started, VirtualTime now) {
  session = started;
  heard_at_ = now;
  frames_in_gop_ = 0;
  next_of_footage_ = 0;
  connection.Open();
  for (SentPacket& packet : sent_) packet.bytes.clear();
  const bool h265 = codec() == media::Codec::kH265;
  packetizer_.Restart(
      {.ssrc = started.ssrc,
       .first_sequence_number = FirstSequenceNumber(started.ssrc),
       .payload_type = h265 ? contract::kPayloadTypeH265 : contract::kPayloadTypeH264,
       .packet_bytes_max = static_cast<std::uint16_t>(options_->mtu_bytes),
       .codec = codec()});
  retransmissions_.Restart(
      {.ssrc = started.rtx_ssrc,
       .first_sequence_number = FirstSequenceNumber(started.rtx_ssrc),
       .payload_type = h265 ? contract::kPayloadTypeRtxH265 : contract::kPayloadTypeRtx});
  fec_.Restart({.ssrc = started.fec_ssrc,
                .source_ssrc = started.ssrc,
                .first_sequence_number = FirstSequenceNumber(started.fec_ssrc),
                .payload_type = contract::kPayloadTypeFec,
                .packets = started.upload.fec_packets});
}

std::span<const std::byte> Camera::MakeFrame(bool idr, std::uint16_t slices, std::uint32_t bytes,
                                             VirtualTime now) {
  std::span<const std::byte> frame = footage_ ? NextOfFootage() : MakeSynthetic(idr, slices, bytes);
  if (alters_payloads_) frame = Altered(frame);
  ++frames_;
  packetizer_.Begin(frame, RtpTimestamp(now, session.ssrc));
  return frame;
}

std::span<const std::byte> Camera::NextPacket() {
  const std::span<const std::byte> packet = packetizer_.Next();
  if (options_->feedback != 0 && !packet.empty()) Keep(packet);
  return packet;
}

void Camera::Keep(std::span<const std::byte> packet) {
  SentPacket& sent = sent_[media::SequenceNumberOf(packet) % kPacketsKept];
  sent.frames = {frame(), frame()};
  sent.bytes.assign(packet.begin(), packet.end());
}

// Any packet that is protected, sent again, may be what another one of them was waiting for.
Camera::Repair Camera::NextRepair(std::span<const std::byte> packet) {
  if (session.upload.fec_packets == 0) return {};
  if (fec_.pending() == 0) fec_began_ = frame();
  const Repair repair{{fec_began_, frame()}, fec_.Add(packet)};
  if (repair.bytes.empty()) return repair;
  for (unsigned i = 0; i < session.upload.fec_packets; ++i) {
    const auto number = static_cast<std::uint16_t>(media::SequenceNumberOf(packet) - i);
    sent_[number % kPacketsKept].frames = repair.frames;
  }
  return repair;
}

std::span<const std::byte> Camera::MakeSynthetic(bool idr, std::uint16_t slices,
                                                 std::uint32_t bytes) {
  const bool starts_gop = idr || frames_in_gop_ % options_->gop_frames == 0;
  frames_in_gop_ = starts_gop ? 1 : frames_in_gop_ + 1;
  media::FrameShape shape{
      .idr = starts_gop,
      .slices = slices != 0 ? slices : static_cast<std::uint16_t>(options_->slices),
      .codec = codec()};
  if (bytes == 0) {
    // Between half and one and a half of the default: frames of equal size would hide every mistake
    // about lengths.
    const std::uint32_t mean = starts_gop ? options_->idr_bytes : options_->inter_bytes;
    const std::uint64_t draw =
        Mix64((std::uint64_t{id_.value} << 32 | frames_) ^ (std::uint64_t{options_->seed} << 20));
    bytes = mean / 2 + static_cast<std::uint32_t>(draw % (mean + 1));
  }
  // Room for parameter sets, NAL unit headers and start codes within the deployment's
  // frame_bytes_max.
  const std::uint32_t parameter_sets = shape.codec == media::Codec::kH264 ? 64 : 80;
  const std::uint32_t overhead = parameter_sets + 8U * shape.slices;
  const std::uint32_t bytes_max = std::min(
      std::max<std::uint32_t>(options_->frame_bytes_max, overhead + shape.slices) - overhead,
      media::PayloadBytesMax(shape.slices));
  shape.payload_bytes = std::clamp<std::uint32_t>(bytes, shape.slices, bytes_max);
  media::MakeSyntheticFrame(id_, session.epoch, FrameNumber(frames_), shape, synthetic_);
  return synthetic_.annex_b;
}

// What was not 0 becomes large, so that nothing looks like a start code that was none before.
std::span<const std::byte> Camera::Altered(std::span<const std::byte> access_unit) {
  altered_.assign(access_unit.begin(), access_unit.end());
  std::size_t zeros = 0;   // that came last
  std::size_t header = 0;  // bytes of the NAL unit's header still to come
  for (std::byte& each : altered_) {
    const bool ends_start_code = zeros >= 2 && each == std::byte{1};
    zeros = each == std::byte{0} ? zeros + 1 : 0;
    if (ends_start_code) {
      header = media::HeaderBytes(codec());
    } else if (header != 0) {
      --header;
    } else if (each != std::byte{0}) {
      each = (each ^ std::byte{0x5a}) | std::byte{0x81};
    }
  }
  return altered_;
}

std::span<const std::byte> Camera::NextOfFootage() {
  const auto& units = footage_->access_units();
  const std::span<const std::byte> frame = footage_->bytes(units[next_of_footage_]);
  next_of_footage_ = (next_of_footage_ + 1) % units.size();
  return frame;
}

}  // namespace framefence::sim
