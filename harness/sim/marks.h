// "Sometimes" marks: situations that a campaign should have met, or it did not put to the test what it
// seems to have passed. A world notes which of them its case met; a campaign counts the cases.
//
// After Antithesis's "sometimes" assertions and Groce et al., "Swarm Testing" (ISSTA 2012): a
// generator that silently stopped to reach a state looks like a system that holds in it.
#ifndef FRAMEFENCE_HARNESS_SIM_MARKS_H_
#define FRAMEFENCE_HARNESS_SIM_MARKS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/contract/system_under_test.h"

namespace framefence::sim {

enum class Mark : std::uint8_t {
  // Acknowledged as done; in the order of contract::Operation.
  kFirstOperation,
  kLastOperation = kFirstOperation + contract::kOperationCount - 1,
  kOpenRefused,
  kPublisherRefused,
  kRebound,
  kPortLeasedAnew,
  kPlaceTakenAnew,
  kUplinkLost,
  kDownlinkLost,
  kLateAtSystem,
  kLateAtViewer,
  kStillServed,
  kFrameReceived,
  kCameraAsked,
  kViewerAsked,
  kStalled,
  kFramesDue,
};
inline constexpr int kMarkCount = static_cast<int>(Mark::kFramesDue) + 1;
static_assert(kMarkCount <= 64);

constexpr Mark MarkOf(contract::Operation done) {
  return static_cast<Mark>(static_cast<int>(Mark::kFirstOperation) + static_cast<int>(done));
}

// The marks that one case met.
class Marks {
 public:
  void Meet(Mark mark) { bits_ |= std::uint64_t{1} << static_cast<int>(mark); }
  bool Met(Mark mark) const { return (bits_ >> static_cast<int>(mark) & 1U) != 0; }

 private:
  std::uint64_t bits_ = 0;
};

// Of a campaign: by mark, the cases that met it.
using MarkCounts = std::array<std::uint64_t, kMarkCount>;

// "publisher-refused"; and in which situation that is.
std::string_view NameOf(Mark mark);
std::string_view Describe(Mark mark);
// Whether a system that can do this can be brought into the situation.
bool CanMeet(const contract::Capabilities& capabilities, Mark mark);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_MARKS_H_
