#include "harness/sim/trace.h"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "harness/contract/system_under_test.h"
#include "harness/oracle/violation.h"

namespace framefence::sim {
namespace {

struct KindText {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<KindText, kTraceKindCount> kTexts = {{
    {"step", "the case's step of this index begins"},
    {"request", "the harness asks the system for an operation"},
    {"ack", "the system answers a request"},
    {"published", "a camera sends an access unit"},
    {"lost", "a link lost a packet, from a camera or to a viewer"},
    {"ingress", "a camera's datagram, or a piece of its byte stream, reaches the system"},
    {"delivery",
     "the system hands bytes to the network, for the viewer session that this request number "
     "opened"},
    {"arrival", "a packet reaches a viewer"},
    {"frame", "a viewer has a complete access unit"},
    {"feedback", "RTCP reaches a camera from the system, or the system from a viewer"},
    {"stall", "a viewer's channel is full, or has room again"},
    {"note", "what the system tells of itself"},
    {"violation", "the oracle objects"},
    {"healed", "no link loses or delays anything more; frames are due to so many viewer sessions"},
}};

std::string Details(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::kStep:
      return fmt::format("index={}", event.a);
    case TraceKind::kRequest:
      return fmt::format("number={} operation={} subject={}", event.a,
                         contract::ToString(static_cast<contract::Operation>(event.b)), event.c);
    case TraceKind::kAck:
      return fmt::format("number={} status={} port={}", event.a,
                         contract::ToString(static_cast<contract::Status>(event.b)), event.c);
    case TraceKind::kPublished:
      return fmt::format("camera={} frame={} bytes={}", event.a, event.b, event.c);
    case TraceKind::kLost:
      return fmt::format("{}={} bytes={}", event.b == 0 ? "camera" : "viewer", event.a, event.c);
    case TraceKind::kIngress:
      return fmt::format("camera={} port={} hash={:016x}", event.a, event.b, event.c);
    case TraceKind::kDelivery:
      return fmt::format("viewer={} session={} kind={} hash={:016x}", event.a, event.b >> 1,
                         (event.b & 1U) == static_cast<std::uint64_t>(contract::DeliveryKind::kRtp)
                             ? "rtp"
                             : "still",
                         event.c);
    case TraceKind::kArrival:
      return fmt::format("viewer={} bytes={} hash={:016x}", event.a, event.b, event.c);
    case TraceKind::kFrame:
      return fmt::format("viewer={} bytes={} hash={:016x}", event.a, event.b, event.c);
    case TraceKind::kFeedback:
      return fmt::format("{}={} hash={:016x}", event.b == 0 ? "camera" : "viewer", event.a,
                         event.c);
    case TraceKind::kStall:
      return fmt::format("viewer={} {}", event.a, event.b != 0 ? "full" : "has room");
    case TraceKind::kNote:
      return fmt::format("{} {}", event.text, event.b);
    case TraceKind::kViolation:
      return fmt::format("viewer={} class={} property={}", event.a,
                         oracle::ToString(static_cast<oracle::ViolationClass>(event.b)),
                         oracle::ToString(static_cast<oracle::Property>(event.c)));
    case TraceKind::kHealed:
      return fmt::format("sessions={}", event.a);
  }
  return {};
}

}  // namespace

std::string ToLine(const TraceEvent& event) {
  return fmt::format("{:12.6f} s  {:9}  {}", static_cast<double>(Microseconds(event.at)) / 1e6,
                     kTexts[static_cast<std::size_t>(event.kind)].name, Details(event));
}

std::string TraceLegend() {
  std::string legend = "# virtual time, event, details; hashes are XXH3 (64 bits) of the bytes\n";
  for (const KindText& text : kTexts)
    legend += fmt::format("#   {:9}  {}\n", text.name, text.meaning);
  return legend;
}

}  // namespace framefence::sim
