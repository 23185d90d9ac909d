// Chooses leaks at run time, and says whether their sites ran. For what drives a system with
// planted leaks, in either build; the sites themselves use planted.h.
#ifndef FRAMEFENCE_TARGETS_PLANTED_PLANTING_H_
#define FRAMEFENCE_TARGETS_PLANTED_PLANTING_H_

#include <cstdint>

#include "targets/planted/leak.h"

namespace leaks {

// Whether leaks can be planted at all here.
bool IsPlantedBuild();

// Chooses exactly these (bit i: Leak i) and clears the canaries. Before any system runs. Does
// nothing in the clean build.
void Plant(std::uint64_t leaks);

// As in Magma's canaries: since Plant(), a site was reached so often, and so often its defect
// changed what happened (triggered). Of the clean build: zeros.
struct Canary {
  std::uint64_t reached = 0;
  std::uint64_t triggered = 0;
};
Canary CanaryOf(Leak leak);

}  // namespace leaks

#endif  // FRAMEFENCE_TARGETS_PLANTED_PLANTING_H_
