// Fuzzes what the harness reads media with:
//   1. footage is cut into access units that tile it, and each survives the journey into RTP
//   packets and out again;
//   2. the depacketiser takes any datagrams, and each access unit that it yields begins with a
//   start code and is counted.
#include <algorithm>
#include <vector>

#include "harness/base/check.h"
#include "harness/media/footage.h"
#include "harness/media/h264.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/media/rtp_packetizer.h"
#include "targets/fuzz/fuzz_input.h"

namespace {

namespace media = framefence::media;

struct Collector final : media::AccessUnitSink {
  void OnAccessUnit(const media::ReceivedAccessUnit& unit) override {
    FRAMEFENCE_CHECK(unit.annex_b.size() > media::kStartCode.size());
    FRAMEFENCE_CHECK(std::ranges::equal(unit.annex_b.first<4>(), media::kStartCode));
    units.emplace_back(unit.annex_b.begin(), unit.annex_b.end());
  }
  std::vector<std::vector<std::byte>> units;
};

// RFC 6184 5.3: the bit says that a NAL unit is damaged, and no receiver takes such a one.
bool HoldsDamage(std::span<const std::byte> stream) {
  media::AnnexBReader reader(stream);
  for (auto nal_unit = reader.Next(); !nal_unit.empty(); nal_unit = reader.Next()) {
    if ((nal_unit[0] & media::kForbiddenZeroBit) != std::byte{0}) return true;
  }
  return false;
}

void CheckFootage(std::span<const std::byte> bytes) {
  const auto footage = media::Footage::Parse(bytes);
  if (!footage || HoldsDamage(bytes)) return;
  media::RtpPacketizer packetizer(
      {.packet_bytes_max = static_cast<std::uint16_t>(20 + bytes.size() % 200)});
  media::RtpDepacketizer depacketizer;
  Collector received;
  std::size_t end = 0, timestamp = 0;
  for (const media::FootageAccessUnit& unit : footage->access_units()) {
    FRAMEFENCE_CHECK(unit.offset == end && unit.size > 0);
    end += unit.size;
    packetizer.Begin(footage->bytes(unit), static_cast<std::uint32_t>(timestamp += 3000));
    for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next())
      depacketizer.Push(packet, received);
  }
  FRAMEFENCE_CHECK(packetizer.nal_units_skipped() == 0);
  // The first one is taken for whole only where its first NAL unit says so (rtp_depacketizer.h).
  const std::size_t units = footage->access_units().size();
  FRAMEFENCE_CHECK(received.units.size() == units || received.units.size() + 1 == units);
  for (std::size_t i = 1; i <= received.units.size(); ++i) {
    FRAMEFENCE_CHECK(std::ranges::equal(received.units[received.units.size() - i],
                                        footage->bytes(footage->access_units()[units - i])));
  }
}

void CheckDepacketizer(fuzz::Input input) {
  static media::RtpDepacketizer depacketizer(media::RtpDepacketizer::Options{.reorder_window = 4});
  depacketizer.Reset();
  Collector received;
  std::uint64_t packets = 0;
  for (; !input.empty(); ++packets) depacketizer.Push(input.TakePacket(), received);
  depacketizer.Flush(received);
  FRAMEFENCE_CHECK(depacketizer.counters().packets == packets);
  FRAMEFENCE_CHECK(depacketizer.counters().access_units_complete == received.units.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CheckFootage(std::as_bytes(std::span(data, size)));
  CheckDepacketizer(fuzz::Input(data, size));
  return 0;
}
