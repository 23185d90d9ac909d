// The engines that are built for the relay.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_ENGINES_H_
#define FRAMEFENCE_TARGETS_PROGRAM_ENGINES_H_

#include "harness/cli/engine.h"

namespace framefence::cli {

EngineOutcome RunProof(const EngineTask& task);
EngineOutcome RunProperties(const EngineTask& task);
EngineOutcome RunLibFuzzer(const EngineTask& task);
EngineOutcome RunAfl(const EngineTask& task);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_ENGINES_H_
