// A simulated camera: its publisher session, the frames it makes, and the RTP packets it sends them
// in.
//
// It makes synthetic frames, or plays footage from its first IDR access unit on, again and again.
#ifndef FRAMEFENCE_HARNESS_SIM_CAMERA_H_
#define FRAMEFENCE_HARNESS_SIM_CAMERA_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/ids.h"
#include "harness/cases/options.h"
#include "harness/contract/system_under_test.h"
#include "harness/media/flex_fec.h"
#include "harness/media/footage.h"
#include "harness/media/retransmission.h"
#include "harness/media/rtp_packetizer.h"
#include "harness/media/synthetic_camera.h"
#include "harness/net/path.h"
#include "harness/sim/connection.h"
#include "harness/sim/upload.h"

namespace framefence::sim {

// Where a camera sends to, and as whom. A camera keeps to it until it starts a new one, whatever
// has become of it meanwhile.
struct PublisherSession {
  PublisherId id;
  BindingEpoch epoch;  // in which it began: what the camera believes it is bound in
  // That the system was told of: where it begins. What is sent may come from another one later.
  contract::SourceAddress source = 0;
  std::uint32_t source_epoch = 0;  // of that address
  FrameNumber first;               // that it sends
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  // where it has such a stream
  std::uint32_t fec_ssrc = 0;  // likewise
  Upload upload;
  contract::IngestPort port = 0;
  bool accepted = false;  // the system gave it a port
  bool rolling = false;   // sends by its own clock (when the world has one)
  bool in_doubt = false;  // a system may rightly have lost it, and has no way to say so
  bool goes_on = false;   // now that the network has healed
};

// Every publisher session sends from a port of its own, and from another address in each epoch of its
// home's (net/path.h). REQUIRES: camera < 2^20. Epochs wrap at 2^12: a change takes two steps, of which a
// case has no more than 2^12.
constexpr contract::SourceAddress AddressOf(CameraId camera, PublisherId session,
                                            std::uint32_t source_epoch) {
  const std::uint64_t epoch = (source_epoch - 1) & 0xfffU;
  return epoch << 52 | (std::uint64_t{camera.value} + 1) << 32 | session.value;
}
struct HomeAddress {
  std::uint32_t camera = 0;  // 0xffffffff, no camera's, where AddressOf() did not make the address
  std::uint32_t source_epoch = 0;
};
constexpr HomeAddress HomeOf(contract::SourceAddress address) {
  return {.camera = static_cast<std::uint32_t>(address >> 32 & 0xfffffU) - 1,
          .source_epoch = static_cast<std::uint32_t>(address >> 52) + 1};
}

class Camera {
 public:
  // A new camera. `footage` may be null: synthetic frames then. It outlives the camera.
  void Reset(CameraId id, const cases::WorldOptions& options, const media::Footage* footage);

  // From now on its access units carry other bytes, which no other camera sends, in NAL units of the
  // same types and sizes.
  void AlterPayloads() { alters_payloads_ = true; }

  // Begins a new publisher session: the next frame is an IDR access unit, sequence number and
  // timestamp start anew.
  void StartSession(const PublisherSession& session, VirtualTime now);

  // Makes the next access unit: an IDR if asked for, or if its GOP is over. `slices` and `bytes` of
  // 0: the world's defaults, the size varied from frame to frame. Footage ignores all three. The
  // bytes are valid until the next call.
  std::span<const std::byte> MakeFrame(bool idr, std::uint16_t slices, std::uint32_t bytes,
                                       VirtualTime now);

  // The packets of the frame made last, one by one; empty after the last. Valid until the next
  // call.
  std::span<const std::byte> NextPacket();

  // The repair packet that is due after the packet sent last; empty: none. Valid until the next call.
  struct Repair {
    FrameRange frames;
    std::span<const std::byte> bytes;
  };
  Repair NextRepair(std::span<const std::byte> packet);

  // --- what it is asked for in RTCP ---
  struct SentPacket {
    FrameRange frames;             // that it is of, or can help to bring back
    std::vector<std::byte> bytes;  // empty: none
  };
  // The packet of this publisher session with that number, if it is still kept; else an empty one.
  const SentPacket& Sent(std::uint16_t sequence_number) const {
    return sent_[sequence_number % kPacketsKept];
  }
  // What is sent when it is asked for again. Valid until the next call.
  std::span<const std::byte> Again(const SentPacket& sent) {
    return session.upload.retransmits ? retransmissions_.Wrap(sent.bytes) : std::span(sent.bytes);
  }
  // The next frame starts a GOP; footage begins again.
  void WantIdr() {
    frames_in_gop_ = 0;
    next_of_footage_ = 0;
  }

  // The system hears of the publisher session, and gives it up after a silence as long as `timeout`
  // (Deployment::publisher_timeout): what comes then is too late.
  void OnHeard(VirtualTime now, VirtualDuration timeout) {
    if (!IsGivenUp(now, timeout)) heard_at_ = now;
  }
  bool IsGivenUp(VirtualTime now, VirtualDuration timeout) const {
    return !session.accepted || now - heard_at_ >= timeout;
  }

  VirtualTime heard_at() const { return heard_at_; }

  CameraId id() const { return id_; }
  // Of the frame made last.
  FrameNumber frame() const { return FrameNumber(frames_ - 1); }
  FrameNumber next_frame() const { return FrameNumber(frames_); }
  bool plays_footage() const { return footage_ != nullptr; }
  bool is_stamped() const { return !plays_footage() && !alters_payloads_; }

  PublisherSession session;
  net::Path path;         // up: what it sends; down: what the system sends it in RTCP
  Connection connection;  // over it, where the session's upload is a byte stream

 private:
  std::span<const std::byte> MakeSynthetic(bool idr, std::uint16_t slices, std::uint32_t bytes);
  std::span<const std::byte> NextOfFootage();
  media::Codec codec() const {
    return plays_footage() ? media::Codec::kH264 : session.upload.codec;
  }
  std::span<const std::byte> Altered(std::span<const std::byte> access_unit);
  void Keep(std::span<const std::byte> packet);

  static constexpr std::size_t kPacketsKept = 32;

  CameraId id_;
  const cases::WorldOptions* options_ = nullptr;
  const media::Footage* footage_ = nullptr;
  std::uint32_t frames_ = 0;  // made so far, over all sessions
  std::uint32_t frames_in_gop_ = 0;
  VirtualTime heard_at_;  // the latest that the system heard of the session
  std::size_t next_of_footage_ = 0;
  media::SyntheticFrame synthetic_;
  bool alters_payloads_ = false;
  std::vector<std::byte> altered_;
  std::array<SentPacket, kPacketsKept> sent_;  // where the world has feedback
  media::RtpPacketizer packetizer_{media::RtpPacketizer::Options{}};
  media::RetransmissionStream retransmissions_;
  media::FlexFecSender fec_;
  FrameNumber fec_began_;  // the frame of the first packet that no repair packet protects so far
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_CAMERA_H_
