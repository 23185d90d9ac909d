// What a synthetic frame costs on its way to the wire and off it, beside memcpy of the same bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/media/rtp_packetizer.h"
#include "harness/media/synthetic_camera.h"

namespace framefence::media {
namespace {

constexpr std::uint32_t kFrames = 256;  // made before a measurement, sent again and again
constexpr std::uint32_t kTicksPerFrame = 3600;

FrameShape ShapeOf(std::int64_t payload_bytes) {
  return {.idr = false, .slices = 1, .payload_bytes = static_cast<std::uint32_t>(payload_bytes)};
}

void MakeFrame(std::uint32_t number, const FrameShape& shape, SyntheticFrame& frame) {
  MakeSyntheticFrame(CameraId(3), BindingEpoch(1), FrameNumber(number & 0xffff), shape, frame);
}

struct ByteCounter final : AccessUnitSink {
  std::uint64_t access_units = 0;
  std::uint64_t bytes = 0;
  void OnAccessUnit(const ReceivedAccessUnit& access_unit) override {
    ++access_units;
    bytes += access_unit.annex_b.size();
  }
};

// Before anything is timed: frames arrive as they were made.
void CheckAnswer(const FrameShape& shape) {
  struct Comparer final : AccessUnitSink {
    SyntheticFrame expected;
    int equal = 0;
    void OnAccessUnit(const ReceivedAccessUnit& access_unit) override {
      equal += std::ranges::equal(access_unit.annex_b, expected.annex_b) ? 1 : 0;
    }
  } comparer;
  RtpPacketizer packetizer({});
  RtpDepacketizer depacketizer;
  constexpr int kChecked = 100;
  for (std::uint32_t i = 0; i < kChecked; ++i) {
    FrameShape checked = shape;
    checked.idr = i == 0;
    MakeFrame(i, checked, comparer.expected);
    packetizer.Begin(comparer.expected.annex_b, i);
    for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next()) {
      depacketizer.Push(packet, comparer);
    }
  }
  FRAMEFENCE_CHECK(comparer.equal == kChecked);
}

std::vector<SyntheticFrame> MakeFrames(const FrameShape& shape) {
  std::vector<SyntheticFrame> frames(kFrames);
  for (std::uint32_t i = 0; i < kFrames; ++i) MakeFrame(i, shape, frames[i]);
  return frames;
}

void CountPackets(benchmark::State& state, std::uint64_t packets, std::uint64_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["per_packet"] = benchmark::Counter(
      static_cast<double>(packets), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_Memcpy(benchmark::State& state) {
  const std::vector<SyntheticFrame> frames = MakeFrames(ShapeOf(state.range(0)));
  std::vector<std::byte> copy(frames[0].annex_b.size() + 16);
  std::uint64_t bytes = 0;
  std::uint32_t number = 0;
  for (auto _ : state) {
    const std::span<const std::byte> frame = frames[number++ % kFrames].annex_b;
    std::memcpy(copy.data(), frame.data(), frame.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
    bytes += frame.size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void BM_MakeFrame(benchmark::State& state) {
  const FrameShape shape = ShapeOf(state.range(0));
  CheckAnswer(shape);
  SyntheticFrame frame;
  std::uint64_t bytes = 0;
  std::uint32_t number = 0;
  for (auto _ : state) {
    MakeFrame(number++, shape, frame);
    benchmark::DoNotOptimize(frame.annex_b.data());
    bytes += frame.annex_b.size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void BM_Packetize(benchmark::State& state) {
  const FrameShape shape = ShapeOf(state.range(0));
  CheckAnswer(shape);
  const std::vector<SyntheticFrame> frames = MakeFrames(shape);
  RtpPacketizer packetizer({});
  std::uint64_t packets = 0, bytes = 0;
  std::uint32_t number = 0;
  for (auto _ : state) {
    const SyntheticFrame& frame = frames[number % kFrames];
    packetizer.Begin(frame.annex_b, number++ * kTicksPerFrame);
    for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next()) {
      benchmark::DoNotOptimize(packet.data());
      ++packets;
    }
    bytes += frame.annex_b.size();
  }
  CountPackets(state, packets, bytes);
}

void BM_Depacketize(benchmark::State& state) {
  const FrameShape shape = ShapeOf(state.range(0));
  CheckAnswer(shape);
  // 65536 packets: when they are sent again, their sequence numbers go on where they ended.
  std::vector<std::vector<std::byte>> packets;
  RtpPacketizer packetizer({});
  SyntheticFrame frame;
  for (std::uint32_t i = 0; packets.size() < 65536; ++i) {
    MakeFrame(i, shape, frame);
    packetizer.Begin(frame.annex_b, i * kTicksPerFrame);
    for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next()) {
      packets.emplace_back(packet.begin(), packet.end());
    }
  }
  packets.resize(65536);
  RtpDepacketizer depacketizer;
  ByteCounter counter;
  std::uint64_t pushed = 0;
  for (auto _ : state) depacketizer.Push(packets[pushed++ % packets.size()], counter);
  CountPackets(state, pushed, counter.bytes);
}

BENCHMARK(BM_Memcpy)->Arg(300)->Arg(4000)->Arg(100000);
BENCHMARK(BM_MakeFrame)->Arg(300)->Arg(4000)->Arg(100000);
BENCHMARK(BM_Packetize)->Arg(300)->Arg(4000)->Arg(100000);
BENCHMARK(BM_Depacketize)->Arg(300)->Arg(4000)->Arg(100000);

}  // namespace
}  // namespace framefence::media

BENCHMARK_MAIN();
