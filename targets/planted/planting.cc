#include "targets/planted/planting.h"

#include "targets/planted/planted.h"

namespace leaks {

#ifdef FRAMEFENCE_PLANTED

bool IsPlantedBuild() { return true; }

void Plant(std::uint64_t leaks) {
  internal::chosen.store(leaks, std::memory_order_relaxed);
  for (internal::Canary& canary : internal::canaries) {
    canary.reached = 0;
    canary.triggered = 0;
  }
}

Canary CanaryOf(Leak leak) {
  const internal::Canary& canary = internal::canaries[static_cast<std::size_t>(leak)];
  return {canary.reached.load(), canary.triggered.load()};
}

#else

bool IsPlantedBuild() { return false; }
void Plant(std::uint64_t) {}
Canary CanaryOf(Leak) { return {}; }

#endif

}  // namespace leaks
