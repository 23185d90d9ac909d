// Each refusal is seen by a datagram that only it refuses: with the guard taken out, that datagram
// parses, or is read past its end (AddressSanitizer sees the latter: datagrams lie in heap blocks
// of exactly their size).
#include "targets/relay/rtp.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "targets/relay/octets_for_tests.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::Octets;

const Bytes kFull = Octets({0xb2, 0xe0, 0x12, 0x34,  // padding, extension, 2 CSRCs; marker
                            0x01, 0x02, 0x03, 0x04,  // timestamp
                            0xaa, 0xbb, 0xcc, 0xdd,  // SSRC
                            0,    0,    0,    1,    0,    0,   0, 2,  // CSRCs
                            0xbe, 0xde, 0,    1,    9,    9,   9, 9,  // extension of one word
                            0x65, 0x11, 0x22, 0x00, 0x00, 0x03});     // payload, padding

TEST(RtpTest, HeaderWithEveryOptionalPartIsRead) {
  RtpPacket packet;
  ASSERT_EQ(ParseRtp(kFull, packet), RtpParse::kOk);
  EXPECT_TRUE(packet.marker);
  EXPECT_EQ(packet.payload_type, 96);
  EXPECT_EQ(packet.sequence_number, 0x1234);
  EXPECT_EQ(packet.timestamp, 0x01020304U);
  EXPECT_EQ(packet.ssrc, 0xaabbccddU);
  EXPECT_EQ(Bytes(packet.payload.begin(), packet.payload.end()), Octets({0x65, 0x11, 0x22}));
}

TEST(RtpTest, WhatIsWrittenIsReadBack) {
  Bytes datagram(kRtpHeaderBytes);
  WriteRtpHeader({true, 96, 65535, 0xfffffff0U, 7, {}},
                 std::span<std::byte, kRtpHeaderBytes>(datagram));
  RtpPacket packet;
  ASSERT_EQ(ParseRtp(datagram, packet), RtpParse::kOk);
  EXPECT_TRUE(packet.marker);
  EXPECT_EQ(packet.sequence_number, 65535);
  EXPECT_EQ(packet.timestamp, 0xfffffff0U);
  EXPECT_EQ(packet.ssrc, 7U);
  EXPECT_TRUE(packet.payload.empty());
}

TEST(RtpTest, HeaderCutAtAnyLengthIsRefused) {
  for (std::size_t length = 0; length < 28; ++length) {
    const Bytes cut(kFull.begin(), kFull.begin() + static_cast<std::ptrdiff_t>(length));
    RtpPacket packet;
    EXPECT_NE(ParseRtp(cut, packet), RtpParse::kOk) << length;
  }
}

TEST(RtpTest, EachRefusalHasItsName) {
  RtpPacket packet;
  Bytes datagram = kFull;
  datagram[0] = std::byte{0x72};
  EXPECT_EQ(ParseRtp(datagram, packet), RtpParse::kBadVersion);
  datagram = kFull;
  datagram[0] = std::byte{0xbf};
  EXPECT_EQ(ParseRtp(datagram, packet), RtpParse::kTooShort);
  datagram = kFull;
  datagram[23] = std::byte{200};
  EXPECT_EQ(ParseRtp(datagram, packet), RtpParse::kBadExtension);
  datagram = kFull;
  datagram.back() = std::byte{0};
  EXPECT_EQ(ParseRtp(datagram, packet), RtpParse::kBadPadding);
  datagram.back() = std::byte{7};
  EXPECT_EQ(ParseRtp(datagram, packet), RtpParse::kBadPadding);
}

TEST(RtpTest, RandomBytesNeverYieldAPayloadOutsideTheDatagram) {
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    Bytes datagram(random() % 64);
    for (std::byte& byte : datagram) byte = static_cast<std::byte>(random());
    if (!datagram.empty()) datagram[0] = (datagram[0] & std::byte{0x3f}) | std::byte{0x80};
    RtpPacket packet;
    if (ParseRtp(datagram, packet) != RtpParse::kOk || packet.payload.empty()) continue;
    ASSERT_GE(packet.payload.data(), datagram.data());
    ASSERT_LE(packet.payload.data() + packet.payload.size(), datagram.data() + datagram.size());
  }
}

TEST(RtpTest, PayloadTypes64To95WithTheMarkerAreRtcp) {
  for (unsigned second = 0; second < 256; ++second) {
    EXPECT_EQ(IsRtcp(Octets({0x80, second})), second >= 192 && second <= 223) << second;
  }
  EXPECT_FALSE(IsRtcp(Octets({0x80})));
}

}  // namespace
}  // namespace relay
