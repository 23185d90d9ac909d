#include "targets/adapters/targets.h"

#include <algorithm>
#include <array>

#include "targets/adapters/leveldb_cache_adapter.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/adapters/sharded_relay_adapter.h"

namespace adapters {
namespace {

using framefence::contract::Make;
using framefence::contract::Target;

constexpr std::array<std::string_view, 4> kRelayEngines = {"proof", "properties", "libfuzzer",
                                                           "afl"};

constexpr std::array kTargets = {
    Target{"relay", "the reference relay, as a library on the virtual clock", Make<RelayAdapter>,
           kRelayEngines},
    Target{"relay-workers", "the same over several workers, whose turns a case's schedule says",
           Make<ShardedRelayAdapter<FibreCrew>>},
    Target{"leveldb-cache",
           "an app's snapshot service that keeps its stills in LevelDB's LRU cache",
           [] { return MakeLevelDbCache(StillKey::kAccountNameBinding); }},
};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

const Target* FindTarget(std::string_view name) {
  const auto found = std::find_if(kTargets.begin(), kTargets.end(),
                                  [name](const Target& target) { return target.name == name; });
  return found == kTargets.end() ? nullptr : &*found;
}

}  // namespace adapters
