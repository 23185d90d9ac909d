#include "targets/fuzz/session_environment.h"

#include <cstdlib>
#include <string_view>

#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"

namespace fuzz {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string KnownLeaks() {
  std::string known;
  for (const leaks::Entry& entry : leaks::Catalogue()) {
    known += (known.empty() ? "" : ", ") + std::string(entry.id);
  }
  return known;
}

}  // namespace

framefence::Result<SessionEnvironment> ReadSessionEnvironment() {
  SessionEnvironment environment;
  const std::string_view blind = Variable("FRAMEFENCE_BLIND");
  environment.blind = !blind.empty() && blind != "0";
  std::string_view rest = Variable("FRAMEFENCE_LEAK");
  if (!rest.empty() && !leaks::IsPlantedBuild()) {
    return framefence::Error{
        "FRAMEFENCE_LEAK is set, but no leak is planted in this build: run the _planted one"};
  }
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string id(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const leaks::Entry* entry = leaks::FindLeak(id);
    if (entry == nullptr) {
      return framefence::Error{"FRAMEFENCE_LEAK: no leak is called '" + id + "'; there are " +
                               KnownLeaks()};
    }
    environment.leaks |= entry->mask();
    environment.leak_flags += " --leak " + std::string(entry->id);
  }
  return environment;
}

}  // namespace fuzz
