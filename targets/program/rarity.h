// How rare a leak is: leaks per camera-hour of a town (town.h), with a confidence interval; by plain
// sampling, and by splitting where that cannot reach.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_RARITY_H_
#define FRAMEFENCE_TARGETS_PROGRAM_RARITY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/contract/target.h"
#include "harness/net/presets.h"
#include "harness/report/progress.h"
#include "harness/statistics/confidence.h"
#include "harness/statistics/splitting.h"

namespace framefence::cli {

// A run of a town. Long beside what a leak takes to come about: an outage or two.
inline constexpr std::chrono::seconds kTownRun{60};

struct RarityPlan {
  const net::Preset* network = nullptr;  // its loss, both ways
  std::uint32_t homes = 4;
  double outages_per_hour = 1;
  double camera_hours = 20;         // of plain sampling
  std::uint32_t replications = 20;  // of splitting; 0: none
  std::uint32_t effort = 100;       // runs from each level
  std::uint64_t seed = 1;
  double confidence = 0.95;
};

// Leaks per camera-hour. In both the first leak of a run ends it.
struct PlainRate {
  std::uint64_t leaks = 0;
  double camera_hours = 0;  // until the first leak of each run, or its end
  double rate = 0;
  statistics::Interval interval;  // from 0 to the one-sided bound where there was none
  std::uint64_t runs = 0;
  double seconds = 0;  // of real time
};
struct SplitRate {
  statistics::MeanEstimate rate;
  std::uint32_t replications = 0;
  std::size_t levels = 0;
  double camera_hours = 0;  // simulated, those played again and the pilot's included
  double seconds = 0;
  // So many times the work plain sampling needs for the same variance. 0: no leak was reached.
  double gain = 0;
};

struct Rarity {
  PlainRate plain;
  std::optional<SplitRate> split;  // none: not wanted, or fewer than two replications were finished
  bool repeats = true;             // runs that were played again went as before
};

Rarity MeasureRarity(const contract::Target& target, const RarityPlan& plan,
                     report::Progress& progress);

// "one in 83,000 camera-hours"; "none" of 0.
std::string OneIn(double leaks_per_camera_hour);
// What was measured: "4 homes on bad-dsl (1 % lost up, 1 % down), each camera cut off 6 times an hour".
std::string TownText(const RarityPlan& plan);
// How rare it is: a line for each way of measuring, and what is to be known of it.
std::string RarityText(const Rarity& rarity, const RarityPlan& plan);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_RARITY_H_
