// What cameras do beyond plain streams.
//
// Seen to fail: with the SSRC signalled all the same, AnUnsignalled...; with a plain stream after a
// reconnect, AReconnected...; without the capabilities looked at, WhatASystemLacks....
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

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

TEST_F(UploadTest, WhatASystemLacksIsLeftOutAndCounted) {
  system_.can.unsignalled_ssrc = false;
  World world(system_);
  world.Begin({});
  world.Apply({.kind = ActionKind::kPublish, .camera = kCamera, .upload = {.unsignalled = true}});
  EXPECT_NE(Started().ssrc, std::nullopt);
  EXPECT_EQ(world.counters().unsupported, 1U);
}

}  // namespace
}  // namespace framefence::sim
