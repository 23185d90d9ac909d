// A case as it is played in two runs: every camera and every place for a viewer session belongs to one
// home, so that each step is the observer's, another home's, or everybody's.
//
//   - A camera is the account's that it is provisioned to, else that it is first bound to. Where a step
//     binds the observer's camera to another home, it is unbound instead; and where one binds another
//     home's to the observer, it is bound to its own home.
//   - A place in the case becomes a place of each account that opens a session there: "viewer 1" of
//     account 0 and "viewer 1" of account 2 are two. A step that names a place means who opened a
//     session there last.
//   - A session on a token is the home's for which that token was issued last. The observer and the
//     others have tokens of their own.
//   - What names no one is everybody's: time, suspensions, upgrades, the weather of all links, a fleet
//     that reconnects.
//   - The system's threads take turns by the plain schedule, whatever the case says: any other counts
//     the choices of all homes together.
#ifndef FRAMEFENCE_HARNESS_SIM_HOMES_H_
#define FRAMEFENCE_HARNESS_SIM_HOMES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/cases/case.h"
#include "harness/contract/system_under_test.h"
#include "harness/sim/action.h"
#include "harness/sim/variation.h"

namespace framefence::sim {

struct HomesStep {
  Action action;
  std::optional<std::uint64_t> index;  // in the case; none: of how it was provisioned
  bool of_others = false;              // another home does it
};

struct HomesPlan {
  cases::WorldOptions options;  // not provisioned: `steps` begin with that
  contract::Deployment deployment;
  std::vector<HomesStep> steps;
  Variation variation;  // that alters nothing
};

// A function of the case alone.
HomesPlan PlanHomes(const cases::Case& played);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_HOMES_H_
