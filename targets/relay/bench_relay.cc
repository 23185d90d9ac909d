// What a packet costs on its way through the relay, beside one memcpy of its payload in the same
// run: into one buffer, which stays in the nearest cache, and into a ring as large as a port's, which
// is what ingest has to do.
//
// BM_FanOut times OnDatagram() whole, ingest included, and counts one item a packet a viewer: what a
// viewer costs is the difference of two of them. One camera and few viewers: all they need is in the
// caches; bench_scale says what it costs where it is not. The access units are plain slices: no still
// is made. BM_FanOutCopied copies what is sent, as a queue would. Each deployment checks its answer
// before it is timed: every viewer got every byte, in sequence, under one SSRC of its own.
#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>

#include "targets/relay/bench_deployment.h"

namespace relay {
namespace {

using namespace bench;

void Measure(benchmark::State& state, std::uint32_t viewers, std::int64_t items_a_packet,
             Sink sink) {
  const auto deployment = std::make_unique<Deployment>(viewers);
  if (!deployment->ok()) return state.SkipWithError("a viewer did not get what was sent");
  deployment->SendTo(sink);
  for (auto _ : state) deployment->Send();
  state.SetItemsProcessed(state.iterations() * items_a_packet);
}

void BM_MemcpyOfThePayload(benchmark::State& state) {
  Bytes from(kPayloadBytes, std::byte{1}), to(kPayloadBytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(from.data());
    std::memcpy(to.data(), from.data(), kPayloadBytes);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MemcpyOfThePayload);

void BM_MemcpyOfThePayloadToARing(benchmark::State& state) {
  constexpr std::size_t kSlots = 64, kStride = 1536;  // of the default options
  Bytes from(kPayloadBytes, std::byte{1}), ring(kSlots * kStride);
  std::size_t slot = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(from.data());
    std::memcpy(&ring[slot * kStride], from.data(), kPayloadBytes);
    benchmark::ClobberMemory();
    slot = (slot + 1) % kSlots;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MemcpyOfThePayloadToARing);

void BM_Ingest(benchmark::State& state) { Measure(state, 0, 1, Sink::kDrop); }
BENCHMARK(BM_Ingest);

void BM_FanOut(benchmark::State& state) {
  Measure(state, static_cast<std::uint32_t>(state.range(0)), state.range(0), Sink::kDrop);
}
BENCHMARK(BM_FanOut)->ArgName("viewers")->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

void BM_FanOutCopied(benchmark::State& state) {
  Measure(state, static_cast<std::uint32_t>(state.range(0)), state.range(0), Sink::kCopy);
}
BENCHMARK(BM_FanOutCopied)->ArgName("viewers")->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

// A whole small case's overhead: a fresh deployment in place of the last.
void BM_Reset(benchmark::State& state) {
  SinkTransport transport;
  Relay relay(transport);
  for (auto _ : state) {
    if (relay.Reset(Options()) != Status::kOk) state.SkipWithError("the options were refused");
  }
}
BENCHMARK(BM_Reset);

void BM_TokenIssuedAndVerified(benchmark::State& state) {
  SinkTransport transport;
  Relay relay(transport);
  relay.Reset(Options());
  relay.Bind(Camera(0), Account(0), Name(0));
  for (auto _ : state) {
    const Token token = relay.IssueAppToken(Account(0), Name(0), kNow).value;
    const auto opened = relay.OpenViewer(token.text(), kNow);
    if (relay.CloseViewer(opened.value, kNow) != Status::kOk)
      state.SkipWithError("the token was refused");
  }
}
BENCHMARK(BM_TokenIssuedAndVerified);

}  // namespace
}  // namespace relay

BENCHMARK_MAIN();
