#include "harness/sim/world.h"

#include <algorithm>

#include "harness/base/ambient.h"
#include "harness/base/check.h"
#include "harness/sim/hash_of.h"

namespace framefence::sim {
namespace {

using contract::Operation;
using contract::Request;
using contract::RequestNumber;
using contract::Status;

// What a request is about, for the trace.
std::uint64_t SubjectOf(const Request& request) {
  switch (request.operation) {
    case Operation::kBind:
    case Operation::kUnbind:
    case Operation::kStartPublisher:
      return request.camera.value;
    case Operation::kStopPublisher:
      return request.publisher.value;
    case Operation::kOpenViewer:
    case Operation::kPresentToken:
    case Operation::kCloseViewer:
    case Operation::kReportLoss:
      return request.viewer.value;
    case Operation::kRevokeAccount:
      return request.account.value;
    case Operation::kLink:
    case Operation::kUnlink:
      return std::uint64_t{request.account.value} << 32 | request.integration.value;
    case Operation::kSuspend:
    case Operation::kRestore:
      return request.integration.value;
    case Operation::kIssueToken:
      return request.token;
    case Operation::kUpgrade:
      return 0;
  }
  return 0;
}

}  // namespace

World::World(contract::SystemUnderTest& system)
    : system_(system), capabilities_(system.capabilities()) {}

// --- the course of a case

void World::Begin(const cases::WorldOptions& options) {
  options_ = cases::Effective(options);
  BeginIn(cases::DeploymentOf(options_));
}

void World::Begin(const cases::WorldOptions& options, const contract::Deployment& deployment) {
  options_ = cases::Effective(options);
  BeginIn(deployment);
}

// REQUIRES: options_ are the new world's.
void World::BeginIn(const contract::Deployment& deployment) {
  const ForbidAmbient forbid;
  deployment_ = deployment;
  const bool footage = options_.footage != 0 && !clips_.empty();
  if (footage) FitFootage();
  now_ = VirtualTime{};
  hash_ = {};
  counters_ = {};
  marks_ = {};
  BeginNumbers();
  violations_traced_ = 0;
  turns_ = 0;
  BeginWeather();
  queue_.Clear();
  outstanding_.clear();
  awaited_.clear();
  healed_ = false;
  handovers_.clear();
  handovers_made_.clear();
  step_ = 0;
  if (cameras_.size() < deployment.cameras) cameras_.resize(deployment.cameras);
  if (viewers_.size() < deployment.viewers) viewers_.resize(deployment.viewers);
  for (std::uint32_t i = 0; i < deployment.cameras; ++i) {
    cameras_[i].Reset(CameraId(i), options_, footage ? &clips_[i % clips_.size()] : nullptr);
    if (IsOthers(CameraId(i)) && variation_->alters_payloads) cameras_[i].AlterPayloads();
  }
  for (std::uint32_t i = 0; i < deployment.viewers; ++i) viewers_[i].Reset(ViewerId(i), options_);
  oracle_.Reset(deployment_);
  system_.Reset(deployment_, *this);
  if (options_.provisioned != 0)
    ForEachProvision(deployment_, [this](const Action& action) { Apply(action); });
}

void World::BeginNumbers() {
  next_ = {};
  // Publishers are altered in number too, for it is in the address that they send from.
  const bool altered = variation_ != nullptr && variation_->alters_metadata;
  next_[1] = {.request = RequestNumber{1} << 32, .publisher = altered ? 3U << 30 : 1U << 31};
}

// Real frames are as large as they are: the deployment is told so.
void World::FitFootage() {
  for (const media::Footage& clip : clips_) {
    std::uint32_t gop_packets = 0;
    for (const media::FootageAccessUnit& unit : clip.access_units()) {
      const auto bytes = static_cast<std::uint32_t>(unit.size);
      deployment_.frame_bytes_max = std::max(deployment_.frame_bytes_max, bytes);
      if (unit.idr) gop_packets = 0;
      // Each NAL unit may leave a packet that is not full.
      gop_packets += bytes / (options_.mtu_bytes / 2) + 2;
      deployment_.gop_packets_max = std::max(deployment_.gop_packets_max, gop_packets);
    }
  }
}

void World::Play(const cases::Case& played, bool stop_at_violation) {
  Begin(played.options);
  std::uint64_t index = 0;
  for (const cases::Step& step : played.steps) {
    ApplyStep(index++, Decode(step, options_));
    if ((stop_at_violation && !oracle_.violations().empty()) || exhausted()) return;
  }
  step_ = index;
  BeginCalls();
  CheckLiveness();
  Finish();
}

void World::ApplyStep(std::uint64_t index, const Action& action) {
  Trace(TraceKind::kStep, index, 0, 0);
  if (transcript_ != nullptr) transcript_->BeginStep(index);
  step_ = index;
  if (action.kind != ActionKind::kHandOver) BeginCalls();
  Apply(action);
}

void World::Apply(const Action& action) {
  const ForbidAmbient forbid;
  ++counters_.steps;
  if (std::optional<Request> request = RequestOf(action)) return Submit(*request);
  switch (action.kind) {
    case ActionKind::kPublish:  // camera, upload
      return Publish(action.camera, action.upload);
    case ActionKind::kUnpublish:  // camera, bye_lost
      return Unpublish(action);
    case ActionKind::kFrame:  // camera, idr, slices, bytes
      return SendFrame(cameras_[action.camera.value], action.idr, action.slices, action.bytes);
    case ActionKind::kOpen:  // viewer, account, camera (by its name), path, integration
      return Open(action.viewer, {.account = action.account,
                                  .name = NameOf(action.camera),
                                  .path = action.path,
                                  .integration = action.integration});
    case ActionKind::kPresent:  // viewer, token, forged
      return Open(action.viewer, {.token = action.token, .forged = action.forged});
    case ActionKind::kClose:  // viewer
      return Close(action.viewer);
    case ActionKind::kAdvance:  // duration
      return AdvanceTo(now_ + action.duration);
    case ActionKind::kWeather:  // links, camera or viewer, loss
      return SetLoss(action);
    case ActionKind::kPath:  // links, camera or viewer, path_change
      return ChangePaths(action);
    case ActionKind::kReaddress:  // all, camera
      return Readdress(action);
    case ActionKind::kDrop:  // links, camera or viewer, packets
      return Drop(action);
    case ActionKind::kReconnect:  // publishers, viewers
      return Reconnect(action);
    case ActionKind::kStall:  // viewer, duration
      return Stall(action);
    case ActionKind::kHandOver:  // handover
      return HandOver(action.handover);
    default:  // kNone; all others are requests
      return;
  }
}

// What is asked of the system, by an action that is that and nothing else.
std::optional<Request> World::RequestOf(const Action& action) const {
  Request request;
  switch (action.kind) {
    case ActionKind::kBind:  // account, camera
      request.operation = Operation::kBind;
      request.account = action.account;
      request.camera = action.camera;
      request.name = NameOf(action.camera);
      return request;
    case ActionKind::kUnbind:  // camera
      request.operation = Operation::kUnbind;
      request.camera = action.camera;
      return request;
    case ActionKind::kIssue:  // token, account, camera (by its name), path, integration
      request.operation = Operation::kIssueToken;
      request.token = action.token;
      request.account = action.account;
      request.name = NameOf(action.camera);
      request.path = action.path;
      request.integration = action.integration;
      return request;
    case ActionKind::kRevoke:  // account
      request.operation = Operation::kRevokeAccount;
      request.account = action.account;
      return request;
    case ActionKind::kLink:    // account, integration
    case ActionKind::kUnlink:  // account, integration
      request.operation = action.kind == ActionKind::kLink ? Operation::kLink : Operation::kUnlink;
      request.account = action.account;
      request.integration = action.integration;
      return request;
    case ActionKind::kSuspend:  // integration
    case ActionKind::kRestore:  // integration
      request.operation =
          action.kind == ActionKind::kSuspend ? Operation::kSuspend : Operation::kRestore;
      request.integration = action.integration;
      return request;
    case ActionKind::kReport:  // viewer, fraction_lost
      request.operation = Operation::kReportLoss;
      request.viewer = action.viewer;
      request.fraction_lost = action.fraction_lost;
      return request;
    case ActionKind::kUpgrade:
      request.operation = Operation::kUpgrade;
      return request;
    default:
      return std::nullopt;
  }
}

void World::Finish() {
  const ForbidAmbient forbid;
  // Cameras and reports that run by their own clocks would go on for ever; only what is on its way
  // still arrives.
  options_.frame_interval_ms = 0;
  options_.report_interval_ms = 0;
  for (auto next = queue_.NextAt(); next && !exhausted(); next = queue_.NextAt()) AdvanceTo(*next);
  for (std::uint32_t i = 0; i < deployment_.viewers; ++i) {
    receiving_ = ViewerId(i);
    if (viewers_[i].session.number != 0) viewers_[i].depacketizer.Flush(*this);
  }
  TraceNewViolations();
}

// --- schedules

void World::HandOver(const contract::StepHandover& handover) {
  if (!capabilities_.schedules) {
    ++counters_.unsupported;
    return;
  }
  handovers_.push_back(handover);
}

void World::BeginCalls() {
  if (!capabilities_.schedules) return;
  system_.FollowHandovers(handovers_);
  handovers_.clear();
}

void World::OnHandover(const contract::StepHandover& handover) {
  Trace(TraceKind::kHandover, handover.after, handover.to, 0);
  handovers_made_.push_back({step_, handover});
}

// --- requests

Request World::NewRequest(Operation operation) {
  Request request;
  request.operation = operation;
  return request;
}

void World::Submit(Request& request) {
  if (!capabilities_.Has(request.operation)) {
    ++counters_.unsupported;
    return;
  }
  const bool others = variation_ != nullptr && !variation_->IsOwn(request);
  request.number = NumbersOf(others).request++;
  ++counters_.requests;
  Trace({.at = now_,
         .kind = TraceKind::kRequest,
         .a = request.number,
         .b = static_cast<std::uint64_t>(request.operation),
         .c = SubjectOf(request),
         .request = &request});
  if (request.operation == Operation::kRestore) DoubtWhatWasJustHeard();
  outstanding_.push_back(request);
  oracle_.OnRequest(request);
  system_.Submit(request, now_);
  TraceNewViolations();
}

void World::OnAck(const contract::Ack& ack) {
  const auto found =
      std::find_if(outstanding_.begin(), outstanding_.end(),
                   [&](const Request& request) { return request.number == ack.number; });
  FRAMEFENCE_CHECK(found != outstanding_.end() &&
                   "the system acknowledges a request that is not open: each is answered once");
  const Request request = *found;
  outstanding_.erase(found);
  Trace(TraceKind::kAck, ack.number, static_cast<std::uint64_t>(ack.status), ack.port);
  if (ack.status != Status::kOk) ++counters_.refused;
  if (transcript_ != nullptr) transcript_->OnReply(request, ack, now_);
  oracle_.OnAck(request, ack, now_);
  MarkAck(request, ack);
  if (request.operation == Operation::kStartPublisher && ack.status == Status::kOk) {
    PublisherSession& session = cameras_[request.camera.value].session;
    if (session.id != request.publisher) return;  // the camera has begun another one meanwhile
    session.port = ack.port;
    session.accepted = true;
    session.rolling = true;
    if (options_.frame_interval_ms != 0) {
      queue_.Push({.at = now_,
                   .kind = EventKind::kCameraTick,
                   .subject = request.camera.value,
                   .session = session.id.value});
    }
  }
}

void World::MarkAck(const Request& request, const contract::Ack& ack) {
  const Operation operation = request.operation;
  if (ack.status == Status::kOk) {
    marks_.Meet(MarkOf(operation));
  } else if (operation == Operation::kStartPublisher) {
    marks_.Meet(Mark::kPublisherRefused);
  } else if (operation == Operation::kOpenViewer || operation == Operation::kPresentToken) {
    marks_.Meet(Mark::kOpenRefused);
  }
  if (ack.status != Status::kOk) return;
  if (operation == Operation::kBind && oracle_.epoch_of(request.camera).value > 1)
    marks_.Meet(Mark::kRebound);
  if (operation != Operation::kStartPublisher) return;
  for (std::uint32_t i = 0; i < deployment_.cameras; ++i) {
    if (CameraId(i) != request.camera && cameras_[i].session.port == ack.port)
      marks_.Meet(Mark::kPortLeasedAnew);
  }
}

// --- viewers

void World::Open(ViewerId id, ViewerSession session) {
  Viewer& viewer = viewers_[id.value];
  if (viewer.session.wanted) Close(id);
  if (viewer.session.number != 0) marks_.Meet(Mark::kPlaceTakenAnew);
  session.wanted = true;
  const bool others = variation_ != nullptr && !variation_->own_viewers[id.value];
  session.number = NumbersOf(others).request;
  viewer.StartSession(session);
  const bool on_token = session.token.has_value();
  Request request = NewRequest(on_token ? Operation::kPresentToken : Operation::kOpenViewer);
  request.viewer = id;
  request.token = session.token.value_or(0);
  request.forged = session.forged;
  request.account = session.account;
  request.name = session.name;
  request.path = session.path;
  request.integration = session.integration;
  Submit(request);
  if (options_.report_interval_ms != 0) {
    queue_.Push({.at = now_ + std::chrono::milliseconds(options_.report_interval_ms),
                 .kind = EventKind::kReportTick,
                 .subject = id.value,
                 .session = session.number});
  }
}

void World::Close(ViewerId id) {
  viewers_[id.value].session.wanted = false;
  Request request = NewRequest(Operation::kCloseViewer);
  request.viewer = id;
  Submit(request);
}

void World::OnDelivery(const contract::Delivery& delivery) {
  FRAMEFENCE_CHECK(delivery.viewer.value < deployment_.viewers);
  const std::uint64_t hash = HashOf(delivery.bytes);
  Trace(TraceKind::kDelivery, delivery.viewer.value,
        delivery.session << 1 | static_cast<std::uint64_t>(delivery.kind), hash);
  ++counters_.packets_delivered;
  if (transcript_ != nullptr) transcript_->OnDelivery(delivery, now_, IsOfThePast(delivery));
  oracle_.OnDelivery(delivery, now_);
  TraceNewViolations();
  if (on_delivery) on_delivery(delivery);
  if (delivery.kind == contract::DeliveryKind::kStill) {
    ++counters_.stills_delivered;
    marks_.Meet(Mark::kStillServed);
    NoteReceived(delivery.viewer, delivery.bytes);
    viewers_[delivery.viewer.value].OnStill();
    return;
  }
  const bool fits = delivery.bytes.size() <= EventQueue::kPacketBytesMax;
  const auto size = static_cast<std::uint32_t>(fits ? delivery.bytes.size() : 0);
  const net::Fate fate = viewers_[delivery.viewer.value].downlink.Send(now_, size, WeatherNow());
  if (!fate.arrival || !fits) {
    return Lose(EventKind::kDownlinkPacket, delivery.viewer.value, delivery.bytes.size());
  }
  Transmit({.kind = EventKind::kDownlinkPacket,
            .subject = delivery.viewer.value,
            .session = delivery.session,
            .hash = hash},
           fate, delivery.bytes, altered_down_);
}

// Whether it is of a publisher session that is over, as far as its camera, the time that the system waits
// for it and, of a still, the picture tell.
bool World::IsOfThePast(const contract::Delivery& delivery) const {
  const auto right = oracle_.RightOf(delivery.viewer, delivery.session, now_);
  if (!right) return false;
  const Camera& camera = cameras_[right->camera.value];
  if (camera.IsGivenUp(now_, deployment_.publisher_timeout)) return true;
  return delivery.kind == contract::DeliveryKind::kStill &&
         !oracle_.WasPublished(delivery.bytes, right->camera, right->epoch, camera.session.first);
}

void World::Arrive(const Event& event, std::span<const std::byte> packet) {
  Viewer& viewer = viewers_[event.subject];
  if (viewer.session.number != event.session ||
      !viewer.session.wanted)  // to a socket that is closed by now
    return marks_.Meet(Mark::kLateAtViewer);
  Trace(TraceKind::kArrival, event.subject, packet.size(),
        event.damaged ? HashOf(packet) : event.hash);
  if (event.damaged) oracle_.OnDamaged(viewer.id(), event.session);
  receiving_ = viewer.id();
  viewer.depacketizer.Push(packet, *this);
  AskForMissing(viewer, packet);
}

void World::OnAccessUnit(const media::ReceivedAccessUnit& access_unit) {
  ++counters_.frames_received;
  marks_.Meet(Mark::kFrameReceived);
  Trace(TraceKind::kFrame, receiving_.value, access_unit.annex_b.size(),
        HashOf(access_unit.annex_b));
  oracle_.OnFrame(receiving_, access_unit.annex_b, now_);
  NoteReceived(receiving_, access_unit.annex_b);
  TraceNewViolations();
  if (on_access_unit) on_access_unit(receiving_, access_unit);
}

void World::Reconnect(const Action& action) {
  if (action.publishers) {
    for (std::uint32_t i = 0; i < deployment_.cameras; ++i) ConnectAnew(CameraId(i));
  }
  if (action.viewers) {
    for (std::uint32_t i = 0; i < deployment_.viewers; ++i) {
      if (viewers_[i].session.wanted) Open(ViewerId(i), viewers_[i].session);
    }
  }
}

// --- time

void World::AdvanceTo(VirtualTime target) {
  for (; !exhausted(); ++turns_) {
    // Whatever the system's threads have begun ends at the time at which they did.
    if (capabilities_.schedules) system_.AdvanceTo(now_);
    const std::optional<VirtualTime> event = queue_.NextAt();
    const std::optional<VirtualTime> timer = system_.NextTimer();
    VirtualTime next = target;
    if (event && *event < next) next = *event;
    if (timer && *timer > now_ && *timer < next)
      next = *timer;  // one that stays due must not stop the clock
    now_ = next;
    system_.AdvanceTo(now_);
    TraceNewViolations();
    if (event && *event <= now_) {
      Process(queue_.Pop());
    } else if (now_ == target) {
      return;
    }
  }
}

void World::Process(const Event& event) {
  switch (event.kind) {
    case EventKind::kUplinkPacket:
    case EventKind::kUplinkPiece:
    case EventKind::kDownlinkPacket:
      if (healed_ && IsOvertaken(event)) {
        Lose(event.kind, event.subject, event.bytes);
      } else {
        Receive(event, queue_.PacketOf(event));
      }
      return queue_.Release(event);
    case EventKind::kPublisherFeedback:
      AnswerFeedback(event);
      return queue_.Release(event);
    case EventKind::kViewerFeedback:
      ReceiveFeedback(event);
      return queue_.Release(event);
    case EventKind::kWritable:
      return EndStall(event);
    case EventKind::kResend:
      return Resend(event);
    case EventKind::kCameraTick:
      return CameraTick(event);
    case EventKind::kReportTick:
      return ReportTick(event);
  }
}

void World::Receive(const Event& event, std::span<const std::byte> bytes) {
  if (event.kind == EventKind::kDownlinkPacket) {
    Arrive(event, bytes);
  } else {
    Ingest(event, bytes);
  }
}

void World::CameraTick(const Event& event) {
  Camera& camera = cameras_[event.subject];
  if (camera.session.id.value != event.session || !camera.session.rolling ||
      options_.frame_interval_ms == 0)
    return;
  SendFrame(camera, false, 0, 0);
  Event next = event;
  next.at = now_ + std::chrono::milliseconds(options_.frame_interval_ms);
  queue_.Push(next);
}

void World::ReportTick(const Event& event) {
  Viewer& viewer = viewers_[event.subject];
  if (viewer.session.number != event.session || !viewer.session.wanted ||
      options_.report_interval_ms == 0)
    return;
  if (const auto fraction_lost = viewer.TakeFractionLost()) {
    Request request = NewRequest(Operation::kReportLoss);
    request.viewer = ViewerId(event.subject);
    request.fraction_lost = *fraction_lost;
    Submit(request);
  }
  Event next = event;
  next.at = now_ + std::chrono::milliseconds(options_.report_interval_ms);
  queue_.Push(next);
}

// --- the trace

void World::TraceViolationsSince() {
  const auto violations = oracle_.violations();
  for (; violations_traced_ < violations.size(); ++violations_traced_) {
    const auto& violation = violations[violations_traced_];
    Trace({.at = now_,
           .kind = TraceKind::kViolation,
           .a = violation.viewer.value,
           .b = static_cast<std::uint64_t>(violation.violation_class),
           .c = static_cast<std::uint64_t>(violation.property),
           .violation = &violation});
  }
}

}  // namespace framefence::sim
