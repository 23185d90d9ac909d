// What an upgrade takes: to save a deployment's state, and to go on from it, all checks included.
// Each camera has viewers and a publisher session. Checked first: what was resumed, saved again, is
// the same bytes.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "targets/relay/bench_deployment.h"
#include "targets/relay/silent_transport_for_tests.h"

namespace relay {
namespace {

using namespace bench;

struct Deployment {
  Deployment(std::uint32_t cameras, std::uint32_t viewers_each) {
    options.accounts = options.cameras = options.ports = cameras;
    options.names = 1;
    options.viewers = cameras * viewers_each;
    options.gop_packets_max = options.reorder_packets_max = 1;
    options.packet_bytes_max = options.still_bytes_max = 64;
    relay.Reset(options);
    for (std::uint32_t i = 0; i < cameras; ++i) {
      relay.Bind(Camera(i), Account(i), Name(0));
      relay.StartPublisher(Camera(i), Source{i}, kSsrc, kNow);
      const Token token = relay.IssueAppToken(Account(i), Name(0), kNow).value;
      for (std::uint32_t j = 0; j < viewers_each; ++j) relay.OpenViewer(token.text(), kNow);
    }
    saved = relay.Save(kNow);
    ok = relay.counters().opens[Status::kOk] == options.viewers &&
         relay.Resume(options, saved, kNow) == Status::kOk && relay.Save(kNow) == saved;
  }

  Options options;
  testing::SilentTransport transport;
  Relay relay{transport};
  Bytes saved;
  bool ok = false;
};

// The one of the benchmark's arguments, the last one made.
Deployment& DeploymentFor(const benchmark::State& state) {
  static std::unique_ptr<Deployment> deployment;
  static std::int64_t cameras = 0;
  if (cameras != state.range(0)) {
    cameras = state.range(0);
    deployment.reset();
    deployment = std::make_unique<Deployment>(static_cast<std::uint32_t>(cameras),
                                              static_cast<std::uint32_t>(state.range(1)));
  }
  return *deployment;
}

void BM_Save(benchmark::State& state) {
  const Deployment& deployment = DeploymentFor(state);
  if (!deployment.ok) return state.SkipWithError("the state is not what was saved");
  for (auto _ : state) Use(deployment.relay.Save(kNow).data());
  state.counters["bytes"] = static_cast<double>(deployment.saved.size());
}

void BM_Resume(benchmark::State& state) {
  Deployment& deployment = DeploymentFor(state);
  if (!deployment.ok) return state.SkipWithError("the state is not what was saved");
  for (auto _ : state) deployment.relay.Resume(deployment.options, deployment.saved, kNow);
}

const bool kRegistered = [] {
  for (const std::int64_t cameras : {1'000, 100'000}) {
    for (const auto& [name, run] :
         {std::pair("BM_Save", &BM_Save), std::pair("BM_Resume", &BM_Resume)}) {
      benchmark::RegisterBenchmark(name, run)
          ->ArgNames({"cameras", "viewers_each"})
          ->Args({cameras, 10})
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace relay

BENCHMARK_MAIN();
