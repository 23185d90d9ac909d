// The fleet of the incident: homes with a camera, a display behind the integration and a phone with
// the vendor's app, a few of them on extremely poor networks.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_FLEET_H_
#define FRAMEFENCE_TARGETS_PROGRAM_FLEET_H_

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "harness/base/prng.h"
#include "harness/cases/case.h"
#include "harness/contract/system_under_test.h"
#include "harness/oracle/violation.h"
#include "harness/sim/action.h"
#include "harness/sim/world.h"

namespace framefence::cli {

struct FleetOptions {
  std::uint32_t homes = 1044;
  std::uint32_t poor_homes = 8;  // whose network comes and goes
  std::uint64_t seed = 1;
  bool still_fallback = true;  // under loss a display gets the last still
};

// What the oracle saw in one phase.
struct FleetCount {
  double camera_hours = 0;
  std::uint64_t stills = 0;          // that displays were served
  std::uint64_t whole_foreign = 0;   // of these, a stranger's picture from the top on
  std::uint64_t partly_foreign = 0;  // of these, its own picture above, a stranger's below
  std::uint64_t app_deliveries = 0;
  std::uint64_t app_leaks = 0;  // deliveries to a phone that the oracle objects to
  std::uint64_t integration_deliveries = 0;
  std::uint64_t own_corrupted = 0;  // deliveries of its own camera's pictures, spliced
  std::set<std::uint32_t> homes_affected;
};

// Whether a still holds a stranger's picture, or part of one.
bool IsStrangers(const oracle::Violation& violation);

// A leak: when, to whom, whose.
struct FleetLeak {
  VirtualTime at;
  std::uint32_t victim = 0;    // home
  std::uint32_t stranger = 0;  // home
  bool whole = false;
};

// Its homes are those of homes.h.
class Fleet {
 public:
  // `system` outlives the fleet.
  Fleet(contract::SystemUnderTest& system, const FleetOptions& options);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // Plays on. `on_second` is called after each virtual second; false ends the phase.
  FleetCount Run(VirtualDuration duration, const std::function<bool()>& on_second);

  void Suspend();
  void Restore();
  // Displays ask for their streams anew, as they do until they get one.
  void ReopenDisplays();

  const std::vector<FleetLeak>& leaks() const { return leaks_; }
  VirtualTime now() const { return world_.now(); }

  // All that happened to two homes until now, as a case of two homes: home `victim` becomes 0,
  // `stranger` 1.
  cases::Case CaseOfTwo(std::uint32_t victim, std::uint32_t stranger) const;

 private:
  struct Outage {  // of one poor home
    std::uint32_t home = 0;
    bool out = false;
    std::uint32_t seconds_left = 0;
  };
  struct Happening {
    std::uint64_t second = 0;
    std::uint32_t home = 0;
    sim::Action action;
  };

  void Do(std::uint32_t home, const sim::Action& action);
  void StepOutage(Outage& outage);
  void OnDelivery(const contract::Delivery& delivery);

  FleetOptions options_;
  cases::WorldOptions world_options_;
  sim::World world_;
  Prng prng_;
  std::vector<Outage> outages_;
  std::vector<Happening> happenings_;
  std::uint64_t second_ = 0;
  std::vector<oracle::Violation> objections_;  // to the delivery at hand
  std::vector<FleetLeak> leaks_;
  FleetCount count_;
};

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_FLEET_H_
