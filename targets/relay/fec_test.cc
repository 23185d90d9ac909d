// Seen to fail: each refusal of ParseFec(), OnSource(), OnFec() and Recover() is seen by a packet that
// only it refuses. With any of them taken out, a bound moved by one, the k bits the other way round,
// a field left out of the recovery, a recovered packet not kept, a repair packet not dropped when it is
// spent or what it needs is forgotten, the oldest preferred to the newest, or StartSession()
// forgetting but the source packets, the repair packets, the first number or the SSRC, a test below
// fails each time (or AddressSanitizer sees a read past an end).
#include "targets/relay/fec.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "targets/relay/fec_encoder_for_tests.h"
#include "targets/relay/octets_for_tests.h"
#include "targets/relay/rtp.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::Octets;
using Packets = std::vector<Bytes>;

constexpr std::uint32_t kSource = 0x01020304, kRepair = 0x0a0b0c0d, kStranger = 0x77777777;
constexpr std::uint32_t kPacketsMax = 128;
constexpr std::size_t kBytesMax = 200;

// A packet with a payload of so many bytes, all of which differ from packet to packet.
Bytes Source(unsigned sequence, std::size_t payload_bytes, std::uint32_t ssrc = kSource) {
  Bytes packet(kRtpHeaderBytes + payload_bytes);
  WriteRtpHeader(
      {sequence % 3 == 0, 96, static_cast<std::uint16_t>(sequence), sequence * 3000, ssrc, {}},
      std::span(packet).first<kRtpHeaderBytes>());
  for (std::size_t i = 0; i < payload_bytes; ++i)
    packet[kRtpHeaderBytes + i] = static_cast<std::byte>(sequence * 31 + i + 1);
  return packet;
}

class FecTest : public ::testing::Test {
 protected:
  void SetUp() override {
    decoder_.Reset(kPacketsMax, kBytesMax);
    decoder_.StartSession(kSource, kRepair);
  }

  // `first` and so many after it; of different lengths.
  static Packets Block(unsigned first, unsigned count) {
    Packets block;
    for (unsigned i = 0; i < count; ++i)
      block.push_back(Source(first + i, 20 + (first + i) * 7 % 30));
    return block;
  }
  FecPlace Receive(unsigned sequence) {
    return decoder_.OnSource(sequence, Source(sequence, 20 + sequence * 7 % 30));
  }
  FecPlace Repair(const Bytes& datagram) {
    FecPacket fec;
    EXPECT_EQ(ParseFec(datagram, fec), FecParse::kOk);
    return decoder_.OnFec(fec);
  }
  FecPlace RepairOf(const Packets& sources) { return Repair(encoder_.Encode(sources)); }
  // All that can be recovered now.
  Packets Recovered() {
    Packets recovered;
    std::span<const std::byte> datagram;
    while ((last_ = decoder_.Recover(datagram)) == FecRecovery::kRecovered)
      recovered.emplace_back(datagram.begin(), datagram.end());
    return recovered;
  }

  FecDecoder decoder_;
  testing::FecEncoder encoder_{kSource, kRepair};
  FecRecovery last_ = FecRecovery::kNothing;
};

// --- the header

// Two packets, 0xfffe and 0x0000 (so base 0xfffe and mask bits 0 and 2), worked by hand:
//   A: 80 e0 fffe 00000010 SSRC 41 01 02          marker, payload type 96, length 3
//   B: 90 60 0000 00000031 SSRC bede0000 61 07    X, no marker, payload type 96, length 6
//   flags A ^ B without the version: 80 e0 ^ 90 60 = 10 80; length 3 ^ 6 = 5; time 10 ^ 31 = 21
//   payload 41 01 02 00 00 00 ^ be de 00 00 61 07 = ff df 02 00 61 07
const Bytes kA = Octets({0x80, 0xe0, 0xff, 0xfe, 0, 0, 0, 0x10, 1, 2, 3, 4, 0x41, 0x01, 0x02});
const Bytes kB = Octets({0x90, 0x60, 0, 0, 0, 0, 0, 0x31, 1, 2, 3, 4, 0xbe, 0xde, 0, 0, 0x61, 7});
const Bytes kRepairOfAAndB =
    Octets({0x81, 113,  0,    1, 0,    0,   0, 0,    0x0a, 0x0b, 0x0c, 0x0d,  // RTP
            1,    2,    3,    4,                                              // CSRC: the source
            0x10, 0x80, 0,    5, 0,    0,   0, 0x21,                          // recovery
            0xff, 0xfe, 0x50, 0,  // base; k = 0, bits 0 and 2
            0xff, 0xdf, 0x02, 0, 0x61, 0x07});
constexpr std::size_t kFecAt = 16;

TEST_F(FecTest, HeaderWorkedByHandIsReadAsItWasWorked) {
  FecPacket fec;
  ASSERT_EQ(ParseFec(kRepairOfAAndB, fec), FecParse::kOk);
  EXPECT_EQ(fec.ssrc, kRepair);
  EXPECT_EQ(fec.source_ssrc, kSource);
  EXPECT_EQ(fec.sequence_base, 0xfffe);
  EXPECT_EQ(fec.mask, FecMask(0b101));
  EXPECT_EQ(fec.recovery.data(), kRepairOfAAndB.data() + kFecAt);
  EXPECT_EQ(fec.recovery.size(), kFecRecoveryBytes);
  EXPECT_EQ(fec.payload.size(), 6U);
  EXPECT_EQ(encoder_.Encode(Packets{kA, kB}), kRepairOfAAndB);
}

TEST_F(FecTest, EitherPacketWorkedByHandIsRecoveredFromTheOther) {
  for (const bool lose_first : {false, true}) {
    decoder_.StartSession(kSource, kRepair);
    decoder_.OnSource(lose_first ? 0x10000 : 0xfffe, lose_first ? kB : kA);
    EXPECT_EQ(Repair(kRepairOfAAndB), FecPlace::kKept);
    EXPECT_EQ(Recovered(), Packets{lose_first ? kA : kB});
  }
}

// Each bit of the three mask forms, at its place in the header: bit 15 follows the second k, bit 46
// follows bit 45 with no k between.
TEST_F(FecTest, MasksOfAllThreeFormsAreReadBitByBit) {
  const auto mask_at = [](std::initializer_list<unsigned> mask) {
    Bytes packet(kRepairOfAAndB.begin(), kRepairOfAAndB.begin() + kFecAt + 10);
    const Bytes bytes = Octets(mask);
    packet.insert(packet.end(), bytes.begin(), bytes.end());
    FecPacket fec;
    EXPECT_EQ(ParseFec(packet, fec), FecParse::kOk);
    EXPECT_TRUE(fec.payload.empty());
    return fec.mask;
  };
  const auto bit = [](std::size_t at) { return FecMask().set(at); };
  EXPECT_EQ(mask_at({0x40, 0}), bit(0));
  EXPECT_EQ(mask_at({0x00, 1}), bit(14));
  EXPECT_EQ(mask_at({0x80, 0, 0x40, 0, 0, 0}), bit(15));
  EXPECT_EQ(mask_at({0x80, 0, 0x00, 0, 0, 1}), bit(45));
  EXPECT_EQ(mask_at({0x80, 0, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0}), bit(46));
  EXPECT_EQ(mask_at({0x80, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), bit(109));
  EXPECT_TRUE(
      mask_at({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
          .all());
}

TEST_F(FecTest, EachMalformedHeaderHasItsName) {
  FecPacket fec;
  const auto with = [](std::size_t at, unsigned value) {
    Bytes packet = kRepairOfAAndB;
    packet[at] = static_cast<std::byte>(value);
    return packet;
  };
  EXPECT_EQ(ParseFec(with(0, 0x41), fec), FecParse::kBadRtp);
  EXPECT_EQ(ParseFec(with(0, 0x80), fec), FecParse::kNotOneSource);
  EXPECT_EQ(ParseFec(with(0, 0x82), fec), FecParse::kNotOneSource);
  EXPECT_EQ(ParseFec(with(kFecAt, 0x90), fec), FecParse::kRetransmission);
  EXPECT_EQ(ParseFec(with(kFecAt, 0x50), fec), FecParse::kFixedMask);
  EXPECT_EQ(ParseFec(with(kFecAt, 0xd0), fec), FecParse::kReserved);
  EXPECT_EQ(ParseFec(with(kFecAt + 10, 0), fec), FecParse::kEmptyMask);
}

TEST_F(FecTest, HeaderCutAtAnyLengthIsRefused) {
  for (const unsigned last_bit : {0U, 15U, 46U}) {
    const Bytes whole = encoder_.Encode(
        Packets{Source(5, 0), Source(5 + last_bit, 0)});  // no repair payload: all is header
    FecPacket fec;
    EXPECT_EQ(ParseFec(whole, fec), FecParse::kOk);
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(bytes));
      EXPECT_EQ(ParseFec(cut, fec), bytes < kFecAt ? FecParse::kBadRtp : FecParse::kTooShort);
    }
  }
}

// --- recovery

TEST_F(FecTest, EveryPacketOfABlockIsRecoveredFromTheOthers) {
  for (const unsigned count : {1U, 2U, 10U, 15U, 16U, 46U, 47U, 110U}) {
    const auto block = Block(1000, count);
    for (unsigned lost = 0; lost < count; ++lost) {
      decoder_.StartSession(kSource, kRepair);
      Receive(999);
      for (unsigned i = 0; i < count; ++i)
        if (i != lost) Receive(1000 + i);
      ASSERT_EQ(RepairOf(block), FecPlace::kKept);
      ASSERT_EQ(Recovered(), Packets{block[lost]}) << lost << " of " << count;
      ASSERT_EQ(last_, FecRecovery::kNothing);
    }
  }
}

TEST_F(FecTest, RepairPacketMayComeBeforeWhatItRepairs) {
  const auto block = Block(50, 4);
  Receive(49);
  EXPECT_EQ(RepairOf(block), FecPlace::kKept);
  for (const unsigned sequence : {52U, 50U}) {
    Receive(sequence);
    EXPECT_TRUE(Recovered().empty());
  }
  Receive(53);
  EXPECT_EQ(Recovered(), Packets{block[1]});
}

// A mask may begin with zeros: its base need not be protected, nor in the window.
TEST_F(FecTest, MaskThatBeginsWithZerosMeansTheSamePackets) {
  for (const unsigned base : {999U, 950U, 904U}) {
    decoder_.StartSession(kSource, kRepair);
    Receive(1000), Receive(1002);
    const auto sequence_number = static_cast<std::uint16_t>(base);
    EXPECT_EQ(Repair(encoder_.Encode(Block(1000, 3), sequence_number)), FecPlace::kKept);
    EXPECT_EQ(RepairOf(Block(1000, 3)), FecPlace::kDuplicate);
    EXPECT_EQ(Recovered(), Block(1001, 1)) << base;
  }
}

TEST_F(FecTest, PaddingExtensionAndCsrcsAreRecoveredToo) {
  Packets block = Block(7, 3);
  block[1] = Octets({0xb1, 0xe0, 0, 8, 1,    2,    3, 4, 1, 2, 3, 4,  // P, X and one CSRC
                     9,    9,    9, 9, 0xbe, 0xde, 0, 1, 5, 5, 5, 5, 0x65, 0x88, 0x84, 0x00, 0, 2});
  Receive(7), Receive(9);
  RepairOf(block);
  EXPECT_EQ(Recovered(), Packets{block[1]});
}

// Rows 100 101 102 and 103 104 105, and the column 101 104. Of each row two are lost: only the
// column can begin, and what it gives the rows need.
TEST_F(FecTest, WhatOneRepairPacketGivesAnotherUses) {
  const auto block = Block(100, 6);
  const auto pick = [&block](std::initializer_list<unsigned> offsets) {
    Packets picked;
    for (const unsigned offset : offsets) picked.push_back(block[offset]);
    return picked;
  };
  for (const unsigned received : {100U, 103U, 104U}) Receive(received);
  EXPECT_EQ(RepairOf(pick({0, 1, 2})), FecPlace::kKept);
  EXPECT_TRUE(Recovered().empty());
  EXPECT_EQ(RepairOf(pick({1, 4})), FecPlace::kKept);
  EXPECT_EQ(Recovered(), pick({1, 2}));
  EXPECT_EQ(RepairOf(pick({3, 4, 5})), FecPlace::kKept);
  EXPECT_EQ(Recovered(), pick({5}));
}

TEST_F(FecTest, BlockOverTheWrapOfTheNumbersIsRecovered) {
  for (unsigned lost = 65533; lost < 65533 + 6; ++lost) {
    decoder_.StartSession(kSource, kRepair);
    for (unsigned i = 65533; i < 65533 + 6; ++i)
      if (i != lost) Receive(i);
    ASSERT_EQ(RepairOf(Block(65533, 6)), FecPlace::kKept);
    ASSERT_EQ(Recovered(), Block(lost, 1)) << lost;
  }
}

// Against the slowest decoder there is: as long as some repair packet lacks one packet, that one is
// had.
TEST_F(FecTest, AllThatCanBeRecoveredIsWhateverTheOrder) {
  std::mt19937 random(1);
  std::size_t recovered_in_all = 0;
  for (unsigned round = 0; round < 500; ++round) {
    decoder_.StartSession(kSource, kRepair);
    const unsigned first = 65500 + random() % 50;
    const auto block = Block(first, 30);
    std::vector<bool> had(block.size());
    Receive(first - 1);
    std::vector<std::vector<unsigned>> repairs(8);

    std::vector<unsigned> order;
    for (unsigned i = 0; i < block.size(); ++i)
      if (random() % 4 != 0) order.push_back(i), had[i] = true;
    for (unsigned r = 0; r < repairs.size(); ++r) {
      for (unsigned i = 0; i < block.size(); ++i)
        if (random() % 4 == 0) repairs[r].push_back(i);
      if (!repairs[r].empty()) order.push_back(1000 + r);
    }
    std::ranges::shuffle(order, random);
    std::map<unsigned, Bytes> recovered;
    for (const unsigned what : order) {
      if (what < 1000) {
        Receive(first + what);
      } else {
        Packets sources;
        for (const unsigned i : repairs[what - 1000]) sources.push_back(block[i]);
        RepairOf(sources);
      }
      for (const Bytes& packet : Recovered()) {
        RtpPacket read;
        ASSERT_EQ(ParseRtp(packet, read), RtpParse::kOk);
        const auto index = static_cast<std::uint16_t>(read.sequence_number - first);
        ASSERT_LT(index, block.size());
        ASSERT_EQ(packet, block[index]);
        recovered[index] = packet;
      }
    }
    for (bool more = true; more;) {
      more = false;
      for (const auto& repair : repairs) {
        const auto lacks = [&had](unsigned i) { return !had[i]; };
        if (std::ranges::count_if(repair, lacks) != 1) continue;
        const unsigned index = *std::ranges::find_if(repair, lacks);
        had[index] = more = true;
        ASSERT_TRUE(recovered.contains(index)) << round << ": " << index;
      }
    }
    recovered_in_all += recovered.size();
  }
  EXPECT_GT(recovered_in_all, 1000U);
}

// --- what is refused

TEST_F(FecTest, SourcePacketsThatAreOfNoUseAreToldApart) {
  EXPECT_EQ(Receive(1000), FecPlace::kKept);
  EXPECT_EQ(Receive(1000), FecPlace::kDuplicate);
  EXPECT_EQ(Receive(1000 - kPacketsMax + 1), FecPlace::kKept);
  EXPECT_EQ(Receive(1000 - kPacketsMax), FecPlace::kLate);
  EXPECT_EQ(decoder_.OnSource(1001, Source(1001, kBytesMax - 12)), FecPlace::kKept);
  EXPECT_EQ(decoder_.OnSource(1002, Source(1002, kBytesMax - 11)), FecPlace::kTooLarge);
  EXPECT_EQ(decoder_.OnSource(1002, Source(1002, 5, kStranger)), FecPlace::kForeignSource);
  EXPECT_EQ(decoder_.OnSource(1002, Octets({0x80, 96, 0, 0})), FecPlace::kMalformed);
}

TEST_F(FecTest, RepairPacketsThatAreOfNoUseAreToldApart) {
  EXPECT_EQ(RepairOf(Block(1000, 3)), FecPlace::kTooEarly);
  Receive(1000), Receive(1001);
  EXPECT_EQ(RepairOf(Block(1000, 2)), FecPlace::kNotNeeded);
  EXPECT_EQ(RepairOf(Block(998, 2)), FecPlace::kKept);
  EXPECT_EQ(RepairOf(Block(998, 2)), FecPlace::kDuplicate);
  EXPECT_EQ(RepairOf(Block(1001 - kPacketsMax + 1, 3)), FecPlace::kKept);
  EXPECT_EQ(RepairOf(Block(1001 - kPacketsMax, 3)), FecPlace::kLate);
  EXPECT_EQ(RepairOf(Block(1001 + kPacketsMax - 2, 2)), FecPlace::kKept);
  EXPECT_EQ(RepairOf(Block(1001 + kPacketsMax - 1, 2)), FecPlace::kTooFar);
  EXPECT_EQ(RepairOf({Source(1002, kBytesMax - 12)}), FecPlace::kKept);
  EXPECT_EQ(RepairOf({Source(1003, kBytesMax - 11)}), FecPlace::kTooLarge);
}

TEST_F(FecTest, RepairOfOtherStreamsIsRefused) {
  Receive(9);
  EXPECT_EQ(Repair(testing::FecEncoder(kStranger, kRepair).Encode(Block(9, 2))),
            FecPlace::kForeignSource);
  EXPECT_EQ(Repair(testing::FecEncoder(kSource, kStranger).Encode(Block(9, 2))),
            FecPlace::kForeignSource);
  EXPECT_TRUE(Recovered().empty());
}

TEST_F(FecTest, MaskWiderThanTheWindowIsRefused) {
  decoder_.Reset(16, kBytesMax);
  decoder_.StartSession(kSource, kRepair);
  Receive(1000);
  EXPECT_EQ(RepairOf({Source(1000, 5), Source(1015, 5)}), FecPlace::kKept);
  EXPECT_EQ(RepairOf({Source(1000, 5), Source(1016, 5)}), FecPlace::kTooWide);
}

// The numbers before a session's first are not those at the other end.
TEST_F(FecTest, RepairOfNumbersBelowZeroIsLate) {
  Receive(2);
  EXPECT_EQ(RepairOf({Source(0, 5), Source(2, 5)}), FecPlace::kKept);
  EXPECT_EQ(RepairOf({Source(65535, 5), Source(2 + 65536, 5)}), FecPlace::kLate);
}

TEST_F(FecTest, PacketThatCameLateAfterItsRecoveryIsADuplicate) {
  Receive(1), Receive(3);
  RepairOf(Block(1, 3));
  EXPECT_EQ(Recovered(), Block(2, 1));
  EXPECT_EQ(Receive(2), FecPlace::kDuplicate);
  EXPECT_EQ(RepairOf(Block(1, 3)), FecPlace::kNotNeeded);
  EXPECT_TRUE(Recovered().empty());
}

// The caller feeds what it is given through the way of every packet, which ends here.
TEST_F(FecTest, RecoveredPacketMayBeGivenBack) {
  Receive(1);
  RepairOf(Block(1, 2));
  std::span<const std::byte> datagram;
  ASSERT_EQ(decoder_.Recover(datagram), FecRecovery::kRecovered);
  EXPECT_EQ(decoder_.OnSource(2, datagram), FecPlace::kDuplicate);
  EXPECT_EQ(Bytes(datagram.begin(), datagram.end()), Block(2, 1)[0]);
}

TEST_F(FecTest, RepairPacketIsDroppedWhenWhatItNeedsIsForgotten) {
  Receive(1000), Receive(1001);
  EXPECT_EQ(RepairOf(Block(1000, 4)), FecPlace::kKept);
  Receive(1000 + kPacketsMax);
  Receive(1003);
  EXPECT_TRUE(Recovered().empty());
  EXPECT_EQ(RepairOf(Block(1000, 4)), FecPlace::kLate);
}

TEST_F(FecTest, NewestRepairPacketsAreKept) {
  Receive(1000);
  const auto pair = [](unsigned i) { return Block(1001 + 2 * i, 2); };
  for (unsigned i = 0; i <= FecDecoder::kFecPacketsMax; ++i)
    EXPECT_EQ(RepairOf(pair(i)), FecPlace::kKept);
  Receive(1001);
  EXPECT_TRUE(Recovered().empty());
  Receive(1003);
  EXPECT_EQ(Recovered(), Block(1004, 1));
  EXPECT_EQ(RepairOf(pair(0)), FecPlace::kKept);  // in the place that has become free
  EXPECT_EQ(Recovered(), Block(1002, 1));
}

// --- what lies

Bytes WithLength(Bytes repair, unsigned flipped) {
  repair[kFecAt + 3] ^= static_cast<std::byte>(flipped);
  return repair;
}

TEST_F(FecTest, LengthThatContradictsThePayloadIsRefused) {
  // 1: 20 bytes, 2 (lost): 30, 3: 10; the repair payload has 30. 30 ^ 63 = 33, 30 ^ 1 = 31, 30 ^ 3 = 29.
  const Packets block{Source(1, 20), Source(2, 30), Source(3, 10)};
  for (const unsigned flipped : {63U, 1U, 3U, 0x80U}) {
    decoder_.StartSession(kSource, kRepair);
    decoder_.OnSource(1, block[0]), decoder_.OnSource(3, block[2]);
    Repair(WithLength(encoder_.Encode(block), flipped));
    EXPECT_TRUE(Recovered().empty());
    EXPECT_EQ(last_, FecRecovery::kBadLength) << flipped;
    EXPECT_TRUE(Recovered().empty());
    EXPECT_EQ(last_, FecRecovery::kNothing);
    EXPECT_EQ(RepairOf(block), FecPlace::kKept);  // the liar is gone, and has done no harm
    EXPECT_EQ(Recovered(), Packets{block[1]});
  }
}

// Packet 1 has 21 bytes, where the repair packet knows of 20; the length that it gives packet 2 is
// one that would do, 20.
TEST_F(FecTest, PacketLongerThanTheRepairPayloadIsRefused) {
  decoder_.OnSource(1, Source(1, 21));
  Repair(WithLength(encoder_.Encode(Packets{Source(1, 20), Source(2, 20)}), 20 ^ 21));
  EXPECT_TRUE(Recovered().empty());
  EXPECT_EQ(last_, FecRecovery::kBadLength);
}

TEST_F(FecTest, WhatIsNoRtpPacketIsNotGiven) {
  const Packets block{Source(1, 4), Source(2, 4)};
  Receive(0);
  decoder_.OnSource(1, block[0]);
  Bytes repair = encoder_.Encode(block);
  repair[kFecAt] = std::byte{0x0f};  // fifteen CSRCs in four bytes
  Repair(repair);
  EXPECT_TRUE(Recovered().empty());
  EXPECT_EQ(last_, FecRecovery::kBadPacket);
}

TEST_F(FecTest, LargestPacketIsRecoveredAndNoneLargerGiven) {
  Receive(1);
  Repair(encoder_.Encode(Packets{Source(1, 27), Source(2, kBytesMax - 12)}));
  const auto recovered = Recovered();
  ASSERT_EQ(recovered.size(), 1U);
  EXPECT_EQ(recovered[0].size(), kBytesMax);
}

// --- sessions

// In a new session the same numbers come again, of another source or the same: neither the packets
// nor the repair packets of the last session may have a part in what is recovered.
TEST_F(FecTest, PacketsOfAnotherSessionRecoverNothing) {
  const auto block = Block(1000, 3);
  Receive(1000), Receive(1002);
  decoder_.StartSession(kSource, kRepair);
  EXPECT_EQ(RepairOf(block), FecPlace::kTooEarly);
  EXPECT_EQ(Receive(1003), FecPlace::kKept);
  EXPECT_EQ(RepairOf(block), FecPlace::kKept);
  EXPECT_TRUE(Recovered().empty());
  EXPECT_EQ(Receive(1000), FecPlace::kKept);
}

TEST_F(FecTest, RepairPacketsOfAnotherSessionRecoverNothing) {
  Receive(1000);
  EXPECT_EQ(RepairOf(Block(1000, 3)), FecPlace::kKept);
  decoder_.StartSession(kSource, kRepair);
  Receive(1000), Receive(1002);
  EXPECT_TRUE(Recovered().empty());
}

TEST_F(FecTest, NothingIsTakenOutsideOfASession) {
  decoder_.Reset(kPacketsMax, kBytesMax);
  EXPECT_EQ(decoder_.OnSource(1, Source(1, 5, 0)), FecPlace::kForeignSource);
  EXPECT_EQ(Repair(testing::FecEncoder(0, 0).Encode(Block(1, 2))), FecPlace::kForeignSource);
  EXPECT_TRUE(Recovered().empty());
}

}  // namespace
}  // namespace relay
