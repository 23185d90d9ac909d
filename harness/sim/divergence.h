// A case played twice must give the same trace. Where it does not, this says where the two part.
//
// The second time it is played by another system under test, which has played nothing before, on a heap
// whose free blocks lie otherwise: what hangs on leftovers of earlier cases, or on the order of
// addresses, comes out another way.
#ifndef FRAMEFENCE_HARNESS_SIM_DIVERGENCE_H_
#define FRAMEFENCE_HARNESS_SIM_DIVERGENCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/cases/case.h"
#include "harness/contract/system_under_test.h"
#include "harness/media/footage.h"
#include "harness/sim/case_player.h"
#include "harness/sim/world.h"

namespace framefence::sim {

// Of a campaign's cases one in so many is played twice.
inline constexpr std::uint64_t kReplayOneIn = 64;

// Of two traces. The lines are empty where there is no such event.
struct Divergence {
  bool seen_again = false;  // else the hashes differed, but not when both were played once more
  std::uint64_t index = 0;  // of the first event that differs, from 0
  std::string last_common, first, second;  // as ToLine() has them
};
// Several lines, without a newline at the end: what parted, and what may be the cause.
std::string Describe(const Divergence& divergence);

// While it exists, some of the heap's blocks of each small size are taken, and the free ones are in
// another order.
class ShuffledHeap {
 public:
  explicit ShuffledHeap(std::uint64_t seed);

 private:
  std::vector<std::unique_ptr<std::byte[]>> taken_;
};

class Replayer {
 public:
  using Make = std::unique_ptr<contract::SystemUnderTest> (*)();

  // As of the world that plays the cases first. Clips and recordings outlive it.
  Replayer(Make make, std::span<const media::Footage> clips, const Recordings& recordings = {})
      : make_(make), clips_(clips), recordings_(recordings) {}

  // Plays again what `first` has just played from begin to end. None: the same trace. Otherwise
  // `first` has played it once more.
  std::optional<Divergence> Replay(CasePlayer& first, const cases::Case& played,
                                   bool stop_at_violation);
  std::uint64_t replayed() const { return replayed_; }

 private:
  void Renew();
  Divergence Show(CasePlayer& first, const cases::Case& played, bool stop_at_violation);

  const Make make_;
  const std::span<const media::Footage> clips_;
  const Recordings recordings_;
  std::uint64_t replayed_ = 0;
  std::unique_ptr<contract::SystemUnderTest> system_;
  std::unique_ptr<World> world_;
  std::unique_ptr<CasePlayer> player_;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_DIVERGENCE_H_
