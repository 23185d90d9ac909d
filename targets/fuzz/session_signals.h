// What a case comes to, for libFuzzer, beside the edges that are covered: what the system answered and
// delivered after which operation. Two cases that take the system by the same edges in another
// order differ here. Nothing of what the oracle thinks is in it, so that blind runs stay blind.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_SIGNALS_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_SIGNALS_H_

#include <cstdint>

#include "harness/sim/trace.h"

namespace fuzz {

// One for each process: libFuzzer reads its counters where it finds them, and clears them before
// each case.
class SessionSignals final : public framefence::sim::TraceSink {
 public:
  void OnEvent(const framefence::sim::TraceEvent& event) override;

 private:
  std::uint32_t asked_ = 0;  // the operation requested last
  std::uint32_t done_ = 0;   // the one that succeeded last, counted from 1; 0: none
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_SIGNALS_H_
