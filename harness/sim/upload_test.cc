// What cameras do beyond plain streams.
//
// Seen to fail: with the SSRC signalled all the same, AnUnsignalled...; with a plain stream after a
// reconnect, AReconnected...; without the number of what is sent again, WhatACameraIsAskedFor...; with
// a repair packet of its last frame alone, ARepairPacketIsOf...; with one begun in the session before,
// ARepairPacketFollows...; with packets that go on their own, those of byte streams; with a connection
// that is never given up, AByteStreamThatNothingPasses...; with payloads taken for H.264's by the
// oracle, H265...; with repair of a stream that nobody knows, WithoutRepairStreams...; without the
// capabilities looked at, WhatASystemLacks....
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "harness/media/big_endian.h"
#include "harness/media/rtcp_feedback.h"
#include "harness/media/rtp_packet.h"
#include "harness/sim/system_for_tests.h"
#include "harness/sim/world.h"

namespace framefence::sim {
namespace {

using contract::Operation;
using testing::ScriptedSystem;

constexpr CameraId kCamera{0};

class UploadTest : public ::testing::Test {
 protected:
  void Publish(const Upload& upload) {
    world_.Apply({.kind = ActionKind::kPublish, .camera = kCamera, .upload = upload});
  }
  void Frame(std::uint32_t bytes = 50) {
    world_.Apply({.kind = ActionKind::kFrame, .camera = kCamera, .bytes = bytes});
  }
  contract::Request Started() const { return system_.Asked(Operation::kStartPublisher).back(); }

  ScriptedSystem system_;
  World world_{system_};
};

TEST_F(UploadTest, AnUnsignalledSsrcIsSentAndNotTold) {
  world_.Begin({});
  Publish({.unsignalled = true});
  EXPECT_EQ(Started().ssrc, std::nullopt);
  Frame();
  const std::uint32_t ssrc = media::SsrcOf(system_.datagrams.back().bytes);
  Publish({});
  Frame();
  EXPECT_EQ(Started().ssrc, media::SsrcOf(system_.datagrams.back().bytes));
  EXPECT_NE(Started().ssrc, ssrc);
}

TEST_F(UploadTest, AReconnectedCameraSendsAsItDid) {
  world_.Begin({});
  Publish({.unsignalled = true});
  world_.Apply({.kind = ActionKind::kReconnect, .publishers = true});
  ASSERT_EQ(system_.Asked(Operation::kStartPublisher).size(), 2U);
  EXPECT_EQ(Started().ssrc, std::nullopt);
}

TEST_F(UploadTest, WhatACameraIsAskedForAgainItSendsInAStreamOfItsOwn) {
  world_.Begin({.feedback = 1});
  Publish({.retransmits = true});
  Frame();
  const auto original = system_.datagrams[0];
  const std::uint16_t number = media::SequenceNumberOf(original.bytes);
  system_.AskPublisher(original.from, media::MakeNack(9, *Started().ssrc, number, 0));
  world_.Apply({.kind = ActionKind::kAdvance});
  ASSERT_EQ(system_.datagrams.size(), 2U);
  const auto& again = system_.datagrams[1];
  EXPECT_EQ(again.from, original.from);
  media::RtpPacket packet;
  ASSERT_EQ(media::ParseRtp(again.bytes, packet), media::RtpParse::kOk);
  EXPECT_EQ(packet.ssrc, Started().rtx_ssrc);
  EXPECT_EQ(packet.payload_type, contract::kPayloadTypeRtx);
  EXPECT_EQ(media::LoadBigEndian16(packet.payload.data()), number);
}

// Across access units, and anew with each session.
TEST_F(UploadTest, ARepairPacketFollowsSoManyPackets) {
  world_.Begin({});
  for (int session = 0; session < 2; ++session) {
    Publish({.fec_packets = 3});
    system_.datagrams.clear();
    for (int i = 0; i < 7; ++i) Frame();
    ASSERT_EQ(system_.datagrams.size(), 7U + 2U);
    for (const std::size_t place : {3U, 7U}) {
      media::RtpPacket packet;
      ASSERT_EQ(media::ParseRtp(system_.datagrams[place].bytes, packet), media::RtpParse::kOk);
      EXPECT_EQ(packet.ssrc, Started().fec_ssrc);
      EXPECT_EQ(packet.payload_type, contract::kPayloadTypeFec);
      EXPECT_EQ(media::LoadBigEndian16(&packet.payload[8]),
                media::SequenceNumberOf(system_.datagrams[place - 3].bytes));
    }
  }
}

TEST_F(UploadTest, AByteStreamBringsTheDatagramsInterleaved) {
  world_.Begin({});
  Publish({.byte_stream = true});
  for (int i = 0; i < 40; ++i) Frame();
  EXPECT_TRUE(system_.datagrams.empty());
  ASSERT_FALSE(system_.pieces.empty());
  std::vector<std::byte> stream;
  for (const auto& piece : system_.pieces) {
    EXPECT_EQ(piece.from, Started().source);
    EXPECT_EQ(piece.port, ScriptedSystem::PortOf(Started().publisher));
    stream.insert(stream.end(), piece.bytes.begin(), piece.bytes.end());
  }
  std::size_t at = 0, datagrams = 0;
  for (; at + 16 < stream.size(); ++datagrams) {
    ASSERT_EQ(stream[at], std::byte{'$'});
    ASSERT_EQ(media::SsrcOf(std::span(stream).subspan(at + 4)), *Started().ssrc);
    at += 4 + media::LoadBigEndian16(&stream[at + 2]);
  }
  EXPECT_GE(datagrams, 39U);
}

TEST_F(UploadTest, WhatIsLostOnAByteStreamComesLate) {
  world_.Begin({});
  Publish({.byte_stream = true});
  world_.Apply({.kind = ActionKind::kDrop, .camera = kCamera, .packets = 2});
  Frame();
  world_.Apply({.kind = ActionKind::kAdvance, .duration = std::chrono::milliseconds(149)});
  EXPECT_TRUE(system_.pieces.empty());
  world_.Apply({.kind = ActionKind::kAdvance, .duration = std::chrono::milliseconds(1)});
  EXPECT_FALSE(system_.pieces.empty());
  EXPECT_EQ(world_.counters().packets_lost, 2U);
}

TEST_F(UploadTest, AByteStreamThatNothingPassesBreaks) {
  world_.Begin({.frame_interval_ms = 100});
  Publish({.byte_stream = true});
  world_.Apply({.kind = ActionKind::kWeather, .camera = kCamera, .loss = net::Blackout{}});
  world_.Apply({.kind = ActionKind::kAdvance, .duration = std::chrono::seconds(10)});
  const std::uint64_t published = world_.counters().frames_published;
  EXPECT_LT(published, 90U);
  world_.Apply({.kind = ActionKind::kWeather, .camera = kCamera, .loss = net::Clean{}});
  Frame();
  world_.Apply({.kind = ActionKind::kAdvance, .duration = std::chrono::seconds(10)});
  EXPECT_EQ(world_.counters().frames_published, published);
  EXPECT_TRUE(system_.pieces.empty());
}

// The viewer's depacketiser puts the frames together, and the oracle knows every byte.
TEST_F(UploadTest, H265FramesArriveWhole) {
  system_.relays_to = ViewerId(0);
  world_.Begin({});
  world_.Apply({.kind = ActionKind::kOpen, .viewer = ViewerId(0)});
  Publish({.codec = media::Codec::kH265});
  std::size_t received = 0;
  world_.on_access_unit = [&](ViewerId, const media::ReceivedAccessUnit& unit) {
    ++received;
    EXPECT_EQ(unit.idr, received == 1);
    EXPECT_EQ(unit.annex_b[4],
              media::H265Header(unit.idr ? media::H265Type::kVps : media::H265Type::kTrailR)[0]);
  };
  for (const std::uint32_t bytes : {900U, 50U, 700U}) Frame(bytes);
  EXPECT_EQ(received, 3U);
  EXPECT_TRUE(world_.oracle().violations().empty());
  EXPECT_GT(world_.oracle().statistics().bytes_attributed, 1650U);
  EXPECT_EQ(world_.oracle().statistics().bytes_unattributed, 0U);
  media::RtpPacket packet;
  ASSERT_EQ(media::ParseRtp(system_.datagrams.back().bytes, packet), media::RtpParse::kOk);
  EXPECT_EQ(packet.payload_type, contract::kPayloadTypeH265);
}

TEST_F(UploadTest, WithoutRepairStreamsNoneAreTold) {
  world_.Begin({});
  Publish({});
  EXPECT_EQ(Started().rtx_ssrc, std::nullopt);
  EXPECT_EQ(Started().fec_ssrc, std::nullopt);
  Publish({.unsignalled = true, .retransmits = true, .fec_packets = 3});
  EXPECT_EQ(Started().rtx_ssrc, std::nullopt) << "nobody knows of what";
  EXPECT_EQ(Started().fec_ssrc, std::nullopt);
}

// A packet that comes late may bring back what was published before it: with the frames of all that
// are protected together, what the system has it has from then on.
TEST_F(UploadTest, ARepairPacketIsOfEveryFrameThatItProtects) {
  world_.Begin({.still_age_max_ms = 1000});
  Publish({.fec_packets = 2});
  Frame();
  const auto first = system_.datagrams.back().bytes;
  world_.Apply({.kind = ActionKind::kOpen, .viewer = ViewerId(0)});
  world_.Apply({.kind = ActionKind::kSuspend});
  world_.Apply({.kind = ActionKind::kRestore});
  world_.Apply({.kind = ActionKind::kOpen,
                .viewer = ViewerId(0),
                .path = contract::AccessPath::kIntegration});
  Frame();
  ASSERT_EQ(system_.datagrams.size(), 3U);
  system_.Deliver(ViewerId(0), system_.session(), first);
  EXPECT_TRUE(world_.oracle().violations().empty());
}

TEST_F(UploadTest, WhatASystemLacksIsLeftOutAndCounted) {
  system_.can = {.operations = system_.can.operations};
  World world(system_);
  world.Begin({});
  const auto publish = [&](const Upload& upload) {
    world.Apply({.kind = ActionKind::kPublish, .camera = kCamera, .upload = upload});
    EXPECT_NE(Started().ssrc, std::nullopt);
    EXPECT_EQ(Started().rtx_ssrc, std::nullopt);
    EXPECT_EQ(Started().fec_ssrc, std::nullopt);
  };
  publish({.unsignalled = true});
  EXPECT_EQ(world.counters().unsupported, 1U);
  publish({.retransmits = true, .fec_packets = 1});
  EXPECT_EQ(world.counters().unsupported, 3U);
  publish({.codec = media::Codec::kH265});
  EXPECT_EQ(world.counters().unsupported, 4U);
  publish({.byte_stream = true});
  world.Apply({.kind = ActionKind::kFrame, .camera = kCamera, .bytes = 50});
  EXPECT_EQ(world.counters().unsupported, 5U);
  EXPECT_EQ(system_.datagrams.size(), 1U);
}

}  // namespace
}  // namespace framefence::sim
