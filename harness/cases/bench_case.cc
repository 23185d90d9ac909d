// What a fuzz engine pays for cases before the world runs: decoding and mutation of 32 steps.
#include <cstddef>
#include <vector>

#include "benchmark/benchmark.h"
#include "harness/cases/case.h"
#include "harness/cases/mutate.h"

namespace framefence::cases {
namespace {

constexpr std::size_t kSteps = 32;

std::vector<std::byte> RandomCase() {
  Prng prng(1);
  Case input;
  for (std::size_t i = 0; i < kSteps; ++i) input.steps.push_back(RandomStep(RandomOp(prng), prng));
  return EncodeCase(input);
}

void BM_DecodeCase(benchmark::State& state) {
  const std::vector<std::byte> bytes = RandomCase();
  Case decoded;
  for (auto _ : state) {
    if (DecodeCase(bytes, decoded) != DecodeStatus::kOk) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(decoded.steps.data());
  }
  if (EncodeCase(decoded) != bytes) state.SkipWithError("decoded to another case");
}
BENCHMARK(BM_DecodeCase);

void BM_Mutate(benchmark::State& state) {
  const std::vector<std::byte> parent = RandomCase();
  std::vector<std::byte> room(2 * parent.size());
  std::uint64_t seed = 0;
  std::uint64_t unchanged = 0;
  for (auto _ : state) {
    std::copy(parent.begin(), parent.end(), room.begin());
    const std::size_t size = Mutate(room, parent.size(), seed++);
    unchanged +=
        size == parent.size() && std::equal(parent.begin(), parent.end(), room.begin()) ? 1 : 0;
  }
  if (unchanged > seed / 2) state.SkipWithError("most mutations change nothing");
  state.counters["unchanged"] = static_cast<double>(unchanged) / static_cast<double>(seed);
}
BENCHMARK(BM_Mutate);

}  // namespace
}  // namespace framefence::cases

BENCHMARK_MAIN();
