#include "harness/media/rtp_packet.h"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <vector>

#include "harness/base/prng.h"

namespace framefence::media {
namespace {

using Bytes = std::vector<std::byte>;

// A datagram with the given first byte and what follows the 12 bytes of the fixed header.
Bytes Datagram(int first, std::initializer_list<int> rest) {
  Bytes bytes(kRtpHeaderBytes);
  bytes[0] = static_cast<std::byte>(first);
  for (int value : rest) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

RtpParse Parse(const Bytes& datagram, RtpPacket& packet) { return ParseRtp(datagram, packet); }

TEST(RtpPacket, AWrittenHeaderIsReadBack) {
  std::array<std::byte, kRtpHeaderBytes> header;
  WriteRtpHeader({.marker = true,
                  .payload_type = 101,
                  .sequence_number = 0xfffe,
                  .timestamp = 0x80000001,
                  .ssrc = 0xdeadbeef},
                 header);
  RtpPacket packet;
  ASSERT_EQ(ParseRtp(header, packet), RtpParse::kOk);
  EXPECT_TRUE(packet.marker);
  EXPECT_EQ(packet.payload_type, 101);
  EXPECT_EQ(packet.sequence_number, 0xfffe);
  EXPECT_EQ(packet.timestamp, 0x80000001U);
  EXPECT_EQ(packet.ssrc, 0xdeadbeefU);
  EXPECT_TRUE(packet.payload.empty());
}

TEST(RtpPacket, CsrcsExtensionAndPaddingAreTakenOff) {
  // Padding, extension and one CSRC; an extension of one word; two payload bytes; three bytes of
  // padding.
  const Bytes bytes =
      Datagram(0xb1, {9, 9, 9, 9, 0xbe, 0xde, 0, 1, 8, 8, 8, 8, 0x65, 0x77, 0, 0, 3});
  RtpPacket packet;
  ASSERT_EQ(Parse(bytes, packet), RtpParse::kOk);
  EXPECT_EQ(Bytes(packet.payload.begin(), packet.payload.end()),
            (Bytes{std::byte{0x65}, std::byte{0x77}}));
}

// Seen to fail without the bound on extension_bytes.
TEST(RtpPacket, LengthsThatReachPastTheEndAreRefused) {
  RtpPacket packet;
  EXPECT_EQ(Parse(Bytes(11, std::byte{0x80}), packet), RtpParse::kTooShort);
  EXPECT_EQ(Parse(Datagram(0x40, {}), packet), RtpParse::kBadVersion);
  EXPECT_EQ(Parse(Datagram(0x81, {1, 2, 3}), packet), RtpParse::kTooShort);
  EXPECT_EQ(Parse(Datagram(0x90, {1, 2, 0}), packet), RtpParse::kBadExtension);
  EXPECT_EQ(Parse(Datagram(0x90, {1, 2, 0, 2, 0, 0, 0, 0}), packet), RtpParse::kBadExtension);
  EXPECT_EQ(Parse(Datagram(0xa0, {}), packet), RtpParse::kBadPadding);
  EXPECT_EQ(Parse(Datagram(0xa0, {1, 0}), packet), RtpParse::kBadPadding);
  EXPECT_EQ(Parse(Datagram(0xa0, {1, 3}), packet), RtpParse::kBadPadding);
  EXPECT_EQ(Parse(Datagram(0xa0, {1, 2}), packet), RtpParse::kOk);
  EXPECT_TRUE(packet.payload.empty());
}

TEST(RtpPacket, ArbitraryBytesNeverGiveAPayloadOutsideTheDatagram) {
  Prng prng(7);
  for (int i = 0; i < 100000; ++i) {
    Bytes bytes(prng.Below(40));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(prng.Next32());
    if (!bytes.empty()) bytes[0] = (bytes[0] & std::byte{0x3f}) | std::byte{0x80};
    RtpPacket packet;
    if (ParseRtp(bytes, packet) != RtpParse::kOk) continue;
    ASSERT_GE(packet.payload.data(), bytes.data() + kRtpHeaderBytes);
    ASSERT_LE(packet.payload.data() + packet.payload.size(), bytes.data() + bytes.size());
  }
}

TEST(RtpPacket, SenderReportsAreRtcpAndVideoIsNot) {
  EXPECT_TRUE(IsRtcp(Bytes{std::byte{0x80}, std::byte{200}}));
  EXPECT_FALSE(IsRtcp(Bytes{std::byte{0x80}, std::byte{96}}));
  EXPECT_FALSE(IsRtcp(Bytes{std::byte{0x80}, std::byte{96 + 128}}));
  EXPECT_FALSE(IsRtcp(Bytes{std::byte{0x80}}));
}

}  // namespace
}  // namespace framefence::media
