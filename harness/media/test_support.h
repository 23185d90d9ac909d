// What the tests of this folder share.
#ifndef FRAMEFENCE_HARNESS_MEDIA_TEST_SUPPORT_H_
#define FRAMEFENCE_HARNESS_MEDIA_TEST_SUPPORT_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "harness/media/h264.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/media/rtp_packetizer.h"

namespace framefence::media {

using Bytes = std::vector<std::byte>;

inline Bytes BytesOf(std::initializer_list<int> values) {
  Bytes bytes;
  for (int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

// A NAL unit of `size` bytes without zeros: the header, then 1, 2, 3 ... 255, 1 ...
inline Bytes NalUnitOf(int header, std::size_t size) {
  Bytes bytes{static_cast<std::byte>(header)};
  while (bytes.size() < size) bytes.push_back(static_cast<std::byte>(1 + (bytes.size() - 1) % 255));
  return bytes;
}

inline Bytes AnnexBOf(std::initializer_list<Bytes> nal_units) {
  Bytes stream;
  for (const Bytes& nal_unit : nal_units) AppendNalUnit(nal_unit, stream);
  return stream;
}

// Appends the packets of one access unit.
inline void Packetize(RtpPacketizer& packetizer, std::span<const std::byte> access_unit,
                      std::uint32_t timestamp, std::vector<Bytes>& packets) {
  packetizer.Begin(access_unit, timestamp);
  for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next()) {
    packets.emplace_back(packet.begin(), packet.end());
  }
}

// Keeps the access units that it is given.
struct Collector final : AccessUnitSink {
  std::vector<Bytes> access_units;
  std::vector<std::uint32_t> timestamps;
  std::vector<bool> idr;

  void OnAccessUnit(const ReceivedAccessUnit& access_unit) override {
    access_units.emplace_back(access_unit.annex_b.begin(), access_unit.annex_b.end());
    timestamps.push_back(access_unit.timestamp);
    idr.push_back(access_unit.idr);
  }
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_TEST_SUPPORT_H_
