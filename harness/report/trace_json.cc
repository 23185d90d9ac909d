#include "harness/report/trace_json.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace framefence::report {
namespace {

using contract::Operation;
using contract::Request;
using sim::TraceEvent;
using sim::TraceKind;

// The kinds of lanes, in the order in which they are shown: a frame's way from top to bottom.
enum Process : unsigned { kCase = 1, kCameras, kUplinks, kSystem, kDownlinks, kSessions };
constexpr std::array<std::string_view, 7> kProcesses = {"",
                                                        "case",
                                                        "cameras",
                                                        "links from cameras",
                                                        "system under test",
                                                        "links to viewers",
                                                        "viewer sessions"};

bool Opens(Operation operation) {
  return operation == Operation::kOpenViewer || operation == Operation::kPresentToken;
}

std::string FramesText(const sim::FrameRange& frames) {
  return frames.first == frames.last
             ? fmt::format("packet of frame {}", frames.first.value)
             : fmt::format("packet of frames {}-{}", frames.first.value, frames.last.value);
}

ChromeTrace::Arguments ArgumentsOf(const TraceEvent& event) {
  ChromeTrace::Arguments arguments;
  for (sim::TraceField& field : FieldsOf(event))
    arguments.push_back({field.key, std::move(field.value)});
  return arguments;
}

}  // namespace

TraceJson::TraceJson(std::string_view system, ChromeTrace::Write write)
    : system_(system), chrome_(std::move(write)) {}

void TraceJson::OnEvent(const TraceEvent& event) {
  // The oracle objects to a delivery before anything becomes of it.
  if (event.kind != TraceKind::kViolation && event.kind != TraceKind::kLost) Dispatch();
  switch (event.kind) {
    case TraceKind::kStep:
      return Instant(CaseLane(), event, fmt::format("step {}", event.a));
    case TraceKind::kRequest:
      return OnRequest(event);
    case TraceKind::kAck:
      return OnAck(event);
    case TraceKind::kPublished:
      published_.insert_or_assign(
          FrameId(event.a, event.b),
          Slice(CameraLane(event.a), event, fmt::format("frame {}", event.b)));
      return;
    case TraceKind::kLost:
      return OnLost(event);
    case TraceKind::kIngress:
      return OnIngress(event);
    case TraceKind::kDelivery:
      return OnDelivery(event);
    case TraceKind::kArrival:
      return OnArrival(event);
    case TraceKind::kFrame:
      frame_ = Slice(SessionLane(SessionOf(event.a)), event, "frame");
      return;
    case TraceKind::kFeedback:
      Slice(event.b == 0 ? CameraLane(event.a) : SystemLane(), event, "RTCP feedback");
      return;
    case TraceKind::kStall:
      return Instant(DownlinkLane(event.a), event, event.b != 0 ? "full" : "has room");
    case TraceKind::kNote:
      return Instant(SystemLane(), event, event.text);
    case TraceKind::kViolation:
      return OnViolation(event);
    case TraceKind::kHealed:
      return Instant(CaseLane(), event, "the network heals");
    case TraceKind::kHandover:
      return Instant(SystemLane(), event, fmt::format("over to thread {}", event.b));
  }
}

void TraceJson::Finish() {
  Dispatch();
  for (const auto& [session, under_way] : under_way_) {
    for (const Sent& sent : under_way) DrawArrows(sent);
  }
  chrome_.Finish();
}

// --- requests

void TraceJson::OnRequest(const TraceEvent& event) {
  const Request& request = *event.request;
  if (request.operation == Operation::kBind) binds_.emplace(request.number, request);
  if (Opens(request.operation)) {
    Forget(SessionOf(request.viewer.value));
    sessions_[request.viewer.value] = request.number;
    session_names_[request.number] = NameOf(request);
  }
  Slice(LaneOf(request), event, ToString(request.operation));
}

void TraceJson::OnAck(const TraceEvent& event) {
  const auto status = static_cast<contract::Status>(event.b);
  if (const auto bind = binds_.extract(event.a); !bind.empty() && status == contract::Status::kOk) {
    const Request& bound = bind.mapped();
    std::erase_if(cameras_, [&](const auto& entry) { return entry.second == bound.camera; });
    cameras_[{bound.account, bound.name}] = bound.camera;
  }
  Slice(SystemLane(), event, fmt::format("ack {}: {}", event.a, ToString(status)));
}

// Whose request it is; what is about rights is the operator's.
TraceJson::Lane TraceJson::LaneOf(const Request& request) {
  switch (request.operation) {
    case Operation::kStartPublisher:
    case Operation::kStopPublisher:
      return CameraLane(request.camera.value);
    case Operation::kOpenViewer:
    case Operation::kPresentToken:
    case Operation::kCloseViewer:
    case Operation::kReportLoss:
      return SessionLane(SessionOf(request.viewer.value));
    default:
      return CaseLane();
  }
}

// --- a packet's way

void TraceJson::OnIngress(const TraceEvent& event) {
  const Point point = Slice(UplinkLane(event.a), event, FramesText(event.frames));
  for (std::uint64_t frame = event.frames.first.value; frame <= event.frames.last.value; ++frame)
    entered_.insert_or_assign(FrameId(event.a, frame), point);
}

void TraceJson::OnLost(const TraceEvent& event) {
  if (event.b == 0) {
    Dispatch();
    return Instant(UplinkLane(event.a), event, "lost");
  }
  Instant(DownlinkLane(event.a), event, "lost");
  if (delivered_) DrawArrows(*delivered_);
  delivered_.reset();
}

void TraceJson::OnDelivery(const TraceEvent& event) {
  const std::uint64_t session = event.b >> 1;
  const std::string_view what = sim::IsStill(event) ? "still" : "packet";
  Sent sent{.viewer = event.a, .session = session, .hash = event.c};
  sent.way.push_back(Slice(SystemLane(), event, fmt::format("{} to viewer {}", what, event.a)));
  sent.way.push_back(Slice(DownlinkLane(event.a), event, what));
  // A still arrives at once, and is no event of its own.
  if (sim::IsStill(event)) sent.way.push_back(Slice(SessionLane(session), event, what));
  delivered_ = std::move(sent);
}

// What was delivered last is not lost: a packet is under way now, a still has arrived.
void TraceJson::Dispatch() {
  if (!delivered_) return;
  if (delivered_->way.size() > 2) {
    DrawArrows(*delivered_);
  } else {
    under_way_[delivered_->session].push_back(std::move(*delivered_));
  }
  delivered_.reset();
}

void TraceJson::OnArrival(const TraceEvent& event) {
  const std::uint64_t session = SessionOf(event.a);
  const Point point = Slice(SessionLane(session), event, "packet");
  std::deque<Sent>& under_way = under_way_[session];
  const auto found = std::ranges::find(under_way, event.c, &Sent::hash);
  arrived_.reset();
  if (found == under_way.end()) return;
  found->way.push_back(point);
  DrawArrows(*found);
  arrived_ = std::move(*found);
  under_way.erase(found);
}

// A new session is at its viewer's place: what was sent to this one arrives nowhere.
void TraceJson::Forget(std::uint64_t session) {
  const auto under_way = under_way_.extract(session);
  if (under_way.empty()) return;
  for (const Sent& sent : under_way.mapped()) DrawArrows(sent);
}

// --- a leaked frame's way

void TraceJson::OnViolation(const TraceEvent& event) {
  const oracle::Violation& violation = *event.violation;
  const bool of_frame = violation.observation == oracle::Observation::kFrame;
  const bool of_delivery = !of_frame && delivered_ && delivered_->viewer == event.a;
  const std::uint64_t session = of_delivery ? delivered_->session : SessionOf(event.a);
  ChromeTrace::Arguments arguments = ArgumentsOf(event);
  arguments.push_back({"sentence", Describe(violation)});
  chrome_.Instant(
      SessionLane(session), event.at,
      fmt::format("{} ({})", ToString(violation.violation_class), ToString(violation.property)),
      arguments);
  if (!violation.origin) return;
  if (of_delivery) delivered_->leaking.push_back(WayIn(violation));
  if (!of_frame || !frame_) return;
  Way way = WayIn(violation);  // and by the packet that completed the frame
  if (arrived_ && arrived_->session == session)
    way.insert(way.end(), arrived_->way.begin(), arrived_->way.end());
  way.push_back(*frame_);
  chrome_.Arrow("leaked frame", way);
}

TraceJson::Way TraceJson::WayIn(const oracle::Violation& violation) const {
  const FrameId id(violation.origin->camera.value, violation.origin->frame.value);
  Way way;
  if (const auto found = published_.find(id); found != published_.end())
    way.push_back(found->second);
  if (const auto found = entered_.find(id); found != entered_.end()) way.push_back(found->second);
  return way;
}

void TraceJson::DrawArrows(const Sent& sent) {
  for (Way way : sent.leaking) {
    way.insert(way.end(), sent.way.begin(), sent.way.end());
    chrome_.Arrow("leaked frame", way);
  }
}

// --- lanes

TraceJson::Lane TraceJson::Named(const Lane& lane, std::string_view name) {
  if (!chrome_.Has(lane)) chrome_.Add(lane, kProcesses[lane.process], name);
  return lane;
}

TraceJson::Lane TraceJson::CaseLane() { return Named({kCase, 0}, "steps, changes of rights"); }
TraceJson::Lane TraceJson::CameraLane(std::uint64_t camera) {
  return Named({kCameras, camera}, fmt::format("camera {}", camera));
}
TraceJson::Lane TraceJson::UplinkLane(std::uint64_t camera) {
  return Named({kUplinks, camera}, fmt::format("from camera {}", camera));
}
TraceJson::Lane TraceJson::SystemLane() {
  return Named({kSystem, 0}, fmt::format("{}: cache and sessions", system_));
}
TraceJson::Lane TraceJson::DownlinkLane(std::uint64_t viewer) {
  return Named({kDownlinks, viewer}, fmt::format("to viewer {}", viewer));
}
TraceJson::Lane TraceJson::SessionLane(std::uint64_t session) {
  const auto name = session_names_.find(session);
  return Named({kSessions, session}, name != session_names_.end()
                                         ? name->second
                                         : fmt::format("session {}, never opened", session));
}

std::uint64_t TraceJson::SessionOf(std::uint64_t viewer) const {
  const auto found = sessions_.find(viewer);
  return found != sessions_.end() ? found->second : 0;
}

std::string TraceJson::NameOf(const Request& opened) const {
  const std::string who =
      fmt::format("session {}, viewer {}: ", opened.number, opened.viewer.value);
  if (opened.operation == Operation::kPresentToken)
    return who + fmt::format("{}token {}", opened.forged ? "forged " : "", opened.token);
  const auto camera = cameras_.find({opened.account, opened.name});
  return who + fmt::format("account {}, {}, {}", opened.account.value,
                           camera != cameras_.end()
                               ? fmt::format("camera {}", camera->second.value)
                               : fmt::format("no camera of name {}", opened.name.value),
                           opened.path == contract::AccessPath::kApp ? "app" : "integration");
}

// --- events

TraceJson::Point TraceJson::Slice(const Lane& lane, const TraceEvent& event,
                                  std::string_view name) {
  return chrome_.Slice(lane, event.at, name, ArgumentsOf(event));
}

void TraceJson::Instant(const Lane& lane, const TraceEvent& event, std::string_view name) {
  chrome_.Instant(lane, event.at, name, ArgumentsOf(event));
}

}  // namespace framefence::report
