// The seeded swarm: cases drawn at random, each from a random part of all that could happen.
//
// Groce, Zhang, Eide, Chen, Regehr: "Swarm Testing" (ISSTA 2012): a run that leaves operations out
// finds what a run with everything dilutes. Each case draws which operations exist and how often,
// how large the population is, which of its members are hot, and how fast time goes.
#ifndef FRAMEFENCE_HARNESS_SIM_SWARM_H_
#define FRAMEFENCE_HARNESS_SIM_SWARM_H_

#include <cstdint>

#include "harness/cases/case.h"

namespace framefence::sim {

struct SwarmLimits {
  std::uint32_t steps_max = 160;  // of one case
  // Whether worlds may play footage, which makes a case some hundred times slower.
  bool footage = false;
  // Whether the world has them to play (World::UseRecordings).
  bool recorded_losses = false;
  bool recorded_capacity = false;
  // Whether cases say how the system's threads take turns: for one that plays them.
  bool schedules = false;
};

// The case of this seed: a function of its arguments. `out` keeps its memory.
void DrawCase(std::uint64_t seed, const SwarmLimits& limits, cases::Case& out);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_SWARM_H_
