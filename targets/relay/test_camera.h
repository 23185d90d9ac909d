// For tests: a camera that speaks RTP, and a transport that keeps what it is given.
#ifndef FRAMEFENCE_TARGETS_RELAY_TEST_CAMERA_H_
#define FRAMEFENCE_TARGETS_RELAY_TEST_CAMERA_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "targets/relay/big_endian.h"
#include "targets/relay/rtp.h"
#include "targets/relay/transport.h"

namespace relay::testing {

using Bytes = std::vector<std::byte>;

inline Bytes NalUnit(unsigned header, std::size_t bytes, unsigned fill) {
  Bytes nal(bytes, static_cast<std::byte>(fill));
  nal[0] = static_cast<std::byte>(header);
  return nal;
}
inline Bytes AnnexB(const std::vector<Bytes>& nal_units) {
  Bytes stream;
  for (const Bytes& nal : nal_units) {
    stream.insert(stream.end(), {std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}});
    stream.insert(stream.end(), nal.begin(), nal.end());
  }
  return stream;
}

// Makes datagrams; whose every payload byte after the headers is `fill`, so that a byte says where
// it comes from.
class TestCamera {
 public:
  TestCamera(std::uint32_t ssrc, unsigned fill, std::uint16_t sequence_number = 65000)
      : ssrc_(ssrc), fill_(fill), sequence_number_(sequence_number) {}

  std::vector<Bytes> IdrNalUnits(std::size_t bytes) const {
    return {NalUnit(0x67, 8, fill_), NalUnit(0x68, 4, fill_), NalUnit(0x65, bytes, fill_)};
  }
  // SPS, PPS and an IDR slice, a packet each.
  std::vector<Bytes> Idr(std::size_t bytes = 100) { return Packets(IdrNalUnits(bytes)); }
  // The same, as a STAP-A and three FU-As.
  std::vector<Bytes> FragmentedIdr(std::size_t bytes = 100) {
    const auto nal_units = IdrNalUnits(bytes);
    Bytes stap{std::byte{0x78}};
    for (const Bytes& nal : {nal_units[0], nal_units[1]}) {
      stap.insert(stap.end(), {std::byte{0}, static_cast<std::byte>(nal.size())});
      stap.insert(stap.end(), nal.begin(), nal.end());
    }
    std::vector<Bytes> payloads{stap};
    const std::span<const std::byte> body = std::span(nal_units[2]).subspan(1);
    const std::size_t third = body.size() / 3;
    for (unsigned i = 0; i < 3; ++i) {
      const auto part = i < 2 ? body.subspan(i * third, third) : body.subspan(2 * third);
      Bytes fragment{std::byte{0x7c}, static_cast<std::byte>((i == 0   ? 0x80
                                                              : i == 2 ? 0x40
                                                                       : 0) |
                                                             5)};
      fragment.insert(fragment.end(), part.begin(), part.end());
      payloads.push_back(fragment);
    }
    return Packets(payloads);
  }
  std::vector<Bytes> Slice(std::size_t bytes = 50) {
    return Packets({NalUnit(0x41, bytes, fill_)});
  }

  // One access unit of these payloads.
  std::vector<Bytes> Packets(const std::vector<Bytes>& payloads) {
    std::vector<Bytes> datagrams;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      Bytes datagram(kRtpHeaderBytes);
      WriteRtpHeader({i + 1 == payloads.size(), 96, sequence_number_++, timestamp_, ssrc_, {}},
                     std::span<std::byte, kRtpHeaderBytes>(datagram));
      datagram.insert(datagram.end(), payloads[i].begin(), payloads[i].end());
      datagrams.push_back(datagram);
    }
    timestamp_ += 3000;
    return datagrams;
  }
  Bytes Bye() const {
    Bytes packet{std::byte{0x81}, std::byte{203}, std::byte{0}, std::byte{1}};
    packet.resize(8);
    WriteBigEndian(&packet[4], ssrc_);
    return packet;
  }

  std::uint32_t ssrc() const { return ssrc_; }
  std::byte fill() const { return static_cast<std::byte>(fill_); }

 private:
  std::uint32_t ssrc_;
  unsigned fill_;
  std::uint16_t sequence_number_;
  std::uint32_t timestamp_ = 0xffffff00;  // wraps soon
};

struct SentPacket {
  ViewerHandle to;
  RtpPacket header;
  Bytes payload;
};
struct SentStill {
  ViewerHandle to;
  Bytes bytes;
};

struct SentFeedback {
  Port port;
  Source to;
  Bytes rtcp;
};

class RecordingTransport final : public Transport {
 public:
  void SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    Bytes datagram(header.begin(), header.end());
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    RtpPacket packet;
    parse_failures += ParseRtp(datagram, packet) == RtpParse::kOk ? 0 : 1;
    packet.payload = {};
    packets.push_back({to, packet, Bytes(payload.begin(), payload.end())});
  }
  void SendStill(ViewerHandle to, std::span<const std::byte> access_unit) override {
    stills.push_back({to, Bytes(access_unit.begin(), access_unit.end())});
  }
  void SendToPublisher(Port port, Source to, std::span<const std::byte> rtcp) override {
    feedback.push_back({port, to, Bytes(rtcp.begin(), rtcp.end())});
  }
  void Clear() {
    feedback.clear();
    packets.clear();
    stills.clear();
  }
  bool silent() const { return packets.empty() && stills.empty(); }

  std::vector<SentPacket> packets;
  std::vector<SentStill> stills;
  std::vector<SentFeedback> feedback;
  int parse_failures = 0;
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_TEST_CAMERA_H_
