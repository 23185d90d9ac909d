#include "targets/program/town.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "targets/program/household.h"

namespace framefence::cli {
namespace {

constexpr auto kSegmentsPerSecond = std::chrono::seconds(1) / Town::kSegment;

// Two packets to a frame and three to an IDR picture: of the ten and more in each second, a display
// that falls back to stills has lost several.
cases::WorldOptions WorldOfTown() {
  cases::WorldOptions world = WorldOfHomes();
  world.idr_bytes = 2'800;
  world.inter_bytes = 1'700;
  return world;
}

constexpr unsigned kUnluckyForOutage = 6;

// The probability p of one unlucky draw, with which so many in a row come every `draws` draws in the
// mean: (1 - p^k) / (p^k (1 - p)) (W. Feller, "An Introduction to Probability Theory", volume 1,
// XIII.7).
double UnluckyOnceIn(double draws) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double p = (low + high) / 2, row = std::pow(p, kUnluckyForOutage);
    (1 - row > draws * row * (1 - p) ? low : high) = p;
  }
  return low;
}

}  // namespace

Town::Town(contract::SystemUnderTest& system, const TownOptions& options)
    : options_(options),
      world_options_(WorldOfTown()),
      world_(system),
      unlucky_below_(static_cast<std::uint64_t>(
          std::ldexp(UnluckyOnceIn(3600 * kSegmentsPerSecond / options.outages_per_hour), 64))),
      timeout_(world_options_.publisher_timeout_ms * kSegmentsPerSecond / 1000) {
  world_.LimitEvents(~std::uint64_t{0});
  world_.oracle().on_violation = [this](const oracle::Violation& violation) {
    leaked_ |= violation.violation_class == oracle::ViolationClass::kCrossAccount;
  };
}

void Town::Restart() {
  leaked_ = false;
  world_.Begin(world_options_, DeploymentOfHomes(options_.homes, world_options_));
  homes_.assign(options_.homes, {});
  for (std::uint32_t home = 0; home < options_.homes; ++home) {
    world_.Apply(SetUplinkLoss(home, options_.up));
    world_.Apply(SetDownlinkLoss(DisplayOf(home), options_.down));
    world_.Apply(SetDownlinkLoss(PhoneOf(home), options_.down));
    world_.Apply(StartCamera(home));
    world_.Apply(OpenDisplay(home));
    world_.Apply(OpenPhone(home));
  }
}

statistics::RunState Town::Step(std::uint64_t seed) {
  Prng prng = Prng::ForPurpose(seed, 0x6f7574616765U);
  for (std::uint32_t i = 0; i < options_.homes; ++i) DrawOutage(i, prng);
  world_.Reseed(seed);
  world_.Apply({.kind = sim::ActionKind::kAdvance, .duration = kSegment});
  for (std::uint32_t i = 0; i < options_.homes; ++i) Watch(i);
  return {.importance = leaked_ ? statistics::kEvent : Importance(),
          .fingerprint = world_.trace_hash()};
}

// The draws of one home do not depend on what has become of another.
void Town::DrawOutage(std::uint32_t index, Prng& prng) {
  Home& home = homes_[index];
  const bool unlucky = prng.Next() < unlucky_below_;
  const std::uint32_t seconds = DrawOutageSeconds(prng);
  if (home.outage_left != 0) {
    if (--home.outage_left != 0) return;
    world_.Apply(SetUplinkLoss(index, options_.up));
    world_.Apply(StartCamera(index));
    return;
  }
  home.unlucky = unlucky ? home.unlucky + 1 : 0;
  if (home.unlucky < kUnluckyForOutage) return;
  home.unlucky = 0;
  home.outage_left = seconds * kSegmentsPerSecond;
  world_.Apply(SetUplinkLoss(index, net::Blackout{}));
}

// A camera that got nothing through for as long as the system waits connects anew as soon as something
// does, as cameras do that miss the answers to what they send.
void Town::Watch(std::uint32_t index) {
  Home& home = homes_[index];
  const std::uint64_t passed = world_.uplink_of(CameraId(index)).passed;
  const bool nothing = std::exchange(home.passed, passed) == passed;
  const bool given_up = home.silent >= timeout_;
  home.silent = nothing ? home.silent + 1 : 0;
  if (given_up && !nothing) world_.Apply(StartCamera(index));
}

// The first half is that it is about to be cut off, the second that the system hears nothing from it.
double Town::CameraTrouble(const Home& home) const {
  const double about_to = home.outage_left != 0 ? 1 : home.unlucky / double{kUnluckyForOutage};
  const double silent = static_cast<double>(home.silent) / static_cast<double>(timeout_);
  return (about_to + std::min(1.0, silent)) / 2;
}

// A quarter lost or more is all the same: no stream can be watched any more.
double Town::DisplayTrouble(std::uint32_t home) const {
  return std::min(1.0, world_.reported_loss_of(DisplayOf(home)) / 64.0);
}

double Town::Importance() const {
  double most = 0;
  for (std::uint32_t one = 0; one < options_.homes; ++one) {
    const double camera = CameraTrouble(homes_[one]);
    for (std::uint32_t other = 0; other < options_.homes; ++other) {
      if (one == other) continue;
      const double display = DisplayTrouble(other);
      most = std::max(most, camera * (1 + display * (1 + CameraTrouble(homes_[other]))));
    }
  }
  return most;
}

}  // namespace framefence::cli
