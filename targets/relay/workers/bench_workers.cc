// Two workers against one: packets delivered in a second, and the factor between them, both measured
// by turns in one run. Two cameras send, each to so many viewers of its own; with two workers the
// cameras are on one each, and the viewers on their camera's worker (remote 0), or all on the other
// one (remote 1), so that every packet goes by mailbox. Where the machine has fewer than two free
// cores, the factor says so and no more.
// Checked before: every viewer got every packet of its own camera's, and none of the other's.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "targets/relay/bench_deployment.h"
#include "targets/relay/workers/sharded_relay.h"

namespace relay {
namespace {

using namespace bench;

constexpr std::uint32_t kCameras = 2;
constexpr unsigned kPacketsInABatch = 16;
constexpr unsigned kBatchesAhead = 4;

// Takes a packet as a scatter-gather send does, and copies it where `copies`, as a socket would.
class alignas(kCacheLineBytes) CountingTransport final : public Transport {
 public:
  void SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    Use(header.data());
    Use(payload.data());
    ++packets;
    if (copies) {
      std::memcpy(copy_.data(), payload.data(), payload.size());
      Use(copy_.data());
    }
    if (!fill_of.empty()) wrong += fill_of[to.viewer.value] == payload.back() ? 0 : 1;
  }
  void SendStill(ViewerHandle, std::span<const std::byte>) override {}
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}

  std::uint64_t packets = 0;
  std::uint64_t wrong = 0;
  bool copies = false;
  std::vector<std::byte> fill_of;  // by viewer, while answers are checked

 private:
  Bytes copy_ = Bytes(2048);
};

class Deployment2 {
 public:
  Deployment2(std::uint32_t workers, std::uint32_t viewers, bool remote)
      : viewers_(viewers), transports_(workers), relay_(Pointers(transports_)) {
    Options options;
    options.accounts = options.cameras = options.ports = kCameras;
    options.viewers = viewers * kCameras;
    relay_.Reset(options, std::size_t{4} << 20);
    for (CountingTransport& out : transports_)
      out.fill_of.resize(options.viewers * workers * workers);
    for (std::uint32_t i = 0; i < kCameras; ++i) {
      relay_.Bind(Camera(i), Account(i), Name(0));
      Sender& sender = senders_[i];
      sender.port = relay_.StartPublisher(Camera(i), Source{i}, kSsrc, kNow).value;
      sender.datagram.assign(kRtpHeaderBytes + kPayloadBytes, static_cast<std::byte>(i + 1));
      const Token token = relay_.IssueAppToken(Account(i), Name(0), kNow).value;
      const std::uint32_t at = (i + (remote ? 1 : 0)) % workers;
      for (std::uint32_t k = 0; k < viewers; ++k) {
        const ViewerHandle viewer = relay_.OpenViewer(at, token.text(), kNow).value;
        for (CountingTransport& out : transports_)
          out.fill_of[viewer.viewer.value] = static_cast<std::byte>(i + 1);
      }
    }
    Run(kChecked);
    for (CountingTransport& out : transports_) {
      delivered_ += out.packets;
      wrong_ += out.wrong;
      out.fill_of.clear();
    }
    ok_ = wrong_ == 0 && delivered_ == std::uint64_t{kChecked} * kCameras * viewers;
  }

  // So many packets of each camera's, to all its viewers. Answers how long that took.
  double Run(unsigned packets) {
    const auto began = std::chrono::steady_clock::now();
    for (auto& progress : progress_) progress.batches.store(0, std::memory_order_relaxed);
    {
      std::vector<std::jthread> others;
      for (std::uint32_t i = 1; i < relay_.workers(); ++i)
        others.emplace_back([this, i, packets] { Work(i, packets / kPacketsInABatch); });
      Work(0, packets / kPacketsInABatch);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  void Copy(bool copies) {
    for (CountingTransport& out : transports_) out.copies = copies;
  }
  std::uint64_t refused() {
    std::uint64_t refused = 0;
    for (std::uint32_t i = 0; i < relay_.workers(); ++i)
      refused += relay_.MailCountersOf(i).refused;
    return refused;
  }
  bool ok() { return ok_ && refused() == 0; }

 private:
  static constexpr unsigned kChecked = 4096;

  struct alignas(kCacheLineBytes) Sender {
    Port port{};
    Bytes datagram;
    std::uint16_t sequence_number = 0;
  };
  struct alignas(kCacheLineBytes) Progress {
    std::atomic<unsigned> batches{0};
  };

  static std::vector<Transport*> Pointers(std::vector<CountingTransport>& transports) {
    std::vector<Transport*> pointers;
    for (CountingTransport& transport : transports) pointers.push_back(&transport);
    return pointers;
  }

  // No worker runs far ahead of another: what is measured is delivery, not how much can be dropped.
  // The last batches are only for what the others have posted meanwhile.
  void Work(std::uint32_t worker, unsigned batches) {
    for (unsigned done = 0; done < batches + kBatchesAhead + 1; ++done) {
      for (const Progress& other : progress_) {
        const std::uint32_t i = static_cast<std::uint32_t>(&other - progress_);
        if (i >= relay_.workers()) break;
        for (unsigned tries = 0;
             other.batches.load(std::memory_order_acquire) + kBatchesAhead < done; ++tries)
          StdSync::Wait(tries);
      }
      {
        ShardedRelay::Batch batch(relay_, worker);
        for (std::uint32_t i = worker; i < kCameras && done < batches; i += relay_.workers()) {
          for (unsigned k = 0; k < kPacketsInABatch; ++k) Send(batch, i);
        }
        batch.Poll(kNow);
      }
      progress_[worker].batches.store(done + 1, std::memory_order_release);
    }
  }
  void Send(ShardedRelay::Batch& batch, std::uint32_t camera) {
    Sender& sender = senders_[camera];
    sender.datagram[kRtpHeaderBytes] =
        sender.sequence_number == 0 ? std::byte{0x65} : std::byte{0x41};
    WriteRtpHeader(
        {true, 96, sender.sequence_number, sender.sequence_number * 3000U, kSsrc.value, {}},
        std::span<std::byte, kRtpHeaderBytes>(sender.datagram.data(), kRtpHeaderBytes));
    ++sender.sequence_number;
    batch.OnDatagram(sender.port, Source{camera}, sender.datagram, kNow);
  }

  const std::uint32_t viewers_;
  std::vector<CountingTransport> transports_;
  ShardedRelay relay_;
  Sender senders_[kCameras];
  Progress progress_[kCameras];
  std::uint64_t delivered_ = 0, wrong_ = 0;
  bool ok_ = false;
};

void BM_TwoWorkersAgainstOne(benchmark::State& state) {
  const auto viewers = static_cast<std::uint32_t>(state.range(0));
  const bool remote = state.range(1) != 0;
  Deployment2 one(1, viewers, remote), two(2, viewers, remote);
  if (!one.ok() || !two.ok()) return state.SkipWithError("a viewer did not get what was its own");
  one.Copy(state.range(2) != 0);
  two.Copy(state.range(2) != 0);
  const unsigned packets = std::max(1'000'000 / viewers, 4'096U);
  double seconds_one = 0, seconds_two = 0;
  std::uint64_t delivered = 0;
  for (auto _ : state) {
    seconds_one += one.Run(packets);
    const double seconds = two.Run(packets);
    seconds_two += seconds;
    state.SetIterationTime(seconds);
    delivered += std::uint64_t{packets / kPacketsInABatch * kPacketsInABatch} * kCameras * viewers;
  }
  if (!two.ok()) return state.SkipWithError("a mailbox was full");
  state.counters["one_Mpps"] = static_cast<double>(delivered) / seconds_one / 1e6;
  state.counters["two_Mpps"] = static_cast<double>(delivered) / seconds_two / 1e6;
  state.counters["factor"] = seconds_one / seconds_two;
}
BENCHMARK(BM_TwoWorkersAgainstOne)
    ->ArgNames({"viewers", "remote", "copy"})
    ->ArgsProduct({{1, 10, 100}, {0, 1}, {0, 1}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace relay

BENCHMARK_MAIN();
