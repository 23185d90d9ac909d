// What goes the other way in the simulated world, from the receivers of packets to their senders:
// requests in RTCP, and channels that are full.
#include <algorithm>

#include "harness/media/rtcp_feedback.h"
#include "harness/media/rtp_packet.h"
#include "harness/sim/hash_of.h"
#include "harness/sim/world.h"

namespace framefence::sim {

// --- requests in RTCP. They travel as long as packets the other way do at first, and are never lost
// but where they go to an address that is gone.

// The system may be in the middle of anything: the camera hears of it when the system has returned.
void World::OnPublisherFeedback(contract::SourceAddress to, std::span<const std::byte> rtcp) {
  const HomeAddress home = HomeOf(to);
  if (home.camera >= deployment_.cameras) return;
  if (transcript_ != nullptr) transcript_->OnFeedback(CameraId(home.camera), rtcp, now_);
  if (options_.feedback == 0) return;
  if (rtcp.size() > EventQueue::kPacketBytesMax) return;
  const net::Fate fate = cameras_[home.camera].path.SendDown(
      now_, static_cast<std::uint32_t>(rtcp.size()), home.source_epoch);
  if (!fate.arrival) return;  // its home has another address by now
  queue_.PushPacket({.at = *fate.arrival,
                     .kind = EventKind::kPublisherFeedback,
                     .subject = home.camera,
                     .session = to},
                    rtcp);
}

void World::AnswerFeedback(const Event& event) {
  Camera& camera = cameras_[event.subject];
  if (camera.session.source != event.session || !camera.session.accepted) return;
  const std::span<const std::byte> rtcp = queue_.PacketOf(event);
  Trace(TraceKind::kFeedback, event.subject, 0, HashOf(rtcp));
  marks_.Meet(Mark::kCameraAsked);
  const media::FeedbackRequests asked = media::ReadFeedback(rtcp, camera.session.ssrc);
  if (asked.picture) camera.WantIdr();
  for (const std::uint16_t number : asked.sequence_numbers()) {
    const Camera::SentPacket& sent = camera.Sent(number);
    if (!sent.bytes.empty() && media::SequenceNumberOf(sent.bytes) == number)
      SendPacket(camera, sent.frames, camera.Again(sent));
  }
  SendSegments(camera);
}

void World::AskForMissing(Viewer& viewer, std::span<const std::byte> packet) {
  if (options_.feedback == 0 || !capabilities_.viewer_feedback ||
      packet.size() < media::kRtpHeaderBytes)
    return;
  const std::span<const std::byte> request = viewer.Miss(packet);
  if (request.empty()) return;
  queue_.PushPacket({.at = now_ + std::chrono::microseconds(options_.downlink_latency_us),
                     .kind = EventKind::kViewerFeedback,
                     .subject = viewer.id().value,
                     .session = viewer.session.number},
                    request);
}

void World::ReceiveFeedback(const Event& event) {
  const Viewer& viewer = viewers_[event.subject];
  if (viewer.session.number != event.session || !viewer.session.wanted) return;
  const std::span<const std::byte> rtcp = queue_.PacketOf(event);
  Trace(TraceKind::kFeedback, event.subject, 1, HashOf(rtcp));
  marks_.Meet(Mark::kViewerAsked);
  system_.OnViewerFeedback(ViewerId(event.subject), rtcp, now_);
  TraceNewViolations();
}

// --- channels that are full

void World::Stall(const Action& action) {
  if (!capabilities_.backpressure) {
    ++counters_.unsupported;
    return;
  }
  Viewer& viewer = viewers_[action.viewer.value];
  const VirtualTime until = now_ + action.duration;
  if (until <= viewer.stalled_until) return;
  viewer.stalled_until = until;
  marks_.Meet(Mark::kStalled);
  Trace(TraceKind::kStall, action.viewer.value, 1, 0);
  queue_.Push({.at = until, .kind = EventKind::kWritable, .subject = action.viewer.value});
}

bool World::TakesPackets(ViewerId viewer) { return viewers_[viewer.value].stalled_until <= now_; }

void World::EndStall(const Event& event) {
  // It was stalled for longer since, or had room before.
  if (event.at != viewers_[event.subject].stalled_until) return;
  Trace(TraceKind::kStall, event.subject, 0, 0);
  system_.OnWritable(ViewerId(event.subject), now_);
  TraceNewViolations();
}

void World::OnNote(const contract::Note& note) {
  Trace({.at = now_,
         .kind = TraceKind::kNote,
         .a = HashOf(std::as_bytes(std::span(note.what))),
         .b = note.subject,
         .text = note.what});
}

}  // namespace framefence::sim
