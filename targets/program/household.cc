#include "targets/program/household.h"

namespace framefence::cli {

using sim::Action;
using sim::ActionKind;
using sim::LinkScope;

// 5 frames a second and a GOP of 2 s keep a thousand homes within a minute of real time; what leaks
// are stills.
cases::WorldOptions WorldOfHomes() {
  cases::WorldOptions world;
  world.integrations = 1;
  world.frame_interval_ms = 200;
  world.gop_frames = 10;
  world.idr_bytes = 900;
  world.inter_bytes = 150;
  world.mtu_bytes = 1200;
  world.report_interval_ms = 1000;
  world.token_lifetime_ms = 3'600'000;  // longer than any story
  world.names = 1;
  return world;
}

contract::Deployment DeploymentOfHomes(std::uint32_t homes, const cases::WorldOptions& world) {
  contract::Deployment deployment = cases::ToDeployment(world);
  deployment.accounts = deployment.cameras = deployment.publishers = homes;
  deployment.viewers = 2 * homes;
  return deployment;
}

Action StartCamera(std::uint32_t home) {
  return {.kind = ActionKind::kPublish, .camera = CameraId(home)};
}

Action OpenDisplay(std::uint32_t home) {
  return {.kind = ActionKind::kOpen,
          .account = AccountId(home),
          .camera = CameraId(home),
          .viewer = DisplayOf(home),
          .path = contract::AccessPath::kIntegration};
}

Action OpenPhone(std::uint32_t home) {
  return {.kind = ActionKind::kOpen,
          .account = AccountId(home),
          .camera = CameraId(home),
          .viewer = PhoneOf(home)};
}

Action SetUplinkLoss(std::uint32_t home, const net::LossModel& loss) {
  return {.kind = ActionKind::kWeather,
          .camera = CameraId(home),
          .links = LinkScope::kUplink,
          .loss = loss};
}

Action SetDownlinkLoss(ViewerId viewer, const net::LossModel& loss) {
  return {
      .kind = ActionKind::kWeather, .viewer = viewer, .links = LinkScope::kDownlink, .loss = loss};
}

}  // namespace framefence::cli
