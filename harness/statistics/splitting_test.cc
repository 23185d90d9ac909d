#include "harness/statistics/splitting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/base/prng.h"
#include "harness/statistics/confidence.h"

namespace framefence::statistics {
namespace {

double Uniform(std::uint64_t seed) { return static_cast<double>(Mix64(seed) >> 11) * 0x1p-53; }

// A walk on the integers: up with one probability, else down.
class Walk : public SeededRun {
 public:
  struct Options {
    double up = 0.5;
    int from = 0;
    int to = 0;
    bool ends_at_zero = false;
    int steps = 0;  // 0: its importance is how high it is; else how likely it still comes so high
  };
  explicit Walk(const Options& options) : options_(options) {}

  void Restart() override {
    at_ = options_.from;
    done_ = 0;
  }
  RunState Step(std::uint64_t seed) override {
    ++done_;
    at_ += Uniform(seed) < options_.up ? 1 : -1;
    return {.importance = at_ >= options_.to ? kEvent : Importance(),
            .over = options_.ends_at_zero && at_ == 0,
            .fingerprint = seed};
  }

 private:
  double Importance() const {
    const double height = options_.to - at_;
    return options_.steps == 0 ? at_ : -height * height / (options_.steps - done_ + 1);
  }

  Options options_;
  int at_ = 0;
  int done_ = 0;
};

// A queue with one server: P(it overflows before it is empty again). With arrivals at `load` times
// the rate of service, the jumps of M/M/1 are the gambler's walk.
struct Queue {
  double load;
  int capacity;

  double Truth() const { return (1 / load - 1) / (std::pow(1 / load, capacity) - 1); }
  Walk MakeRun() const {
    return Walk({.up = load / (1 + load), .from = 1, .to = capacity, .ends_at_zero = true});
  }
};
constexpr std::uint64_t kForEver = 1'000'000;
constexpr Queue kSometimes{0.4, 8}, kHardlyEver{0.4, 23};  // 9.8e-4, 1.1e-9

// A fair walk gets so high within so many steps. By reflection: P(max >= b) = P(end >= b) + P(end > b).
struct Climb {
  int steps;
  int height;

  double Truth() const {
    double sum = 0;
    for (int ups = 0; ups <= steps; ++ups) {
      const int end = 2 * ups - steps;
      const double weight = std::exp(std::lgamma(steps + 1) - std::lgamma(ups + 1) -
                                     std::lgamma(steps - ups + 1) - steps * std::log(2));
      sum += end > height ? 2 * weight : end == height ? weight : 0;
    }
    return sum;
  }
  Walk MakeRun() const { return Walk({.to = height, .steps = steps}); }
  // High is high, however late.
  Walk MakeRunThatForgetsTime() const { return Walk({.to = height}); }
};
constexpr Climb kClimb{100, 60};  // 1.3e-9

std::vector<double> Replications(const RareEvent& event, const SplittingOptions& options, int count,
                                 std::uint64_t seed, Work& work) {
  const std::vector<double> levels = ChooseLevels(event, options, Mix64(seed), work);
  std::vector<double> estimates;
  for (int i = 0; i < count; ++i)
    estimates.push_back(*SplitOnce(event, levels, options, seed + static_cast<unsigned>(i), work));
  return estimates;
}

TEST(SamplePlain, CoversTheClosedFormWhereItCanReach) {
  Walk walk = kSometimes.MakeRun();
  const PlainSample sample = SamplePlain({&walk, kForEver}, 100'000, 1);
  EXPECT_TRUE(BinomialInterval(sample.hits, sample.work.runs, 0.99).Covers(kSometimes.Truth()));
  EXPECT_GT(sample.hits, 50U);
}

// The mean of many independent estimates is the closed form, within what their own spread allows.
// Seen to fail when the share was taken of the runs that reached the level before, not of the
// effort; when the earliest at a level got all the children (Climb); and when children kept their
// parent's seeds.
void ExpectUnbiased(Walk walk, std::uint64_t horizon, double truth) {
  Work work;
  const std::vector<double> estimates =
      Replications({&walk, horizon}, {.effort = 40}, 1000, 5, work);
  const MeanEstimate estimate = EstimateMean(estimates, 0.9999);
  EXPECT_TRUE(estimate.interval.Covers(truth)) << estimate.mean << " for " << truth;
  const double half = (estimate.interval.high - estimate.interval.low) / 2;
  EXPECT_LT(half, 0.25 * truth) << "too wide to tell";
  EXPECT_EQ(work.not_repeated, 0U);
  testing::Test::RecordProperty("closed_form", std::to_string(truth * 1e12) + "e-12");
  testing::Test::RecordProperty("mean", std::to_string(estimate.mean * 1e12) + "e-12");
}
TEST(Splitting, IsUnbiasedWherePlainSamplingReaches) {
  ExpectUnbiased(kSometimes.MakeRun(), kForEver, kSometimes.Truth());
}
TEST(Splitting, IsUnbiasedWherePlainSamplingDoesNot) {
  ExpectUnbiased(kHardlyEver.MakeRun(), kForEver, kHardlyEver.Truth());
}
TEST(Splitting, IsUnbiasedWithinAHorizon) { ExpectUnbiased(kClimb.MakeRun(), 100, kClimb.Truth()); }

// How often the interval of 20 replications, each with levels of its own pilot, has the closed form
// in it.
double Coverage(Walk walk, std::uint64_t horizon, double truth) {
  constexpr int kMeasurements = 100;
  int covered = 0;
  for (int i = 0; i < kMeasurements; ++i) {
    Work work;
    const auto estimates = Replications({&walk, horizon}, {.effort = 100}, 20,
                                        static_cast<std::uint64_t>(i) << 32, work);
    covered += EstimateMean(estimates, 0.95).interval.Covers(truth) ? 1 : 0;
  }
  return static_cast<double>(covered) / kMeasurements;
}
TEST(Splitting, CoversTheClosedFormAboutAsOftenAsItSays) {
  const double sometimes = Coverage(kSometimes.MakeRun(), kForEver, kSometimes.Truth());
  const double hardly_ever = Coverage(kHardlyEver.MakeRun(), kForEver, kHardlyEver.Truth());
  const double climb = Coverage(kClimb.MakeRun(), 100, kClimb.Truth());
  RecordProperty("coverage_1e-3", std::to_string(sometimes));
  RecordProperty("coverage_1e-9", std::to_string(hardly_ever));
  RecordProperty("coverage_horizon_1e-9", std::to_string(climb));
  // The replications are skewed: their t-intervals miss more often than in 5 %.
  EXPECT_GT(sometimes, 0.85);
  EXPECT_GT(hardly_ever, 0.85);
  EXPECT_GT(climb, 0.85);
}

// With an importance that misleads, the replications that matter are missing as a rule, and the
// interval is wrong more often than not: how few carry the mean says so.
TEST(Splitting, SaysThatItsReplicationsAreTooFew) {
  Walk walk = kClimb.MakeRun(), misled = kClimb.MakeRunThatForgetsTime();
  int warned = 0, warned_of_misled = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Work work;
    const SplittingOptions options{.effort = 150};
    const auto good = Replications({&walk, 100}, options, 20, i << 32, work);
    const auto bad = Replications({&misled, 100}, options, 20, i << 32, work);
    warned += EstimateMean(good, 0.95).IsCarriedByFew() ? 1 : 0;
    warned_of_misled += EstimateMean(bad, 0.95).IsCarriedByFew() ? 1 : 0;
  }
  EXPECT_LE(warned, 3);
  EXPECT_GE(warned_of_misled, 17);
}

// Variance times work, beside plain sampling's closed form for the same.
TEST(Splitting, CostsLessThanPlainSamplingWhereTheEventIsRare) {
  for (const Queue& queue : {kSometimes, kHardlyEver}) {
    Walk walk = queue.MakeRun();
    Work work;
    const auto estimates = Replications({&walk, kForEver}, {.effort = 100}, 200, 9, work);
    const MeanEstimate split = EstimateMean(estimates, 0.95);
    const PlainSample plain = SamplePlain({&walk, kForEver}, 10'000, 3);
    const double segments_of_one =
        static_cast<double>(plain.work.segments) / static_cast<double>(plain.work.runs);
    const double gain = queue.Truth() * (1 - queue.Truth()) * segments_of_one /
                        (split.variance * static_cast<double>(work.segments) / 200);
    RecordProperty("gain_" + std::to_string(queue.capacity), std::to_string(gain));
    EXPECT_GT(gain, queue.capacity == kSometimes.capacity ? 1 : 10'000);
  }
}

TEST(ChooseLevels, AscendFromTheStartToTheEvent) {
  Walk walk = kHardlyEver.MakeRun();
  Work work;
  const auto levels = ChooseLevels({&walk, kForEver}, {.effort = 100}, 1, work);
  ASSERT_FALSE(levels.empty());
  EXPECT_THAT(levels, testing::WhenSorted(testing::ElementsAreArray(levels)));
  EXPECT_LE(levels.front(), 5);
  EXPECT_GE(levels.back(), kHardlyEver.capacity - 5);
  EXPECT_LT(levels.back(), kEvent);
}

// Nothing to climb on: one level, or none, and the estimate is plain sampling's.
class Flat : public SeededRun {
 public:
  void Restart() override {}
  RunState Step(std::uint64_t seed) override {
    return {.importance = Uniform(seed) < 0.01 ? kEvent : 0};
  }
};
TEST(Splitting, WithoutImportanceIsPlainSampling) {
  Flat flat;
  Work work;
  const auto estimates = Replications({&flat, 10}, {.effort = 50}, 2000, 1, work);
  const MeanEstimate estimate = EstimateMean(estimates, 0.9999);
  EXPECT_TRUE(estimate.interval.Covers(1 - std::pow(0.99, 10)));
}

// Draws from elsewhere. Seen to fail when states played again were not compared.
class Forgetful : public SeededRun {
 public:
  void Restart() override { at_ = 0; }
  RunState Step(std::uint64_t seed) override {
    at_ += Uniform(seed) < 0.5 ? 1 : -1;
    return {.importance = at_ >= 20 ? kEvent : at_, .fingerprint = ++ever_};
  }

 private:
  int at_ = 0;
  std::uint64_t ever_ = 0;
};
TEST(Splitting, SaysThatARunDidNotRepeat) {
  Forgetful forgetful;
  Work work;
  Replications({&forgetful, 100}, {.effort = 20}, 1, 1, work);
  EXPECT_GT(work.not_repeated, 0U);
}

TEST(Splitting, EndsWhenItIsTold) {
  Walk walk = kHardlyEver.MakeRun();
  int left = 30;
  const RareEvent event{&walk, kForEver, [&left] { return --left > 0; }};
  Work work;
  EXPECT_EQ(SplitOnce(event, {2, 3, 4}, {.effort = 20}, 1, work), std::nullopt);
  EXPECT_EQ(work.runs, 30U);
  left = 10;
  EXPECT_EQ(SamplePlain(event, 100, 1).work.runs, 10U);
}

}  // namespace
}  // namespace framefence::statistics
