#include "targets/program/rarity.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "harness/cli/interrupt.h"
#include "harness/report/words.h"
#include "targets/program/town.h"

namespace framefence::cli {
namespace {

constexpr std::uint64_t kSegments = kTownRun / Town::kSegment;

double CameraHours(std::uint64_t segments, std::uint32_t homes) {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(Town::kSegment).count();
  return static_cast<double>(segments) * hours * homes;
}

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// A measurement's course, as it is shown.
class Course {
 public:
  Course(report::Progress& progress, std::string_view phase, std::uint64_t runs)
      : progress_(progress), phase_(phase), runs_(runs) {}
  ~Course() { progress_.Erase(); }

  bool GoOn() {
    ++done_;
    progress_.Show({phase_, done_, "runs",
                    runs_ == 0 ? std::nullopt
                               : std::optional(std::min(1.0, static_cast<double>(done_) /
                                                                 static_cast<double>(runs_)))});
    return !Interrupted();
  }

 private:
  report::Progress& progress_;
  std::string_view phase_;
  std::uint64_t runs_;  // 0: not known
  std::uint64_t done_ = 0;
};

PlainRate MeasurePlain(Town& town, const RarityPlan& plan, report::Progress& progress) {
  const Stopwatch stopwatch;
  const auto runs =
      static_cast<std::uint64_t>(std::ceil(plan.camera_hours / CameraHours(kSegments, plan.homes)));
  Course course(progress, "plain sampling", runs);
  const auto sample =
      statistics::SamplePlain({&town, kSegments, [&] { return course.GoOn(); }}, runs, plan.seed);
  PlainRate plain;
  plain.leaks = sample.hits;
  plain.runs = sample.work.runs;
  plain.camera_hours = CameraHours(sample.work.segments, plan.homes);
  plain.rate = static_cast<double>(plain.leaks) / plain.camera_hours;
  plain.interval =
      plain.leaks != 0
          ? statistics::PoissonRateInterval(plain.leaks, plain.camera_hours, plan.confidence)
          : statistics::Interval{
                0, statistics::PoissonRateBoundOfNone(plain.camera_hours, plan.confidence)};
  plain.seconds = stopwatch.Seconds();
  return plain;
}

// The rate at which a run of this probability leaks first: of a run that leaks for sure it cannot be
// told.
double RateOf(double probability, std::uint32_t homes) {
  return -std::log1p(-std::min(probability, 1 - 1e-9)) / CameraHours(kSegments, homes);
}

std::optional<SplitRate> MeasureSplit(Town& town, const RarityPlan& plan,
                                      report::Progress& progress, statistics::Work& work) {
  const Stopwatch stopwatch;
  const statistics::SplittingOptions options{.effort = plan.effort};
  std::vector<double> levels;
  {
    Course course(progress, "choosing levels", 0);
    levels = statistics::ChooseLevels({&town, kSegments, [&] { return course.GoOn(); }}, options,
                                      ~plan.seed, work);
  }
  Course course(progress, "splitting",
                (levels.size() + 1) * std::uint64_t{plan.effort} * plan.replications);
  const statistics::RareEvent leak{&town, kSegments, [&] { return course.GoOn(); }};
  std::vector<double> probabilities;
  Prng seeds = Prng::ForPurpose(plan.seed, 0x7265706cU);
  while (probabilities.size() < plan.replications && !Interrupted()) {
    const auto once = statistics::SplitOnce(leak, levels, options, seeds.Next(), work);
    if (once) probabilities.push_back(*once);
  }
  if (probabilities.size() < 2) return std::nullopt;
  const auto estimate = statistics::EstimateMean(probabilities, plan.confidence);
  SplitRate split;
  split.rate = estimate;
  split.rate.mean = RateOf(estimate.mean, plan.homes);
  split.rate.interval = {RateOf(std::max(0.0, estimate.interval.low), plan.homes),
                         RateOf(estimate.interval.high, plan.homes)};
  split.replications = static_cast<std::uint32_t>(probabilities.size());
  split.levels = levels.size();
  split.camera_hours = CameraHours(work.segments, plan.homes);
  split.seconds = stopwatch.Seconds();
  if (estimate.variance > 0) {
    const double each = static_cast<double>(work.segments) / split.replications;
    split.gain = estimate.mean * (1 - estimate.mean) * kSegments / (estimate.variance * each);
  }
  return split;
}

// Two digits; more where they stand before the point.
std::string Figure(double value) {
  if (value < 10 || value > 1e6) return fmt::format("{:.2g}", value);
  return report::Count(static_cast<std::uint64_t>(std::lround(value)));
}

}  // namespace

Rarity MeasureRarity(const contract::Target& target, const RarityPlan& plan,
                     report::Progress& progress) {
  const auto system = target.make();
  Town town(*system, {.homes = plan.homes,
                      .up = plan.network->up.loss,
                      .down = plan.network->down.loss,
                      .outages_per_hour = plan.outages_per_hour});
  Rarity rarity;
  rarity.plain = MeasurePlain(town, plan, progress);
  statistics::Work work;
  if (plan.replications != 0 && !Interrupted())
    rarity.split = MeasureSplit(town, plan, progress, work);
  rarity.repeats = work.not_repeated == 0;
  return rarity;
}

std::string OneIn(double leaks_per_camera_hour) {
  if (leaks_per_camera_hour <= 0) return "none";
  return "one in " + Figure(1 / leaks_per_camera_hour) + " camera-hours";
}

std::string TownText(const RarityPlan& plan) {
  return fmt::format(
      "{} homes on {} ({:.2g} % lost up, {:.2g} % down), each camera cut off {:g} times an hour",
      plan.homes, plan.network->name, 100 * net::LossRate(plan.network->up.loss),
      100 * net::LossRate(plan.network->down.loss), plan.outages_per_hour);
}

std::string RarityText(const Rarity& rarity, const RarityPlan& plan) {
  const double percent = plan.confidence * 100;
  const PlainRate& plain = rarity.plain;
  std::string text =
      fmt::format("  plain sampling  {} in {} camera-hours ({} in {:.1f} s): ",
                  plain.leaks == 0 ? "none" : report::Count(plain.leaks, "leak"),
                  Figure(plain.camera_hours), report::Count(plain.runs, "run"), plain.seconds);
  text += plain.leaks == 0
              ? fmt::format("below {} per camera-hour at {:g} %\n", Figure(plain.interval.high),
                            percent)
              : fmt::format("{} per camera-hour ({:g} %: {} to {})\n", Figure(plain.rate), percent,
                            Figure(plain.interval.low), Figure(plain.interval.high));
  if (!rarity.split) return text;
  const SplitRate& split = *rarity.split;
  text +=
      fmt::format("  splitting       {} of {} ({} camera-hours in {:.1f} s): ",
                  report::Count(split.replications, "replication"),
                  report::Count(split.levels, "level"), Figure(split.camera_hours), split.seconds);
  if (split.rate.mean <= 0) return text + "reached no leak, which bounds nothing\n";
  text += fmt::format("{} per camera-hour ({:g} %: {} to {}), {}\n", Figure(split.rate.mean),
                      percent, Figure(split.rate.interval.low), Figure(split.rate.interval.high),
                      OneIn(split.rate.mean));
  if (split.gain > 0)
    text +=
        fmt::format("                  plain sampling would take {} times the work to be as sure\n",
                    Figure(split.gain));
  if (split.rate.IsCarriedByFew())
    text +=
        "                  few replications carry the mean: the interval may be too narrow; more "
        "--effort helps\n";
  return text;
}

}  // namespace framefence::cli
