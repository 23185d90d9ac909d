#include "harness/statistics/confidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "harness/base/prng.h"

namespace framefence::statistics {
namespace {

double Uniform(Prng& prng) { return static_cast<double>(prng.Next() >> 11) * 0x1p-53; }

void ExpectNear(const Interval& interval, double low, double high, double tolerance) {
  EXPECT_NEAR(interval.low, low, tolerance);
  EXPECT_NEAR(interval.high, high, tolerance);
}

TEST(BinomialInterval, IsClopperAndPearsons) {
  ExpectNear(BinomialInterval(0, 10, 0.95), 0, 1 - std::pow(0.025, 0.1), 1e-12);
  ExpectNear(BinomialInterval(5, 10, 0.95), 0.1870860, 0.8129140, 1e-7);  // R: binom.test(5, 10)
  ExpectNear(BinomialInterval(10, 10, 0.95), std::pow(0.025, 0.1), 1, 1e-12);
}

// P(at most `successes` of `trials`), by its sum.
double AtMost(std::uint64_t successes, std::uint64_t trials, double probability) {
  const auto n = static_cast<double>(trials);
  double sum = 0;
  for (std::uint64_t i = 0; i <= successes; ++i) {
    const auto k = static_cast<double>(i);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                    k * std::log(probability) + (n - k) * std::log1p(-probability));
  }
  return sum;
}

// What defines it: at its ends, as many successes or more, or fewer, are just as unlikely as said.
TEST(BinomialInterval, EndsWhereTheTailsAre) {
  for (const std::uint64_t successes : {1U, 7U, 99U}) {
    const Interval interval = BinomialInterval(successes, 100, 0.99);
    EXPECT_NEAR(1 - AtMost(successes - 1, 100, interval.low), 0.005, 1e-9);
    EXPECT_NEAR(AtMost(successes, 100, interval.high), 0.005, 1e-9);
  }
}

// Garwood's table: 95 % limits of a Poisson count.
TEST(PoissonRateInterval, IsGarwoodsInterval) {
  ExpectNear(PoissonRateInterval(0, 1, 0.95), 0, 3.688879, 1e-6);
  ExpectNear(PoissonRateInterval(1, 1, 0.95), 0.025318, 5.571643, 1e-6);
  ExpectNear(PoissonRateInterval(5, 1, 0.95), 1.623486, 11.668332, 1e-6);
  ExpectNear(PoissonRateInterval(10, 2, 0.95), 4.795389 / 2, 18.390356 / 2, 1e-6);
}

TEST(BoundOfNone, FollowsItsClosedFormAndTheRuleOfThree) {
  EXPECT_NEAR(BinomialBoundOfNone(1, 0.95), 0.95, 1e-12);
  EXPECT_NEAR(BinomialBoundOfNone(10, 0.95), 1 - std::pow(0.05, 0.1), 1e-12);
  EXPECT_NEAR(BinomialBoundOfNone(1'000'000, 0.95) * 1e6, 3, 0.01);
  EXPECT_NEAR(PoissonRateBoundOfNone(2, 0.95), 2.995732 / 2, 1e-6);
  // Far below what 1 - p can tell from 1.
  EXPECT_NEAR(BinomialBoundOfNone(1'000'000'000'000'000'000U, 0.95) * 1e18, 2.995732, 1e-6);
}

// R: t.test(c(1, 2, 3, 4, 5)).
TEST(EstimateMean, IsStudentsTInterval) {
  const std::array<double, 5> samples = {1, 2, 3, 4, 5};
  const MeanEstimate estimate = EstimateMean(samples, 0.95);
  EXPECT_DOUBLE_EQ(estimate.mean, 3);
  EXPECT_DOUBLE_EQ(estimate.variance, 2.5);
  ExpectNear(estimate.interval, 1.036757, 4.963243, 1e-6);
  EXPECT_DOUBLE_EQ(estimate.effective, 225.0 / 55);
  EXPECT_DOUBLE_EQ(EstimateMean(std::array<double, 4>{0, 0, 8, 0}, 0.95).effective, 1);
  EXPECT_DOUBLE_EQ(EstimateMean(std::array<double, 2>{0, 0}, 0.95).effective, 0);
}

// --- how often they have the true value in them, of so many measurements. Seen to fail with one
// tail's worth left out on each side (Tail() without its / 2), and with variance / count^2.

constexpr int kMeasurements = 4000;
// Three standard deviations of a share of 95 % in so many.
constexpr double kSlack = 0.0104;

template <class Measure>
double Coverage(double truth, Measure measure) {
  Prng prng(7);
  int covered = 0;
  for (int i = 0; i < kMeasurements; ++i) covered += measure(prng).Covers(truth) ? 1 : 0;
  return static_cast<double>(covered) / kMeasurements;
}

std::uint64_t DrawSuccesses(Prng& prng, double probability, int trials) {
  std::uint64_t successes = 0;
  for (int i = 0; i < trials; ++i) successes += Uniform(prng) < probability ? 1 : 0;
  return successes;
}

TEST(BinomialInterval, CoversAtLeastAsOftenAsItSays) {
  for (const double truth : {0.01, 0.1, 0.5}) {
    const double coverage = Coverage(truth, [truth](Prng& prng) {
      return BinomialInterval(DrawSuccesses(prng, truth, 200), 200, 0.95);
    });
    EXPECT_GE(coverage, 0.95 - kSlack) << truth;
    EXPECT_LE(coverage, 0.99) << truth << ": wider than discrete counts need";
  }
}

TEST(PoissonRateInterval, CoversAtLeastAsOftenAsItSays) {
  for (const double truth : {0.5, 3.0, 20.0}) {  // events an hour, for two hours
    const double coverage = Coverage(truth, [truth](Prng& prng) {
      std::uint64_t events = 0;
      for (double at = -std::log1p(-Uniform(prng)) / truth; at < 2;
           at -= std::log1p(-Uniform(prng)) / truth)
        ++events;
      return PoissonRateInterval(events, 2, 0.95);
    });
    EXPECT_GE(coverage, 0.95 - kSlack) << truth;
    EXPECT_LE(coverage, 0.995) << truth << ": wider than discrete counts need";
  }
}

TEST(EstimateMean, CoversNormalSamplesExactlyAsOftenAsItSays) {
  const double coverage = Coverage(3, [](Prng& prng) {
    std::vector<double> samples;
    for (int i = 0; i < 8; ++i)  // Box and Muller
      samples.push_back(3 + std::sqrt(-2 * std::log1p(-Uniform(prng))) *
                                std::cos(6.283185307179586 * Uniform(prng)));
    return EstimateMean(samples, 0.95).interval;
  });
  EXPECT_NEAR(coverage, 0.95, kSlack);
}

// A rate right at the bound brings nothing in one measurement of twenty: there the bound is just not
// too low. Seen to fail with the bound of half the confidence.
TEST(BoundOfNone, IsReachedByOneInTwenty) {
  constexpr int kTrials = 300;
  const double truth = BinomialBoundOfNone(kTrials, 0.95);
  Prng prng(11);
  int none = 0;
  for (int i = 0; i < kMeasurements; ++i) none += DrawSuccesses(prng, truth, kTrials) == 0 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(none) / kMeasurements, 0.05, kSlack);
}

}  // namespace
}  // namespace framefence::statistics
