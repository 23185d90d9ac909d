#include "harness/cli/engine.h"

#include <algorithm>

#include "harness/cli/program.h"

namespace framefence::cli {

std::span<const EngineInfo> Engines() { return ThisProgram().engines; }

const EngineInfo* FindEngine(std::string_view name) {
  const auto engines = Engines();
  const auto found = std::find_if(engines.begin(), engines.end(),
                                  [name](const EngineInfo& e) { return e.name == name; });
  return found == engines.end() ? nullptr : &*found;
}

std::string KnownEngines() {
  std::string known = "all";
  for (const EngineInfo& engine : Engines()) known += ", " + std::string(engine.name);
  return known;
}

Result<std::vector<const EngineInfo*>> ChooseEngines(const std::vector<std::string>& names) {
  std::vector<const EngineInfo*> chosen;
  for (const EngineInfo& engine : Engines()) {
    const auto wanted = [&](const std::string& name) {
      return name == engine.name || name == "all";
    };
    if (std::any_of(names.begin(), names.end(), wanted)) chosen.push_back(&engine);
  }
  for (const std::string& name : names) {
    if (name != "all" && FindEngine(name) == nullptr) {
      return Error{"no engine is called '" + name + "'; there are " + KnownEngines()};
    }
  }
  return chosen;
}

}  // namespace framefence::cli
