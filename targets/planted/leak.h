// The names of the planted leaks, in code. What each one is: catalogue.h.
#ifndef FRAMEFENCE_TARGETS_PLANTED_LEAK_H_
#define FRAMEFENCE_TARGETS_PLANTED_LEAK_H_

#include <cstddef>
#include <cstdint>

namespace leaks {

// Values are positions in the catalogue and of its canary (planting.h).
enum class Leak : std::uint8_t {
  kStillFallbackSkipsOwner,     // A3
  kStillOwnerFromDirectory,     // A3's twin
  kReusedBufferKeepsLength,     // B5
  kReusedBufferClearsTail,      // B5's twin
  kResolutionKeyOmitsAccount,   // K1
  kResolutionHitChecksAccount,  // K1's twin
  kIngestPortSkipsSource,       // R1
  kIngestPortAcceptsNewSsrc,    // R1's twin
  kChangeLeavesMail,            // C6
  kChangeStrikesAllMail,        // C6's twin
  kMailNamesThePlace,           // C7
  kMailIsOfItsSession,          // C7's twin
  kMailFreedBeforeItIsSent,     // B2
  kMailCopiedThenFreed,         // B2's twin
};
inline constexpr std::size_t kLeakCount = 14;

}  // namespace leaks

#endif  // FRAMEFENCE_TARGETS_PLANTED_LEAK_H_
