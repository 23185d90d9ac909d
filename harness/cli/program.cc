#include "harness/cli/program.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "harness/report/words.h"
#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"

namespace framefence::cli {
namespace {

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

void RememberCommandLine(int argc, char** argv) {
  remembered.assign(argv, argv + argc);
  remembered.push_back(nullptr);
}

std::string CommandLine() {
  std::string line = remembered.size() > 1 ? Quoted(remembered[0]) : "framefence";
  for (std::size_t i = 1; i + 1 < remembered.size(); ++i) line += " " + Quoted(remembered[i]);
  return line;
}

std::string CommandOf(const std::string& command, const std::vector<std::string>& words) {
  std::string line = (remembered.size() > 1 ? Quoted(remembered[0]) : "framefence") + " " + command;
  for (const std::string& word : words) line += " " + Quoted(word);
  return line;
}

std::string VersionText() {
  return "framefence " + std::string(report::kVersion) + " (" +
         (leaks::IsPlantedBuild() ? "planted, " : "clean, ") +
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
  std::fprintf(stderr, "framefence: %s\n", error.message.c_str());
  return kExitUsage;
}

Result<const leaks::Entry*> LeakCalled(const std::string& id) {
  if (const leaks::Entry* leak = leaks::FindLeak(id)) return leak;
  return Error{"no leak is called '" + id + "'; there are " + leaks::KnownIds()};
}

Outcome ChooseLeaks(const std::vector<std::string>& ids) {
  std::uint64_t mask = 0;
  for (const std::string& id : ids) {
    const auto leak = LeakCalled(id);
    if (!leak) return leak.error();
    mask |= (*leak)->mask();
  }
  if (mask != 0 && !leaks::IsPlantedBuild()) {
    const std::filesystem::path sister = ProgramFolder() / "framefence-planted";
    ::execv(sister.c_str(), remembered.data());
    return Error{"leaks are planted by '" + sister.string() + "', which cannot be run (" +
                 std::strerror(errno) +
                 "); build it: cmake --build --preset dev --target framefence-planted"};
  }
  leaks::Plant(mask);
  return Unit{};
}

Result<const adapters::Target*> ChooseTarget(const std::string& name) {
  if (const adapters::Target* target = adapters::FindTarget(name)) return target;
  std::string known;
  for (const adapters::Target& target : adapters::Targets())
    known += (known.empty() ? "" : ", ") + std::string(target.name);
  return Error{"no target is called '" + name + "'; there are " + known};
}

std::string LeakEnvironment(const std::vector<std::string>& ids) {
  std::string setting;
  for (const std::string& id : ids) setting += (setting.empty() ? "FRAMEFENCE_LEAK=" : ",") + id;
  return setting;
}

std::string LeakFlags(const std::vector<std::string>& ids) {
  std::string flags;
  for (const std::string& id : ids) flags += " --leak " + id;
  return flags;
}

std::string CommonFlags(const Common& common) {
  std::string flags;
  if (common.target != Common{}.target) flags += " --target " + Quoted(common.target);
  flags += LeakFlags(common.leaks);
  for (const std::string& path : common.footage) flags += " --footage " + Quoted(path);
  return flags;
}

}  // namespace framefence::cli
