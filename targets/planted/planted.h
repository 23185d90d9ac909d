// Planted leaks: deliberate isolation defects, so that every check can be seen to fail.
//
//   if (planted(Leak::kStillFallbackSkipsOwner)) ...
//
// In the clean build planted() is a constant false and the branch is not compiled. In the planted
// build (FRAMEFENCE_PLANTED) any set of leaks is chosen at run time (planting.h). The catalogue
// (catalogue.h) says what each one is. A "twin" looks like its leak and is correct: it shows that a
// check does not cry wolf.
#ifndef FRAMEFENCE_TARGETS_PLANTED_PLANTED_H_
#define FRAMEFENCE_TARGETS_PLANTED_PLANTED_H_

#ifdef FRAMEFENCE_BOTH_BUILDS
#error "planted sites differ between the builds; what is compiled once for both must not see them"
#endif

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "targets/planted/leak.h"

namespace leaks {

#ifdef FRAMEFENCE_PLANTED

namespace internal {

struct Canary {
  std::atomic<std::uint64_t> reached{0};
  std::atomic<std::uint64_t> triggered{0};
};
inline std::array<Canary, kLeakCount> canaries;
inline std::atomic<std::uint64_t> chosen{0};  // bit i: Leak i; set before any relay runs

}  // namespace internal

inline bool planted(Leak leak) {
  const auto index = static_cast<std::size_t>(leak);
  if ((internal::chosen.load(std::memory_order_relaxed) >> index & 1U) == 0) return false;
  internal::canaries[index].reached.fetch_add(1, std::memory_order_relaxed);
  return true;
}

// Beside a planted branch: says whether it differs here and now from what the clean code does.
inline void Triggered(Leak leak, bool differs) {
  if (differs) {
    internal::canaries[static_cast<std::size_t>(leak)].triggered.fetch_add(
        1, std::memory_order_relaxed);
  }
}

#else

constexpr bool planted(Leak) { return false; }
constexpr void Triggered(Leak, bool) {}

#endif

}  // namespace leaks

#endif  // FRAMEFENCE_TARGETS_PLANTED_PLANTED_H_
