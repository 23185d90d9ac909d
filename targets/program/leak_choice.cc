#include "targets/program/leak_choice.h"

#include <fmt/core.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "harness/cli/program.h"
#include "targets/planted/planting.h"

namespace framefence::cli {

Result<const leaks::Entry*> LeakCalled(const std::string& id) {
  if (const leaks::Entry* leak = leaks::FindLeak(id)) return leak;
  return Error{"no leak is called '" + id + "'; there are " + leaks::KnownIds()};
}

Outcome PlantLeaks(const std::vector<std::string>& ids, std::string_view target) {
  std::uint64_t mask = 0;
  for (const std::string& id : ids) {
    const auto leak = LeakCalled(id);
    if (!leak) return leak.error();
    if (!(*leak)->IsIn(target))
      return Error{fmt::format("target '{}' has no leak {} to plant: add --target {}", target,
                               (*leak)->id, (*leak)->target())};
    mask |= (*leak)->mask();
  }
  if (mask != 0 && !leaks::IsPlantedBuild()) {
    const std::filesystem::path sister = ProgramFolder() / "framefence-planted";
    ::execv(sister.c_str(), Arguments());
    return Error{"leaks are planted by '" + sister.string() + "', which cannot be run (" +
                 std::strerror(errno) +
                 "); build it: cmake --build --preset dev --target framefence-planted"};
  }
  leaks::Plant(mask);
  return Unit{};
}

void ListLeaks() {
  for (const leaks::Entry& entry : leaks::Catalogue()) {
    fmt::print("{:8}  {}\n", entry.id, entry.mechanism);
    if (entry.is_twin()) {
      fmt::print("{:8}  looks like the one above, and is correct\n\n", "");
    } else {
      fmt::print("{:8}  trigger: {}; breaks {}\n{:8}  evidence: {}\n{:8}  in: {}\n", "",
                 entry.trigger, entry.breaks, "", entry.evidence, "",
                 fmt::join(entry.targets, ", "));
    }
  }
}

std::string LeakEnvironment(const std::vector<std::string>& ids) {
  std::string setting;
  for (const std::string& id : ids) setting += (setting.empty() ? "FRAMEFENCE_LEAK=" : ",") + id;
  return setting;
}

}  // namespace framefence::cli
