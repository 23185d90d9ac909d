// Fixed work in simulated worlds, for callgrind to count (ci/instructions), as targets/relay/hot_paths.cc
// does it: each path is called kCalls times between two requests to callgrind. Exit status 1: a
// wrong answer.
#include <valgrind/callgrind.h>

#include <vector>

#include "targets/adapters/measured_worlds.h"

namespace framefence::sim {
namespace {

constexpr std::size_t kCalls = 1024;  // as in ci/instructions

// The name is a macro's argument for callgrind: a literal.
#define COUNT(name, work)                               \
  do {                                                  \
    CALLGRIND_ZERO_STATS;                               \
    for (std::size_t call = 0; call < kCalls; ++call) { \
      work;                                             \
    }                                                   \
    CALLGRIND_DUMP_STATS_AT(name);                      \
  } while (false)

bool CountCases() {
  const std::vector<cases::Case> cases = MeasuredCases();
  Simulation simulation;
  World& world = simulation.world;
  world.Begin(cases::WorldOptions{});
  COUNT("fresh-world", world.Begin(cases::WorldOptions{}));
  if (world.counters().refused != 0) return false;
  std::uint64_t delivered = 0, violations = 0;
  const auto play = [&](std::size_t call) {
    world.Play(cases[call % cases.size()]);
    delivered += world.counters().packets_delivered;
    violations += world.oracle().statistics().violations;
  };
  for (std::size_t i = 0; i < cases.size(); ++i) play(i);  // to the steady state
  COUNT("case-of-32-steps", play(call));
  return delivered >= kCalls && violations == 0;
}

bool CountCameraSeconds() {
  CameraFleet homes = SmallFrames();
  homes.Start();
  COUNT("16-camera-seconds", homes.PlaySecond());
  return homes.AllIsWell();
}

}  // namespace
}  // namespace framefence::sim

int main() {
  return framefence::sim::CountCases() && framefence::sim::CountCameraSeconds() ? 0 : 1;
}
