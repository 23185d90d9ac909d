// For tests: makes repair packets (RFC 8627 section 6.2, flexible mask). Shares nothing with the
// decoder, not even how to write a number: what both have wrong would not show.
#ifndef FRAMEFENCE_TARGETS_RELAY_FEC_ENCODER_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_FEC_ENCODER_FOR_TESTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace relay::testing {

class FecEncoder {
 public:
  using Bytes = std::vector<std::byte>;

  FecEncoder(std::uint32_t source_ssrc, std::uint32_t repair_ssrc)
      : source_ssrc_(source_ssrc), repair_ssrc_(repair_ssrc) {}

  // The next repair packet, over `sources`: RTP packets whose numbers are 0..109 after
  // `sequence_base`.
  Bytes Encode(std::span<const Bytes> sources, std::uint16_t sequence_base) {
    Bytes packet;
    Put(packet, 0x81, 1);  // version 2, one CSRC
    Put(packet, 113, 1);   // some payload type
    Put(packet, sequence_number_++, 2);
    Put(packet, 0, 4);
    Put(packet, repair_ssrc_, 4);
    Put(packet, source_ssrc_, 4);

    std::uint64_t flags = 0, length = 0, timestamp = 0;
    Bytes payload;
    for (const Bytes& source : sources) {
      flags ^= Get(source, 0, 2);
      length ^= source.size() - 12;
      timestamp ^= Get(source, 4, 4);
      if (payload.size() < source.size() - 12) payload.resize(source.size() - 12);
      for (std::size_t i = 12; i < source.size(); ++i) payload[i - 12] ^= source[i];
    }
    Put(packet, flags & 0x3fff, 2);
    Put(packet, length, 2);
    Put(packet, timestamp, 4);
    Put(packet, sequence_base, 2);
    PutMask(packet, sources, sequence_base);
    packet.insert(packet.end(), payload.begin(), payload.end());
    return packet;
  }
  Bytes Encode(std::span<const Bytes> sources) {
    return Encode(sources, static_cast<std::uint16_t>(Get(sources[0], 2, 2)));
  }

 private:
  static void Put(Bytes& packet, std::uint64_t number, int bytes) {
    while (bytes-- > 0) packet.push_back(static_cast<std::byte>(number >> 8 * bytes & 0xff));
  }
  static std::uint64_t Get(const Bytes& packet, std::size_t at, std::size_t bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = at; i < at + bytes; ++i)
      number = number * 256 + std::to_integer<std::uint64_t>(packet[i]);
    return number;
  }
  // In the shortest of the three forms that holds it: k and 15 bits, k and 31 more, 64 more.
  static void PutMask(Bytes& packet, std::span<const Bytes> sources, std::uint16_t sequence_base) {
    std::vector<bool> mask(110);
    std::size_t highest = 0;
    for (const Bytes& source : sources) {
      const std::size_t offset = (Get(source, 2, 2) + 65536 - sequence_base) % 65536;
      mask.at(offset) = true;
      highest = std::max(highest, offset);
    }
    const auto number_of = [&mask](std::size_t first, std::size_t bits) {
      std::uint64_t number = 0;
      for (std::size_t i = first; i < first + bits; ++i) number = number * 2 + (mask[i] ? 1 : 0);
      return number;
    };
    Put(packet, (highest >= 15 ? 0x8000U : 0U) + number_of(0, 15), 2);
    if (highest >= 15) Put(packet, (highest >= 46 ? 0x80000000U : 0U) + number_of(15, 31), 4);
    if (highest >= 46) Put(packet, number_of(46, 64), 8);
  }

  std::uint32_t source_ssrc_;
  std::uint32_t repair_ssrc_;
  std::uint16_t sequence_number_ = 1;
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_FEC_ENCODER_FOR_TESTS_H_
