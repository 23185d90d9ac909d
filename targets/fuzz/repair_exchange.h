// For fuzz_repair: three homes, whose cameras take two ingest ports from each other and send media,
// retransmissions and repair packets, honest or not, and the check of what their viewers are sent.
#ifndef FRAMEFENCE_TARGETS_FUZZ_REPAIR_EXCHANGE_H_
#define FRAMEFENCE_TARGETS_FUZZ_REPAIR_EXCHANGE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "targets/relay/fec_encoder_for_tests.h"
#include "targets/relay/relay.h"
#include "targets/relay/rtp.h"
#include "targets/relay/rtx.h"

namespace fuzz {

// What a sender changes in a datagram before it goes; nothing where `flip` is 0.
struct Lie {
  std::uint8_t at = 0;
  std::byte flip{0};
};

// Every camera sends under the same SSRCs and numbers, so that only ports and sessions keep them
// apart. Each has bits of its own: no other is ever set in its payloads, but in their first byte, and
// no exclusive or of its packets sets one. So whatever it says of them, all bytes that come out of
// its session are its own; and of an honest one all packets are as it sent them.
class RepairExchange final : private relay::Transport {
 public:
  static constexpr std::uint32_t kCameras = 3, kPorts = 2;

  RepairExchange() : relay_(*this) {}

  // A new deployment, in which each home watches its own camera, and none sends.
  void Begin() {
    FRAMEFENCE_CHECK(relay_.Reset(MakeOptions()) == relay::Status::kOk);
    now_ = relay::Time(0);
    for (std::uint32_t i = 0; i < kCameras; ++i) {
      senders_[i] = {};
      const relay::Account home(i);
      FRAMEFENCE_CHECK(relay_.Bind(relay::Camera(i), home, relay::Name(0)) == relay::Status::kOk);
      const auto token = relay_.IssueAppToken(home, relay::Name(0), now_);
      const auto opened = relay_.OpenViewer(token.value.text(), now_);
      FRAMEFENCE_CHECK(opened.status == relay::Status::kOk);
      cameras_[opened.value.viewer.value] = i;
    }
  }

  // The numbers of every session begin anew.
  void Start(std::uint32_t camera, bool described) {
    Sender& sender = senders_[camera];
    const auto streams =
        described ? relay::PublisherStreams(kMedia, kRtx, kFec) : relay::PublisherStreams();
    const auto started =
        relay_.StartPublisher(relay::Camera(camera), SourceOf(camera), streams, now_);
    if (started.status == relay::Status::kOk) sender.port = started.value;
    sender.packets.clear();
  }
  void Stop(std::uint32_t camera) { relay_.StopPublisher(senders_[camera].port); }

  // The camera's next packet.
  void Send(std::uint32_t camera, bool idr, std::span<const std::byte> body, bool arrives,
            bool astray) {
    Sender& sender = senders_[camera];
    Bytes packet(relay::kRtpHeaderBytes);
    const auto number = static_cast<std::uint16_t>(kFirst + sender.packets.size());
    relay::WriteRtpHeader({true, 96, number, number * 3000U, kMedia.value, {}},
                          std::span(packet).first<relay::kRtpHeaderBytes>());
    packet.push_back(std::byte{idr ? std::uint8_t{0x65} : std::uint8_t{0x41}});
    const std::byte own = BitsOf(camera);
    for (const std::byte byte : body) packet.push_back(byte & own);
    sender.sent.emplace(packet.begin() + relay::kRtpHeaderBytes, packet.end());
    sender.packets.push_back(packet);
    if (arrives) Deliver(camera, packet, astray);
  }

  // One that it sent in this session, the last at 0, once more.
  void Retransmit(std::uint32_t camera, std::size_t back, Lie lie, bool astray) {
    const auto& packets = senders_[camera].packets;
    if (back >= packets.size()) return;
    relay::RtpPacket original;
    const Bytes& packet = packets[packets.size() - 1 - back];
    FRAMEFENCE_CHECK(relay::ParseRtp(packet, original) == relay::RtpParse::kOk);
    Bytes rtx(relay::kRtxHeaderBytes);
    relay::WriteRtxHeader(original, {.ssrc = kRtx.value, .payload_type = 98}, 0,
                          std::span(rtx).first<relay::kRtxHeaderBytes>());
    rtx.insert(rtx.end(), original.payload.begin(), original.payload.end());
    Tell(camera, rtx, relay::kRtxHeaderBytes + 1, lie, astray);
  }

  // A repair packet over those of its last packets in this session that `mask` says, the last at bit
  // 0: 15 at most, for which the shortest mask does.
  void Repair(std::uint32_t camera, std::uint16_t mask, Lie lie, bool astray) {
    const auto& packets = senders_[camera].packets;
    std::vector<Bytes> sources;
    for (std::size_t back = std::min<std::size_t>(15, packets.size()); back-- > 0;) {
      if ((mask >> back & 1U) != 0) sources.push_back(packets[packets.size() - 1 - back]);
    }
    if (sources.empty()) return;
    constexpr std::size_t kBefore = relay::kRtpHeaderBytes + 4 + relay::kFecRecoveryBytes + 4 + 1;
    Tell(camera, encoder_.Encode(sources), kBefore, lie, astray);
  }

  void Wait(std::uint8_t time_ms) {
    now_ = relay::Later(now_, std::chrono::milliseconds(time_ms));
    relay_.AdvanceTo(now_);
  }
  void Upgrade() {
    const auto saved = relay_.Save(now_);
    FRAMEFENCE_CHECK(relay_.Resume(MakeOptions(), saved, now_) == relay::Status::kOk);
  }

 private:
  using Bytes = std::vector<std::byte>;
  static constexpr relay::Ssrc kMedia{7}, kRtx{8}, kFec{9};
  static constexpr std::uint16_t kFirst = 65530;

  struct Sender {
    relay::Port port{};
    std::vector<Bytes> packets;  // of this session
    std::set<Bytes> sent;        // payloads
    bool honest = true;
  };

  static relay::Options MakeOptions() {
    relay::Options options;
    options.accounts = options.cameras = options.viewers = kCameras;
    options.ports = kPorts;
    options.gop_packets_max = options.fec_packets_max = 32;
    options.reorder_packets_max = 8;
    options.packet_bytes_max = 128;
    options.still_bytes_max = 128;
    options.payload_type_fec = 113;  // the encoder's
    options.pacing_bytes = 0;
    options.token_lifetime = std::chrono::hours(1);
    return options;
  }
  static relay::Source SourceOf(std::uint32_t camera) { return relay::Source(100 + camera); }
  static std::byte BitsOf(std::uint32_t camera) {
    return std::array{std::byte{0x07}, std::byte{0x38}, std::byte{0xc0}}[camera];
  }

  // From byte `own_from` on, a lie too is told in the camera's own bits.
  void Tell(std::uint32_t camera, Bytes datagram, std::size_t own_from, Lie lie, bool astray) {
    const std::size_t at = lie.at % datagram.size();
    datagram[at] ^= at < own_from ? lie.flip : lie.flip & BitsOf(camera);
    if (lie.flip != std::byte{0}) senders_[camera].honest = false;
    Deliver(camera, datagram, astray);
  }
  // To the port that it was given last, whoever has it now, or to another one.
  void Deliver(std::uint32_t camera, const Bytes& datagram, bool astray) {
    const relay::Port port((senders_[camera].port.value + (astray ? 1 : 0)) % kPorts);
    relay_.OnDatagram(port, SourceOf(camera), datagram, now_);
  }

  bool SendPacket(relay::ViewerHandle to, std::span<const std::byte>,
                  std::span<const std::byte> payload) override {
    const std::uint32_t camera = cameras_[to.viewer.value];
    const auto is_own = [camera](std::byte byte) {
      return (byte & ~BitsOf(camera)) == std::byte{0};
    };
    FRAMEFENCE_CHECK(std::ranges::all_of(payload.subspan(1), is_own));
    const Sender& sender = senders_[camera];
    FRAMEFENCE_CHECK(!sender.honest || sender.sent.contains(Bytes(payload.begin(), payload.end())));
    return true;
  }
  bool SendStill(relay::ViewerHandle, std::span<const std::byte>) override { return true; }
  void SendToPublisher(relay::Port, relay::Source, std::span<const std::byte>) override {}

  relay::Relay relay_;
  relay::testing::FecEncoder encoder_{kMedia.value, kFec.value};
  std::array<Sender, kCameras> senders_;
  std::array<std::uint32_t, kCameras> cameras_{};  // by viewer
  relay::Time now_;
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_REPAIR_EXCHANGE_H_
