// Planted leaks: deliberate isolation defects, so that every check can be seen to fail.
//
//   if (planted(Leak::kStillFallbackSkipsOwner)) ...
//
// In the clean build planted() is a constant false and the branch is not compiled. In the planted
// build (FRAMEFENCE_PLANTED) any set of leaks is chosen at run time. The catalogue (catalogue.h)
// says what each one is. A "twin" looks like its leak and is correct: it shows that a check does
// not cry wolf.
#ifndef FRAMEFENCE_TARGETS_PLANTED_PLANTED_H_
#define FRAMEFENCE_TARGETS_PLANTED_PLANTED_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace leaks {

// Values are positions in the catalogue and in the canaries below.
enum class Leak : std::uint8_t {
  kStillFallbackSkipsOwner,     // A3
  kStillOwnerFromDirectory,     // A3's twin
  kReusedBufferKeepsLength,     // B5
  kReusedBufferClearsTail,      // B5's twin
  kResolutionKeyOmitsAccount,   // K1
  kResolutionHitChecksAccount,  // K1's twin
  kIngestPortSkipsSource,       // R1
  kIngestPortAcceptsNewSsrc,    // R1's twin
};
inline constexpr std::size_t kLeakCount = 8;

#ifdef FRAMEFENCE_PLANTED

inline constexpr bool kPlantedBuild = true;

// As in Magma's canaries: a site was reached, and its defect changed what happened (triggered).
struct Canary {
  std::atomic<std::uint64_t> reached{0};
  std::atomic<std::uint64_t> triggered{0};
};
inline std::array<Canary, kLeakCount> canaries;
inline std::atomic<std::uint64_t> chosen{0};  // bit i: Leak i; set before any relay runs

inline bool planted(Leak leak) {
  const auto index = static_cast<std::size_t>(leak);
  if ((chosen.load(std::memory_order_relaxed) >> index & 1U) == 0) return false;
  canaries[index].reached.fetch_add(1, std::memory_order_relaxed);
  return true;
}

// Beside a planted branch: says whether it differs here and now from what the clean code does.
inline void Triggered(Leak leak, bool differs) {
  if (differs)
    canaries[static_cast<std::size_t>(leak)].triggered.fetch_add(1, std::memory_order_relaxed);
}

inline void Plant(std::uint64_t leaks) {
  chosen.store(leaks, std::memory_order_relaxed);
  for (Canary& canary : canaries) {
    canary.reached = 0;
    canary.triggered = 0;
  }
}

#else

inline constexpr bool kPlantedBuild = false;
constexpr bool planted(Leak) { return false; }
constexpr void Triggered(Leak, bool) {}
constexpr void Plant(std::uint64_t) {}

#endif

}  // namespace leaks

#endif  // FRAMEFENCE_TARGETS_PLANTED_PLANTED_H_
