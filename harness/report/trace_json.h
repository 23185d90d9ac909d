// A trace as JSON that ui.perfetto.dev and chrome://tracing open (chrome_trace.h).
//
// Each camera, each link and each viewer session has a lane of its own. The system under test, which
// is seen from outside only, has one for all that it does: its cache and its sessions. A leaked
// frame's way is an arrow: from the frame at the camera that published it, by the packet of it that
// entered the system last, by what the system sent, over the link to the viewer, to the session that
// it does not belong to; as far as it came.
//
// Times are virtual. What happens within one microsecond lies one nanosecond apart, in its order, so
// that a cause stands before its effect; the argument at_us is the time itself.
#ifndef FRAMEFENCE_HARNESS_REPORT_TRACE_JSON_H_
#define FRAMEFENCE_HARNESS_REPORT_TRACE_JSON_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/report/chrome_trace.h"
#include "harness/sim/trace.h"

namespace framefence::report {

// Keeps where frames were published and came in, and what is under way to viewers, but no events.
class TraceJson final : public sim::TraceSink {
 public:
  // `system`: what it is called.
  TraceJson(std::string_view system, ChromeTrace::Write write);

  void OnEvent(const sim::TraceEvent& event) override;
  // Call once, after the last event.
  void Finish();

 private:
  using Lane = ChromeTrace::Lane;
  using Point = ChromeTrace::Point;
  using Way = std::vector<Point>;
  using FrameId = std::pair<std::uint64_t, std::uint64_t>;  // camera, frame number

  // What the system handed to the network.
  struct Sent {
    std::uint64_t viewer = 0;
    std::uint64_t session = 0;
    std::uint64_t hash = 0;
    Way way;                   // from the system on, as far as it has come
    std::vector<Way> leaking;  // the ways into the system of frames in it that are not the viewer's
  };

  void OnRequest(const sim::TraceEvent& event);
  void OnAck(const sim::TraceEvent& event);
  void OnIngress(const sim::TraceEvent& event);
  void OnLost(const sim::TraceEvent& event);
  void OnDelivery(const sim::TraceEvent& event);
  void OnArrival(const sim::TraceEvent& event);
  void OnViolation(const sim::TraceEvent& event);
  void Dispatch();
  void DrawArrows(const Sent& sent);
  void Forget(std::uint64_t session);

  Lane CaseLane();
  Lane CameraLane(std::uint64_t camera);
  Lane UplinkLane(std::uint64_t camera);
  Lane SystemLane();
  Lane DownlinkLane(std::uint64_t viewer);
  Lane SessionLane(std::uint64_t session);
  Lane LaneOf(const contract::Request& request);
  Lane Named(const Lane& lane, std::string_view name);
  std::uint64_t SessionOf(std::uint64_t viewer) const;
  std::string NameOf(const contract::Request& opened) const;
  Way WayIn(const oracle::Violation& violation) const;

  Point Slice(const Lane& lane, const sim::TraceEvent& event, std::string_view name);
  void Instant(const Lane& lane, const sim::TraceEvent& event, std::string_view name);

  const std::string system_;
  ChromeTrace chrome_;
  std::map<std::uint64_t, contract::Request> binds_;          // by number: not answered yet
  std::map<std::pair<AccountId, NameId>, CameraId> cameras_;  // by what accounts call them
  std::map<std::uint64_t, std::uint64_t> sessions_;           // by viewer: the latest
  std::map<std::uint64_t, std::string> session_names_;
  std::map<FrameId, Point> published_, entered_;
  std::map<std::uint64_t, std::deque<Sent>> under_way_;  // by session
  std::optional<Sent> delivered_;  // last, until it is known whether it was lost
  std::optional<Sent> arrived_;    // last
  std::optional<Point> frame_;     // that a viewer completed last
};

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_TRACE_JSON_H_
