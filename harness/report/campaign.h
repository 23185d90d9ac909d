// What a campaign found and did: the one structure that every report is written from.
#ifndef FRAMEFENCE_HARNESS_REPORT_CAMPAIGN_H_
#define FRAMEFENCE_HARNESS_REPORT_CAMPAIGN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cases/case.h"
#include "harness/oracle/violation.h"
#include "harness/sim/marks.h"
#include "harness/sim/verdict.h"

namespace framefence::report {

// One distinct defect, with the smallest case that shows it.
struct Finding {
  std::string id;  // folder name: "cross-account-ISO-001-still-1a2b3c4d"
  sim::Verdict verdict = sim::Verdict::kViolation;
  std::string engine;       // which found it first: "swarm"
  cases::Case found;        // as found
  cases::Case minimized;    // what replays it
  bool is_minimal = false;  // nothing more can be taken away
  // It was seen once, and not again when played alone: what it needs is left over from earlier cases.
  bool carried_over = false;
  std::vector<oracle::Violation> violations;  // of the minimised case, or as seen
  std::uint64_t trace_hash = 0;               // of the minimised case
  std::string reproduce;  // a line to paste: "framefence replay findings/.../case.txt --leak A3"
  double seconds = 0;     // from the start of the engine to its detection
  std::uint64_t executions = 0;  // cases that the engine ran until then
  std::uint64_t minimize_executions = 0;
  std::vector<std::byte> picture_png;  // the leaked picture, where there is one to show; else empty
  std::string picture_caption;
  std::string crash_log;  // what the process that crashed said last; else empty
};

struct ProofCondition {
  std::string name;    // "LendStill: delivery safety: account"
  std::string result;  // "proved", "refuted", "unknown"
  double milliseconds = 0;
  std::string counterexample;                     // of a refuted one, readable, several lines
  std::optional<oracle::Property> property = {};  // that it claims; none of what only supports it
  std::string cvc5 = {};  // the second solver's result, in the same words; empty: not asked
};

struct EngineRun {
  std::string name;    // "swarm", "libfuzzer", "afl", "properties", "proof"
  std::string status;  // "ran", or why it was skipped, with the cure
  bool ran = false;
  bool failed = false;  // it could not do its work: the campaign is inconclusive
  double seconds = 0;
  std::uint64_t cases = 0;
  std::uint64_t steps = 0;
  std::uint64_t violating_cases = 0;
  std::uint64_t two_runs = 0;                // cases played twice, and compared
  std::uint64_t nondeterministic_cases = 0;  // that gave two traces; the engine failed if any did
  std::vector<ProofCondition> conditions;    // of the proof
  std::optional<sim::MarkCounts> marks;      // of engines that play cases here
  std::vector<std::string> notes;            // one line each
};

struct Campaign {
  std::string target;              // "relay"
  bool can_plant = true;           // else the program has no leaks to plant, nor words for them
  std::vector<std::string> leaks;  // planted, by id; empty: none
  std::size_t footage_clips = 0;   // loaded, for the cases that play footage
  std::uint64_t footage_hash = 0;  // of the clips: equal seeds give equal traces on equal footage
  std::uint64_t seed = 0;
  double seconds = 0;  // that it took, not that it was given
  unsigned jobs = 1;
  std::string command_line;  // that repeats it
  std::string version;       // of the program and its compiler
  std::uint64_t trace_hash =
      0;  // over the swarm's first `trace_hash_cases` cases: equal seeds give equal hashes
  std::uint64_t trace_hash_cases = 0;
  std::vector<std::string> properties_judged;  // "ISO-001", ...
  std::vector<EngineRun> engines;
  std::vector<Finding> findings;
  bool interrupted = false;

  // No engine judged anything, one failed, a proof condition stayed unknown, or it was cut short.
  bool Inconclusive() const;
};

// Whether the engine ran, and judged at least one case or condition.
bool JudgedSomething(const EngineRun& run);

struct ConditionCounts {
  std::size_t proved = 0;
  std::size_t refuted = 0;
  std::size_t unknown = 0;  // every other result
};
ConditionCounts CountConditions(const EngineRun& run);
ConditionCounts CountConditions(const Campaign& campaign);

// How often the second solver was asked, and decided as the condition's result has it.
struct SecondOpinion {
  std::size_t asked = 0;
  std::size_t agree = 0;
};
SecondOpinion CountCvc5(const EngineRun& run);

// What speaks against a property: findings whose first violation breaks it, refuted conditions that
// claim it.
struct Objections {
  std::size_t findings = 0;
  std::size_t refuted = 0;
};
Objections ObjectionsTo(const Campaign& campaign, oracle::Property property);

// The property that a finding breaks: its first violation's, ISO-008 for a liveness failure; none
// for a crash.
std::optional<oracle::Property> BrokenProperty(const Finding& finding);

// What the campaign came to, the worst that any part of it says: a violation (or a refuted proof
// condition) before a crash, a liveness failure, and inconclusive.
sim::Verdict VerdictOf(const Campaign& campaign);

// How many of the campaign's findings this engine found first.
std::size_t CountFindings(const Campaign& campaign, std::string_view engine);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_CAMPAIGN_H_
