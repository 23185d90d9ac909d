// framefence prove: the proof, condition by condition.
#include <fmt/core.h>

#include "harness/base/files.h"
#include "harness/cli/commands.h"
#include "harness/cli/engine_run.h"
#include "harness/cli/hunt.h"
#include "harness/cli/program.h"
#include "harness/report/findings.h"
#include "harness/report/json.h"
#include "harness/report/terminal.h"

namespace framefence::cli {

ExitStatus Prove(const ProveOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks); !chosen)
    return UsageError(chosen.error());
  const auto target = ChooseTarget(options.common.target);
  if (!target) return UsageError(target.error());
  if (!IsFor(*FindEngine("proof"), **target))
    return UsageError({"target '" + options.common.target + "' has no proof"});
  const auto campaign = RunCampaign({.common = options.common,
                                     .engines = {"proof"},
                                     .ask_cvc5 = options.cvc5,
                                     .out = options.out,
                                     .print = true});
  if (!campaign) return UsageError(campaign.error());
  for (const report::EngineRun& run : campaign->engines) {
    for (const report::ProofCondition& condition : run.conditions)
      fmt::print("{:8} {:8.1f} ms  {}\n", condition.result, condition.milliseconds, condition.name);
  }
  if (report::VerdictOf(*campaign) == sim::Verdict::kViolation) {
    if (const auto written = report::WriteCampaign(*campaign, options.out); !written)
      return UsageError(written.error());
  }
  if (!options.json.empty()) {
    if (const auto written = WriteFileWhole(options.json, report::ReportJson(*campaign)); !written)
      return UsageError(written.error());
  }
  fmt::print("\n{}", report::SummaryText(*campaign));
  return ExitStatusOf(report::VerdictOf(*campaign));
}

}  // namespace framefence::cli
