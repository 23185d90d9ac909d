// A program: what it consists of, its command line, its version, and the choice of a target and of
// leaks.
#ifndef FRAMEFENCE_HARNESS_CLI_PROGRAM_H_
#define FRAMEFENCE_HARNESS_CLI_PROGRAM_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/commands.h"
#include "harness/cli/engine.h"
#include "harness/contract/target.h"

namespace CLI {
class App;
}

namespace framefence::cli {

// Of a program whose targets have leaks to plant.
struct PlantedLeaks {
  std::string_view build;  // which of its builds this is, in the version
  // Plants exactly these, by id. Error: an unknown id, one that this target does not have, or they
  // cannot be planted.
  Outcome (*plant)(const std::vector<std::string>& ids, std::string_view target);
  void (*list)();  // prints them
};

// A command as it was added to the command line, and what it then does.
struct Command {
  CLI::App* parser;
  std::function<ExitStatus()> run;
};
using AddCommand = Command (*)(CLI::App& app);

// What a program consists of, besides what all have. All that it names outlives it.
struct Program {
  std::string name = "framefence";                    // in what it prints
  std::span<const contract::Target> targets = {};     // the first is the default
  std::span<const EngineInfo> engines = kSwarmAlone;  // in the order in which a campaign runs them
  const PlantedLeaks* leaks = nullptr;                // null: there are none
  std::span<const AddCommand> commands = {};          // before `list` in the help
  std::span<const std::string_view> also_judged_by = {};  // by property, beside the harness
  std::span<const std::string_view> footage = {};  // folders of the checkout to look for it in
  // An access unit (Annex B) as a PNG, where it is a picture; null: nothing here decodes pictures.
  std::optional<std::vector<std::byte>> (*picture_of)(std::span<const std::byte> annex_b) = nullptr;
};

// Does what the command line says; once in a process.
int Main(int argc, char** argv, const Program& program);
// The one that Main() was given.
const Program& ThisProgram();
// Main() begins with it. All outlive the process's work.
void Remember(const Program& program, int argc, char** argv);

// argv, with a null at its end: to run a sister in this one's place.
char* const* Arguments();
// As typed, quoted where a shell needs it.
std::string CommandLine();
// A line to paste in the current folder: this program, however it was called, with these words,
// quoted where needed.
std::string CommandOf(const std::string& command, const std::vector<std::string>& words);
std::string VersionText();

// The folder of this executable, where its sisters are too.
std::filesystem::path ProgramFolder();

// Whether a shell would find the program.
bool IsOnPath(const std::string& program);

// Prints "framefence: <message>" to standard error and answers kExitUsage.
ExitStatus UsageError(const Error& error);

// Plants the leaks. Error: as PlantedLeaks::plant says.
Outcome ChooseLeaks(const std::vector<std::string>& ids, std::string_view target);

std::string_view DefaultTarget();
Result<const contract::Target*> ChooseTarget(const std::string& name);

// A file of the checkout that this program was built in, wherever it is called from; where there is
// no checkout, the same path from the current folder.
std::filesystem::path InCheckout(const std::filesystem::path& relative);

// " --leak A3 --leak B5", or nothing.
std::string LeakFlags(const std::vector<std::string>& ids);
// " --target mine --leak A3 --footage clips", quoted: what a case needs besides itself to be played
// again; nothing where all is as without flags.
std::string CommonFlags(const Common& common);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_PROGRAM_H_
