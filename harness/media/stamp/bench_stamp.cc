// Stamps beside memcpy and memcmp of the same bytes. Each answer is checked before it is timed.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "harness/base/check.h"
#include "harness/media/stamp/stamp.h"

namespace framefence::media {
namespace {

constexpr Stamp kFirst{CameraId(3), BindingEpoch(2), FrameNumber(1000), 0};

std::vector<std::byte> Cells(std::size_t size) {
  std::vector<std::byte> bytes(size);
  WriteCells(kFirst, bytes);
  return bytes;
}

void Count(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void BM_Memcpy(benchmark::State& state) {
  const auto bytes = Cells(static_cast<std::size_t>(state.range(0)));
  std::vector<std::byte> copy(bytes.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  Count(state);
}

void BM_Memcmp(benchmark::State& state) {
  const auto bytes = Cells(static_cast<std::size_t>(state.range(0)));
  const auto same = bytes;
  FRAMEFENCE_CHECK(std::memcmp(bytes.data(), same.data(), bytes.size()) == 0);
  for (auto _ : state) {
    int result = std::memcmp(bytes.data(), same.data(), bytes.size());
    benchmark::DoNotOptimize(result);
    benchmark::ClobberMemory();
  }
  Count(state);
}

// Another frame each time, as a delivered packet is.
void BM_MatchCells(benchmark::State& state) {
  constexpr std::uint32_t kFrames = 16;
  std::vector<std::vector<std::byte>> frames;
  for (std::uint32_t frame = 0; frame < kFrames; ++frame) {
    frames.emplace_back(static_cast<std::size_t>(state.range(0)));
    Stamp stamp = kFirst;
    stamp.frame.value += frame;
    WriteCells(stamp, frames.back());
    FRAMEFENCE_CHECK(MatchCells(stamp, frames.back()) == frames.back().size());
    frames.back().back() ^= std::byte{1};
    FRAMEFENCE_CHECK(MatchCells(stamp, frames.back()) == frames.back().size() - 1);
    frames.back().back() ^= std::byte{1};
  }
  std::uint32_t next = 0;
  for (auto _ : state) {
    Stamp stamp = kFirst;
    stamp.frame.value += next;
    std::size_t matched = MatchCells(stamp, frames[next]);
    benchmark::DoNotOptimize(matched);
    next = (next + 1) % kFrames;
  }
  Count(state);
}

void BM_WriteCells(benchmark::State& state) {
  auto bytes = Cells(static_cast<std::size_t>(state.range(0)));
  FRAMEFENCE_CHECK(MatchCells(kFirst, bytes) == bytes.size());
  for (auto _ : state) {
    WriteCells(kFirst, bytes);
    benchmark::DoNotOptimize(bytes.data());
    benchmark::ClobberMemory();
  }
  Count(state);
}

// The price of a byte that nobody expected.
void BM_FindCellInForeignBytes(benchmark::State& state) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{0x5a});
  FRAMEFENCE_CHECK(!FindCell(bytes));
  for (auto _ : state) {
    auto found = FindCell(bytes);
    benchmark::DoNotOptimize(found);
  }
  Count(state);
}

BENCHMARK(BM_Memcpy)->Arg(150)->Arg(300)->Arg(1200);
BENCHMARK(BM_Memcmp)->Arg(150)->Arg(300)->Arg(1200);
BENCHMARK(BM_MatchCells)->Arg(16)->Arg(150)->Arg(300)->Arg(1200)->Arg(100'000);
BENCHMARK(BM_WriteCells)->Arg(150)->Arg(300)->Arg(1200);
BENCHMARK(BM_FindCellInForeignBytes)->Arg(16)->Arg(1200);

}  // namespace
}  // namespace framefence::media

BENCHMARK_MAIN();
