// For tests: a camera that speaks RTP, and a transport that keeps what it is given.
#ifndef FRAMEFENCE_TARGETS_RELAY_TEST_CAMERA_H_
#define FRAMEFENCE_TARGETS_RELAY_TEST_CAMERA_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "targets/relay/big_endian.h"
#include "targets/relay/codec.h"
#include "targets/relay/octets_for_tests.h"
#include "targets/relay/rtp.h"
#include "targets/relay/transport.h"

namespace relay::testing {

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

// How a codec's NAL units begin, with a byte or two of header, and its aggregates and fragments.
struct NalBytes {
  std::uint8_t payload_type;
  std::vector<Bytes> parameter_sets;
  Bytes random_access;
  Bytes slice;
  Bytes delimiter;
  Bytes aggregate;
  Bytes fragment;  // of a random-access slice
  unsigned fragment_type;
};
inline const NalBytes& NalBytesOf(Codec codec) {
  static const NalBytes kH264{96,
                              {Octets({0x67}), Octets({0x68})},
                              Octets({0x65}),
                              Octets({0x41}),
                              Octets({0x09}),
                              Octets({0x78}),
                              Octets({0x7c}),
                              5};
  static const NalBytes kH265{97,
                              {Octets({0x40, 1}), Octets({0x42, 1}), Octets({0x44, 1})},
                              Octets({0x26, 1}),
                              Octets({0x02, 1}),
                              Octets({0x46, 1}),
                              Octets({0x60, 1}),
                              Octets({0x62, 1}),
                              19};
  return codec == Codec::kH264 ? kH264 : kH265;
}

// Makes datagrams; whose every payload byte after the headers is `fill`, so that a byte says where
// it comes from.
class TestCamera {
 public:
  TestCamera(std::uint32_t ssrc, unsigned fill, std::uint16_t sequence_number = 65000,
             Codec codec = Codec::kH264)
      : ssrc_(ssrc), fill_(fill), codec_(codec), sequence_number_(sequence_number) {}

  std::vector<Bytes> IdrNalUnits(std::size_t bytes) const {
    std::vector<Bytes> nal_units;
    for (const Bytes& head : nal().parameter_sets)
      nal_units.push_back(Nal(head, head == nal().parameter_sets.back() ? 4 : 8));
    nal_units.push_back(Nal(nal().random_access, bytes));
    return nal_units;
  }
  // Parameter sets and an IDR slice, a packet each.
  std::vector<Bytes> Idr(std::size_t bytes = 100) { return Packets(IdrNalUnits(bytes)); }
  // The same, as an aggregate and three fragments.
  std::vector<Bytes> FragmentedIdr(std::size_t bytes = 100) {
    auto nal_units = IdrNalUnits(bytes);
    const Bytes idr = nal_units.back();
    nal_units.pop_back();
    std::vector<Bytes> payloads{Aggregate(nal_units)};
    const auto body = std::span(idr).subspan(nal().random_access.size());
    const std::size_t third = body.size() / 3;
    payloads.push_back(Fragment(0x80, body.first(third)));
    payloads.push_back(Fragment(0, body.subspan(third, third)));
    payloads.push_back(Fragment(0x40, body.subspan(2 * third)));
    return Packets(payloads);
  }
  std::vector<Bytes> Slice(std::size_t bytes = 50) { return Packets({Nal(nal().slice, bytes)}); }

  // --- payloads
  Bytes Nal(const Bytes& head, std::size_t bytes) const {
    Bytes nal_unit(bytes, fill());
    std::ranges::copy(head, nal_unit.begin());
    return nal_unit;
  }
  Bytes Aggregate(const std::vector<Bytes>& nal_units) const {
    Bytes payload = nal().aggregate;
    for (const Bytes& nal_unit : nal_units) {
      payload.insert(payload.end(), {std::byte{0}, static_cast<std::byte>(nal_unit.size())});
      payload.insert(payload.end(), nal_unit.begin(), nal_unit.end());
    }
    return payload;
  }
  // place: 0x80 the first, 0x40 the last.
  Bytes Fragment(unsigned place, std::span<const std::byte> body) const {
    Bytes payload = nal().fragment;
    payload.push_back(static_cast<std::byte>(place | nal().fragment_type));
    payload.insert(payload.end(), body.begin(), body.end());
    return payload;
  }

  // One access unit of these payloads.
  std::vector<Bytes> Packets(const std::vector<Bytes>& payloads) {
    std::vector<Bytes> datagrams;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      Bytes datagram(kRtpHeaderBytes);
      WriteRtpHeader(
          {i + 1 == payloads.size(), nal().payload_type, sequence_number_++, timestamp_, ssrc_, {}},
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
  const NalBytes& nal() const { return NalBytesOf(codec_); }

 private:
  std::uint32_t ssrc_;
  unsigned fill_;
  Codec codec_;
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
  bool SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    if (packets_taken && packets.size() >= *packets_taken) {
      if (on_refusal) on_refusal();
      return false;
    }
    Bytes datagram(header.begin(), header.end());
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    RtpPacket packet;
    parse_failures += ParseRtp(datagram, packet) == RtpParse::kOk ? 0 : 1;
    packet.payload = {};
    packets.push_back({to, packet, Bytes(payload.begin(), payload.end())});
    return true;
  }
  bool SendStill(ViewerHandle to, std::span<const std::byte> access_unit) override {
    if (refuses_stills) return false;
    stills.push_back({to, Bytes(access_unit.begin(), access_unit.end())});
    return true;
  }
  void SendToPublisher(Port port, Source to, std::span<const std::byte> rtcp) override {
    feedback.push_back({port, to, Bytes(rtcp.begin(), rtcp.end())});
  }
  // Packets beyond so many in `packets` are refused from now on.
  void TakeOnly(std::size_t count) { packets_taken = packets.size() + count; }
  void TakeAll() { packets_taken.reset(); }
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
  std::optional<std::size_t> packets_taken;
  bool refuses_stills = false;
  std::function<void()> on_refusal;  // of a packet, before the relay hears of it
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_TEST_CAMERA_H_
