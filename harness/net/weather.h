// One weather over many links, so that what is lost in one home and in the next belongs together.
#ifndef FRAMEFENCE_HARNESS_NET_WEATHER_H_
#define FRAMEFENCE_HARNESS_NET_WEATHER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/base/result.h"
#include "harness/base/virtual_time.h"
#include "harness/net/probability.h"

namespace framefence::net {

// What weather adds to a link's own models at one moment.
struct Conditions {
  Probability loss;                      // of each packet, on its own, beside the link's own model
  std::uint32_t capacity_percent = 100;  // of the bottleneck's speed: 1 to 100
  VirtualDuration latency{};             // beside the link's own: 0 to a minute
  friend constexpr bool operator==(const Conditions&, const Conditions&) = default;
};

enum class Regime : std::uint8_t { kClear, kBad, kStorm };
inline constexpr std::size_t kRegimeCount = 3;

// A chain clear <-> bad <-> storm that may move once in each slot. Share of the slots: in
// proportion to 1, w / b, w / b * w' / b', with w, w' the chances to get worse and b, b' to get
// better. Time in a regime: slot / (the chances to leave it).
struct WeatherOptions {
  VirtualDuration slot = std::chrono::milliseconds(100);  // 1 ms to an hour
  Probability clear_to_bad;
  Probability bad_to_clear = Probability::Always();  // not Never(); + bad_to_storm <= 1
  Probability bad_to_storm;
  Probability storm_to_bad = Probability::Always();   // not Never()
  std::array<Conditions, kRegimeCount> conditions{};  // by Regime
  friend bool operator==(const WeatherOptions&, const WeatherOptions&) = default;
};

Outcome Validate(const WeatherOptions& options);

// Closed forms. REQUIRES (all): Validate(options).
std::array<double, kRegimeCount> RegimeShares(const WeatherOptions& options);
// The long-run loss that the weather alone brings.
double WeatherLossRate(const WeatherOptions& options);
// The covariance of two links' losses (1 lost, 0 not) in packets offered at one moment, where
// neither has losses of its own: the variance over the regimes of their loss. 0 without a weather.
double WeatherLossCovariance(const WeatherOptions& options);

// The weather at any time is a function of seed and options alone: it does not matter who asks, how
// often or in which order. The chain starts anew, drawn from its shares, every kSlotsPerEpoch slots,
// so that no question costs more steps than that; one that follows the last question costs the
// slots between. A value.
class Weather {
 public:
  static constexpr std::int64_t kSlotsPerEpoch = 4096;

  Weather() = default;  // always clear
  // REQUIRES: Validate(options).
  Weather(std::uint64_t seed, const WeatherOptions& options);

  // REQUIRES (both): now is not before virtual time 0.
  Regime RegimeAt(VirtualTime now);
  const Conditions& At(VirtualTime now) {
    return options_.conditions[static_cast<std::size_t>(RegimeAt(now))];
  }

 private:
  void Restart(std::int64_t epoch);
  void Step(std::int64_t slot);

  WeatherOptions options_;
  std::uint64_t seed_ = 0;
  std::array<std::uint64_t, kRegimeCount - 1> start_below_{Probability::kOne, Probability::kOne};
  std::int64_t slot_ = -1;
  Regime regime_ = Regime::kClear;
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_WEATHER_H_
