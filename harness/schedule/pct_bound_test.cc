// PCT finds bugs of depth 1, 2 and 3 as often as its bound says, 1 / (n * k^(d-1)), and a twin is never
// reported.
//
// A run is a Bernoulli trial of at least that probability p. Of N trials fewer than (1 - kSlack) * N * p
// hit with a probability below exp(-kSlack^2 * N * p / 2) (Chernoff), and N is such that this is 1e-9.
// Seeds are fixed: a build that passes goes on to.
//
// Seen to fail: change points that are never applied; only the first of them; initial priorities in the
// order of numbers. The twins: a wait that leaves priorities as they are; a deadlock called so when one
// fibre is idle.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/schedule/play_plant_for_tests.h"

namespace framefence::schedule {
namespace {

using testing::Variant;

constexpr double kSlack = 1.0 / 3, kErrorMax = 1e-9;

template <template <class, Variant> class Plant>
struct Named {
  using Planted = Plant<FibreSync, Variant::kPlanted>;
  using Twin = Plant<FibreSync, Variant::kTwin>;

  static double Bound() {
    return 1 / (Planted::kFibres * std::pow(Planted::kSteps, Planted::kDepth - 1));
  }
  static std::uint64_t Trials() {
    return static_cast<std::uint64_t>(
        std::ceil(-2 * std::log(kErrorMax) / (kSlack * kSlack * Bound())));
  }
};

template <class Plants>
class PctBoundTest : public ::testing::Test {};
using AllPlants =
    ::testing::Types<Named<testing::ServesBeforeBinding>, Named<testing::SendsAfterRevoke>,
                     Named<testing::SendsRecycledSlot>, Named<testing::SendsHalfFilledStill>>;
TYPED_TEST_SUITE(PctBoundTest, AllPlants);

TYPED_TEST(PctBoundTest, PlantedBugIsFoundAsOftenAsTheBoundSays) {
  using Planted = typename TypeParam::Planted;
  const std::uint64_t trials = TypeParam::Trials();
  std::uint64_t hits = 0, hits_of_random = 0, steps_max = 0;
  for (std::uint64_t seed = 0; seed < trials; ++seed) {
    PctSchedule pct(seed, Planted::kDepth, Planted::kSteps);
    RandomSchedule random(seed);
    bool wrong = false;
    const Played run = testing::PlayOnce<Planted>(pct, wrong);
    ASSERT_EQ(run.ending, Ending::kAllEnded) << run.Describe();
    steps_max = std::max(steps_max, run.steps);
    hits += wrong ? 1 : 0;
    testing::PlayOnce<Planted>(random, wrong);
    hits_of_random += wrong ? 1 : 0;
  }
  EXPECT_EQ(steps_max, Planted::kSteps);  // the bound is for as many
  const double least = (1 - kSlack) * static_cast<double>(trials) * TypeParam::Bound();
  EXPECT_GE(static_cast<double>(hits), least);
  const auto report = [&](const char* what, double value) {
    this->RecordProperty(what, std::to_string(value));
  };
  report("bound", TypeParam::Bound());
  report("pct", static_cast<double>(hits) / static_cast<double>(trials));
  report("random", static_cast<double>(hits_of_random) / static_cast<double>(trials));
}

// At depths of no use to the plant a schedule could still find a mistake of the twin.
TYPED_TEST(PctBoundTest, TwinIsNeverReported) {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const auto depth = static_cast<std::uint32_t>(1 + seed % 5);
    PctSchedule pct(seed, depth, TypeParam::Planted::kSteps * 2);
    RandomSchedule random(seed);
    for (Schedule* const schedule :
         {static_cast<Schedule*>(&pct), static_cast<Schedule*>(&random)}) {
      bool wrong = false;
      const Played run = testing::PlayOnce<typename TypeParam::Twin>(*schedule, wrong);
      ASSERT_TRUE(run.ending == Ending::kAllEnded && !wrong) << run.Describe();
    }
  }
}

// Depth 1: however long a fibre must be held back, the bound is 1 / n. Seen to fail with initial
// priorities in the order of numbers.
TEST(PctAndRandomTest, FibreThatIsHeldBackForLongIsFoundByPctAndHardlyByRandom) {
  constexpr int kSteps = 20, kTrials = 1000;
  const auto is_held_back = [](Schedule& schedule) {
    FibreSync::Atomic<int> begun(0);
    bool held_back = false;
    Fibres fibres;
    fibres.Add([&] {
      int seen = 0;
      for (int i = 0; i < kSteps; ++i) seen = begun.load(testing::kAcquire);
      held_back = seen == 0;
    });
    fibres.Add([&] { begun.store(1, testing::kRelease); });
    fibres.Play(schedule);
    return held_back;
  };
  int pct_hits = 0, random_hits = 0;
  for (std::uint64_t seed = 0; seed < kTrials; ++seed) {
    PctSchedule pct(seed, 1, kSteps);
    RandomSchedule random(seed);
    pct_hits += is_held_back(pct) ? 1 : 0;
    random_hits += is_held_back(random) ? 1 : 0;
  }
  EXPECT_NEAR(pct_hits, kTrials / 2, 100);
  EXPECT_EQ(random_hits, 0);
}

}  // namespace
}  // namespace framefence::schedule
