// What a packet and a session cost in small deployments and in large ones: nothing here grows with
// the deployment but the caches' misses. Cameras take their turns in an order that no prefetcher
// knows, so each finds its records as cold as the deployment makes them. The clock runs as it would:
// each camera has a packet every 8 ms. What is left is mostly memory: a packet is written to 20 cache
// lines, and each viewer session has two, all of them cold among many cameras.
// Each deployment is checked first: each viewer got its own camera's bytes, all of them.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "targets/relay/bench_deployment.h"
#include "targets/relay/big_endian.h"

namespace relay {
namespace {

using namespace bench;

// Of 1,000 cameras they take some 50 MB, so that frames are cold in the small deployment too.
constexpr std::uint32_t kSlotsEach = 32;
// So many that every slot has been written: a page's first fault is not the relay's cost.
constexpr unsigned kRoundsChecked = kSlotsEach + 1;

// Counts packets, and those that say that they are of another camera than their viewer's.
class CountingTransport final : public Transport {
 public:
  bool SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    Use(header.data());
    ++packets;
    if (to.viewer.value < camera_of.size()) {
      const auto camera = ReadBigEndian<std::uint32_t>(&payload[1]);
      foreign += camera != camera_of[to.viewer.value] ? 1 : 0;
    }
    return true;
  }
  bool SendStill(ViewerHandle, std::span<const std::byte>) override { return true; }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}

  std::uint64_t packets = 0;
  std::uint64_t foreign = 0;
  std::vector<std::uint32_t> camera_of;  // by viewer, while answers are checked
};

Options OptionsFor(std::uint32_t cameras, std::uint32_t viewers_each) {
  Options options;
  options.accounts = options.cameras = options.ports = cameras;
  options.names = 1;
  options.viewers = cameras * viewers_each + 1;
  options.gop_packets_max = kSlotsEach;
  options.reorder_packets_max = kSlotsEach / 4;
  options.still_bytes_max = 64;
  options.token_lifetime = std::chrono::hours(24 * 365);
  return options;
}

// So many cameras, each of an account of its own, publishing, with so many viewers each.
class Fleet {
 public:
  Fleet(std::uint32_t cameras, std::uint32_t viewers_each)
      : relay_(transport_),
        cameras_(cameras),
        ports_(cameras),
        tokens_(cameras),
        datagram_(kRtpHeaderBytes + kPayloadBytes, std::byte{1}) {
    relay_.Reset(OptionsFor(cameras, viewers_each));
    for (std::uint32_t i = 0; i < cameras; ++i) {
      relay_.Bind(Camera(i), Account(i), Name(0));
      ports_[i] = relay_.StartPublisher(Camera(i), Source{i}, kSsrc, kNow).value;
      tokens_[i] = relay_.IssueAppToken(Account(i), Name(0), kNow).value;
    }
    OpenViewers(viewers_each);
    for (std::uint32_t i = 0; i < kRoundsChecked * cameras; ++i) Send();
    const std::uint64_t expected = std::uint64_t{kRoundsChecked} * cameras * viewers_each;
    ok_ = transport_.packets == expected && transport_.foreign == 0 &&
          relay_.counters().datagrams[Status::kOk] == kRoundsChecked * cameras;
    transport_.camera_of.clear();
  }

  // The next camera's next packet, the first of each with an IDR slice.
  void Send() {
    const auto round = static_cast<std::uint16_t>(sent_ / cameras_);
    now_ = Later(kNow, kPacketInterval * sent_++ / cameras_);
    at_ = (at_ + kStride) % cameras_;
    datagram_[kRtpHeaderBytes] = round == 0 ? std::byte{0x65} : std::byte{0x41};
    WriteBigEndian(&datagram_[kRtpHeaderBytes + 1], at_);
    WriteRtpHeader({true, 96, round, round * 3000U, kSsrc.value, {}},
                   std::span<std::byte, kRtpHeaderBytes>(datagram_.data(), kRtpHeaderBytes));
    relay_.OnDatagram(ports_[at_], Source{at_}, datagram_, now_);
  }
  // One more viewer of the next camera comes, and goes.
  bool OpenAndClose() {
    at_ = (at_ + kStride) % cameras_;
    const auto opened = relay_.OpenViewer(tokens_[at_].text(), now_);
    return relay_.CloseViewer(opened.value, now_) == Status::kOk;
  }
  bool ok() const { return ok_; }

 private:
  static constexpr std::uint32_t kStride = 61'803;  // a prime
  static constexpr std::chrono::microseconds kPacketInterval = std::chrono::milliseconds(8);

  // One of each camera after the other: a camera's viewers do not lie side by side.
  void OpenViewers(std::uint32_t each) {
    transport_.camera_of.resize(std::size_t{each} * cameras_ + 1);
    for (std::uint32_t i = 0; i < each * cameras_; ++i) {
      const std::uint32_t camera = i % cameras_;
      const auto opened = relay_.OpenViewer(tokens_[camera].text(), kNow);
      transport_.camera_of[opened.value.viewer.value] = camera;
    }
  }

  CountingTransport transport_;
  Relay relay_;
  std::uint32_t cameras_;
  std::vector<Port> ports_;
  std::vector<Token> tokens_;
  Bytes datagram_;
  Time now_ = kNow;
  std::uint64_t sent_ = 0;
  std::uint32_t at_ = 0;
  bool ok_ = false;
};

// The fleet of the benchmark's arguments, the last one made: a million sessions take seconds.
Fleet& FleetFor(const benchmark::State& state) {
  static std::unique_ptr<Fleet> fleet;
  static std::int64_t cameras = 0, viewers = -1;
  if (cameras != state.range(0) || viewers != state.range(1)) {
    cameras = state.range(0);
    viewers = state.range(1);
    fleet.reset();
    fleet = std::make_unique<Fleet>(static_cast<std::uint32_t>(cameras),
                                    static_cast<std::uint32_t>(viewers));
  }
  return *fleet;
}

void BM_Packet(benchmark::State& state) {
  Fleet& fleet = FleetFor(state);
  if (!fleet.ok()) return state.SkipWithError("a viewer did not get what was its own");
  for (auto _ : state) fleet.Send();
}

void BM_OpenAndClose(benchmark::State& state) {
  Fleet& fleet = FleetFor(state);
  if (!fleet.ok() || !fleet.OpenAndClose()) return state.SkipWithError("no session was opened");
  for (auto _ : state) fleet.OpenAndClose();
}

// Both of one fleet before the next fleet is made.
const bool kRegistered = [] {
  for (const std::int64_t viewers_each : {0, 1, 10}) {
    for (const std::int64_t cameras : {1'000, 100'000}) {
      benchmark::RegisterBenchmark("BM_Packet", &BM_Packet)
          ->ArgNames({"cameras", "viewers_each"})
          ->Args({cameras, viewers_each});
      benchmark::RegisterBenchmark("BM_OpenAndClose", &BM_OpenAndClose)
          ->ArgNames({"cameras", "viewers_each"})
          ->Args({cameras, viewers_each});
    }
  }
  return true;
}();

}  // namespace
}  // namespace relay

BENCHMARK_MAIN();
