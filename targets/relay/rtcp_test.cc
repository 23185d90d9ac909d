// With either length check taken out, AddressSanitizer sees the cut packets read past their end.
#include "targets/relay/rtcp.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "targets/relay/octets_for_tests.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::Octets;

const Bytes kReportAndBye = Octets({0x80, 201, 0, 1, 0, 0, 0, 5,                // RR
                                    0x82, 203, 0, 2, 0, 0, 0, 5, 0, 0, 1, 0});  // BYE, 2 sources

TEST(RtcpTest, ByeIsFoundInACompoundPacket) {
  RtcpCompound compound;
  ASSERT_EQ(ParseRtcp(kReportAndBye, compound), RtcpParse::kOk);
  ASSERT_EQ(compound.farewells.size(), 2U);
  EXPECT_EQ(compound.farewells[0], 5U);
  EXPECT_EQ(compound.farewells[1], 256U);
}

TEST(RtcpTest, CompoundPacketCutAnywhereButBetweenItsPacketsIsRefused) {
  for (std::size_t length = 0; length < kReportAndBye.size(); ++length) {
    const Bytes cut(kReportAndBye.begin(),
                    kReportAndBye.begin() + static_cast<std::ptrdiff_t>(length));
    RtcpCompound compound;
    EXPECT_EQ(ParseRtcp(cut, compound) == RtcpParse::kOk, length == 8) << length;
  }
}

TEST(RtcpTest, PacketThatHoldsLessThanItCountsIsRefused) {
  RtcpCompound compound;
  for (const Bytes& packet : {Octets({0x9f, 203, 0, 1, 0, 0, 0, 5}),  // BYE of 31 sources
                              Octets({0x81, 201, 0, 1, 0, 0, 0, 5}),  // RR of one block
                              Octets({0x80, 200, 0, 1, 0, 0, 0, 5}),  // SR without its times
                              Octets({0x81, 205, 0, 1, 0, 0, 0, 5}),  // NACK of nobody
                              Octets({0x84, 206, 0, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9})}) {
    EXPECT_EQ(ParseRtcp(packet, compound), RtcpParse::kBadLength);
  }
  EXPECT_EQ(ParseRtcp(Octets({0x41, 203, 0, 1, 0, 0, 0, 5}), compound), RtcpParse::kBadVersion);
}

TEST(RtcpTest, PaddingIsLeftOutAndMustBeOnTheLastPacket) {
  RtcpCompound compound;
  const Bytes bye = Octets({0xa1, 203, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4});
  ASSERT_EQ(ParseRtcp(bye, compound), RtcpParse::kOk);
  EXPECT_EQ(compound.farewells.size(), 1U);
  for (const unsigned padding : {0U, 3U, 12U}) {
    Bytes bad = bye;
    bad.back() = static_cast<std::byte>(padding);
    EXPECT_EQ(ParseRtcp(bad, compound), RtcpParse::kBadPadding) << padding;
  }
  Bytes first = bye;
  first.insert(first.end(), kReportAndBye.begin(), kReportAndBye.end());
  EXPECT_EQ(ParseRtcp(first, compound), RtcpParse::kBadPadding);
}

TEST(RtcpTest, SenderReportIsRead) {
  Bytes report = Octets({0x80, 200, 0, 6, 0, 0, 0, 5});
  for (unsigned i = 1; i <= 20; ++i) report.push_back(static_cast<std::byte>(i));
  RtcpCompound compound;
  ASSERT_EQ(ParseRtcp(report, compound), RtcpParse::kOk);
  ASSERT_TRUE(compound.sender_report);
  EXPECT_EQ(compound.sender_report->ssrc, 5U);
  EXPECT_EQ(compound.sender_report->ntp_timestamp, 0x0102030405060708U);
  EXPECT_EQ(compound.sender_report->rtp_timestamp, 0x090a0b0cU);
}

TEST(RtcpTest, WhatIsWrittenIsRead) {
  const ReportBlock block{7, 200, -3, 0x0001fffe, 90, 0x12345678, 65536};
  const std::array<Nack, 2> nacks = {Nack{7, 65535, 0x8001}, Nack{7, 20, 0}};
  std::array<std::byte, kRtcpBytesMax> space;
  RtcpWriter writer(space);
  writer.AddReceiverReport(1, std::span(&block, 1));
  writer.AddSourceDescription(1, "relay");
  writer.AddNack(1, nacks);
  writer.AddPictureLossIndication(1, 8);
  RtcpCompound compound;
  ASSERT_EQ(ParseRtcp(writer.written(), compound), RtcpParse::kOk);
  ASSERT_EQ(compound.report_blocks.size(), 1U);
  EXPECT_EQ(compound.report_blocks[0], block);
  ASSERT_EQ(compound.nacks.size(), 2U);
  EXPECT_EQ(compound.nacks[0], nacks[0]);
  EXPECT_EQ(compound.nacks[1], nacks[1]);
  ASSERT_EQ(compound.picture_requests.size(), 1U);
  EXPECT_EQ(compound.picture_requests[0], 8U);
}

TEST(RtcpTest, FullIntraRequestNamesItsSourceInItsEntry) {
  RtcpCompound compound;
  ASSERT_EQ(ParseRtcp(Octets({0x84, 206, 0, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0}),
                      compound),
            RtcpParse::kOk);
  ASSERT_EQ(compound.picture_requests.size(), 1U);
  EXPECT_EQ(compound.picture_requests[0], 9U);
}

TEST(RtcpTest, MoreRequestsThanAreTakenAreLeftOut) {
  Bytes packet = Octets({0x81, 205, 0, 2 + 2 * kNacksMax, 0, 0, 0, 5, 0, 0, 0, 7});
  for (unsigned i = 0; i < 2 * kNacksMax; ++i) {
    for (const unsigned octet : {0U, i, 0U, 0U}) packet.push_back(static_cast<std::byte>(octet));
  }
  RtcpCompound compound;
  ASSERT_EQ(ParseRtcp(packet, compound), RtcpParse::kOk);
  EXPECT_EQ(compound.nacks.size(), kNacksMax);
}

TEST(RtcpTest, RandomBytesAreNeverReadPastTheirEnd) {
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    Bytes datagram(random() % 48);
    for (std::byte& byte : datagram)
      byte =
          static_cast<std::byte>(random() % 4 == 0 ? 0x81 + 0x20 * (random() % 2) : random() % 3);
    if (datagram.size() > 1) datagram[1] = static_cast<std::byte>(200 + random() % 7);
    RtcpCompound compound;
    ParseRtcp(datagram, compound);
    ASSERT_LE(compound.farewells.size(), kReportBlocksMax);
  }
}

}  // namespace
}  // namespace relay
