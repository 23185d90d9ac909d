// For benchmarks: one camera, some viewers of it, and a transport that takes what it is given as
// cheaply as can be. Whether every viewer got every byte is checked before anything is measured.
#ifndef FRAMEFENCE_TARGETS_RELAY_BENCH_DEPLOYMENT_H_
#define FRAMEFENCE_TARGETS_RELAY_BENCH_DEPLOYMENT_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <set>
#include <span>
#include <vector>

#include "targets/relay/relay.h"
#include "targets/relay/rtp.h"

namespace relay::bench {

using Bytes = std::vector<std::byte>;

inline constexpr std::size_t kPayloadBytes = 1200;
inline constexpr Source kSource{1};
inline constexpr Ssrc kSsrc{2};
inline constexpr Time kNow{1'000'000};

// The compiler must have the bytes that `from` points to ready, and may not know them afterwards.
inline void Use(const void* from) { asm volatile("" : : "r"(from) : "memory"); }

// kDrop takes the header and the payload's place, as a scatter-gather send does; kCopy copies both,
// as a queue would; kSend hands both to the kernel, as a datagram to a socket of its own that nobody
// reads.
enum class Sink { kCheck, kDrop, kCopy, kSend };

// A UDP socket on the loopback, connected to itself.
class LoopbackSocket {
 public:
  LoopbackSocket() {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    // Where one of these fails, so does Send().
    if (bind(socket_, any, length) == 0 && getsockname(socket_, any, &length) == 0)
      static_cast<void>(connect(socket_, any, length));
  }
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;
  ~LoopbackSocket() { close(socket_); }

  bool Send(std::span<const std::byte> header, std::span<const std::byte> payload) {
    iovec parts[] = {{const_cast<std::byte*>(header.data()), header.size()},
                     {const_cast<std::byte*>(payload.data()), payload.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = std::size(parts);
    return sendmsg(socket_, &message, MSG_DONTWAIT) ==
           static_cast<ssize_t>(header.size() + payload.size());
  }

 private:
  int socket_ = socket(AF_INET, SOCK_DGRAM, 0);
};

class SinkTransport final : public Transport {
 public:
  bool SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    if (sink == Sink::kCheck) Check(to, header, payload);
    Use(header.data());
    Use(payload.data());
    if (sink == Sink::kSend) wrong |= !socket_.Send(header, payload);
    if (sink == Sink::kCopy) {
      std::memcpy(copy_.data(), header.data(), header.size());
      std::memcpy(copy_.data() + header.size(), payload.data(), payload.size());
      Use(copy_.data());
    }
    return true;
  }
  bool SendStill(ViewerHandle, std::span<const std::byte>) override {
    ++stills;
    return true;
  }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override { ++requests; }

  struct Seen {
    std::uint64_t packets = 0;
    std::uint16_t sequence_number = 0;
    std::uint32_t ssrc = 0;
  };
  Sink sink = Sink::kCheck;
  std::vector<Seen> seen;
  Bytes expected;
  bool wrong = false;
  std::uint64_t stills = 0;
  std::uint64_t requests = 0;  // to publishers

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
  LoopbackSocket socket_;
};

// One camera, `viewers` live viewers of it, and a packet that each Send() makes the next one.
class Deployment {
 public:
  explicit Deployment(std::uint32_t viewers)
      : relay_(transport_), datagram_(kRtpHeaderBytes + kPayloadBytes) {
    Options options;
    options.viewers = viewers + 1;
    options.token_lifetime = std::chrono::hours(24 * 365);
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
    ok_ = Viewers() == viewers && relay_.counters().datagrams[Status::kOk] == kChecked;
  }

  void Send() {
    WriteRtpHeader({true, 96, sequence_number_++, timestamp_ += 3000, kSsrc.value, {}},
                   std::span<std::byte, kRtpHeaderBytes>(datagram_.data(), kRtpHeaderBytes));
    now_ = Later(now_, std::chrono::milliseconds(1));
    relay_.OnDatagram(port_, kSource, datagram_, now_);
  }
  bool ok() const { return ok_ && !transport_.wrong; }
  void SendTo(Sink sink) { transport_.sink = sink; }

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
  Time now_ = kNow;
  bool ok_ = false;
};

}  // namespace relay::bench

#endif  // FRAMEFENCE_TARGETS_RELAY_BENCH_DEPLOYMENT_H_
