#include "harness/media/rtp_packetizer.h"

#include <gtest/gtest.h>

#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

struct Sent {
  std::vector<Bytes> packets;
  std::vector<RtpPacket> parsed;  // into `packets`
};

Sent Send(const RtpPacketizer::Options& options, const Bytes& access_unit,
          std::uint32_t timestamp = 0) {
  Sent sent;
  RtpPacketizer packetizer(options);
  Packetize(packetizer, access_unit, timestamp, sent.packets);
  for (const Bytes& packet : sent.packets) {
    EXPECT_LE(packet.size(), options.packet_bytes_max);
    EXPECT_EQ(ParseRtp(packet, sent.parsed.emplace_back()), RtpParse::kOk);
  }
  return sent;
}

Bytes PayloadOf(const RtpPacket& packet) { return {packet.payload.begin(), packet.payload.end()}; }

TEST(RtpPacketizer, ANalUnitThatFitsGoesAsItIs) {
  const Bytes slice = NalUnitOf(0x41, 1200 - 12);
  const Sent sent = Send({.ssrc = 5, .first_sequence_number = 9}, AnnexBOf({slice}), 4711);
  ASSERT_EQ(sent.parsed.size(), 1U);
  EXPECT_EQ(PayloadOf(sent.parsed[0]), slice);
  EXPECT_TRUE(sent.parsed[0].marker);
  EXPECT_EQ(sent.parsed[0].ssrc, 5U);
  EXPECT_EQ(sent.parsed[0].sequence_number, 9);
  EXPECT_EQ(sent.parsed[0].timestamp, 4711U);
  EXPECT_EQ(sent.parsed[0].payload_type, 96);
}

// The header byte: type 24, and the largest nal_ref_idc of the NAL units inside (RFC 6184 5.7).
// Seen to fail with the smallest taken instead.
TEST(RtpPacketizer, SmallNeighboursShareAnAggregate) {
  const Sent sent =
      Send({}, AnnexBOf({BytesOf({0x06, 1}), BytesOf({0x67, 1, 2}), BytesOf({0x41, 3})}));
  ASSERT_EQ(sent.parsed.size(), 1U);
  EXPECT_EQ(PayloadOf(sent.parsed[0]),
            BytesOf({0x78, 0, 2, 0x06, 1, 0, 3, 0x67, 1, 2, 0, 2, 0x41, 3}));
  EXPECT_TRUE(sent.parsed[0].marker);
}

TEST(RtpPacketizer, AnAggregateIsFilledToTheLastByteAndNoFurther) {
  const Bytes a = NalUnitOf(0x67, 20), b = NalUnitOf(0x68, 20);
  const std::uint16_t exact = 12 + 1 + 2 + 20 + 2 + 20;
  EXPECT_EQ(Send({.packet_bytes_max = exact}, AnnexBOf({a, b})).packets.size(), 1U);
  EXPECT_EQ(Send({.packet_bytes_max = exact - 1}, AnnexBOf({a, b})).packets.size(), 2U);
  EXPECT_EQ(Send({.packet_bytes_max = exact, .aggregate = false}, AnnexBOf({a, b})).packets.size(),
            2U);
}

// Seen to fail with the marker on every packet, and with start left set on all fragments.
TEST(RtpPacketizer, ALargeNalUnitIsFragmented) {
  const Bytes slice = NalUnitOf(0x65, 100);
  const Sent sent = Send({.packet_bytes_max = 12 + 2 + 40}, AnnexBOf({slice}));
  ASSERT_EQ(sent.parsed.size(), 3U);  // 99 bytes without the header: 40 + 40 + 19
  Bytes together{std::byte{0x65}};
  for (const RtpPacket& packet : sent.parsed) {
    EXPECT_EQ(packet.payload[0], std::byte{0x7c});
    together.insert(together.end(), packet.payload.begin() + 2, packet.payload.end());
  }
  EXPECT_EQ(sent.parsed[0].payload[1], std::byte{0x85});
  EXPECT_EQ(sent.parsed[1].payload[1], std::byte{0x05});
  EXPECT_EQ(sent.parsed[2].payload[1], std::byte{0x45});
  EXPECT_EQ(together, slice);
  EXPECT_FALSE(sent.parsed[0].marker);
  EXPECT_FALSE(sent.parsed[1].marker);
  EXPECT_TRUE(sent.parsed[2].marker);
}

TEST(RtpPacketizer, OneByteTooManyMakesTwoFragmentsAndNeverOne) {
  const Sent sent = Send({.packet_bytes_max = 100}, AnnexBOf({NalUnitOf(0x65, 89)}));
  ASSERT_EQ(sent.parsed.size(), 2U);
  EXPECT_EQ(sent.parsed[0].payload[1], std::byte{0x85});
  EXPECT_EQ(sent.parsed[1].payload[1], std::byte{0x45});
}

// Payload headers of types 48 and 49, a NAL unit's header of two bytes (RFC 7798 4.4.2, 4.4.3). Seen
// to fail with H.264's header of one byte, and with the type not moved to its place in the FU header.
TEST(RtpPacketizer, H265HasAggregatesAndFragmentsOfItsOwn) {
  const Sent aggregate =
      Send({.codec = Codec::kH265}, AnnexBOf({BytesOf({0x40, 2, 7}), BytesOf({0x42, 1, 8, 9})}));
  ASSERT_EQ(aggregate.parsed.size(), 1U);
  EXPECT_EQ(PayloadOf(aggregate.parsed[0]),
            BytesOf({0x60, 1, 0, 3, 0x40, 2, 7, 0, 4, 0x42, 1, 8, 9}));
  const Sent fragments = Send({.packet_bytes_max = 12 + 3 + 2, .codec = Codec::kH265},
                              AnnexBOf({BytesOf({0x26, 1, 5, 6, 7, 8, 9})}));
  ASSERT_EQ(fragments.parsed.size(), 3U);
  EXPECT_EQ(PayloadOf(fragments.parsed[0]), BytesOf({0x62, 1, 0x80 | 19, 5, 6}));
  EXPECT_EQ(PayloadOf(fragments.parsed[1]), BytesOf({0x62, 1, 19, 7, 8}));
  EXPECT_EQ(PayloadOf(fragments.parsed[2]), BytesOf({0x62, 1, 0x40 | 19, 9}));
}

TEST(RtpPacketizer, SequenceNumbersRunOnOverAccessUnitsAndWrap) {
  RtpPacketizer packetizer({.first_sequence_number = 0xffff});
  std::vector<Bytes> packets;
  Packetize(packetizer, AnnexBOf({NalUnitOf(0x65, 1500)}), 0, packets);
  Packetize(packetizer, AnnexBOf({NalUnitOf(0x41, 10)}), 3600, packets);
  ASSERT_EQ(packets.size(), 3U);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    RtpPacket packet;
    ASSERT_EQ(ParseRtp(packets[i], packet), RtpParse::kOk);
    EXPECT_EQ(packet.sequence_number, static_cast<std::uint16_t>(0xffff + i));
  }
  EXPECT_EQ(packetizer.next_sequence_number(), 2);
}

TEST(RtpPacketizer, WhatRfc6184CannotCarryIsSkippedAndCounted) {
  RtpPacketizer packetizer({});
  std::vector<Bytes> packets;
  Packetize(packetizer, AnnexBOf({NalUnitOf(0x1c, 9), NalUnitOf(0x41, 9), NalUnitOf(0x60, 9)}), 0,
            packets);
  ASSERT_EQ(packets.size(), 1U);
  RtpPacket packet;
  ASSERT_EQ(ParseRtp(packets[0], packet), RtpParse::kOk);
  EXPECT_TRUE(packet.marker);
  EXPECT_EQ(packetizer.nal_units_skipped(), 2U);
}

TEST(RtpPacketizer, AnEmptyAccessUnitMakesNoPacket) {
  EXPECT_TRUE(Send({}, {}).packets.empty());
  EXPECT_TRUE(Send({}, BytesOf({1, 2, 3})).packets.empty());
}

}  // namespace
}  // namespace framefence::media
