// What simulating costs, with the oracle on: a fresh world, a case of 32 steps, a second of cameras by
// their own clock. Beside them memcpy of the bytes that go through the world, once each: of frames
// at cameras, of packets and frames at viewers.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "targets/adapters/measured_worlds.h"

namespace framefence::sim {
namespace {

class ByteCount final : public TraceSink {
 public:
  void OnEvent(const TraceEvent& event) override {
    if (event.kind == TraceKind::kPublished) bytes_ += event.c;
    if (event.kind == TraceKind::kArrival || event.kind == TraceKind::kFrame) bytes_ += event.b;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

// From and to buffers in turn, no more of them than a core's own caches hold, as a world's are.
void Copy(benchmark::State& state, std::size_t bytes) {
  constexpr std::size_t kAtATime = 16 * 1024, kBuffers = 8;
  std::vector<std::byte> from(kBuffers * kAtATime), to(kBuffers * kAtATime);
  std::size_t buffer = 0;
  for (auto _ : state) {
    for (std::size_t done = 0; done < bytes; done += kAtATime) {
      std::memcpy(&to[buffer * kAtATime], &from[buffer * kAtATime],
                  std::min(kAtATime, bytes - done));
      benchmark::DoNotOptimize(to.data());
      benchmark::ClobberMemory();
      buffer = (buffer + 1) % kBuffers;
    }
  }
}

void BM_FreshWorld(benchmark::State& state) {
  Simulation simulation;
  for (auto _ : state) simulation.world.Begin(cases::WorldOptions{});
  FRAMEFENCE_CHECK(simulation.world.counters().refused == 0);
}
BENCHMARK(BM_FreshWorld);

void BM_Case(benchmark::State& state) {
  Simulation simulation;
  const std::vector<cases::Case> cases = MeasuredCases();
  std::size_t next = 0;
  std::uint64_t delivered = 0, violations = 0;
  for (auto _ : state) {
    simulation.world.Play(cases[next]);
    delivered += simulation.world.counters().packets_delivered != 0 ? 1 : 0;
    violations += simulation.world.oracle().statistics().violations;
    next = (next + 1) % cases.size();
  }
  FRAMEFENCE_CHECK(delivered == static_cast<std::uint64_t>(state.iterations()) && violations == 0);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Case);

void BM_CaseMemcpy(benchmark::State& state) {
  Simulation simulation;
  ByteCount count;
  simulation.world.UseTrace(&count);
  const std::vector<cases::Case> cases = MeasuredCases();
  for (const cases::Case& each : cases) simulation.world.Play(each);
  Copy(state, count.bytes() / cases.size());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_CaseMemcpy);

// Items are camera-seconds.
void BM_CameraSeconds(benchmark::State& state, CameraFleet (*homes_of)()) {
  CameraFleet homes = homes_of();
  homes.Start();
  for (auto _ : state) homes.PlaySecond();
  FRAMEFENCE_CHECK(homes.AllIsWell());
  state.SetItemsProcessed(state.iterations() * CameraFleet::kCameras);
}
BENCHMARK_CAPTURE(BM_CameraSeconds, small, SmallFrames);
BENCHMARK_CAPTURE(BM_CameraSeconds, large, LargeFrames);
BENCHMARK_CAPTURE(BM_CameraSeconds, lossy, LossyFrames);

void BM_CameraSecondsMemcpy(benchmark::State& state, CameraFleet (*homes_of)()) {
  constexpr std::size_t kSeconds = 10;
  CameraFleet homes = homes_of();
  ByteCount count;
  homes.world().UseTrace(&count);
  homes.Start();
  for (std::size_t i = 0; i < kSeconds; ++i) homes.PlaySecond();
  Copy(state, count.bytes() / kSeconds);
  state.SetItemsProcessed(state.iterations() * CameraFleet::kCameras);
}
BENCHMARK_CAPTURE(BM_CameraSecondsMemcpy, small, SmallFrames);
BENCHMARK_CAPTURE(BM_CameraSecondsMemcpy, large, LargeFrames);

}  // namespace
}  // namespace framefence::sim

BENCHMARK_MAIN();
