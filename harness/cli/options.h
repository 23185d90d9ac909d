// The commands and options of the command line, and what the commands of one program share with
// those of all.
#ifndef FRAMEFENCE_HARNESS_CLI_OPTIONS_H_
#define FRAMEFENCE_HARNESS_CLI_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/commands.h"
#include "harness/cli/program.h"

namespace framefence::cli {

// Adds this program's. They outlive the parsing; one of them was parsed, and is then run.
std::vector<Command> AddCommands(CLI::App& app);

// A number within bounds, which `option` says in its help too.
void Bound(CLI::Option* option, double least, double most);
// A count or a seed: a sign, or what is too large, would be wrapped around.
CLI::Option* Unsigned(CLI::Option* option);
// --NAME: one value a flag, or several by commas, and the flag as often as wanted. The plural does
// as well, and adds to it.
CLI::Option* AddNames(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                      const std::string& help);
void AddTarget(CLI::App& command, std::string& target);
void AddFootage(CLI::App& command, std::vector<std::string>& footage);
void AddRecordings(CLI::App& command, Common& common);
void AddSeed(CLI::App& command, std::uint64_t& seed);
void AddOut(CLI::App& command, std::string& out, const std::string& help);
void AddJson(CLI::App& command, std::string& json, const std::string& help);
void AddCommon(CLI::App& command, Common& common);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_OPTIONS_H_
