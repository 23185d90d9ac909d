// What a packet's fate costs, beside the draw alone. Each run checks its answer: the loss rate.
#include <cmath>
#include <cstdint>

#include "benchmark/benchmark.h"
#include "harness/net/link.h"

namespace framefence::net {
namespace {

void BM_Draw(benchmark::State& state) {
  Prng prng(1);
  for (auto _ : state) benchmark::DoNotOptimize(prng.Next());
}
BENCHMARK(BM_Draw);

const GilbertElliott kBursts{.p_good_to_bad = Probability::OutOf(10, 8),
                             .p_bad_to_good = Probability::OutOf(40, 8),
                             .loss_good = Probability::OutOf(4, 8),
                             .loss_bad = Probability::OutOf(180, 8)};

void BM_Lose(benchmark::State& state) {
  constexpr int kBatch = 1024;
  LossProcess process(Prng(1), kBursts);
  std::uint64_t lost = 0;
  for (auto _ : state) {
    for (int i = 0; i < kBatch; ++i) lost += process.Lose() ? 1 : 0;
    benchmark::DoNotOptimize(lost);
  }
  const auto packets = static_cast<double>(state.iterations() * kBatch);
  const double error = std::abs(static_cast<double>(lost) / packets - LossRate(kBursts));
  if (packets > 1e6 && error > 0.01) state.SkipWithError("the loss rate is wrong");
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(BM_Lose);

void BM_Offer(benchmark::State& state) {
  Link link(LossProcess(Prng(1), kBursts), std::chrono::milliseconds(20));
  for (auto _ : state) benchmark::DoNotOptimize(link.Offer(VirtualTime{}));
  const LinkCounters& counters = link.counters();
  if (counters.offered != counters.lost + counters.passed)
    state.SkipWithError("packets are missing");
}
BENCHMARK(BM_Offer);

}  // namespace
}  // namespace framefence::net

BENCHMARK_MAIN();
