#include "harness/cli/engine_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

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

EngineOutcome Failed(EngineOutcome outcome, const std::string& why) {
  outcome.run.failed = true;
  outcome.run.status = why;
  return outcome;
}

}  // namespace framefence::cli
