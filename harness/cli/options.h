// The commands and options of the command line.
#ifndef FRAMEFENCE_HARNESS_CLI_OPTIONS_H_
#define FRAMEFENCE_HARNESS_CLI_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "harness/cli/commands.h"

namespace framefence::cli {

// What each command was told.
struct Options {
  HuntOptions hunt;
  ReplayOptions replay;
  std::string show_path;
  bool show_binary = false;
  MinimizeOptions minimize;
  ProveOptions prove;
  IncidentOptions incident;
  ScoreboardOptions scoreboard;
  std::string list;
};

// `options` outlives the app, and is filled in when that parses a command line.
void AddCommands(CLI::App& app, Options& options);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_OPTIONS_H_
