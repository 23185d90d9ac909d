// Each model is measured against its closed form.
//
// Tolerances: a rate estimated from n independent draws has a standard deviation of sqrt(q (1 - q)
// / n). Draws of a chain are correlated with factor (1 - p - r) from packet to packet, which
// multiplies the variance by at most (1 + c) / (1 - c), c = 1 - p - r. A mean over b bursts has
// deviation sqrt(variance / b), with a burst's variance below the square of its mean plus the mean.
// Tests allow 5 deviations; seeds are fixed, so that a pass stays a pass.
//
// Seen to fail: each threshold of LossProcess::SetModel, in turn, multiplied by 1.03.
#include "harness/net/loss_model.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "harness/net/losses_for_tests.h"

namespace framefence::net {
namespace {

constexpr int kPackets = 4'000'000;
constexpr double kDeviations = 5;

MeasuredLoss Measure(const LossModel& model, std::uint64_t seed) {
  return MeasureLoss(model, seed, kPackets);
}

// `correlation` of one packet's state with the next one's: 1 - p - r for a chain, 0 for independent
// packets.
void ExpectClosedForm(const LossModel& model, double correlation) {
  const MeasuredLoss measured = Measure(model, 1);
  const double rate = LossRate(model);
  const double burst = MeanBurstPackets(model);
  const double stretch = (1 + correlation) / (1 - correlation);
  EXPECT_NEAR(measured.loss_rate, rate,
              kDeviations * std::sqrt(rate * (1 - rate) * stretch / kPackets));
  ASSERT_GT(measured.bursts, 1000);
  EXPECT_NEAR(measured.mean_burst, burst,
              kDeviations * std::sqrt((burst * burst + burst) / measured.bursts));
}

TEST(LossModelTest, BernoulliMatchesItsClosedForm) {
  for (const std::uint32_t n : {1U, 6U, 64U, 128U, 200U, 255U}) {
    const Bernoulli model{.loss = Probability::OutOf(n, 8)};
    EXPECT_DOUBLE_EQ(LossRate(model), n / 256.0);
    EXPECT_NEAR(MeanBurstPackets(model), 1 / (1 - n / 256.0), 1e-9);
    ExpectClosedForm(model, 0);
  }
}

TEST(LossModelTest, GilbertBurstsLastAsLongAsTheBadState) {
  const GilbertElliott model{.p_good_to_bad = Probability::OutOf(3, 8),
                             .p_bad_to_good = Probability::OutOf(64, 8),
                             .loss_good = Probability::Never(),
                             .loss_bad = Probability::Always()};
  EXPECT_NEAR(LossRate(model), 3.0 / 67, 1e-12);
  EXPECT_NEAR(MeanBurstPackets(model), 4, 1e-12);
  ExpectClosedForm(model, 1 - 67.0 / 256);
}

TEST(LossModelTest, GilbertElliottMatchesItsClosedForm) {
  const GilbertElliott model{.p_good_to_bad = Probability::OutOf(10, 8),
                             .p_bad_to_good = Probability::OutOf(40, 8),
                             .loss_good = Probability::OutOf(4, 8),
                             .loss_bad = Probability::OutOf(180, 8)};
  EXPECT_NEAR(LossRate(model), (40 * 4 + 10 * 180) / (50 * 256.0), 1e-12);
  ExpectClosedForm(model, 1 - 50.0 / 256);
}

TEST(LossModelTest, CleanLosesNothingAndBlackoutEverything) {
  const MeasuredLoss clean = Measure(Clean{}, 2);
  EXPECT_EQ(clean.loss_rate, 0);
  EXPECT_EQ(LossRate(Clean{}), 0);
  EXPECT_EQ(MeanBurstPackets(Clean{}), 0);
  EXPECT_EQ(Measure(Blackout{}, 2).loss_rate, 1);
  EXPECT_EQ(LossRate(Blackout{}), 1);
  EXPECT_EQ(MeanBurstPackets(Blackout{}), std::numeric_limits<double>::infinity());
}

TEST(LossModelTest, AChainThatCannotReachTheBadStateIsJudgedByTheGoodOne) {
  const GilbertElliott model{.p_good_to_bad = Probability::Never(),
                             .p_bad_to_good = Probability::Never(),
                             .loss_good = Probability::OutOf(32, 8),
                             .loss_bad = Probability::Always()};
  EXPECT_DOUBLE_EQ(LossRate(model), 0.125);
  ExpectClosedForm(model, 0);
}

TEST(LossModelTest, AChainThatCannotComeBackStaysBad) {
  const GilbertElliott model{.p_good_to_bad = Probability::Always(),
                             .p_bad_to_good = Probability::Never(),
                             .loss_good = Probability::Never(),
                             .loss_bad = Probability::Always()};
  LossProcess process(Prng(3), model);
  EXPECT_FALSE(process.Lose()) << "the chain starts in the good state";
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(process.Lose());
}

TEST(LossModelTest, OneSeedGivesOneSeriesOfFates) {
  const Bernoulli half{.loss = Probability::OutOf(1, 1)};
  LossProcess one(Prng(4), half);
  LossProcess same(Prng(4), half);
  LossProcess other(Prng(5), half);
  int differences = 0;
  for (int i = 0; i < 1000; ++i) {
    const bool lost = one.Lose();
    EXPECT_EQ(lost, same.Lose());
    differences += lost != other.Lose() ? 1 : 0;
  }
  EXPECT_GT(differences, 400);
}

TEST(LossModelTest, AChangeOfModelDoesNotShiftLaterFates) {
  const Bernoulli half{.loss = Probability::OutOf(1, 1)};
  LossProcess steady(Prng(6), half);
  LossProcess changed(Prng(6), Blackout{});
  for (int i = 0; i < 100; ++i) {
    steady.Lose();
    EXPECT_TRUE(changed.Lose());
  }
  changed.SetModel(half);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(steady.Lose(), changed.Lose());
}

TEST(ProbabilityTest, IsExactAndNeverMoreThanOne) {
  EXPECT_EQ(Probability::OutOf(1, 16).value(), 1.0 / 65536);
  EXPECT_EQ(Probability::OutOf(256, 8), Probability::Always());
  EXPECT_EQ(Probability::OutOf(0xffffffffU, 8), Probability::Always());
  EXPECT_EQ(Probability::OutOf(0, 8), Probability::Never());
}

}  // namespace
}  // namespace framefence::net
