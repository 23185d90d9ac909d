#include "harness/cli/engine.h"

#include <algorithm>
#include <array>

namespace framefence::cli {
namespace {

constexpr std::array<EngineInfo, 5> kEngines = {{
    {"proof",
     "Z3 on the shipping source of the decision core, for any number of accounts, cameras and "
     "sessions",
     0, false, RunProof},
    {"swarm", "seeded cases, each drawn from a random part of all that can happen", 0.4, true,
     RunSwarm},
    {"properties", "RapidCheck: random command sequences against a dumb model", 0.15, false,
     RunProperties},
    {"libfuzzer", "coverage-guided, fuzz_session under ASan and UBSan", 0.3, false, RunLibFuzzer},
    {"afl", "coverage-guided, the same fuzz_session under AFL++", 0.15, false, RunAfl},
}};

}  // namespace

std::span<const EngineInfo> Engines() { return kEngines; }

const EngineInfo* FindEngine(std::string_view name) {
  const auto found = std::find_if(kEngines.begin(), kEngines.end(),
                                  [name](const EngineInfo& e) { return e.name == name; });
  return found == kEngines.end() ? nullptr : &*found;
}

Result<std::vector<const EngineInfo*>> ChooseEngines(const std::vector<std::string>& names) {
  std::vector<const EngineInfo*> chosen;
  for (const EngineInfo& engine : kEngines) {
    const auto wanted = [&](const std::string& name) {
      return name == engine.name || name == "all";
    };
    if (std::any_of(names.begin(), names.end(), wanted)) chosen.push_back(&engine);
  }
  for (const std::string& name : names) {
    if (name != "all" && FindEngine(name) == nullptr) {
      std::string known = "all";
      for (const EngineInfo& engine : kEngines) known += ", " + std::string(engine.name);
      return Error{"no engine is called '" + name + "'; there are " + known};
    }
  }
  return chosen;
}

}  // namespace framefence::cli
