// This program: its command line, its version, its sister program with planted leaks, and the
// choice of a target.
#ifndef FRAMEFENCE_HARNESS_CLI_PROGRAM_H_
#define FRAMEFENCE_HARNESS_CLI_PROGRAM_H_

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/commands.h"
#include "targets/adapters/targets.h"
#include "targets/planted/catalogue.h"

namespace framefence::cli {

void RememberCommandLine(int argc, char** argv);
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

// Error: says which there are.
Result<const leaks::Entry*> LeakCalled(const std::string& id);

// Plants the leaks. Leaks exist only in the planted build: the clean program replaces itself by it,
// and does not return. Error: an unknown id, or the planted program is not there.
Outcome ChooseLeaks(const std::vector<std::string>& ids);

Result<const adapters::Target*> ChooseTarget(const std::string& name);

// A file of the checkout that this program was built in, wherever it is called from; where there is
// no checkout, the same path from the current folder.
std::filesystem::path InCheckout(const std::filesystem::path& relative);

// "FRAMEFENCE_LEAK=A3,B5", as fuzz_session and the RapidCheck suite read it; empty where none is.
std::string LeakEnvironment(const std::vector<std::string>& ids);
// " --leak A3 --leak B5", or nothing.
std::string LeakFlags(const std::vector<std::string>& ids);
// " --target mine --leak A3 --footage clips", quoted: what a case needs besides itself to be played
// again; nothing where all is as without flags.
std::string CommonFlags(const Common& common);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_PROGRAM_H_
