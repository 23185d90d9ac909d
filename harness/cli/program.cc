#include "harness/cli/program.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "harness/report/words.h"

namespace framefence::cli {
namespace {

const Program* this_program = nullptr;
std::vector<char*> remembered;  // argv, null-terminated

bool IsPlain(const std::string& word) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,+@%";
  return !word.empty() && word.find_first_not_of(kPlain) == std::string::npos;
}

std::string Quoted(const std::string& word) {
  if (IsPlain(word)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

void Remember(const Program& program, int argc, char** argv) {
  this_program = &program;
  remembered.assign(argv, argv + argc);
  remembered.push_back(nullptr);
}

const Program& ThisProgram() {
  static const Program nothing;  // of tests
  return this_program != nullptr ? *this_program : nothing;
}

char* const* Arguments() { return remembered.data(); }

std::string CommandLine() {
  std::string line = remembered.size() > 1 ? Quoted(remembered[0]) : ThisProgram().name;
  for (std::size_t i = 1; i + 1 < remembered.size(); ++i) line += " " + Quoted(remembered[i]);
  return line;
}

std::string CommandOf(const std::string& command, const std::vector<std::string>& words) {
  std::string line =
      (remembered.size() > 1 ? Quoted(remembered[0]) : ThisProgram().name) + " " + command;
  for (const std::string& word : words) line += " " + Quoted(word);
  return line;
}

std::string VersionText() {
  const PlantedLeaks* leaks = ThisProgram().leaks;
  return "framefence " + std::string(report::kVersion) + " (" +
         (leaks != nullptr ? std::string(leaks->build) + ", " : "") +
#if defined(__clang__)
         "clang " __clang_version__ ")";
#else
         "g++ " __VERSION__ ")";
#endif
}

std::filesystem::path ProgramFolder() {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return failure ? std::filesystem::path(".") : self.parent_path();
}

std::filesystem::path InCheckout(const std::filesystem::path& relative) {
  // <checkout>/build/<preset>/bin
  const auto checkout = ProgramFolder().parent_path().parent_path().parent_path();
  std::error_code failure;
  return std::filesystem::exists(checkout / "corpora", failure) ? checkout / relative : relative;
}

bool IsOnPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

ExitStatus UsageError(const Error& error) {
  std::fprintf(stderr, "%s: %s\n", ThisProgram().name.c_str(), error.message.c_str());
  return kExitUsage;
}

Outcome ChooseLeaks(const std::vector<std::string>& ids, std::string_view target) {
  const PlantedLeaks* leaks = ThisProgram().leaks;
  if (leaks != nullptr) return leaks->plant(ids, target);
  return ids.empty() ? Outcome(Unit{}) : Error{"there are no leaks to plant here"};
}

std::string_view DefaultTarget() {
  const auto targets = ThisProgram().targets;
  return targets.empty() ? std::string_view() : targets.front().name;
}

Result<const contract::Target*> ChooseTarget(const std::string& name) {
  std::string known;
  for (const contract::Target& target : ThisProgram().targets) {
    if (target.name == name) return &target;
    known += (known.empty() ? "" : ", ") + std::string(target.name);
  }
  return Error{"no target is called '" + name + "'; there are " + known};
}

std::string LeakFlags(const std::vector<std::string>& ids) {
  std::string flags;
  for (const std::string& id : ids) flags += " --leak " + id;
  return flags;
}

std::string CommonFlags(const Common& common) {
  std::string flags;
  if (!common.target.empty() && common.target != DefaultTarget())
    flags += " --target " + Quoted(common.target);
  flags += LeakFlags(common.leaks);
  for (const std::string& path : common.footage) flags += " --footage " + Quoted(path);
  if (!common.error_pattern.empty()) flags += " --error-pattern " + Quoted(common.error_pattern);
  if (!common.delivery_trace.empty()) flags += " --delivery-trace " + Quoted(common.delivery_trace);
  return flags;
}

}  // namespace framefence::cli
