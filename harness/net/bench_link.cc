// What a packet's fate costs, beside the draw alone, model by model. Each checks its answer before
// it is timed, and prints it: what was measured over 4,000,000 packets, and the closed form.
#include <cmath>
#include <cstdint>
#include <string>

#include "benchmark/benchmark.h"
#include "harness/net/losses_for_tests.h"
#include "harness/net/presets.h"

namespace framefence::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kChecked = 4'000'000;
constexpr std::uint32_t kBytes = 1200;

Probability Percent(std::uint32_t percent) { return Probability::PerMillion(percent * 10'000); }

// Within 2 percent, or a thousandth.
void Check(benchmark::State& state, const char* what, double measured, double closed_form) {
  state.counters[what] = measured;
  state.counters[std::string(what) + "_closed"] = closed_form;
  if (std::abs(measured - closed_form) > 0.02 * std::abs(closed_form) + 0.001)
    state.SkipWithError("not what the closed form says");
}

void BM_Draw(benchmark::State& state) {
  Prng prng(1);
  for (auto _ : state) benchmark::DoNotOptimize(prng.Next());
}
BENCHMARK(BM_Draw);

// --- loss

const ErrorPattern& Pattern() {
  static const ErrorPattern pattern = [] {
    std::string text;
    LossProcess losses(Prng(2), GilbertElliott{Percent(5), Percent(25), {}, Percent(80)});
    for (int i = 0; i < 100'000; ++i) text += losses.Lose() ? '1' : '0';
    return ErrorPattern::Parse(text).value();
  }();
  return pattern;
}

void BM_Lose(benchmark::State& state, const LossModel& model) {
  const MeasuredLoss measured = MeasureLoss(model, 1, kChecked);
  Check(state, "rate", measured.loss_rate, LossRate(model));
  if (measured.bursts > 0) Check(state, "burst", measured.mean_burst, MeanBurstPackets(model));
  LossProcess process(Prng(1), model);
  for (auto _ : state) benchmark::DoNotOptimize(process.Lose());
}
BENCHMARK_CAPTURE(BM_Lose, clean, Clean{});
BENCHMARK_CAPTURE(BM_Lose, bernoulli, Bernoulli{Percent(5)});
BENCHMARK_CAPTURE(BM_Lose, gilbert, GilbertElliott{Percent(1), Percent(25), {}, Percent(100)});
BENCHMARK_CAPTURE(BM_Lose, gilbert_elliott,
                  GilbertElliott{Percent(4), Percent(16), Percent(2), Percent(70)});
BENCHMARK_CAPTURE(BM_Lose, four_state,
                  FourState{Percent(1), Percent(20), Percent(10), Percent(50), Percent(1)});
BENCHMARK_CAPTURE(BM_Lose, heavy_tailed,
                  HeavyTailedBursts{ParetoRun{1, 200, 1'600}, ParetoRun{10, 5'000, 1'300}});
BENCHMARK_CAPTURE(BM_Lose, recorded, RecordedLoss{&Pattern(), 0});
BENCHMARK_CAPTURE(BM_Lose, blackout, Blackout{});

// --- delay

void BM_Jitter(benchmark::State& state, Jitter jitter) {
  const DelayOptions options{
      .latency = milliseconds(50), .jitter = jitter, .spread = milliseconds(5)};
  Prng prng(1);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kChecked; ++i) {
    const auto us = static_cast<double>(JitterOf(jitter, options.spread, prng.Next()).count());
    sum += us;
    squares += us * us;
  }
  const double mean = sum / kChecked;
  Check(state, "mean_us", 50'000 + mean, MeanDelayUs(options));
  Check(state, "deviation_us", std::sqrt(squares / kChecked - mean * mean),
        DelayDeviationUs(options));
  for (auto _ : state) benchmark::DoNotOptimize(JitterOf(jitter, options.spread, prng.Next()));
}
BENCHMARK_CAPTURE(BM_Jitter, uniform, Jitter::kUniform);
BENCHMARK_CAPTURE(BM_Jitter, normal, Jitter::kNormal);
BENCHMARK_CAPTURE(BM_Jitter, pareto, Jitter::kPareto);

// --- links: a packet of 1,200 bytes a millisecond

void BM_Offer(benchmark::State& state) {
  Link link(LossProcess(Prng(1), GilbertElliott{Percent(4), Percent(16), Percent(2), Percent(70)}),
            milliseconds(20));
  for (auto _ : state) benchmark::DoNotOptimize(link.Offer(VirtualTime{}));
  const LinkCounters& counters = link.counters();
  if (counters.offered != counters.lost + counters.passed)
    state.SkipWithError("packets are missing");
}
BENCHMARK(BM_Offer);

const DeliveryTrace& Trace() {
  static const DeliveryTrace trace = [] {
    std::string text;
    Prng prng(3);
    for (std::uint32_t ms = 0; ms < 60'000; ms += prng.Below(3)) text += std::to_string(ms) + "\n";
    return DeliveryTrace::Parse(text).value();
  }();
  return trace;
}

void BM_Send(benchmark::State& state, const LinkOptions& options) {
  Link link(Prng(1), options);
  VirtualTime now{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(link.Send(now, kBytes));
    now += milliseconds(1);
  }
  const LinkCounters& counters = link.counters();
  if (counters.offered !=
      counters.lost + counters.blacked_out + counters.queue_full + counters.passed)
    state.SkipWithError("packets are missing");
  state.counters["passed"] =
      static_cast<double>(counters.passed) / static_cast<double>(counters.offered);
}
const LinkOptions kEverything{
    .loss = GilbertElliott{Percent(4), Percent(16), Percent(2), Percent(70)},
    .delay = {.latency = milliseconds(50),
              .jitter = Jitter::kNormal,
              .spread = milliseconds(5),
              .keep_order = false,
              .reordering = {.probability = Percent(5), .gap = 3}},
    .queue = {.rate_bits_per_s = 10'000'000, .queue_bytes_max = 60'000},
    .damage = {.duplicate = Percent(1), .corrupt = Percent(1), .truncate = Percent(1)},
    .outage = {.from = VirtualTime(seconds(20)), .length = seconds(1), .every = seconds(60)}};
BENCHMARK_CAPTURE(BM_Send, nothing, LinkOptions{});
BENCHMARK_CAPTURE(BM_Send, jitter, LinkOptions{.delay = kEverything.delay});
BENCHMARK_CAPTURE(BM_Send, rate, LinkOptions{.queue = {.rate_bits_per_s = 10'000'000}});
BENCHMARK_CAPTURE(BM_Send, trace, LinkOptions{.queue = {.trace = &Trace()}});
BENCHMARK_CAPTURE(BM_Send, damage, LinkOptions{.damage = kEverything.damage});
BENCHMARK_CAPTURE(BM_Send, outage, LinkOptions{.outage = kEverything.outage});
BENCHMARK_CAPTURE(BM_Send, everything, kEverything);

// A thousand homes under one weather, a packet each in turn: a millisecond for all.
void BM_Weather(benchmark::State& state) {
  const WeatherOptions& options = FindPreset("fleet-storm")->weather;
  Weather weather(1, options);
  double lossy = 0;
  for (int i = 0; i < kChecked; ++i)
    lossy += weather.At(VirtualTime(options.slot * i)).loss.value() / kChecked;
  Check(state, "rate", lossy, WeatherLossRate(options));
  std::int64_t asked = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(weather.At(VirtualTime(milliseconds(++asked / 1000))));
}
BENCHMARK(BM_Weather);

}  // namespace
}  // namespace framefence::net

BENCHMARK_MAIN();
