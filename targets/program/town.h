// A town: a few homes on a network that loses packets, whose cameras now and then are cut off and
// connect anew. How often one home's picture is handed to another is measured on it.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_TOWN_H_
#define FRAMEFENCE_TARGETS_PROGRAM_TOWN_H_

#include <chrono>
#include <cstdint>
#include <vector>

#include "harness/base/prng.h"
#include "harness/cases/options.h"
#include "harness/contract/system_under_test.h"
#include "harness/net/loss_model.h"
#include "harness/sim/world.h"
#include "harness/statistics/splitting.h"

namespace framefence::cli {

struct TownOptions {
  std::uint32_t homes = 4;
  net::LossModel up;            // from every camera
  net::LossModel down;          // to every display and phone
  double outages_per_hour = 1;  // of each camera; how long each lasts: homes.h
};

class Town final : public statistics::SeededRun {
 public:
  static constexpr VirtualDuration kSegment = std::chrono::milliseconds(200);

  // `system` outlives the town.
  Town(contract::SystemUnderTest& system, const TownOptions& options);
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  void Restart() override;
  // The event: the oracle sees one account handed another's picture. Until then the importance is the
  // largest over all pairs of homes (a, b): how far a's camera is cut off (its place may then go to
  // another), times 1 + what b's display lost by its last report, more yet if b's camera is cut off
  // too.
  statistics::RunState Step(std::uint64_t seed) override;

 private:
  struct Home {
    // An outage begins after so many unlucky draws in a row, one in each segment. That is as good as
    // memoryless, and leaves steps on the way for splitting: a link fails by and by.
    std::uint32_t unlucky = 0;
    std::uint64_t outage_left = 0;  // segments
    std::uint64_t silent = 0;       // segments since anything came through from its camera
    std::uint64_t passed = 0;       // packets, from its camera
  };

  void DrawOutage(std::uint32_t index, Prng& prng);
  void Watch(std::uint32_t index);
  // 0 to 1
  double CameraTrouble(const Home& home) const;
  double DisplayTrouble(std::uint32_t home) const;
  double Importance() const;

  TownOptions options_;
  cases::WorldOptions world_options_;
  sim::World world_;
  std::uint64_t unlucky_below_;  // of 2^64
  std::uint64_t timeout_;        // of publishers, in segments
  std::vector<Home> homes_;
  bool leaked_ = false;
};

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_TOWN_H_
