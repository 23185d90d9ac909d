#include "targets/program/fleet.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "harness/cases/schema.h"
#include "harness/net/presets.h"
#include "targets/program/household.h"

namespace framefence::cli {
namespace {

namespace field = cases::field;
using cases::Op;
using sim::Action;
using sim::ActionKind;
using sim::LinkScope;

cases::WorldOptions WorldOf(const FleetOptions& options) {
  cases::WorldOptions world = WorldOfHomes();
  world.seed = static_cast<std::uint32_t>(options.seed);
  world.still_fallback = options.still_fallback ? 1 : 0;
  return world;
}

net::LossModel PoorNetwork() { return net::FindPreset("incident-2020")->down.loss; }

// As a step says it.
std::uint32_t Of256(net::Probability probability) {
  return static_cast<std::uint32_t>(probability.threshold() >> 24);
}

cases::Step PoorNetworkStep(const Action& action, std::uint32_t id) {
  const bool uplink = action.links == LinkScope::kUplink;
  cases::Step step =
      MakeStep(Op::kWeather, {{field::kLinkEnd, uplink ? 0U : 1U},
                              {uplink ? field::kLinkCamera : field::kLinkViewer, id}});
  const auto model = std::holds_alternative<net::Blackout>(action.loss) ? cases::Weather::kBlackout
                     : std::holds_alternative<net::GilbertElliott>(action.loss)
                         ? cases::Weather::kGilbertElliott
                         : cases::Weather::kClean;
  Write(step, field::kWeatherModel, static_cast<std::uint32_t>(model));
  if (const auto* poor = std::get_if<net::GilbertElliott>(&action.loss)) {
    Write(step, field::kGoodToBad, Of256(poor->p_good_to_bad));
    Write(step, field::kBadToGood, Of256(poor->p_bad_to_good));
    Write(step, field::kLossGood, Of256(poor->loss_good));
    Write(step, field::kLossBad, Of256(poor->loss_bad));
  }
  return step;
}

// The first camera byte of a still lies behind a start code and a NAL unit header.
constexpr std::size_t kTopOfPicture = 5;

}  // namespace

bool IsStrangers(const oracle::Violation& violation) {
  return violation.violation_class == oracle::ViolationClass::kCrossAccount &&
         violation.observation == oracle::Observation::kStill && violation.origin.has_value();
}

Fleet::Fleet(contract::SystemUnderTest& system, const FleetOptions& options)
    : options_(options),
      world_options_(WorldOf(options)),
      world_(system),
      prng_(Prng::ForPurpose(options.seed, 0x666c656574U)) {
  world_.oracle().on_violation = [this](const oracle::Violation& violation) {
    objections_.push_back(violation);
  };
  world_.on_delivery = [this](const contract::Delivery& delivery) { OnDelivery(delivery); };
  world_.LimitEvents(~std::uint64_t{0});
  world_.Begin(world_options_, DeploymentOfHomes(options_.homes, world_options_));
  for (std::uint32_t home = 0; home < options_.homes; ++home) {
    Do(home, StartCamera(home));
    Do(home, OpenPhone(home));
  }
  ReopenDisplays();
  for (std::uint32_t i = 0; i < std::min(options_.poor_homes, options_.homes); ++i) {
    const std::uint32_t home = i * (options_.homes / std::max(1U, options_.poor_homes));
    Do(home, SetDownlinkLoss(DisplayOf(home), PoorNetwork()));
    outages_.push_back({.home = home, .seconds_left = 5 + prng_.Below(40)});
  }
}

void Fleet::Do(std::uint32_t home, const Action& action) {
  happenings_.push_back({second_, home, action});
  world_.Apply(action);
}

void Fleet::Suspend() { world_.Apply({.kind = ActionKind::kSuspend}); }
void Fleet::Restore() { world_.Apply({.kind = ActionKind::kRestore}); }

void Fleet::ReopenDisplays() {
  for (std::uint32_t home = 0; home < options_.homes; ++home) Do(home, OpenDisplay(home));
}

// The camera's way out fails for some seconds; when it is back the camera connects anew, as cameras
// do.
void Fleet::StepOutage(Outage& outage) {
  if (--outage.seconds_left != 0) return;
  outage.out = !outage.out;
  if (outage.out) {
    Do(outage.home, SetUplinkLoss(outage.home, net::Blackout{}));
    outage.seconds_left = DrawOutageSeconds(prng_);
  } else {
    Do(outage.home, SetUplinkLoss(outage.home, net::Clean{}));
    Do(outage.home, StartCamera(outage.home));
    outage.seconds_left = 5 + prng_.Below(40);
  }
}

FleetCount Fleet::Run(VirtualDuration duration, const std::function<bool()>& on_second) {
  count_ = {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  for (std::int64_t i = 0; i < seconds; ++i) {
    for (Outage& outage : outages_) StepOutage(outage);
    world_.Apply({.kind = ActionKind::kAdvance, .duration = std::chrono::seconds(1)});
    ++second_;
    count_.camera_hours += options_.homes / 3600.0;
    if (!on_second()) break;
  }
  return count_;
}

void Fleet::OnDelivery(const contract::Delivery& delivery) {
  const std::uint32_t home = HomeOf(delivery.viewer);
  const bool phone = IsPhone(delivery.viewer);
  const std::vector<oracle::Violation> objections = std::exchange(objections_, {});
  ++(phone ? count_.app_deliveries : count_.integration_deliveries);
  if (delivery.kind == contract::DeliveryKind::kStill) ++count_.stills;
  if (objections.empty()) return;
  if (phone) {
    ++count_.app_leaks;
    return;
  }
  const auto foreign = std::find_if(objections.begin(), objections.end(), IsStrangers);
  if (delivery.kind != contract::DeliveryKind::kStill || foreign == objections.end()) {
    ++count_.own_corrupted;
    return;
  }
  // Where its own camera's picture begins the still, only the rest of it is a stranger's.
  const bool whole = foreign->offset <= kTopOfPicture;
  ++(whole ? count_.whole_foreign : count_.partly_foreign);
  count_.homes_affected.insert(home);
  leaks_.push_back({foreign->at, home, foreign->origin->camera.value, whole});
}

cases::Case Fleet::CaseOfTwo(std::uint32_t victim, std::uint32_t stranger) const {
  cases::Case two;
  two.options = world_options_;
  two.options.accounts = two.options.cameras = two.options.publishers = 2;
  two.options.viewers = 4;
  std::uint64_t second = 0;
  const auto advance_to = [&](std::uint64_t target) {
    while (second < target) {
      const std::uint64_t part = std::min<std::uint64_t>(target - second, 60);
      two.steps.push_back(
          MakeStep(Op::kAdvance, {{field::kAdvanceMs, static_cast<std::uint32_t>(part * 1000)}}));
      second += part;
    }
  };
  for (const Happening& happening : happenings_) {
    if (happening.home != victim && happening.home != stranger) continue;
    const std::uint32_t home = happening.home == victim ? 0 : 1;
    const Action& action = happening.action;
    const std::uint32_t viewer = 2 * home + action.viewer.value % 2;
    advance_to(happening.second);
    if (action.kind == ActionKind::kPublish) {
      two.steps.push_back(MakeStep(Op::kPublish, {{field::kCamera, home}}));
    } else if (action.kind == ActionKind::kOpen) {
      two.steps.push_back(
          MakeStep(Op::kOpen, {{field::kAccount, home},
                               {field::kCamera, home},
                               {field::kOpenViewer, viewer},
                               {field::kOpenPath, static_cast<std::uint32_t>(action.path)}}));
    } else if (action.kind == ActionKind::kWeather) {
      two.steps.push_back(
          PoorNetworkStep(action, action.links == LinkScope::kUplink ? home : viewer));
    }
  }
  advance_to(second_ + 5);
  if (two.steps.size() > cases::kStepsMax) two.steps.resize(cases::kStepsMax);
  return two;
}

}  // namespace framefence::cli
