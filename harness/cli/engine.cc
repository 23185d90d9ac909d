#include "harness/cli/engine.h"

#include <algorithm>
#include <array>

namespace framefence::cli {
namespace {

constexpr std::array<EngineInfo, 5> kEngines = {{
    {"proof",
     "Z3 on the shipping source of the decision core, for any number of accounts, cameras and "
     "sessions",
     0, RunProof},
    {"swarm", "seeded cases, each drawn from a random part of all that can happen", 0.4, RunSwarm},
    {"properties", "RapidCheck: random command sequences against a dumb model", 0.15,
     RunProperties},
    {"libfuzzer", "coverage-guided, fuzz_session under ASan and UBSan", 0.3, RunLibFuzzer},
    {"afl", "coverage-guided, the same fuzz_session under AFL++", 0.15, RunAfl},
}};

}  // namespace

std::span<const EngineInfo> Engines() { return kEngines; }

const EngineInfo* FindEngine(std::string_view name) {
  const auto found = std::find_if(kEngines.begin(), kEngines.end(),
                                  [name](const EngineInfo& e) { return e.name == name; });
  return found == kEngines.end() ? nullptr : &*found;
}

}  // namespace framefence::cli
