#include "targets/planted/leak_environment.h"

#include <cstdlib>
#include <string_view>

#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"

namespace leaks {

framefence::Result<ChosenLeaks> ReadLeakEnvironment() {
  const char* value = std::getenv("FRAMEFENCE_LEAK");
  std::string_view rest = value == nullptr ? std::string_view() : std::string_view(value);
  if (!rest.empty() && !IsPlantedBuild()) {
    return framefence::Error{
        "FRAMEFENCE_LEAK is set, but no leak is planted in this build: run the _planted one"};
  }
  ChosenLeaks chosen;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string id(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const Entry* entry = FindLeak(id);
    if (entry == nullptr) {
      return framefence::Error{"FRAMEFENCE_LEAK: no leak is called '" + id + "'; there are " +
                               KnownIds()};
    }
    chosen.mask |= entry->mask();
    chosen.replay_flags += " --leak " + std::string(entry->id);
  }
  return chosen;
}

}  // namespace leaks
