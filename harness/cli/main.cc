#include "harness/cli/main.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "harness/ambient/ambient.h"
#include "harness/cli/case_guard.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/program.h"

namespace framefence::cli {
namespace {

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
  return UsageError(
      {message + " (there are " + known + "; see: " + ThisProgram().name + " --help)"});
}

CLI::App* FindCommand(CLI::App& app, const std::string& name) {
  for (CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

// help, help COMMAND
ExitStatus Help(CLI::App& app, int argc, char** argv) {
  const CLI::App* command = argc > 2 ? FindCommand(app, argv[2]) : nullptr;
  if (argc > 2 && command == nullptr) return NoSuchCommand(app, argv[2]);
  std::fputs((command != nullptr ? command->help(app.get_name()) : app.help()).c_str(), stdout);
  return kExitPass;
}

ExitStatus Answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {  // --help, --version
    app.exit(error);
    return kExitPass;
  }
  std::string help = ThisProgram().name;
  for (const CLI::App* command : app.get_subcommands()) help += " " + command->get_name();
  return UsageError({std::string(error.what()) + " (see: " + help + " --help)"});
}

ExitStatus Run(int argc, char** argv) {
  const std::string& name = ThisProgram().name;
  CLI::App app(name + ": can one home's picture ever reach another home's screen?", name);
  app.set_version_flag("--version", VersionText());
  app.require_subcommand(1);
  app.footer(name +
             " help COMMAND: its options\n"
             "exit status: 0 pass, 1 isolation violated, 2 wrong usage or unreadable input, 3 "
             "liveness, 4 crash, 5 inconclusive");
  const std::vector<Command> commands = AddCommands(app);

  if (argc < 2) {
    std::fputs(app.help().c_str(), stderr);
    return kExitUsage;
  }
  // A variable that a script left unset, as a rule. As a number it would pass for 0.
  if (const char* const* empty = std::find(argv + 1, argv + argc, std::string_view());
      empty != argv + argc)
    return UsageError({empty == argv + 1
                           ? std::string("the first argument is empty")
                           : std::string("there is nothing after '") + *(empty - 1) + "'"});
  const std::string first = argv[1];
  if (first == "help") return Help(app, argc, argv);
  if (!first.starts_with('-') && FindCommand(app, first) == nullptr)
    return NoSuchCommand(app, first);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Answer(app, error);
  }
  return std::ranges::find_if(commands,
                              [](const Command& command) { return command.parser->parsed(); })
      ->run();
}

}  // namespace

int Main(int argc, char** argv, const Program& program) {
  Remember(program, argc, argv);
  CatchInterrupts();
  WatchAmbientReads([](const std::string& what) {
    std::fprintf(stderr, "\n%s: %s", ThisProgram().name.c_str(), what.c_str());
    CaseGuard::EndUnjudged("is not deterministic, as said above,");
  });
  return Run(argc, argv);
}

}  // namespace framefence::cli

namespace framefence {

int Main(int argc, char** argv, std::span<const contract::Target> targets) {
  cli::Program program{.targets = targets};
  if (argc > 0) program.name = std::filesystem::path(argv[0]).filename().string();
  return cli::Main(argc, argv, program);
}

}  // namespace framefence
