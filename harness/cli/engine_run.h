// What the engines share: whether one runs on a target, and how it says what became of it.
#ifndef FRAMEFENCE_HARNESS_CLI_ENGINE_RUN_H_
#define FRAMEFENCE_HARNESS_CLI_ENGINE_RUN_H_

#include <string>
#include <string_view>

#include "harness/cli/engine.h"
#include "harness/sim/divergence.h"

namespace framefence::cli {

// Whether the engine plays cases on any target, or is built for this one.
bool IsFor(const EngineInfo& engine, const contract::Target& target);

// Runs the engine, or skips it where it is not for the task's target: what it finds in another
// system must not be credited to this one.
EngineOutcome RunOn(const EngineInfo& engine, const EngineTask& task);

// Prints what was found at once: it is minimised, and shown whole, when its engine is done. Any thread
// may call it.
void Announce(const EngineTask& task, std::string_view engine, const oracle::Violation& violation,
              double seconds);

EngineOutcome Skipped(std::string_view name, const std::string& why);
// The engine met a case that gave two traces: it failed, whatever else it did. The first such case is
// kept in a file, and said with what replays it; `repeat`, if any, are the flags that play what was
// played before it too.
void NoteDivergence(EngineOutcome& outcome, const EngineTask& task, const cases::Case& played,
                    const sim::Divergence& divergence, std::string_view repeat = {});

// `outcome` as it is, but failed.
EngineOutcome Failed(EngineOutcome outcome, const std::string& why);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_ENGINE_RUN_H_
