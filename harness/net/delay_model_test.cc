// Jitter against its closed forms.
//
// Tolerances are 5 standard deviations: of a mean over n draws, deviation / sqrt(n); of a deviation,
// sqrt((kurtosis - 1) / (4 n)) of it, with a kurtosis of 1.8 (uniform), 2.7 (nearly normal) and at
// most 20 (Pareto, clipped at 4).
#include "harness/net/delay_model.h"

#include <algorithm>
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace framefence::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr int kPackets = 1'000'000;

struct Measured {
  double mean = 0;
  double deviation = 0;
  double earliest = 0;
  double latest = 0;
};

Measured Measure(Jitter jitter, VirtualDuration spread) {
  Prng prng(1);
  double sum = 0;
  double squares = 0;
  Measured measured;
  for (int i = 0; i < kPackets; ++i) {
    const auto us = static_cast<double>(JitterOf(jitter, spread, prng.Next()).count());
    sum += us;
    squares += us * us;
    measured.earliest = std::min(measured.earliest, us);
    measured.latest = std::max(measured.latest, us);
  }
  measured.mean = sum / kPackets;
  measured.deviation = std::sqrt(squares / kPackets - measured.mean * measured.mean);
  return measured;
}

// Seen to fail: kSumScale, and netem's factor in the table, changed by 1 %; and with a uniform draw
// that leaves out its last value.
TEST(JitterTest, EachDistributionMatchesItsClosedForm) {
  struct Expected {
    Jitter jitter;
    double kurtosis;
    double latest;  // in spreads
  };
  for (const Expected& expected :
       {Expected{Jitter::kUniform, 1.8, 1}, Expected{Jitter::kNormal, 2.7, 3.4642},
        Expected{Jitter::kPareto, 20, 4}}) {
    for (const VirtualDuration spread :
         {microseconds(3), microseconds(5'000), microseconds(60'000'000)}) {
      const DelayOptions options{
          .latency = std::chrono::minutes(5), .jitter = expected.jitter, .spread = spread};
      ASSERT_TRUE(Validate(options).ok());
      const Measured measured = Measure(expected.jitter, spread);
      const double deviation = DelayDeviationUs(options);
      const double mean = MeanDelayUs(options) - 300e6;
      // Rounding to whole microseconds: its mean is at most half of one, its variance 1/12.
      const double rounding = expected.jitter == Jitter::kUniform ? 0 : 0.05;
      EXPECT_NEAR(measured.mean, mean, 5 * deviation / std::sqrt(kPackets) + rounding);
      EXPECT_NEAR(measured.deviation, deviation,
                  5 * deviation * std::sqrt((expected.kurtosis - 1) / 4 / kPackets) + rounding);
      EXPECT_LE(measured.latest, expected.latest * static_cast<double>(spread.count()) + 1);
      EXPECT_GE(measured.earliest,
                -static_cast<double>(EarliestBy(expected.jitter, spread).count()));
    }
  }
  EXPECT_EQ(JitterOf(Jitter::kNone, milliseconds(5), 12345), VirtualDuration::zero());
}

TEST(JitterTest, AUniformOneReachesBothEnds) {
  const Measured measured = Measure(Jitter::kUniform, microseconds(3));
  EXPECT_EQ(measured.earliest, -3);
  EXPECT_EQ(measured.latest, 3);
}

// Seen to fail with kSumMean less by 70, too little for a mean over a million draws.
TEST(JitterTest, TheNearlyNormalIsTheSameBothWays) {
  const VirtualDuration spread = milliseconds(50'000);
  Prng prng(2);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t draw = prng.Next();
    const VirtualDuration apart =
        JitterOf(Jitter::kNormal, spread, draw) + JitterOf(Jitter::kNormal, spread, ~draw);
    EXPECT_LE(std::abs(apart.count()), 1);
  }
}

// netem's curve, before it is clipped: (u^(-1/3) - 1.5) * 4/3. Seen to fail with a square root.
TEST(JitterTest, TheParetoIsNetems) {
  const VirtualDuration spread = microseconds(8192 * 100);
  for (const std::uint64_t interval : {0U, 20U, 50U, 500U, 1024U, 2047U}) {
    const double u = (static_cast<double>(interval) + 0.5) / 2048;
    const double exact = std::min((std::pow(u, -1.0 / 3) - 1.5) * 4 / 3, 32767.0 / 8192);
    const auto us = JitterOf(Jitter::kPareto, spread, interval << 53).count();
    EXPECT_NEAR(static_cast<double>(us) / static_cast<double>(spread.count()), exact, 2e-4);
  }
  const DelayOptions options{.jitter = Jitter::kPareto, .spread = spread};
  EXPECT_NEAR(MeanDelayUs(options) / static_cast<double>(spread.count()), -0.033, 0.001);
}

TEST(DelayModelTest, OptionsWithoutMeaningAreRefused) {
  const auto message = [](const DelayOptions& options) {
    const Outcome outcome = Validate(options);
    return outcome.ok() ? "" : outcome.error().message;
  };
  EXPECT_EQ(message({}), "");
  EXPECT_THAT(message({.latency = microseconds(-1)}), HasSubstr("latency of -1 us"));
  EXPECT_THAT(message({.latency = std::chrono::minutes(10) + microseconds(1)}),
              HasSubstr("latency"));
  EXPECT_THAT(message({.spread = microseconds(-1)}), HasSubstr("jitter of -1 us"));
  EXPECT_THAT(message({.latency = std::chrono::minutes(10), .spread = microseconds(60'000'001)}),
              HasSubstr("jitter of 60000001 us"));
  EXPECT_THAT(message({.reordering = {.gap = 0}}), HasSubstr("gap of 0"));
}

// Seen to fail without the check: the world would be handed arrivals before their offers.
TEST(DelayModelTest, JitterThatWouldNeedTimeToRunBackwardsIsRefused) {
  const milliseconds spread(10);
  for (const auto& [jitter, least_us] :
       {std::pair{Jitter::kUniform, 10'000}, std::pair{Jitter::kNormal, 34'641},
        std::pair{Jitter::kPareto, 6'667}}) {
    EXPECT_NEAR(static_cast<double>(EarliestBy(jitter, spread).count()), least_us, 5);
    const VirtualDuration least = EarliestBy(jitter, spread);
    EXPECT_TRUE(Validate(DelayOptions{.latency = least, .jitter = jitter, .spread = spread}).ok());
    EXPECT_FALSE(
        Validate(
            DelayOptions{.latency = least - microseconds(1), .jitter = jitter, .spread = spread})
            .ok());
  }
}

TEST(DelayModelTest, TheReorderRateCountsThePacketsBetween) {
  EXPECT_DOUBLE_EQ(ReorderRate({}), 0);
  EXPECT_DOUBLE_EQ(ReorderRate({.probability = Probability::OutOf(1, 2)}), 0.25);
  EXPECT_DOUBLE_EQ(ReorderRate({.probability = Probability::Always(), .gap = 5}), 0.2);
  EXPECT_DOUBLE_EQ(ReorderRate({.probability = Probability::OutOf(1, 1), .gap = 4}), 0.2);
}

}  // namespace
}  // namespace framefence::net
