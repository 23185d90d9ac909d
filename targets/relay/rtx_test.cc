// Each refusal is seen by a packet that only it refuses. Seen to fail: with any refusal of
// UnwrapRtx() taken out, with the OSN left in the payload or not read, with the retransmission's own
// SSRC, payload type or sequence number given for the original's or the other way round, with
// marker or timestamp left out, a test below fails each time.
#include "targets/relay/rtx.h"

#include <gtest/gtest.h>

#include <vector>

#include "targets/relay/octets_for_tests.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::Octets;

constexpr RtxAssociation kAssociation{.ssrc = 0x0a0b0c0d,
                                      .original_ssrc = 0x01020304,
                                      .payload_type = 97,
                                      .original_payload_type = 96};

// Payload type 97 with the marker is 0x61 + 0x80; the original's number, 65534, is 0xfffe.
const Bytes kRetransmission = Octets({0x80, 0xe1, 0x00, 0x07,    // RTX number 7
                                      0x11, 0x22, 0x33, 0x44,    // the original's timestamp
                                      0x0a, 0x0b, 0x0c, 0x0d,    // RTX SSRC
                                      0xff, 0xfe, 0x41, 0x9a});  // OSN, payload

RtxParse Unwrap(const Bytes& datagram, RtpPacket& original) {
  RtpPacket rtx;
  EXPECT_EQ(ParseRtp(datagram, rtx), RtpParse::kOk);
  return UnwrapRtx(rtx, kAssociation, original);
}

TEST(RtxTest, RetransmissionIsReadAsItsOriginal) {
  RtpPacket original;
  ASSERT_EQ(Unwrap(kRetransmission, original), RtxParse::kOk);
  EXPECT_TRUE(original.marker);
  EXPECT_EQ(original.payload_type, 96);
  EXPECT_EQ(original.sequence_number, 65534);
  EXPECT_EQ(original.timestamp, 0x11223344U);
  EXPECT_EQ(original.ssrc, 0x01020304U);
  ASSERT_EQ(Bytes(original.payload.begin(), original.payload.end()), Octets({0x41, 0x9a}));
  EXPECT_EQ(original.payload.data(), kRetransmission.data() + kRtxHeaderBytes);
}

TEST(RtxTest, OriginalMayTakeTheRetransmissionsPlace) {
  RtpPacket packet;
  ASSERT_EQ(ParseRtp(kRetransmission, packet), RtpParse::kOk);
  ASSERT_EQ(UnwrapRtx(packet, kAssociation, packet), RtxParse::kOk);
  EXPECT_EQ(packet.sequence_number, 65534);
  EXPECT_EQ(packet.payload.size(), 2U);
}

// The same bytes as above, from the other side.
TEST(RtxTest, OriginalIsWrittenAsARetransmission) {
  const Bytes payload = Octets({0x41, 0x9a});
  Bytes datagram(kRtxHeaderBytes);
  WriteRtxHeader({true, 96, 65534, 0x11223344, 0x01020304, payload}, kAssociation, 7,
                 std::span<std::byte, kRtxHeaderBytes>(datagram));
  datagram.insert(datagram.end(), payload.begin(), payload.end());
  EXPECT_EQ(datagram, kRetransmission);
}

TEST(RtxTest, EachRefusalHasItsName) {
  RtpPacket original;
  Bytes datagram = kRetransmission;
  datagram[11] = std::byte{0x0e};
  EXPECT_EQ(Unwrap(datagram, original), RtxParse::kForeignSource);
  datagram = kRetransmission;
  datagram[1] = std::byte{0xe0};
  EXPECT_EQ(Unwrap(datagram, original), RtxParse::kForeignPayloadType);
  datagram = kRetransmission;
  datagram.resize(14);
  EXPECT_EQ(Unwrap(datagram, original), RtxParse::kEmpty);
  datagram.resize(13);
  EXPECT_EQ(Unwrap(datagram, original), RtxParse::kTooShort);
  datagram.resize(12);
  EXPECT_EQ(Unwrap(datagram, original), RtxParse::kTooShort);
}

TEST(RtxTest, PaddingOnlyIsTooShortAndPaddingIsNoPayload) {
  RtpPacket original;
  Bytes probe = Octets({0xa0, 0x61, 0, 8, 0, 0, 0, 0, 0x0a, 0x0b, 0x0c, 0x0d, 0, 0, 0, 4});
  EXPECT_EQ(Unwrap(probe, original), RtxParse::kTooShort);
  Bytes padded = kRetransmission;
  padded[0] = std::byte{0xa0};
  padded.push_back(std::byte{1});
  ASSERT_EQ(Unwrap(padded, original), RtxParse::kOk);
  EXPECT_EQ(original.payload.size(), 2U);
}

// A refused retransmission leaves no half of an original behind.
TEST(RtxTest, RefusedRetransmissionLeavesTheOriginalAsItWas) {
  RtpPacket original;
  original.sequence_number = 5;
  Bytes datagram = kRetransmission;
  datagram.resize(14);
  EXPECT_EQ(Unwrap(datagram, original), RtxParse::kEmpty);
  EXPECT_EQ(original.sequence_number, 5);
  EXPECT_TRUE(original.payload.empty());
}

}  // namespace
}  // namespace relay
