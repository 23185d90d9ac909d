#include "properties/stateful/model.h"

#include <algorithm>
#include <variant>

#include "harness/base/check.h"

namespace framefence::stateful {
namespace {

using contract::AccessPath;
using contract::Operation;
using sim::Action;
using sim::ActionKind;
using sim::LinkScope;

// After a break in its stream a viewer waits for packets that never were: until a few later ones
// have come, its frames are late, or belong to the break. As many frames as its depacketiser holds
// packets back (sim/viewer.h) are past that.
constexpr int kSettlingFrames = 5;

Belief BeliefOf(bool fact) { return fact ? Belief::kYes : Belief::kNo; }

bool IsThrough(const Wish& wish, IntegrationId integration) {
  return wish.path == AccessPath::kIntegration && wish.integration == integration;
}

VirtualDuration Milliseconds(std::uint32_t count) { return std::chrono::milliseconds(count); }

}  // namespace

Model::Model(const cases::WorldOptions& options, const Promises& promises)
    : options_(cases::Effective(options)),
      promises_(promises),
      cameras_(options_.cameras),
      viewers_(options_.viewers),
      linked_(std::size_t{options_.accounts} * options_.integrations, options_.provisioned != 0),
      suspended_(options_.integrations),
      restored_(options_.integrations),
      answers_(std::in_place) {
  for (Camera& camera : cameras_) camera.live_until = camera.over_after = VirtualTime::min();
  if (options_.provisioned == 0) return;
  for (std::uint32_t i = 0; i < options_.cameras; ++i)
    Bind(CameraId(i), AccountId(i % options_.accounts));
}

// --- steps

void Model::Apply(const Action& action) {
  BeginStep();
  switch (action.kind) {
    case ActionKind::kNone:
    case ActionKind::kIssue:  // never drawn here (step_gen.cc): every session opens by name
    case ActionKind::kPresent:
    case ActionKind::kStall:  // nor this: what a viewer misses by it, it is not owed
    case ActionKind::kHandOver:
      break;
    case ActionKind::kBind:
      Bind(action.camera, action.account);
      break;
    case ActionKind::kUnbind:
      Unbind(action.camera);
      break;
    case ActionKind::kPublish:
      Publish(action.camera, action.upload);
      break;
    case ActionKind::kUnpublish:
      Unpublish(action.camera, action.bye_lost);
      break;
    case ActionKind::kFrame:
      Frame(action.camera, action.idr);
      break;
    case ActionKind::kOpen:
      Open(action.viewer, {action.account, NameId(action.camera.value % options_.names),
                           action.path, action.integration});
      break;
    case ActionKind::kClose:
      Close(action.viewer);
      break;
    case ActionKind::kRevoke:
      Revoke(action.account);
      break;
    case ActionKind::kLink:
      Link(action.account, action.integration);
      break;
    case ActionKind::kUnlink:
      Unlink(action.account, action.integration);
      break;
    case ActionKind::kSuspend:
      Suspend(action.integration);
      break;
    case ActionKind::kRestore:
      Restore(action.integration);
      break;
    case ActionKind::kReport:
      Report(action.viewer, action.fraction_lost);
      break;
    case ActionKind::kAdvance:
      now_ += action.duration;
      break;
    case ActionKind::kWeather:
    case ActionKind::kDrop:
    case ActionKind::kPath:
      Weather(action);
      break;
    case ActionKind::kReaddress:
      Readdress(action);
      break;
    case ActionKind::kUpgrade:
      Upgrade();
      break;
    case ActionKind::kReconnect:
      Reconnect(action.publishers, action.viewers);
      break;
  }
  EndStep();
}

void Model::BeginStep() {
  ++step_;
  answers_.emplace();
  for (Viewer& viewer : viewers_) {
    if (!viewer.session) continue;
    // In step with its camera, and owed nothing unless this step publishes.
    ViewerSession& session = *viewer.session;
    const bool in_step = session.settling == 0 && session.clean && IsFlawless(session.camera);
    session.frames_due = in_step ? std::optional<std::size_t>(0) : std::nullopt;
  }
}

void Model::EndStep() {
  for (Viewer& viewer : viewers_) {
    if (!viewer.session) continue;
    ViewerSession& session = *viewer.session;
    // A right that may have ended within the step promises nothing of it.
    if (IsLive(session) != Belief::kYes) session.frames_due.reset();
    if (!HasStillFor(session)) {
      session.still_due_since.reset();
    } else if (!session.still_due_since) {
      session.still_due_since = now_;
    }
  }
}

void Model::Expect(Operation operation, Belief granted) {
  if (answers_) answers_->push_back({operation, granted});
}

// --- the directory

void Model::Bind(CameraId camera, AccountId account) {
  const Owner owner{account, NameId(camera.value % options_.names)};
  for (std::uint32_t i = 0; i < options_.cameras; ++i) {
    if (i != camera.value && cameras_[i].owner == owner)
      return Expect(Operation::kBind, Belief::kNo);
  }
  Expect(Operation::kBind, Belief::kYes);
  Camera& bound = cameras_[camera.value];
  bound.owner = owner;
  bound.live_until = bound.over_after = VirtualTime::min();
  EndSessions([&](const ViewerSession& session) { return session.camera == camera; });
}

void Model::Unbind(CameraId camera) {
  Expect(Operation::kUnbind, Belief::kYes);
  Camera& unbound = cameras_[camera.value];
  unbound.owner.reset();
  unbound.live_until = unbound.over_after = VirtualTime::min();
  EndSessions([&](const ViewerSession& session) { return session.camera == camera; });
}

std::optional<AccountId> Model::owner_of(CameraId camera) const {
  const auto& owner = cameras_[camera.value].owner;
  return owner ? std::optional(owner->account) : std::nullopt;
}

std::size_t Model::LinkIndex(AccountId account, IntegrationId integration) const {
  return std::size_t{account.value} * options_.integrations + integration.value;
}

template <class Affected>
void Model::EndSessions(const Affected& affected) {
  for (Viewer& viewer : viewers_) {
    if (viewer.session && affected(*viewer.session)) viewer.session.reset();
  }
}

void Model::Revoke(AccountId account) {
  Expect(Operation::kRevokeAccount, Belief::kYes);
  EndSessions([&](const ViewerSession& session) { return session.wish.account == account; });
}

void Model::Link(AccountId account, IntegrationId integration) {
  Expect(Operation::kLink, Belief::kYes);
  linked_[LinkIndex(account, integration)] = 1;
}

void Model::Unlink(AccountId account, IntegrationId integration) {
  Expect(Operation::kUnlink, Belief::kYes);
  linked_[LinkIndex(account, integration)] = 0;
  EndSessions([&](const ViewerSession& session) {
    return session.wish.account == account && IsThrough(session.wish, integration);
  });
}

void Model::Suspend(IntegrationId integration) {
  Expect(Operation::kSuspend, Belief::kYes);
  suspended_[integration.value] = 1;
  EndSessions([&](const ViewerSession& session) { return IsThrough(session.wish, integration); });
}

void Model::Restore(IntegrationId integration) {
  Expect(Operation::kRestore, Belief::kYes);
  suspended_[integration.value] = 0;
  restored_[integration.value] = step_;
}

// --- publisher sessions

// With repair and byte streams more may come, or later, than is known here.
void Model::Publish(CameraId id, const sim::Upload& upload) {
  FRAMEFENCE_CHECK(!upload.byte_stream && !upload.retransmits && upload.fec_packets == 0);
  Camera& camera = cameras_[id.value];
  camera.live_until = camera.over_after =
      VirtualTime::min();  // its earlier session ends, whatever comes of this one
  const Belief granted = camera.owner ? HasFreePort(id) : Belief::kNo;
  Expect(Operation::kStartPublisher, granted);
  camera.sends = granted;
  camera.readdressed = false;
  camera.upload = upload;
  camera.flawless = granted == Belief::kYes && !upload.unsignalled;  // else the first is for proof
  camera.frames_since_idr = 0;
  camera.last_idr = camera.last_still = 0;
  if (granted != Belief::kNo)
    camera.over_after = now_ + Milliseconds(options_.publisher_timeout_ms);
  if (granted == Belief::kYes) camera.live_until = camera.over_after;
  AwaitIdr(id);
}

void Model::Unpublish(CameraId id, bool bye_lost) {
  Camera& camera = cameras_[id.value];
  if (camera.sends == Belief::kNo || bye_lost) return;
  if (camera.sends == Belief::kUnknown) answers_.reset();
  Expect(Operation::kStopPublisher, IsPublishing(id));
  camera.sends = Belief::kNo;
  camera.flawless = false;
  camera.live_until = camera.over_after = VirtualTime::min();
}

void Model::Frame(CameraId id, bool idr) {
  Camera& camera = cameras_[id.value];
  if (camera.sends == Belief::kNo) return;
  camera.flawless = camera.flawless && !camera.readdressed && !camera.lossy &&
                    camera.drops_left == 0 && IsPublishing(id) == Belief::kYes;
  if (camera.drops_left > 0) --camera.drops_left;  // a frame is one packet or more
  if (now_ <= camera.over_after)
    camera.over_after = now_ + Milliseconds(options_.publisher_timeout_ms);
  if (camera.flawless) camera.live_until = camera.over_after;
  const bool first = camera.frames_since_idr == 0;
  const bool starts_gop = idr || camera.frames_since_idr % options_.gop_frames == 0;
  camera.frames_since_idr = starts_gop ? 1 : camera.frames_since_idr + 1;
  if (starts_gop) camera.last_idr = step_;
  // Of the first access unit of a publisher session a system cannot know that nothing is missing
  // before it.
  if (starts_gop && !first) {
    camera.last_still = step_;
    camera.last_still_at = now_;
  }
  for (Viewer& viewer : viewers_) {
    if (!viewer.session || viewer.session->camera != id) continue;
    if (camera.flawless) {
      ReceiveFrame(*viewer.session, starts_gop);
    } else {
      viewer.session->settling.reset();
      viewer.session->frames_due.reset();
    }
    if (!viewer.session->clean) viewer.session->frames_due.reset();
    viewer.session->untouched = false;
  }
}

void Model::ReceiveFrame(ViewerSession& session, bool starts_gop) {
  if (session.settling) {
    if (*session.settling == 0) {
      session.frames_due = 1;
    } else {
      --*session.settling;
    }
    return;
  }
  if (!starts_gop || (session.degraded && !session.recovering)) return;
  session.degraded = session.recovering = false;
  session.settling = session.untouched ? 0 : kSettlingFrames;
  if (session.untouched) session.frames_due = 1;
}

// All is as it was but for the frames: viewers await the next IDR, displays the next still. A publisher
// session lasts as long as it would have, or as if its camera had sent now.
void Model::Upgrade() {
  Expect(Operation::kUpgrade, Belief::kYes);
  upgraded_ = step_;
  for (std::uint32_t i = 0; i < options_.cameras; ++i) {
    if (IsPublishing(CameraId(i)) != Belief::kNo)
      cameras_[i].over_after = now_ + Milliseconds(options_.publisher_timeout_ms);
    AwaitIdr(CameraId(i));
  }
}

// Viewers of the camera are sent nothing until its next IDR, and then after a break.
void Model::AwaitIdr(CameraId camera) {
  for (Viewer& viewer : viewers_) {
    if (viewer.session && viewer.session->camera == camera) viewer.session->settling.reset();
  }
}

Belief Model::IsPublishing(CameraId id) const {
  const Camera& camera = cameras_[id.value];
  if (now_ < camera.live_until) return Belief::kYes;
  return now_ > camera.over_after ? Belief::kNo : Belief::kUnknown;
}

// For a camera that has given up its own.
Belief Model::HasFreePort(CameraId camera) const {
  std::uint32_t taken = 0, perhaps = 0;
  for (std::uint32_t i = 0; i < options_.cameras; ++i) {
    if (i == camera.value) continue;
    taken += IsPublishing(CameraId(i)) == Belief::kYes;
    perhaps += IsPublishing(CameraId(i)) == Belief::kUnknown;
  }
  if (taken >= options_.publishers) return Belief::kNo;
  return taken + perhaps < options_.publishers ? Belief::kYes : Belief::kUnknown;
}

bool Model::IsFlawless(CameraId camera) const {
  return cameras_[camera.value].flawless && IsPublishing(camera) == Belief::kYes;
}

// --- viewer sessions

std::optional<CameraId> Model::Resolve(const Wish& wish) const {
  if (wish.path == AccessPath::kIntegration) {
    if (linked_[LinkIndex(wish.account, wish.integration)] == 0 ||
        suspended_[wish.integration.value] != 0)
      return std::nullopt;
  }
  for (std::uint32_t i = 0; i < options_.cameras; ++i) {
    if (cameras_[i].owner == Owner{wish.account, wish.name}) return CameraId(i);
  }
  return std::nullopt;
}

void Model::Open(ViewerId id, const Wish& wish) {
  Viewer& viewer = viewers_[id.value];
  if (viewer.wish) Close(id);
  viewer.wish = wish;
  const std::optional<CameraId> camera = Resolve(wish);
  Expect(Operation::kOpenViewer, BeliefOf(camera.has_value()));
  if (!camera) return;
  viewer.session = ViewerSession{.wish = wish,
                                 .camera = *camera,
                                 .expires = now_ + Milliseconds(options_.token_lifetime_ms),
                                 .clean = !viewer.lossy && viewer.drops_left == 0};
  BeginStream(*viewer.session);
}

// A new viewer session is sent the GOP so far.
void Model::BeginStream(ViewerSession& session) const {
  const Camera& camera = cameras_[session.camera.value];
  session.untouched = camera.frames_since_idr == 0 || IsPublishing(session.camera) == Belief::kNo;
  if (!IsFlawless(session.camera) || camera.frames_since_idr == 0 ||
      !IsKeptFor(session, camera.last_idr))
    return;
  session.settling = 0;
  if (session.clean) session.frames_due = camera.frames_since_idr;
}

void Model::Close(ViewerId id) {
  Viewer& viewer = viewers_[id.value];
  Expect(Operation::kCloseViewer, IsEntitled(id));
  viewer.wish.reset();
  viewer.session.reset();
}

Belief Model::IsEntitled(ViewerId viewer) const {
  const auto& session = viewers_[viewer.value].session;
  return session ? IsLive(*session) : Belief::kNo;
}

Belief Model::IsLive(const ViewerSession& session) const {
  if (now_ == session.expires) return Belief::kUnknown;
  return BeliefOf(now_ < session.expires);
}

// Whether a step's frames may be served to the session, if they are kept: nothing from before a
// restore is, through that integration.
bool Model::IsKeptFor(const ViewerSession& session, Serial serial) const {
  if (serial <= upgraded_) return false;
  return session.wish.path == AccessPath::kApp ||
         serial > restored_[session.wish.integration.value];
}

void Model::Report(ViewerId id, std::uint8_t fraction_lost) {
  Expect(Operation::kReportLoss, IsEntitled(id));
  auto& session = viewers_[id.value].session;
  if (!session || session->wish.path == AccessPath::kApp || options_.still_fallback == 0) return;
  if (fraction_lost > promises_.degrades_above) {
    session->degraded = true;
    session->recovering = false;
    session->settling.reset();
    session->frames_due.reset();
  } else if (fraction_lost < promises_.recovers_below) {
    session->recovering = session->degraded;
  }
}

bool Model::HasStillFor(const ViewerSession& session) const {
  const Camera& camera = cameras_[session.camera.value];
  return session.degraded && IsLive(session) == Belief::kYes && IsFlawless(session.camera) &&
         camera.last_still != 0 && IsKeptFor(session, camera.last_still) &&
         now_ - camera.last_still_at <= Milliseconds(options_.still_age_max_ms);
}

// --- the network

void Model::Weather(const Action& action) {
  const auto change = [&](auto& end) {
    if (action.kind == ActionKind::kDrop) {
      end.drops_left = action.packets;
    } else if (action.kind == ActionKind::kPath) {
      end.lossy = end.damages = action.path_change.sets != cases::PathProperty::kClear;
    } else {
      end.lossy = end.damages || !std::holds_alternative<net::Clean>(action.loss);
    }
  };
  const auto change_viewer = [&](Viewer& viewer) {
    change(viewer);
    if (!viewer.session || (!viewer.lossy && viewer.drops_left == 0)) return;
    viewer.session->clean = false;
    viewer.session->frames_due.reset();
  };
  switch (action.links) {
    case LinkScope::kUplink:
      return change(cameras_[action.camera.value]);
    case LinkScope::kDownlink:
      return change_viewer(viewers_[action.viewer.value]);
    case LinkScope::kAllUplinks:
      return (void)std::for_each(cameras_.begin(), cameras_.end(), change);
    case LinkScope::kAllDownlinks:
      return (void)std::for_each(viewers_.begin(), viewers_.end(), change_viewer);
  }
}

// What it sends from now on the system has no use for.
void Model::Readdress(const Action& action) {
  for (std::uint32_t i = 0; i < options_.cameras; ++i) {
    if (action.all || action.camera == CameraId(i)) cameras_[i].readdressed = true;
  }
}

void Model::Reconnect(bool publishers, bool viewers) {
  for (std::uint32_t i = 0; publishers && i < options_.cameras; ++i) {
    if (cameras_[i].sends == Belief::kUnknown) answers_.reset();
    if (cameras_[i].sends != Belief::kNo) Publish(CameraId(i), cameras_[i].upload);
  }
  for (std::uint32_t i = 0; viewers && i < options_.viewers; ++i) {
    if (viewers_[i].wish) Open(ViewerId(i), Wish(*viewers_[i].wish));
  }
}

}  // namespace framefence::stateful
