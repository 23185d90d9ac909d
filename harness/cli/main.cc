// framefence: can one home's picture ever reach another home's screen?
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/program.h"

namespace {

using namespace framefence::cli;

// How many letters must be put in, taken out or changed (Levenshtein 1966).
std::size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

ExitStatus NoSuchCommand(const CLI::App& app, const std::string& name) {
  std::string message = "no command is called '" + name + "'", known;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (Distance(name, command->get_name()) <= 2)
      message += "; did you mean " + command->get_name() + "?";
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  return UsageError({message + " (there are " + known + "; see: framefence --help)"});
}

CLI::App* FindCommand(CLI::App& app, const std::string& name) {
  for (CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

// framefence help, framefence help COMMAND
ExitStatus Help(CLI::App& app, int argc, char** argv) {
  const CLI::App* command = argc > 2 ? FindCommand(app, argv[2]) : nullptr;
  if (argc > 2 && command == nullptr) return NoSuchCommand(app, argv[2]);
  std::fputs((command != nullptr ? command->help(app.get_name()) : app.help()).c_str(), stdout);
  return kExitPass;
}

int Answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  std::string help = "framefence";
  for (const CLI::App* command : app.get_subcommands()) help += " " + command->get_name();
  return UsageError({std::string(error.what()) + " (see: " + help + " --help)"});
}

int Do(const CLI::App& app, const Options& options) {
  if (app.got_subcommand("hunt")) return Hunt(options.hunt);
  if (app.got_subcommand("replay")) return Replay(options.replay);
  if (app.got_subcommand("show")) return Show(options.show_path, options.show_binary);
  if (app.got_subcommand("minimize")) return Minimize(options.minimize);
  if (app.got_subcommand("prove")) return Prove(options.prove);
  if (app.got_subcommand("incident")) return Incident(options.incident);
  if (app.got_subcommand("scoreboard")) return Scoreboard(options.scoreboard);
  return List(options.list);
}

int Run(int argc, char** argv) {
  CLI::App app("framefence: can one home's picture ever reach another home's screen?",
               "framefence");
  app.set_version_flag("--version", VersionText());
  app.require_subcommand(1);
  app.footer(
      "framefence help COMMAND: its options\n"
      "exit status: 0 pass, 1 isolation violated, 2 wrong usage or unreadable input, 3 liveness, 4 "
      "crash, 5 inconclusive");
  Options options;
  AddCommands(app, options);

  if (argc < 2) {
    std::fputs(app.help().c_str(), stderr);
    return kExitUsage;
  }
  const std::string first = argv[1];
  if (first == "help") return Help(app, argc, argv);
  if (!first.starts_with('-') && FindCommand(app, first) == nullptr)
    return NoSuchCommand(app, first);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Answer(app, error);
  }
  return Do(app, options);
}

}  // namespace

int main(int argc, char** argv) {
  RememberCommandLine(argc, argv);
  CatchInterrupts();
  return Run(argc, argv);
}
