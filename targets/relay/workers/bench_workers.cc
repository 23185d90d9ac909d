// Two workers against one: packets delivered in a second, and the factor between them, both measured
// by turns in one run. Two cameras send, each to so many viewers of its own; with two workers the
// cameras are on one each, and the viewers on their camera's worker (remote 0), or all on the other
// one (remote 1), so that every packet goes by mailbox.
//   factor      by the clock on the wall: true where two cores are free.
//   cpu_factor  twice the processor time of one worker by that of two, without what they waited for
//               each other: what two free cores would give. The rest of 2 is what sharing costs.
// Checked before: every viewer got every packet of its own camera's, and none of the other's.
#include <benchmark/benchmark.h>
#include <time.h>

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

// Takes a packet as `sink` says (bench_deployment.h).
class alignas(kCacheLineBytes) CountingTransport final : public Transport {
 public:
  bool SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    Use(header.data());
    Use(payload.data());
    ++packets;
    if (sink == Sink::kSend) wrong += socket_.Send(header, payload) ? 0 : 1;
    if (sink == Sink::kCopy) {
      std::memcpy(copy_.data(), payload.data(), payload.size());
      Use(copy_.data());
    }
    if (sink == Sink::kCheck) wrong += fill_of[to.viewer.value] == payload.back() ? 0 : 1;
    return true;
  }
  bool SendStill(ViewerHandle, std::span<const std::byte>) override { return true; }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}

  std::uint64_t packets = 0;
  std::uint64_t wrong = 0;
  Sink sink = Sink::kCheck;
  std::vector<std::byte> fill_of;  // by viewer

 private:
  Bytes copy_ = Bytes(2048);
  LoopbackSocket socket_;
};

// What this thread has used of a processor, in seconds.
double CpuSeconds() {
  timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

struct Cost {
  double wall_seconds = 0;
  double cpu_seconds = 0;
  Cost& operator+=(const Cost& other) {
    wall_seconds += other.wall_seconds;
    cpu_seconds += other.cpu_seconds;
    return *this;
  }
};

// Two cameras, and a worker or two.
class Street {
 public:
  Street(std::uint32_t workers, std::uint32_t viewers, bool remote)
      : remote_(remote), transports_(workers), relay_(Pointers(transports_)) {
    Options options;
    options.cameras = options.ports = kCameras;
    options.accounts = kCameras + 1;  // the last one has nothing
    options.viewers = viewers * kCameras;
    options.pacing_bytes = 0;  // the clock stands still
    relay_.Reset(options);
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
    std::uint64_t delivered = 0;
    for (const CountingTransport& out : transports_) delivered += out.packets;
    all_got_all_ = delivered == std::uint64_t{kChecked} * kCameras * viewers;
  }

  // So many packets of each camera's, to all its viewers.
  Cost Run(unsigned packets) {
    const auto began = std::chrono::steady_clock::now();
    for (Worker& worker : progress_) worker.batches.store(0, std::memory_order_relaxed);
    {
      std::vector<std::jthread> others;
      for (std::uint32_t i = 1; i < relay_.workers(); ++i)
        others.emplace_back([this, i, packets] { Work(i, packets / kPacketsInABatch); });
      Work(0, packets / kPacketsInABatch);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    Cost cost{took.count(), 0};
    for (std::uint32_t i = 0; i < relay_.workers(); ++i)
      cost.cpu_seconds += progress_[i].cpu_seconds;
    return cost;
  }
  void SendTo(Sink sink) {
    for (CountingTransport& out : transports_) out.sink = sink;
  }
  // Nothing was wrong so far, nor lost.
  bool ok() {
    bool ok = all_got_all_;
    for (std::uint32_t i = 0; i < relay_.workers(); ++i)
      ok &= transports_[i].wrong == 0 && relay_.MailCountersOf(i).refused == 0;
    return ok;
  }

  // Posts without a Poll() until the mailbox from worker 0 has no room; answers how many wait in it.
  std::uint64_t FillMailbox() {
    const std::uint64_t posted = relay_.MailCountersOf(0).posted;
    while (relay_.MailCountersOf(0).refused == 0) {
      ShardedRelay::Batch batch(relay_, 0);
      Send(batch, 0);
    }
    return relay_.MailCountersOf(0).posted - posted;
  }
  void EmptyBatch() { ShardedRelay::Batch(relay_, 0).Poll(kNow); }
  bool ChangeNothingOfTheirs() { return relay_.RevokeAccount(Account(kCameras)) == Status::kOk; }

 private:
  static constexpr unsigned kChecked = 4096;

  struct alignas(kCacheLineBytes) Sender {
    Port port{};
    Bytes datagram;
    std::uint16_t sequence_number = 0;
  };
  struct alignas(kCacheLineBytes) Worker {
    std::atomic<unsigned> batches{0};
    double cpu_seconds = 0;
  };

  static std::vector<Transport*> Pointers(std::vector<CountingTransport>& transports) {
    std::vector<Transport*> pointers;
    for (CountingTransport& transport : transports) pointers.push_back(&transport);
    return pointers;
  }

  // Where they send by mailbox no worker runs far ahead of another: what is measured is delivery, not
  // how much can be dropped.
  // The last batches are only for what the others have posted meanwhile.
  void Work(std::uint32_t worker, unsigned batches) {
    const double began = CpuSeconds();
    double waited = 0;
    for (unsigned done = 0; done < batches + kBatchesAhead + 1; ++done) {
      for (std::uint32_t i = 0; remote_ && i < relay_.workers(); ++i) waited += WaitFor(i, done);
      ShardedRelay::Batch batch(relay_, worker);
      for (std::uint32_t i = worker; i < kCameras && done < batches; i += relay_.workers()) {
        for (unsigned k = 0; k < kPacketsInABatch; ++k) Send(batch, i);
      }
      batch.Poll(kNow);
      progress_[worker].batches.store(done + 1, std::memory_order_release);
    }
    progress_[worker].cpu_seconds = CpuSeconds() - began - waited;
  }
  // Answers how much processor time went by in it.
  double WaitFor(std::uint32_t worker, unsigned done) {
    const auto is_near = [&] {
      return done <= progress_[worker].batches.load(std::memory_order_acquire) + kBatchesAhead;
    };
    if (is_near()) return 0;
    const double began = CpuSeconds();
    for (unsigned tries = 0; !is_near(); ++tries) StdSync::Wait(tries);
    return CpuSeconds() - began;
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

  const bool remote_;
  std::vector<CountingTransport> transports_;
  ShardedRelay relay_;
  Sender senders_[kCameras];
  Worker progress_[kCameras];
  bool all_got_all_ = false;
};

void BM_TwoWorkersAgainstOne(benchmark::State& state) {
  const auto viewers = static_cast<std::uint32_t>(state.range(0));
  const bool remote = state.range(1) != 0;
  Street one(1, viewers, remote), two(2, viewers, remote);
  if (!one.ok() || !two.ok()) return state.SkipWithError("a viewer did not get what was its own");
  const auto sink = static_cast<Sink>(state.range(2));
  one.SendTo(sink);
  two.SendTo(sink);
  const unsigned packets = std::max((sink == Sink::kSend ? 20'000 : 1'000'000) / viewers, 1'024U);
  Cost with_one, with_two;
  std::uint64_t delivered = 0;
  for (auto _ : state) {
    with_one += one.Run(packets);
    const Cost cost = two.Run(packets);
    with_two += cost;
    state.SetIterationTime(cost.wall_seconds);
    delivered += std::uint64_t{packets / kPacketsInABatch * kPacketsInABatch} * kCameras * viewers;
  }
  if (!one.ok() || !two.ok()) return state.SkipWithError("a packet was not delivered");
  const auto count = static_cast<double>(delivered);
  state.counters["one_Mpps"] = count / with_one.wall_seconds / 1e6;
  state.counters["two_Mpps"] = count / with_two.wall_seconds / 1e6;
  state.counters["factor"] = with_one.wall_seconds / with_two.wall_seconds;
  state.counters["one_cpu_ns"] = with_one.cpu_seconds / count * 1e9;
  state.counters["two_cpu_ns"] = with_two.cpu_seconds / count * 1e9;
  state.counters["cpu_factor"] = 2 * with_one.cpu_seconds / with_two.cpu_seconds;
}
BENCHMARK(BM_TwoWorkersAgainstOne)
    ->ArgNames({"viewers", "remote", "sink"})
    ->ArgsProduct({{1, 10, 100},
                   {0, 1},
                   {static_cast<int>(Sink::kDrop), static_cast<int>(Sink::kCopy),
                    static_cast<int>(Sink::kSend)}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// A worker's gate, and a look into its mailbox.
void BM_EmptyBatch(benchmark::State& state) {
  Street street(2, 1, true);
  for (auto _ : state) street.EmptyBatch();
}
BENCHMARK(BM_EmptyBatch);

// What a change of rights costs that waits for nobody: with nothing in the mailboxes, and with one of
// them full.
void BM_Change(benchmark::State& state) {
  Street street(2, 100, true);
  const std::uint64_t waiting = state.range(0) != 0 ? street.FillMailbox() : 0;
  if (!street.ChangeNothingOfTheirs()) return state.SkipWithError("the change was refused");
  for (auto _ : state) street.ChangeNothingOfTheirs();
  state.counters["waiting"] = static_cast<double>(waiting);
}
BENCHMARK(BM_Change)->ArgName("full")->Arg(0)->Arg(1);

}  // namespace
}  // namespace relay

BENCHMARK_MAIN();
