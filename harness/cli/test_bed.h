// A system under test and the world around it: what every command runs cases on.
#ifndef FRAMEFENCE_HARNESS_CLI_TEST_BED_H_
#define FRAMEFENCE_HARNESS_CLI_TEST_BED_H_

#include <memory>
#include <optional>
#include <vector>

#include "harness/cases/case.h"
#include "harness/cases/minimize.h"
#include "harness/contract/system_under_test.h"
#include "harness/contract/target.h"
#include "harness/media/footage.h"
#include "harness/sim/case_player.h"
#include "harness/sim/verdict.h"
#include "harness/sim/world.h"

namespace framefence::cli {

struct CaseOutcome {
  sim::Verdict verdict = sim::Verdict::kPass;
  std::vector<oracle::Violation> violations;
  std::uint64_t trace_hash = 0;
};

// Whether two outcomes are one finding: the same first violation by its signature.
bool SameFinding(const CaseOutcome& a, const CaseOutcome& b);

class TestBed {
 public:
  // `clips` and `recordings` outlive the test bed; may be empty.
  TestBed(const contract::Target& target, std::span<const media::Footage> clips,
          const sim::Recordings& recordings = {});

  CaseOutcome Run(const cases::Case& played, bool stop_at_violation = true);
  // The smallest case that has the same finding as `found`. A schedule that was drawn is written out first, so
  // that it loses what the finding does not need as the case does. `on_smaller` hears of each that is smaller
  // than all before; to go on later, minimise the last of them.
  cases::MinimizeResult Minimize(
      const cases::Case& found, const cases::MinimizeLimits& limits,
      const std::function<bool(const cases::MinimizeProgress&)>& on_progress = {},
      const std::function<void(const cases::Case&)>& on_smaller = {});

  sim::World& world() { return world_; }
  sim::CasePlayer& player() { return player_; }
  const sim::TwoRunsStatistics& two_runs() const { return player_.two_runs(); }

 private:
  std::optional<cases::Case> Written(const cases::Case& found, const CaseOutcome& wanted);

  std::unique_ptr<contract::SystemUnderTest> system_;
  sim::World world_;
  sim::CasePlayer player_;
};

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_TEST_BED_H_
