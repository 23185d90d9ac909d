#include "targets/adapters/targets.h"

#include <algorithm>
#include <array>

#include "targets/adapters/relay_adapter.h"

namespace adapters {
namespace {

constexpr std::array<std::string_view, 4> kRelayEngines = {"proof", "properties", "libfuzzer",
                                                           "afl"};

constexpr std::array kTargets = {
    Target{"relay", "the reference relay, as a library on the virtual clock", kRelayEngines,
           []() -> std::unique_ptr<framefence::contract::SystemUnderTest> {
             return std::make_unique<RelayAdapter>();
           }},
};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

const Target* FindTarget(std::string_view name) {
  const auto found = std::find_if(kTargets.begin(), kTargets.end(),
                                  [name](const Target& target) { return target.name == name; });
  return found == kTargets.end() ? nullptr : &*found;
}

}  // namespace adapters
