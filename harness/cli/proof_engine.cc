// The proof as an engine: the decision core, condition by condition.
#include "harness/cli/proof_engine.h"

#include <fmt/core.h>

#include "harness/cli/engine.h"
#include "properties/proofs/proof.h"

namespace framefence::cli {
namespace {

report::ProofCondition ConditionOf(const proofs::Condition& proved) {
  report::ProofCondition condition;
  condition.name =
      fmt::format("{}: {}: {}", proved.operation, ToString(proved.obligation), proved.name);
  if (!proved.says.empty()) condition.name += ": " + proved.says;
  condition.result = ToString(proved.result);
  if (proved.cvc5 && *proved.cvc5 != proved.result) {
    condition.result = "unknown";
    condition.counterexample =
        fmt::format("Z3 says {}, cvc5 says {}\n", ToString(proved.result), ToString(*proved.cvc5));
  }
  condition.milliseconds = proved.milliseconds;
  for (const proofs::Assignment& line : proved.counterexample) {
    condition.counterexample += fmt::format("{} = {}\n", line.name, line.value);
  }
  return condition;
}

}  // namespace

report::EngineRun ProveCore(bool ask_cvc5, report::Progress* progress) {
  proofs::Options options;
  options.ask_cvc5 = ask_cvc5;
  if (progress != nullptr) {
    options.progress = [progress](std::size_t done, std::size_t total) {
      progress->Show(
          {"proof", done, "conditions", static_cast<double>(done) / static_cast<double>(total)});
    };
  }
  const proofs::Report proof = proofs::Prove(options);
  if (progress != nullptr) progress->Erase();
  report::EngineRun run;
  run.name = "proof";
  run.status = "ran";
  run.ran = true;
  run.seconds = proof.milliseconds / 1000;
  for (const proofs::Condition& condition : proof.conditions)
    run.conditions.push_back(ConditionOf(condition));
  for (const proofs::DroppedConjunct& dropped : proof.dropped) {
    run.notes.push_back(
        fmt::format("{} breaks the invariant: {}", dropped.operation, ToString(dropped.conjunct)));
  }
  return run;
}

EngineOutcome RunProof(const EngineTask& task) {
  EngineOutcome outcome;
  outcome.run = ProveCore(/*ask_cvc5=*/false, task.progress);
  return outcome;
}

}  // namespace framefence::cli
