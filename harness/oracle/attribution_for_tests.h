// How often the oracle takes bytes for somebody's whose they are not: measured, for the test (short)
// and for bench_attribution (long).
#ifndef FRAMEFENCE_HARNESS_ORACLE_ATTRIBUTION_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_ORACLE_ATTRIBUTION_FOR_TESTS_H_

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "harness/base/prng.h"
#include "harness/media/stamp/permutation.h"
#include "harness/oracle/fixture_for_tests.h"

namespace framefence::oracle::testing {

// What packets are filled with.
enum class Feed : std::uint8_t {
  kRandom,
  kCompressed,  // as an entropy coder leaves it: skewed, with runs and emulation prevention
  kHeaders,     // of RTP, of parameter sets, of messages with text, start codes, filler
  kShifted,     // own cells, 1 to 7 bits on
  kOwn,         // own cells from any byte on, with bits flipped in each
  kForeign,     // a stranger's likewise
};

struct Source {
  std::string_view name;
  Feed feed = Feed::kRandom;
  unsigned bits_flipped = 0;  // in every cell
};

inline std::vector<Source> Sources() {
  return {{"random bytes", Feed::kRandom},
          {"compressed-looking bytes", Feed::kCompressed},
          {"headers of real formats", Feed::kHeaders},
          {"own cells shifted by bits", Feed::kShifted},
          {"own cells, 1 bit flipped", Feed::kOwn, 1},
          {"own cells, 2 bits flipped", Feed::kOwn, 2},
          {"own cells, 4 bits flipped", Feed::kOwn, 4},
          {"own cells, 16 bits flipped", Feed::kOwn, 16},
          {"a stranger's cells, 1 bit flipped", Feed::kForeign, 1},
          {"a stranger's cells, 2 bits flipped", Feed::kForeign, 2},
          {"a stranger's cells, 4 bits flipped", Feed::kForeign, 4},
          {"a stranger's cells, 16 bits flipped", Feed::kForeign, 16}};
}

struct Attribution {
  std::uint64_t positions = 0;  // at which a cell could begin
  std::uint64_t wrong = 0;      // runs said to be a frame's that they are not of
  std::uint64_t bytes = 0;
  std::uint64_t bytes_attributed = 0;
  // [b]: positions at which b check bits and more are right, of the 40 that must be.
  std::array<std::uint64_t, 41> check_bits{};

  // With 95 % confidence no more than so many of `positions` are wrong, where none was seen (the rule
  // of three).
  double WrongAtMost() const { return 3.0 / static_cast<double>(positions); }
};

// That a position is wrong by chance: 40 check bits, and as a rule a salt of 0, 4 bits; or half a
// cell, 64 bits, of any that was published.
inline double ComputedWrong(std::size_t cells_published) {
  return std::ldexp(1.0, -44) + 2 * static_cast<double>(cells_published) * std::ldexp(1.0, -64);
}

class AttributionMeter {
 public:
  static constexpr std::size_t kPayloadBytes = 600;
  static constexpr std::size_t kFrames = 8;  // of each camera
  static constexpr std::size_t kFrameBytes = 1200;
  static constexpr std::size_t kPacketsOfCase = 50;
  static constexpr std::size_t kEpochs = 1000;
  static constexpr std::size_t kCellsPublished = 3 * kFrames * kFrameBytes / media::kCellBytes;

  explicit AttributionMeter(std::uint64_t seed) : prng_(seed) { NewCase(0); }

  Attribution Measure(const Source& source, std::size_t packets) {
    Attribution measured;
    world_.oracle.on_violation = [&](const Violation& violation) {
      const bool is_right = source.feed == Feed::kForeign && violation.origin &&
                            violation.origin->camera == World::kStrangersCamera &&
                            violation.origin->frame == frame_;
      measured.wrong += is_right ? 0 : 1;
    };
    for (std::size_t i = 0; i < packets; ++i) {
      if (i % kPacketsOfCase == 0) NewCase(i / kPacketsOfCase);
      const Buffer payload = Fill(source);
      CountCheckBits(payload, measured);
      Buffer packet = Rtp(Octets({0x65}));
      Append(packet, payload);
      const std::uint64_t before = world_.oracle.statistics().bytes_attributed;
      world_.Deliver(packet);
      measured.bytes_attributed += world_.oracle.statistics().bytes_attributed - before;
    }
    measured.bytes = packets * kPayloadBytes;
    return measured;
  }

 private:
  // Other cells in each: by their epoch.
  void NewCase(std::size_t number) {
    world_.Begin({.names = 4});
    own_.clear();
    foreign_.clear();
    for (std::size_t i = 0; i < number % kEpochs; ++i) {
      world_.Bind(World::kHome, World::kCamera);
      world_.Bind(World::kStranger, World::kStrangersCamera);
    }
    world_.Open();
    for (std::size_t i = 0; i < kFrames; ++i) {
      own_.push_back(world_.Publish(World::kCamera, kFrameBytes));
      foreign_.push_back(world_.Publish(World::kStrangersCamera, kFrameBytes));
      world_.Publish(World::kSecondCamera, kFrameBytes);
    }
    Buffer footage = Octets({0x65});
    for (std::size_t i = 0; i < kFrameBytes; ++i) footage.push_back(RandomByte());
    world_.PublishFootage(World::kStrangersCamera, AnnexB({footage}));
  }

  std::byte RandomByte() { return static_cast<std::byte>(prng_.Next() >> 56); }

  Buffer Fill(const Source& source) {
    Buffer bytes;
    bytes.reserve(2 * kPayloadBytes);
    switch (source.feed) {
      case Feed::kRandom:
        while (bytes.size() < kPayloadBytes) bytes.push_back(RandomByte());
        break;
      case Feed::kCompressed:
        while (bytes.size() < kPayloadBytes) AppendCompressed(bytes);
        break;
      case Feed::kHeaders:
        while (bytes.size() < kPayloadBytes) AppendHeader(bytes);
        break;
      case Feed::kShifted:
        bytes = CellsOf(own_);
        ShiftBits(bytes, 1 + prng_.Below(7));
        break;
      case Feed::kOwn:
      case Feed::kForeign:
        bytes = CellsOf(source.feed == Feed::kOwn ? own_ : foreign_);
        FlipInEachCell(bytes, source.bits_flipped);
        break;
    }
    bytes.resize(kPayloadBytes);
    return bytes;
  }

  Buffer CellsOf(const std::vector<World::Frame>& frames) {
    const World::Frame& frame = frames[prng_.Below(kFrames)];
    frame_ = frame.stamp.frame;
    phase_ = prng_.Below(kFrameBytes - kPayloadBytes);
    const auto begin = frame.unit.begin() + 1 + static_cast<std::ptrdiff_t>(phase_);
    return {begin, begin + kPayloadBytes};
  }

  void FlipInEachCell(Buffer& bytes, unsigned bits) {
    const std::size_t first = (media::kCellBytes - phase_ % media::kCellBytes) % media::kCellBytes;
    const auto flip = [&](std::size_t begin, std::size_t end) {
      std::bitset<8 * media::kCellBytes> flipped;
      while (flipped.count() < std::min<std::size_t>(bits, 8 * (end - begin))) {
        const std::uint32_t bit = prng_.Below(static_cast<std::uint32_t>(8 * (end - begin)));
        if (!flipped[bit]) bytes[begin + bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        flipped[bit] = true;
      }
    };
    flip(0, first);
    for (std::size_t at = first; at < bytes.size(); at += media::kCellBytes)
      flip(at, std::min(at + media::kCellBytes, bytes.size()));
  }

  static void ShiftBits(Buffer& bytes, unsigned bits) {
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
      bytes[i] = bytes[i] << bits | bytes[i + 1] >> (8 - bits);
    }
  }

  void AppendCompressed(Buffer& bytes) {
    std::byte byte = RandomByte();
    for (std::uint32_t i = prng_.Below(3); i != 0; --i) byte &= RandomByte();
    const std::size_t run = prng_.Below(16) == 0 ? 2 + prng_.Below(6) : 1;
    for (std::size_t i = 0; i < run; ++i) {
      const std::size_t size = bytes.size();
      if (size >= 2 && bytes[size - 1] == std::byte{0} && bytes[size - 2] == std::byte{0} &&
          byte <= std::byte{3}) {
        bytes.push_back(std::byte{3});  // H.264 7.4.1
      }
      bytes.push_back(byte);
    }
  }

  void AppendHeader(Buffer& bytes) {
    const std::uint32_t n = prng_.Next32();
    switch (prng_.Below(6)) {
      case 0:  // RTP and FU-A
        Append(bytes, Octets({0x80, 96 | (n & 0x80), n >> 8 & 0xff, n & 0xff, 0, 0, n >> 16 & 0xff,
                              n >> 24, 0xde, 0xad, 0xbe, 0xef, 0x7c, 0x85 & n}));
        break;
      case 1:  // SPS
        Append(bytes, Octets({0,
                              0,
                              0,
                              1,
                              0x67,
                              0x64,
                              0,
                              n & 0x3f,
                              0xac,
                              0xd9,
                              0x40,
                              n >> 8 & 0xff,
                              n >> 16 & 0xff,
                              0xa1,
                              0,
                              0,
                              3,
                              0,
                              1,
                              0,
                              0,
                              3,
                              0,
                              0x32,
                              0x0f,
                              0x18}));
        break;
      case 2:  // PPS and a slice
        Append(bytes, Octets({0, 0, 0, 1, 0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0, 0, 0, 1, 0x41, 0x9a,
                              n & 0xff, n >> 8 & 0xff}));
        break;
      case 3: {  // a message
        constexpr std::string_view kText = "x264 - core 164 - H.264/MPEG-4 AVC codec - options: ";
        Append(bytes, std::as_bytes(std::span(kText)));
        break;
      }
      case 4:  // filler
        bytes.resize(bytes.size() + n % 40, std::byte{0xff});
        break;
      default:  // a box with sizes and a time
        Append(bytes,
               Octets({0, 0, n >> 24, n & 0xff, 'm', 'd', 'a', 't', 0, 0, 0, 0, n & 0xff, 0}));
    }
  }

  static void CountCheckBits(const Buffer& bytes, Attribution& measured) {
    using namespace media::stamp_layout;
    for (std::size_t at = 0; at + media::kCellBytes <= bytes.size(); ++at) {
      Block block;
      std::memcpy(&block, &bytes[at], sizeof(block));
      const std::uint64_t wrong_bits = (Invert(block).high >> media::kStampCameraBits) ^ kCheck;
      const auto right = static_cast<unsigned>(std::countr_zero(wrong_bits));
      for (unsigned bits = 0; bits <= std::min(right, kCheckBits); ++bits)
        ++measured.check_bits[bits];
      ++measured.positions;
    }
  }

  World world_;
  Prng prng_;
  std::vector<World::Frame> own_;
  std::vector<World::Frame> foreign_;
  FrameNumber frame_;      // of the cells last taken
  std::size_t phase_ = 0;  // where in that frame they begin
};

}  // namespace framefence::oracle::testing

#endif  // FRAMEFENCE_HARNESS_ORACLE_ATTRIBUTION_FOR_TESTS_H_
