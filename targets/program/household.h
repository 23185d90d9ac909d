// Homes around one system: each with a camera, a display behind the integration and a phone with the
// vendor's app.
//
// Home h has account h, camera h, display 2h and phone 2h + 1.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_HOUSEHOLD_H_
#define FRAMEFENCE_TARGETS_PROGRAM_HOUSEHOLD_H_

#include <cstdint>

#include "harness/base/ids.h"
#include "harness/base/prng.h"
#include "harness/cases/options.h"
#include "harness/contract/system_under_test.h"
#include "harness/net/loss_model.h"
#include "harness/sim/action.h"

namespace framefence::cli {

inline ViewerId DisplayOf(std::uint32_t home) { return ViewerId(2 * home); }
inline ViewerId PhoneOf(std::uint32_t home) { return ViewerId(2 * home + 1); }
inline std::uint32_t HomeOf(ViewerId viewer) { return viewer.value / 2; }
inline bool IsPhone(ViewerId viewer) { return viewer.value % 2 == 1; }

// Cameras and receiver reports run by their own clocks, each home calls its camera the same. Frames
// come rarely and are small: what homes send is simulated packet by packet.
cases::WorldOptions WorldOfHomes();
contract::Deployment DeploymentOfHomes(std::uint32_t homes, const cases::WorldOptions& world);

sim::Action StartCamera(std::uint32_t home);  // or connect it anew
sim::Action OpenDisplay(std::uint32_t home);
sim::Action OpenPhone(std::uint32_t home);
sim::Action SetUplinkLoss(std::uint32_t home, const net::LossModel& loss);
sim::Action SetDownlinkLoss(ViewerId viewer, const net::LossModel& loss);

// How long a camera's way out fails when it does: seconds.
inline std::uint32_t DrawOutageSeconds(Prng& prng) { return 3 + prng.Below(15); }

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_HOUSEHOLD_H_
