// The suite on the reference relay. In the planted build FRAMEFENCE_LEAK="A3,B5" plants leaks.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "properties/stateful/runner.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"
#include "targets/relay/options.h"

namespace {

// Plants what the list names, and appends the flags that plant the same in a replay. False: an
// unknown id, or a build without leaks.
bool PlantListed(std::string_view list, std::string& replay_flags) {
  std::uint64_t mask = 0;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const leaks::Entry* leak = leaks::FindLeak(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (leak == nullptr) return false;
    mask |= leak->mask();
    replay_flags += " --leak " + std::string(leak->id);
  }
  leaks::Plant(mask);
  return mask == 0 || leaks::IsPlantedBuild();
}

}  // namespace

int main(int argc, char** argv) {
  const char* list = std::getenv("FRAMEFENCE_LEAK");
  std::string replay_flags;
  if (list != nullptr && !PlantListed(list, replay_flags)) {
    std::fprintf(stderr, "FRAMEFENCE_LEAK=%s: no such leak, or no leaks in this build\n", list);
    return 2;
  }
  const relay::Options options;
  const framefence::stateful::Promises promises{
      .degrades_above = options.degrade_at,
      .recovers_below = options.recover_at,
      .still_interval =
          std::chrono::duration_cast<framefence::VirtualDuration>(options.still_interval)};
  adapters::RelayAdapter system;
  return framefence::stateful::RunProgram(argc, argv, system, promises, replay_flags);
}
