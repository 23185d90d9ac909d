// framefence prove: the proof, condition by condition.
#include <fmt/core.h>

#include <algorithm>

#include "harness/base/files.h"
#include "harness/cli/commands.h"
#include "harness/cli/program.h"
#include "harness/cli/proof_engine.h"
#include "harness/report/json.h"

namespace framefence::cli {

ExitStatus Prove(const ProveOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks); !chosen)
    return UsageError(chosen.error());
  if (options.common.target != "relay")
    return UsageError({"only the relay's decision core has a proof"});
  report::Progress progress;
  report::Campaign campaign{.target = options.common.target,
                            .leaks = options.common.leaks,
                            .command_line = CommandLine(),
                            .version = VersionText()};
  campaign.engines.push_back(ProveCore(options.cvc5, &progress));
  const report::EngineRun& run = campaign.engines.front();
  std::size_t refuted = 0, unknown = 0;
  for (const report::ProofCondition& condition : run.conditions) {
    fmt::print("{:8} {:8.1f} ms  {}\n", condition.result, condition.milliseconds, condition.name);
    for (std::size_t from = 0; from < condition.counterexample.size();) {
      const std::size_t end =
          std::min(condition.counterexample.find('\n', from), condition.counterexample.size());
      fmt::print("             {}\n", condition.counterexample.substr(from, end - from));
      from = end + 1;
    }
    refuted += condition.result == "refuted" ? 1 : 0;
    unknown += condition.result == "unknown" ? 1 : 0;
  }
  for (const std::string& note : run.notes) fmt::print("note: {}\n", note);
  fmt::print("{} conditions in {:.1f} s: {} proved, {} refuted, {} unknown\n",
             run.conditions.size(), run.seconds, run.conditions.size() - refuted - unknown, refuted,
             unknown);
  if (!options.json.empty()) {
    if (const auto written = WriteFileWhole(options.json, report::ReportJson(campaign)); !written)
      return UsageError(written.error());
  }
  if (refuted != 0) return kExitViolation;
  return unknown != 0 ? kExitInconclusive : kExitPass;
}

}  // namespace framefence::cli
