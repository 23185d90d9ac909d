#include "harness/cli/engine_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "harness/base/files.h"
#include "harness/cli/program.h"
#include "harness/report/words.h"

namespace framefence::cli {

bool IsFor(const EngineInfo& engine, const contract::Target& target) {
  return engine.any_target || std::ranges::count(target.engines, engine.name) != 0;
}

EngineOutcome RunOn(const EngineInfo& engine, const EngineTask& task) {
  if (IsFor(engine, *task.target)) return engine.run(task);
  return Skipped(engine.name, fmt::format("it is not built for target {} (see: {} list targets)",
                                          task.target->name, ThisProgram().name));
}

void Announce(const EngineTask& task, std::string_view engine, const oracle::Violation& violation,
              double seconds) {
  if (task.progress == nullptr) return;
  task.progress->Print(stdout, fmt::format("{} found {} after {:.2f} s\n", engine,
                                           report::Title(sim::SignatureOf(violation)), seconds));
}

EngineOutcome Skipped(std::string_view name, const std::string& why) {
  EngineOutcome outcome;
  outcome.run.name = name;
  outcome.run.status = "skipped: " + why;
  return outcome;
}

void NoteDivergence(EngineOutcome& outcome, const EngineTask& task, const cases::Case& played,
                    const sim::Divergence& divergence, std::string_view repeat) {
  report::EngineRun& run = outcome.run;
  run.failed = true;
  if (++run.nondeterministic_cases > 1) return;
  const std::filesystem::path file = task.diverged_folder / (run.name + ".bin");
  const auto kept = WriteFileWhole(file, cases::EncodeCase(played));
  run.status = fmt::format(
      "nondeterminism: a case gave two traces, so that no verdict can be trusted\n{}\nreplay: {}\n",
      Describe(divergence), kept ? task.replay + " " + file.string() : kept.error().message);
  if (!repeat.empty())
    run.status += fmt::format("with all cases before it: the same hunt with{}\n", repeat);
}

EngineOutcome Failed(EngineOutcome outcome, const std::string& why) {
  outcome.run.failed = true;
  outcome.run.status = why;
  return outcome;
}

}  // namespace framefence::cli
