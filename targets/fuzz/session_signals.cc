#include "targets/fuzz/session_signals.h"

#include <cstddef>

#include "harness/contract/system_under_test.h"

namespace fuzz {
namespace {

using framefence::sim::TraceKind;

constexpr std::uint32_t kOperations = framefence::contract::kOperationCount;
constexpr std::uint32_t kAfter = kOperations + 1;  // what succeeded last, if anything
constexpr std::uint32_t kStatuses = 4;
constexpr std::uint32_t kDeliveryKinds = 2;

// An answer, after what succeeded before; then any other event after it, deliveries by their kind.
constexpr std::uint32_t kAnswers = kOperations * kStatuses;
constexpr std::uint32_t kSignals = kAnswers + framefence::sim::kTraceKindCount * kDeliveryKinds;

// In the section that libFuzzer looks for them in.
[[gnu::section("__libfuzzer_extra_counters"), gnu::used]] std::uint8_t counters[kSignals * kAfter];

void Count(std::uint32_t signal, std::uint32_t after) {
  std::uint8_t& counter = counters[signal * kAfter + after];
  if (counter != 0xff) ++counter;
}

}  // namespace

void SessionSignals::OnEvent(const framefence::sim::TraceEvent& event) {
  const auto kind = static_cast<std::uint32_t>(event.kind);
  switch (event.kind) {
    case TraceKind::kStep:
    case TraceKind::kViolation:
      return;
    case TraceKind::kRequest:
      if (event.a == 1) done_ = 0;  // the first of a case
      asked_ = static_cast<std::uint32_t>(event.b);
      return;
    case TraceKind::kAck:
      Count(asked_ * kStatuses + static_cast<std::uint32_t>(event.b), done_);
      if (event.b == 0) done_ = asked_ + 1;
      return;
    case TraceKind::kDelivery:
      return Count(kAnswers + kind * kDeliveryKinds + (event.b & 1U), done_);
    default:
      return Count(kAnswers + kind * kDeliveryKinds, done_);
  }
}

}  // namespace fuzz
