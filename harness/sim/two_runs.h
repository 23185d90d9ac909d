// Two runs of one case that must look the same to one home: ISO-007 and ISO-009, seen without knowing
// anything of the system.
//
// The first run is the case, with each camera and place in one home (homes.h). The second differs in
// what other homes do or send, as WorldOptions::two_runs says. What the observer's home sees of the
// two is compared party by party (transcript.h); what may differ by design is a Declassifier, and has
// a name there.
//
// Which property parted runs break:
//   - Other homes' cameras sent other bytes: ISO-007, where their payloads alone make the difference (a
//     third run tells); else their metadata is revealed, ISO-009.
//   - Other homes did less: ISO-009, where two packets differ in nothing but their headers, or two
//     pieces of RTCP in nothing but their bytes, for then something counts over all homes; else ISO-007.
#ifndef FRAMEFENCE_HARNESS_SIM_TWO_RUNS_H_
#define FRAMEFENCE_HARNESS_SIM_TWO_RUNS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "harness/cases/case.h"
#include "harness/oracle/violation.h"
#include "harness/sim/homes.h"
#include "harness/sim/transcript.h"
#include "harness/sim/world.h"

namespace framefence::sim {

// Of all that one TwoRuns has compared.
struct TwoRunsStatistics {
  std::uint64_t cases = 0;
  std::uint64_t alike = 0;  // events that the observer's home saw in both runs
  std::array<std::uint64_t, kDeclassifierCount>
      declassified{};  // cases in which it made a difference

  TwoRunsStatistics& operator+=(const TwoRunsStatistics& more);
};

class TwoRuns {
 public:
  // The world outlives it.
  explicit TwoRuns(World& world) : world_(world) {}

  // REQUIRES: played.options.two_runs is not 0. The world is then as the last run left it. Where the
  // oracle objects to a run, or a run is cut short, nothing is compared.
  void Play(const cases::Case& played, bool stop_at_violation);

  // What the oracle objected to, in one of the runs; else where they parted.
  std::span<const oracle::Violation> violations() const { return violations_; }
  std::uint64_t trace_hash() const { return trace_hash_; }  // of all runs
  bool exhausted() const { return exhausted_; }             // one was cut short
  const TwoRunsStatistics& statistics() const { return statistics_; }

 private:
  // Plays the plan into a transcript, and time at least until then; whether the rest may go on.
  bool Run(const HomesPlan& plan, const Variation& variation, cases::SecondRun without,
           Transcript& transcript, VirtualTime until, bool stop_at_violation);
  void Judge(const HomesPlan& plan, cases::SecondRun second);

  World& world_;
  Transcript first_, second_;
  std::vector<oracle::Violation> violations_;
  std::uint64_t trace_hash_ = 0;
  bool exhausted_ = false;
  TwoRunsStatistics statistics_;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_TWO_RUNS_H_
