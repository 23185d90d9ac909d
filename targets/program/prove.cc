// framefence prove: the proof, condition by condition.
#include <fmt/core.h>

#include <memory>

#include "harness/cli/engine_run.h"
#include "harness/cli/hunt.h"
#include "harness/cli/options.h"
#include "targets/program/commands.h"

namespace framefence::cli {
namespace {

struct ProveOptions {
  Common common;
  std::string out = "findings/prove";
  std::string json;
  bool cvc5 = false;  // ask the second solver too
};

ExitStatus Prove(const ProveOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks, options.common.target); !chosen)
    return UsageError(chosen.error());
  const auto target = ChooseTarget(options.common.target);
  if (!target) return UsageError(target.error());
  if (!IsFor(*FindEngine("proof"), **target))
    return UsageError({"target '" + options.common.target + "' has no proof"});
  if (options.cvc5 && !IsOnPath("cvc5"))
    return UsageError(
        {"--cvc5 needs the program cvc5, which is not on the PATH; install it: ci/setup"});
  if (const auto writable = CheckReports(options.out, options.json); !writable)
    return UsageError(writable.error());
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
  return Finish(*campaign, options.out, options.json);
}

}  // namespace

Command AddProve(CLI::App& app) {
  const auto given = std::make_shared<ProveOptions>();
  ProveOptions& options = *given;
  CLI::App* prove =
      app.add_subcommand("prove", "the proof of the decision core, condition by condition");
  AddCommon(*prove, options.common);
  AddOut(*prove, options.out, "where the report goes; what is refuted, as a case that replays");
  AddJson(*prove, options.json, "write the report here too");
  prove->add_flag("--cvc5", options.cvc5, "ask cvc5 too, as a second witness");
  return {prove, [given] { return Prove(*given); }};
}

}  // namespace framefence::cli
