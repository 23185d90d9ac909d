// What fuzz_session plays of the cases that a fuzzer thinks of: little of each, for the sake of many.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_LIMITS_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_LIMITS_H_

#include <algorithm>
#include <cstdint>

#include "harness/cases/case.h"

namespace fuzz {

// Worlds that are larger are refused.
inline bool IsSmall(const framefence::cases::WorldOptions& world) {
  constexpr std::uint32_t kPopulationMax = 32;
  constexpr std::uint32_t kFrameBytesMax = 16 * 1024;
  return std::max({world.accounts, world.cameras, world.names, world.integrations, world.viewers,
                   world.publishers}) <= kPopulationMax &&
         world.frame_bytes_max <= kFrameBytesMax;
}

// Cases are cut short after as many events: a multiple of what steps come to as a rule. Cameras that
// send by their own clock would else take half of a fuzzer's time; longer cases show more of them.
inline std::uint64_t EventsMax(const framefence::cases::Case& played) {
  constexpr std::uint64_t kEventsOfStep = 16;
  constexpr std::uint64_t kStepsFree = 8;
  const framefence::cases::WorldOptions& world = played.options;
  const std::uint64_t provisioning =
      2 * (world.cameras + std::uint64_t{world.accounts} * world.integrations);
  return provisioning + kEventsOfStep * (kStepsFree + played.steps.size());
}

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_LIMITS_H_
