// What happened, event by event, and its hash: same case, same build, same trace.
#ifndef FRAMEFENCE_HARNESS_SIM_TRACE_H_
#define FRAMEFENCE_HARNESS_SIM_TRACE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/prng.h"
#include "harness/base/virtual_time.h"
#include "harness/contract/system_under_test.h"
#include "harness/oracle/violation.h"
#include "harness/sim/upload.h"

namespace framefence::sim {

enum class TraceKind : std::uint8_t {
  kStep,     // a: index of the case's step
  kRequest,  // a: request number, b: operation, c: its subject (camera, publisher, viewer, account,
             // integration or token; of a link, account << 32 | integration)
  kAck,      // a: request number, b: status, c: ingest port
  kPublished,  // a: camera, b: frame number, c: bytes of the access unit
  kLost,       // a: camera (b = 0) or viewer (b = 1), c: bytes of the packet
  kIngress,    // a: camera, b: ingest port, c: hash of the bytes
  kDelivery,   // a: viewer, b: its session's open request * 2 + delivery kind, c: hash of the bytes
  kArrival,    // a: viewer, b: bytes, c: their hash
  kFrame,      // a: viewer, b: bytes of the access unit, c: its hash
  kFeedback,   // a: camera (b = 0) or viewer (b = 1), c: hash of the RTCP that reaches or leaves it
  kStall,      // a: viewer, b: 1 where its channel is full from now on, 0 where it has room
  kNote,       // a: hash of what the system says of itself, b: its subject
  kViolation,  // a: viewer, b: violation class, c: property
  kHealed,     // a: viewer sessions that frames are now due to
  kHandover,   // a: of the choices in the step's calls, so many came before; b: who goes on
};
inline constexpr int kTraceKindCount = 15;

struct TraceEvent {
  VirtualTime at;
  TraceKind kind = TraceKind::kStep;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
  // For who reads it, and not hashed. What is pointed to is valid during TraceSink::OnEvent only.
  std::string_view text = {};                    // kNote: of static storage
  FrameRange frames = {};                        // kIngress: that the bytes are of
  const contract::Request* request = nullptr;    // kRequest
  const oracle::Violation* violation = nullptr;  // kViolation
};

// REQUIRES: event.kind is kDelivery.
constexpr bool IsStill(const TraceEvent& event) {
  return (event.b & 1U) == static_cast<std::uint64_t>(contract::DeliveryKind::kStill);
}

// A running hash over events, in order. Seven multiplications an event: it stays on in every run.
class TraceHash {
 public:
  void Add(const TraceEvent& event) {
    const std::uint64_t head = Mix64(static_cast<std::uint64_t>(Microseconds(event.at)) * 16U +
                                     static_cast<std::uint64_t>(event.kind)) +
                               event.a;
    state_ = Mix64(state_ ^ head) ^ Mix64(event.b * 0x9e3779b97f4a7c15U + event.c);
    ++events_;
  }
  std::uint64_t value() const { return state_; }
  std::uint64_t events() const { return events_; }

 private:
  std::uint64_t state_ = 0;
  std::uint64_t events_ = 0;
};

// Receives every event of a run; absent in campaigns.
class TraceSink {
 public:
  virtual void OnEvent(const TraceEvent& event) = 0;

 protected:
  ~TraceSink() = default;
};

std::string_view ToString(TraceKind kind);   // "delivery"
std::string_view MeaningOf(TraceKind kind);  // "the system hands bytes to the network"

// What an event says of itself, in words and numbers: kind=still.
struct TraceField {
  std::string_view key;
  std::string value;
};
std::vector<TraceField> FieldsOf(const TraceEvent& event);

// One line, without a newline:
// "    1.234567 s  delivery   viewer=3 session=7 kind=still hash=0123456789abcdef".
std::string ToLine(const TraceEvent& event);
// What the lines of ToLine mean, kind by kind; several lines.
std::string TraceLegend();

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_TRACE_H_
