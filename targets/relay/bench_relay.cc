// What a packet costs on its way through the relay, beside one memcpy of its payload in the same
// run.
//
// BM_FanOut times OnDatagram() whole, ingest included, and counts one item a packet a viewer. The
// transport is a sink: it takes the header and the payload's place, as a scatter-gather send does.
// BM_FanOutCopied copies them, as a queue would. Each deployment checks its answer before it is
// timed: every viewer got every byte, in sequence, under one SSRC of its own.
#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "targets/relay/big_endian.h"
#include "targets/relay/relay.h"
#include "targets/relay/rtp.h"

namespace relay {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kPayloadBytes = 1200;
constexpr Source kSource{1};
constexpr Ssrc kSsrc{2};
constexpr Time kNow{1'000'000};

enum class Sink { kCheck, kDrop, kCopy };

class SinkTransport final : public Transport {
 public:
  void SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    if (sink == Sink::kCheck) return Check(to, header, payload);
    benchmark::DoNotOptimize(header.data());
    benchmark::DoNotOptimize(payload.data());
    if (sink == Sink::kCopy) {
      std::memcpy(copy_.data(), header.data(), header.size());
      std::memcpy(copy_.data() + header.size(), payload.data(), payload.size());
      benchmark::ClobberMemory();
    }
  }
  void SendStill(ViewerHandle, std::span<const std::byte>) override { wrong = true; }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}

  struct Seen {
    std::uint64_t packets = 0;
    std::uint16_t sequence_number = 0;
    std::uint32_t ssrc = 0;
  };
  Sink sink = Sink::kCheck;
  std::vector<Seen> seen;
  Bytes expected;
  bool wrong = false;

 private:
  void Check(ViewerHandle to, std::span<const std::byte> header,
             std::span<const std::byte> payload) {
    Bytes datagram(header.begin(), header.end());
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    RtpPacket packet;
    wrong |= ParseRtp(datagram, packet) != RtpParse::kOk;
    wrong |= !std::equal(payload.begin(), payload.end(), expected.begin(), expected.end());
    Seen& last = seen[to.viewer.value];
    const auto next = static_cast<std::uint16_t>(last.sequence_number + 1);
    wrong |= last.packets > 0 && (packet.sequence_number != next || packet.ssrc != last.ssrc);
    last = {last.packets + 1, packet.sequence_number, packet.ssrc};
  }
  Bytes copy_ = Bytes(2048);
};

// One camera, `viewers` live viewers of it, and a packet that each Send() makes the next one.
class Deployment {
 public:
  explicit Deployment(std::uint32_t viewers)
      : relay_(transport_), datagram_(kRtpHeaderBytes + kPayloadBytes) {
    Options options;
    options.viewers = viewers + 1;
    relay_.Reset(options);
    relay_.Bind(Camera(0), Account(0), Name(0));
    port_ = relay_.StartPublisher(Camera(0), kSource, kSsrc, kNow).value;
    for (std::size_t i = 0; i < kPayloadBytes; ++i)
      datagram_[kRtpHeaderBytes + i] = static_cast<std::byte>(i);
    SetNalHeader(std::byte{0x65});
    transport_.seen.resize(options.viewers);
    const Token token = relay_.IssueAppToken(Account(0), Name(0), kNow).value;
    for (std::uint32_t i = 0; i < viewers; ++i) relay_.OpenViewer(token.text(), kNow);
    Send();
    SetNalHeader(std::byte{0x41});
    for (unsigned i = 1; i < kChecked; ++i) Send();
    ok_ = !transport_.wrong && Viewers() == viewers;
  }

  void Send() {
    WriteRtpHeader({true, 96, sequence_number_++, timestamp_ += 3000, kSsrc.value, {}},
                   std::span<std::byte, kRtpHeaderBytes>(datagram_.data(), kRtpHeaderBytes));
    relay_.OnDatagram(port_, kSource, datagram_, kNow);
  }
  bool ok() const { return ok_; }
  void Use(Sink sink) { transport_.sink = sink; }

 private:
  static constexpr unsigned kChecked = 300;

  void SetNalHeader(std::byte header) {
    datagram_[kRtpHeaderBytes] = header;
    transport_.expected.assign(datagram_.begin() + kRtpHeaderBytes, datagram_.end());
  }
  // Viewers that got every packet, each under an SSRC of its own.
  std::size_t Viewers() const {
    std::set<std::uint32_t> ssrcs;
    for (const auto& seen : transport_.seen) {
      if (seen.packets == kChecked) ssrcs.insert(seen.ssrc);
    }
    return ssrcs.size();
  }

  SinkTransport transport_;
  Relay relay_;
  Port port_{};
  Bytes datagram_;
  std::uint16_t sequence_number_ = 65400;
  std::uint32_t timestamp_ = 0;
  bool ok_ = false;
};

void Measure(benchmark::State& state, std::uint32_t viewers, std::int64_t items_a_packet,
             Sink sink) {
  const auto deployment = std::make_unique<Deployment>(viewers);
  if (!deployment->ok()) return state.SkipWithError("a viewer did not get what was sent");
  deployment->Use(sink);
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

void BM_Ingest(benchmark::State& state) {
  Measure(state, static_cast<std::uint32_t>(state.range(0)), 1, Sink::kDrop);
}
BENCHMARK(BM_Ingest)->ArgName("viewers")->Arg(0)->Arg(1);

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
