#include "harness/net/weather.h"

#include <string>

#include "harness/base/check.h"
#include "harness/base/prng.h"

namespace framefence::net {
namespace {

constexpr std::uint64_t kStartDraw = 0x7765617468657221U;

// The shares of the regimes in whole numbers: w * x for the chances along the chain.
std::array<unsigned __int128, kRegimeCount> Weights(const WeatherOptions& options) {
  const auto product = [](Probability a, Probability b) {
    return static_cast<unsigned __int128>(a.threshold()) * b.threshold();
  };
  return {product(options.bad_to_clear, options.storm_to_bad),
          product(options.clear_to_bad, options.storm_to_bad),
          product(options.clear_to_bad, options.bad_to_storm)};
}

}  // namespace

Outcome Validate(const WeatherOptions& options) {
  if (options.slot < std::chrono::milliseconds(1) || options.slot > std::chrono::hours(1))
    return Error{"a weather slot of " + std::to_string(options.slot.count()) +
                 " us: wants a millisecond to an hour"};
  if (options.bad_to_clear == Probability::Never() || options.storm_to_bad == Probability::Never())
    return Error{"a weather that never gets better: bad_to_clear and storm_to_bad must exceed 0"};
  if (options.bad_to_clear.threshold() + options.bad_to_storm.threshold() > Probability::kOne)
    return Error{"bad_to_clear + bad_to_storm, the ways out of bad weather, exceed 1"};
  for (const Conditions& conditions : options.conditions) {
    if (conditions.capacity_percent < 1 || conditions.capacity_percent > 100)
      return Error{"a capacity of " + std::to_string(conditions.capacity_percent) +
                   " percent: wants 1 to 100"};
    if (conditions.latency < VirtualDuration::zero() ||
        conditions.latency > std::chrono::minutes(1))
      return Error{"a weather's latency of " + std::to_string(conditions.latency.count()) +
                   " us: wants 0 to a minute"};
  }
  return Unit{};
}

std::array<double, kRegimeCount> RegimeShares(const WeatherOptions& options) {
  const auto weights = Weights(options);
  const auto all = static_cast<double>(weights[0] + weights[1] + weights[2]);
  std::array<double, kRegimeCount> shares{};
  for (std::size_t i = 0; i < kRegimeCount; ++i) shares[i] = static_cast<double>(weights[i]) / all;
  return shares;
}

double WeatherLossRate(const WeatherOptions& options) {
  const auto shares = RegimeShares(options);
  double rate = 0;
  for (std::size_t i = 0; i < kRegimeCount; ++i)
    rate += shares[i] * options.conditions[i].loss.value();
  return rate;
}

double WeatherLossCovariance(const WeatherOptions& options) {
  const auto shares = RegimeShares(options);
  const double mean = WeatherLossRate(options);
  double variance = 0;
  for (std::size_t i = 0; i < kRegimeCount; ++i) {
    const double apart = options.conditions[i].loss.value() - mean;
    variance += shares[i] * apart * apart;
  }
  return variance;
}

Weather::Weather(std::uint64_t seed, const WeatherOptions& options)
    : options_(options), seed_(seed) {
  FRAMEFENCE_CHECK(Validate(options).ok());
  const auto weights = Weights(options);
  // Each weight is at most 2^64: a shift by 32 fits.
  const unsigned __int128 all = weights[0] + weights[1] + weights[2];
  start_below_[0] = static_cast<std::uint64_t>((weights[0] << 32) / all);
  start_below_[1] = static_cast<std::uint64_t>(((weights[0] + weights[1]) << 32) / all);
}

Regime Weather::RegimeAt(VirtualTime now) {
  FRAMEFENCE_CHECK(now >= VirtualTime{});
  const std::int64_t slot = now.time_since_epoch() / options_.slot;
  if (slot < slot_ || slot / kSlotsPerEpoch != slot_ / kSlotsPerEpoch || slot_ < 0)
    Restart(slot / kSlotsPerEpoch);
  while (slot_ < slot) Step(slot_ + 1);
  return regime_;
}

void Weather::Restart(std::int64_t epoch) {
  slot_ = epoch * kSlotsPerEpoch;
  const std::uint64_t draw =
      Prng::ForPurpose(seed_, kStartDraw + static_cast<std::uint64_t>(epoch)).Next() >> 32;
  regime_ = draw < start_below_[0]   ? Regime::kClear
            : draw < start_below_[1] ? Regime::kBad
                                     : Regime::kStorm;
}

void Weather::Step(std::int64_t slot) {
  slot_ = slot;
  const std::uint64_t draw =
      Mix64(Mix64(seed_) + static_cast<std::uint64_t>(slot) * 0x9e3779b97f4a7c15U) >> 32;
  switch (regime_) {
    case Regime::kClear:
      if (options_.clear_to_bad.Happens(draw)) regime_ = Regime::kBad;
      return;
    case Regime::kBad:
      if (draw < options_.bad_to_clear.threshold()) {
        regime_ = Regime::kClear;
      } else if (draw < options_.bad_to_clear.threshold() + options_.bad_to_storm.threshold()) {
        regime_ = Regime::kStorm;
      }
      return;
    case Regime::kStorm:
      if (options_.storm_to_bad.Happens(draw)) regime_ = Regime::kBad;
      return;
  }
}

}  // namespace framefence::net
