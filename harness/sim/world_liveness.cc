// Liveness (ISO-008) in the simulated world: after the steps, in which anything may be lost, nothing is
// lost or late any more, and what viewer sessions are entitled to must come.
//
// Asked is only what a system can give: a session that is entitled for all of that time, to a camera
// whose publisher session the system took. One access unit is enough, also as a still.
#include <algorithm>
#include <chrono>

#include "harness/sim/world.h"

namespace framefence::sim {
namespace {

using std::chrono::milliseconds;

constexpr VirtualDuration kFrameEvery = milliseconds(40);
// Who waits for the next GOP waits no longer than this, whatever the world's GOPs are.
constexpr int kFramesInGop = 10;
constexpr int kFramesPerReport = 5;

}  // namespace

void World::CheckLiveness() {
  if (options_.liveness_ms != 0 && !capabilities_.live) ++counters_.unsupported;
  if (options_.liveness_ms == 0 || !capabilities_.live || !oracle_.violations().empty() ||
      exhausted())
    return;
  Heal();
  AwaitFrames();
  const VirtualTime until = now_ + milliseconds(options_.liveness_ms);
  // No camera is to be given up between two of its frames.
  const auto frame_every = std::min(kFrameEvery, deployment_.publisher_timeout / 2);
  for (int frame = 0; now_ < until && !awaited_.empty() && !exhausted(); ++frame) {
    SendToAwaiting(frame % kFramesInGop == 0);
    if (frame % kFramesPerReport == 0) ReportForAwaiting();
    AdvanceTo(std::min(until, now_ + frame_every));
  }
  if (exhausted()) return;
  for (const Awaited& awaited : awaited_) {
    if (IsDue(viewers_[awaited.viewer.value], now_))
      oracle_.OnStarved(awaited.viewer, awaited.session, now_);
  }
  TraceNewViolations();
}

// A system throws away what it has received and not looked at before an integration is restored (ISO-004): to it the
// session was silent.
void World::DoubtWhatWasJustHeard() {
  for (std::uint32_t i = 0; i < deployment_.cameras; ++i) {
    if (cameras_[i].heard_at() == now_) cameras_[i].session.in_doubt = true;
  }
}

// Whether the system can still hear the camera's publisher session, and is due to. A byte stream that
// it cannot follow any more, since an upgrade in the middle of a frame for instance, it may close, and
// has no way to say so; nor whether it believes an SSRC that was not signalled (RFC 3550 A.1: not from
// the first packet on). Silence it may count by a clock that ticks seldom.
bool World::CanGoOn(const Camera& camera) const {
  const PublisherSession& session = camera.session;
  const VirtualDuration soon = deployment_.publisher_timeout / 2;
  return !session.in_doubt && !session.upload.byte_stream && !session.upload.unsignalled &&
         !camera.IsGivenUp(now_, soon) && session.epoch == oracle_.epoch_of(camera.id()) &&
         session.source_epoch == camera.path.EpochAt(now_);
}

// Cameras that the network kept from sending do what cameras do then: they connect anew.
void World::Heal() {
  // A new link: on the one before, packets would still keep behind those that it delays.
  const auto heal = [](net::Link& link) { link.Reset({}, VirtualDuration::zero()); };
  options_.fleet_weather = 0;
  healed_ = true;
  for (std::uint32_t i = 0; i < deployment_.cameras; ++i) {
    heal(cameras_[i].path.up());
    heal(cameras_[i].path.down());
  }
  for (std::uint32_t i = 0; i < deployment_.viewers; ++i) {
    heal(viewers_[i].downlink);
    // Nor does a damaged header confuse a receiver for ever (RFC 3550 A.1: it resynchronises).
    viewers_[i].depacketizer.Reset();
    if (viewers_[i].stalled_until <= now_) continue;
    viewers_[i].stalled_until = now_;
    queue_.Push({.at = now_, .kind = EventKind::kWritable, .subject = i});
  }
  for (std::uint32_t i = 0; i < deployment_.cameras; ++i) {
    if (options_.liveness_reconnect == 0 && CanGoOn(cameras_[i])) {
      cameras_[i].session.goes_on = true;
    } else {
      ConnectAnew(CameraId(i));
    }
  }
  AdvanceTo(now_);
}

// Whether a packet that was on its way when the network healed is lost, for nothing delays newer ones any more. A
// damaged one would be the first that a receiver sees which begins anew; one of a camera whose session goes on
// would come long after packets that were sent later.
// REQUIRES: the network has healed.
bool World::IsOvertaken(const Event& event) const {
  return event.damaged ||
         (event.kind == EventKind::kUplinkPacket && cameras_[event.subject].session.goes_on);
}

bool World::IsDue(const Viewer& viewer, VirtualTime at) const {
  if (!viewer.session.wanted) return false;
  const auto right = oracle_.RightOf(viewer.id(), viewer.session.number, at);
  if (!right) return false;
  const PublisherSession& publisher = cameras_[right->camera.value].session;
  return publisher.accepted && publisher.epoch == right->epoch;
}

void World::AwaitFrames() {
  for (std::uint32_t i = 0; i < deployment_.viewers; ++i) {
    const Viewer& viewer = viewers_[i];
    if (!IsDue(viewer, now_ + milliseconds(options_.liveness_ms))) continue;
    const oracle::Grant right = *oracle_.RightOf(viewer.id(), viewer.session.number, now_);
    const FrameNumber first = cameras_[right.camera.value].next_frame();
    awaited_.push_back({viewer.id(), viewer.session.number, right, first});
  }
  if (!awaited_.empty()) marks_.Meet(Mark::kFramesDue);
  Trace(TraceKind::kHealed, awaited_.size(), 0, 0);
}

void World::SendToAwaiting(bool idr) {
  for (std::uint32_t camera = 0; camera < deployment_.cameras; ++camera) {
    const bool is_awaited = std::ranges::any_of(
        awaited_, [&](const Awaited& awaited) { return awaited.right.camera == CameraId(camera); });
    if (!is_awaited) continue;
    if (idr) cameras_[camera].WantIdr();
    SendFrame(cameras_[camera], idr, 0, 0);
  }
}

// As receivers do; nothing is lost any more, so that a degraded one is to recover.
void World::ReportForAwaiting() {
  if (!capabilities_.Has(contract::Operation::kReportLoss)) return;
  for (std::size_t i = 0; i < awaited_.size(); ++i) {
    Viewer& viewer = viewers_[awaited_[i].viewer.value];
    contract::Request request = NewRequest(contract::Operation::kReportLoss);
    request.viewer = viewer.id();
    request.fraction_lost = viewer.TakeFractionLost().value_or(0);
    Submit(request);
  }
}

void World::NoteReceived(ViewerId viewer, std::span<const std::byte> annex_b) {
  std::erase_if(awaited_, [&](const Awaited& awaited) {
    return awaited.viewer == viewer && awaited.session == viewers_[viewer.value].session.number &&
           oracle_.WasPublished(annex_b, awaited.right.camera, awaited.right.epoch, awaited.first);
  });
}

}  // namespace framefence::sim
