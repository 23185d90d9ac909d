// What judging costs, beside memcpy of the same bytes. Each verdict is checked before it is timed.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/prng.h"
#include "harness/oracle/fixture_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle {
namespace {

using namespace testing;

std::size_t SizeOf(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void CountBytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

constexpr std::size_t kPackets = 64;

// From as many packets as are judged in turn: one alone would stay in the innermost cache.
void BM_Memcpy(benchmark::State& state) {
  const std::vector<Buffer> packets(kPackets, Buffer(SizeOf(state), std::byte{1}));
  Buffer to(SizeOf(state));
  std::size_t next = 0;
  for (auto _ : state) {
    std::memcpy(to.data(), packets[next].data(), to.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
    next = (next + 1) % packets.size();
  }
  FRAMEFENCE_CHECK(to == packets[0]);
  CountBytes(state);
}

// A frame in one packet, published and delivered. BM_Publish says how much of it is publishing.
void BM_PublishAndDeliverStamped(benchmark::State& state) {
  constexpr std::uint32_t kFrames = 500;
  std::vector<Buffer> frames;
  std::vector<Buffer> packets;
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    const Buffer unit =
        StampedNalUnit({World::kCamera, BindingEpoch(1), FrameNumber(i), 0}, SizeOf(state));
    frames.push_back(AnnexB({unit}));
    packets.push_back(Rtp(unit));
  }
  World world;
  std::uint32_t next = kFrames;
  for (auto _ : state) {
    if (next == kFrames) {  // a new case, whose price is spread over kFrames
      FRAMEFENCE_CHECK(world.oracle.statistics().bytes_unattributed == 0);
      world.Begin({.names = 4});
      world.Open();
      next = 0;
    }
    world.oracle.OnPublished(World::kCamera, BindingEpoch(1), FrameNumber(next), frames[next],
                             world.now, Content::kStamped);
    world.Deliver(packets[next]);
    ++next;
  }
  FRAMEFENCE_CHECK(world.oracle.statistics().bytes_attributed == next * SizeOf(state));
  world.Deliver(Rtp(world.Publish(World::kStrangersCamera, SizeOf(state)).unit));
  FRAMEFENCE_CHECK(world.oracle.statistics().violations == 1);
  CountBytes(state);
}

// Old packets in no order that the oracle could expect: every cell has to be read first.
void BM_DeliverUnexpectedStampedPacket(benchmark::State& state) {
  World world;
  world.Open();
  std::vector<Buffer> packets;
  for (std::size_t i = 0; i < kPackets; ++i) {
    packets.push_back(Rtp(world.Publish(World::kCamera, SizeOf(state)).unit));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    world.Deliver(packets[next]);
    next = (next + 1) % packets.size();
  }
  FRAMEFENCE_CHECK(world.oracle.statistics().violations == 0);
  FRAMEFENCE_CHECK(world.oracle.statistics().bytes_unattributed == 0);
  CountBytes(state);
}

// The fragments of a large frame one after the other.
void BM_DeliverStampedFragments(benchmark::State& state) {
  World world;
  world.Open();
  const Buffer unit = world.Publish(World::kCamera, 100 * SizeOf(state)).unit;
  std::vector<Buffer> packets;
  for (std::size_t at = 1; at < unit.size(); at += SizeOf(state)) {
    packets.push_back(FuA(unit, at, SizeOf(state)));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    world.Deliver(packets[next]);
    next = (next + 1) % packets.size();
  }
  FRAMEFENCE_CHECK(world.oracle.statistics().violations == 0);
  FRAMEFENCE_CHECK(world.oracle.statistics().bytes_unattributed == 0);
  CountBytes(state);
}

void BM_DeliverFootageFragments(benchmark::State& state) {
  World world;
  world.Open();
  Prng prng(1);
  Buffer unit = Octets({0x65});
  while (unit.size() < 1 + 100 * SizeOf(state))
    unit.push_back(static_cast<std::byte>(1 + prng.Below(255)));
  world.PublishFootage(World::kCamera, AnnexB({unit}));
  std::vector<Buffer> packets;
  for (std::size_t at = 1; at < unit.size(); at += SizeOf(state)) {
    packets.push_back(FuA(unit, at, SizeOf(state)));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    world.Deliver(packets[next]);
    next = (next + 1) % packets.size();
  }
  FRAMEFENCE_CHECK(world.oracle.statistics().violations == 0);
  FRAMEFENCE_CHECK(world.oracle.statistics().bytes_unattributed == 0);
  CountBytes(state);
}

void BM_Frame(benchmark::State& state) {
  World world;
  world.Open();
  const Buffer frame = world.Publish(World::kCamera, SizeOf(state)).annex_b;
  for (auto _ : state) world.Show(frame);
  FRAMEFENCE_CHECK(world.oracle.statistics().violations == 0);
  world.Show(std::span(frame).first(frame.size() - 1));
  FRAMEFENCE_CHECK(world.oracle.statistics().violations == 1);
  CountBytes(state);
}

void BM_Publish(benchmark::State& state) {
  Oracle oracle;
  const Buffer frame = AnnexB({StampedNalUnit({.epoch = BindingEpoch(1)}, SizeOf(state))});
  std::uint32_t number = 0;
  oracle.Reset({});
  for (auto _ : state) {
    if (number == 100'000) {
      oracle.Reset({});
      number = 0;
    }
    oracle.OnPublished(CameraId(0), BindingEpoch(1), FrameNumber(number++), frame, {},
                       Content::kStamped);
  }
  FRAMEFENCE_CHECK(
      oracle.WasPublished(frame, CameraId(0), BindingEpoch(1), FrameNumber(number - 1)));
  FRAMEFENCE_CHECK(!oracle.WasPublished(frame, CameraId(0), BindingEpoch(1), FrameNumber(number)));
  CountBytes(state);
}

void BM_Reset(benchmark::State& state) {
  World world;
  world.Open();
  for (auto _ : state) world.oracle.Reset({});
}

// What an FU-A fragment in an RTP packet of 1,200 bytes holds of its NAL unit.
constexpr int kFragmentBytes = 1186;

BENCHMARK(BM_Memcpy)->Arg(150)->Arg(kFragmentBytes)->Arg(1200);
BENCHMARK(BM_PublishAndDeliverStamped)->Arg(150)->Arg(1200);
BENCHMARK(BM_DeliverUnexpectedStampedPacket)->Arg(150)->Arg(1200);
BENCHMARK(BM_DeliverStampedFragments)->Arg(150)->Arg(kFragmentBytes)->Arg(1200);
BENCHMARK(BM_DeliverFootageFragments)->Arg(150)->Arg(kFragmentBytes)->Arg(1200);
BENCHMARK(BM_Frame)->Arg(150)->Arg(1200)->Arg(50'000);
BENCHMARK(BM_Publish)->Arg(150)->Arg(1200);
BENCHMARK(BM_Reset);

}  // namespace
}  // namespace framefence::oracle

BENCHMARK_MAIN();
