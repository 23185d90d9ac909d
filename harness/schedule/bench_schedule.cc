// What a step of a fibre costs, and how often each schedule finds what is planted.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>

#include "harness/schedule/fibre_sync.h"
#include "harness/schedule/play_plant_for_tests.h"
#include "harness/schedule/schedule.h"

namespace framefence::schedule {
namespace {

using testing::Variant;

RandomSchedule Random(std::uint64_t seed, std::uint32_t, std::uint32_t) {
  return RandomSchedule(seed);
}
PctSchedule Pct(std::uint64_t seed, std::uint32_t depth, std::uint32_t steps) {
  return PctSchedule(seed, depth, steps);
}

// Two fibres that touch one atomic.
void BM_Step(benchmark::State& state, const auto& make) {
  constexpr std::uint64_t kTouches = 10'000;
  std::uint64_t seed = 0, steps = 0;
  for (auto _ : state) {
    FibreSync::Atomic<std::uint64_t> shared(0);
    Fibres fibres;
    for (int i = 0; i < 2; ++i) {
      fibres.Add([&shared] {
        for (std::uint64_t touch = 0; touch < kTouches; ++touch)
          shared.fetch_add(1, std::memory_order_relaxed);
      });
    }
    auto schedule = make(++seed, 3, 2 * kTouches);
    steps += fibres.Play(schedule).steps;
    if (shared.load(std::memory_order_relaxed) != 2 * kTouches) state.SkipWithError("lost touches");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(steps));
}
BENCHMARK_CAPTURE(BM_Step, random, Random);
BENCHMARK_CAPTURE(BM_Step, pct, Pct);

// Runs of a plant: the rate at which it goes wrong, beside PCT's bound.
template <template <class, Variant> class Template, auto kMake>
void BM_Find(benchmark::State& state) {
  using Plant = Template<FibreSync, Variant::kPlanted>;
  std::uint64_t seed = 0, found = 0;
  for (auto _ : state) {
    bool wrong = false;
    auto schedule = kMake(++seed, Plant::kDepth, Plant::kSteps);
    if (testing::PlayOnce<Plant>(schedule, wrong).ending != Ending::kAllEnded)
      state.SkipWithError("a deadlock");
    found += wrong ? 1 : 0;
  }
  state.counters["rate"] = static_cast<double>(found) / static_cast<double>(state.iterations());
  state.counters["pct_bound"] = 1 / (Plant::kFibres * std::pow(Plant::kSteps, Plant::kDepth - 1));
}
BENCHMARK_TEMPLATE(BM_Find, testing::ServesBeforeBinding, Random);
BENCHMARK_TEMPLATE(BM_Find, testing::ServesBeforeBinding, Pct);
BENCHMARK_TEMPLATE(BM_Find, testing::SendsAfterRevoke, Random);
BENCHMARK_TEMPLATE(BM_Find, testing::SendsAfterRevoke, Pct);
BENCHMARK_TEMPLATE(BM_Find, testing::SendsRecycledSlot, Random);
BENCHMARK_TEMPLATE(BM_Find, testing::SendsRecycledSlot, Pct);
BENCHMARK_TEMPLATE(BM_Find, testing::SendsHalfFilledStill, Random);
BENCHMARK_TEMPLATE(BM_Find, testing::SendsHalfFilledStill, Pct);

}  // namespace
}  // namespace framefence::schedule

BENCHMARK_MAIN();
