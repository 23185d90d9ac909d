// The commands that only this program has.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_COMMANDS_H_
#define FRAMEFENCE_TARGETS_PROGRAM_COMMANDS_H_

#include "harness/cli/program.h"

namespace framefence::cli {

Command AddProve(CLI::App& app);
Command AddIncident(CLI::App& app);
Command AddRarity(CLI::App& app);
Command AddScoreboard(CLI::App& app);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_COMMANDS_H_
