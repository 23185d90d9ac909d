// Plays a case as its options say: once, or twice and compared.
#ifndef FRAMEFENCE_HARNESS_SIM_CASE_PLAYER_H_
#define FRAMEFENCE_HARNESS_SIM_CASE_PLAYER_H_

#include <cstdint>
#include <span>

#include "harness/cases/case.h"
#include "harness/oracle/violation.h"
#include "harness/sim/two_runs.h"
#include "harness/sim/verdict.h"
#include "harness/sim/world.h"

namespace framefence::sim {

class CasePlayer {
 public:
  // The world outlives it.
  explicit CasePlayer(World& world) : world_(world), two_runs_(world) {}

  void Play(const cases::Case& played, bool stop_at_violation = true);

  World& world() { return world_; }

  // Of the case played last.
  std::span<const oracle::Violation> violations() const {
    return twice_ ? two_runs_.violations() : world_.oracle().violations();
  }
  std::uint64_t trace_hash() const { return twice_ ? two_runs_.trace_hash() : world_.trace_hash(); }
  bool exhausted() const { return twice_ ? two_runs_.exhausted() : world_.exhausted(); }
  Verdict verdict() const { return VerdictOf(violations(), exhausted()); }

  // Of all cases.
  const TwoRunsStatistics& two_runs() const { return two_runs_.statistics(); }

 private:
  World& world_;
  TwoRuns two_runs_;
  bool twice_ = false;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_CASE_PLAYER_H_
