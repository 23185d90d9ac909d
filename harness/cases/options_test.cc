#include "harness/cases/options.h"

#include <bit>
#include <map>
#include <string>

#include "gtest/gtest.h"
#include "harness/base/prng.h"

namespace framefence::cases {
namespace {

// A corpus is bytes: options may be added, their numbers never change.
TEST(OptionsTest, IdsAreWhatTheyWere) {
  const std::map<std::string, int> expected = {{"accounts", 0x01},
                                               {"cameras", 0x02},
                                               {"names", 0x03},
                                               {"integrations", 0x04},
                                               {"viewers", 0x05},
                                               {"publishers", 0x06},
                                               {"frame_bytes_max", 0x07},
                                               {"still_age_max_ms", 0x08},
                                               {"token_lifetime_ms", 0x09},
                                               {"publisher_timeout_ms", 0x0a},
                                               {"still_fallback", 0x0b},
                                               {"json_door", 0x0c},
                                               {"seed", 0x0d},
                                               {"fec_packets_max", 0x0e},
                                               {"frame_interval_ms", 0x20},
                                               {"gop_frames", 0x21},
                                               {"idr_bytes", 0x22},
                                               {"inter_bytes", 0x23},
                                               {"slices", 0x24},
                                               {"uplink_latency_us", 0x25},
                                               {"downlink_latency_us", 0x26},
                                               {"mtu_bytes", 0x27},
                                               {"report_interval_ms", 0x28},
                                               {"footage", 0x29},
                                               {"provisioned", 0x2a},
                                               {"ssrcs", 0x2b},
                                               {"feedback", 0x2c},
                                               {"fleet_weather", 0x2d},
                                               {"schedule", 0x3c},
                                               {"schedule_seed", 0x3d},
                                               {"schedule_depth", 0x3e},
                                               {"schedule_steps", 0x3f},
                                               {"two_runs", 0x40},
                                               {"observer", 0x41},
                                               {"liveness_ms", 0x50},
                                               {"liveness_reconnect", 0x51}};
  std::map<std::string, int> actual;
  for (const OptionInfo& info : AllOptions()) actual.emplace(info.name, info.id);
  EXPECT_EQ(actual, expected);
}

TEST(OptionsTest, TheTableCoversEveryMemberOnceAndIsInOrder) {
  static_assert(sizeof(WorldOptions) % sizeof(std::uint32_t) == 0);
  EXPECT_EQ(AllOptions().size(), sizeof(WorldOptions) / sizeof(std::uint32_t));
  WorldOptions options;
  int last = -1;
  for (const OptionInfo& info : AllOptions()) {
    EXPECT_GT(info.id, last);
    last = info.id;
    EXPECT_EQ(FindOption(info.id), &info);
    EXPECT_EQ(FindOption(info.name), &info);
    EXPECT_FALSE(info.doc.empty());
    EXPECT_LE(info.min, info.default_value()) << info.name;
    EXPECT_GE(info.max, info.default_value()) << info.name;
    EXPECT_EQ(options.*info.member, info.default_value()) << info.name << " shares its member";
    options.*info.member += 1;
  }
  EXPECT_EQ(FindOption(0xff), nullptr);
  EXPECT_EQ(FindOption("colour"), nullptr);
}

TEST(OptionsTest, TheDefaultWorldIsTheDefaultDeploymentWithFewerPorts) {
  contract::Deployment expected;
  expected.publishers = 3;
  expected.datagram_bytes_max = 200;
  EXPECT_EQ(ToDeployment({}), expected);
  EXPECT_LT(WorldOptions{}.publishers, WorldOptions{}.cameras);
  EXPECT_GT(WorldOptions{}.idr_bytes, WorldOptions{}.mtu_bytes) << "an IDR needs fragments";
  EXPECT_EQ(Effective({}), WorldOptions{});
}

// Seen to fail with any one line of ToDeployment taken out.
TEST(OptionsTest, EveryDeploymentFieldFollowsItsOption) {
  for (const OptionInfo& info : AllOptions()) {
    if ((info.id >= 0x20 && info.id < 0x3c) || info.id >= 0x40) continue;  // the world's own
    WorldOptions options;
    SetOption(options, info.id,
              info.default_value() == info.max ? info.min : info.default_value() + 1);
    EXPECT_NE(ToDeployment(options), ToDeployment({})) << info.name;
  }
}

TEST(OptionsTest, ValuesAreClampedAndUnknownIdsIgnored) {
  WorldOptions options;
  SetOption(options, 0x02, 0);
  EXPECT_EQ(options.cameras, 1U);
  SetOption(options, 0x02, ~0U);
  EXPECT_EQ(options.cameras, 4096U);
  options = {};
  SetOption(options, 0xee, 5);
  EXPECT_EQ(options, WorldOptions{});
}

// Seen to fail without the clamp to the share.
TEST(OptionsTest, WhateverIsAskedTheWorldStaysWithinItsBounds) {
  Prng prng(1);
  for (int i = 0; i < 20'000; ++i) {
    WorldOptions options;
    for (const OptionInfo& info : AllOptions()) {
      const std::uint32_t choices[] = {info.default_value(), info.min, info.max, prng.Next32()};
      options.*info.member = choices[prng.Below(4)];
    }
    const WorldOptions world = Effective(options);
    for (const std::uint64_t senders : {world.cameras, world.publishers})
      ASSERT_LE(senders * world.frame_bytes_max, kFrameStoreBytesMax);
    ASSERT_GE(world.mtu_bytes, world.footage != 0 ? 1'200U : 0U);
    const contract::Deployment asked = DeploymentOf(world);
    ASSERT_LE(std::uint64_t{asked.publishers} * asked.gop_packets_max * asked.datagram_bytes_max,
              2 * kFrameStoreBytesMax);
    ASSERT_LE(world.idr_bytes, world.frame_bytes_max);
    ASSERT_LE(world.inter_bytes, world.frame_bytes_max);
    ASSERT_EQ(Effective(world), world);
    ASSERT_EQ(Clamped(world), world) << "agreement takes no option out of its own range";
    ASSERT_EQ(Effective(Clamped(options)), world);
    const contract::Deployment deployment = ToDeployment(options);
    ASSERT_GE(deployment.gop_packets_max, 64U);
    if (deployment.gop_packets_max > 64) {
      const std::uint64_t packets = std::bit_ceil(deployment.gop_packets_max);
      ASSERT_LE(world.publishers * packets * world.mtu_bytes, kFrameStoreBytesMax);
    }
  }
}

// A system that keeps a GOP for who opens later has room for one. Seen to fail with the deployment's default.
TEST(OptionsTest, TheDeploymentIsToldOfPicturesLargerThanItsDefault) {
  EXPECT_EQ(ToDeployment({}).gop_packets_max, 64U);
  const WorldOptions large{.frame_bytes_max = 500'000, .idr_bytes = 300'000, .mtu_bytes = 1'200};
  EXPECT_GE(ToDeployment(large).gop_packets_max, 450'000U / 1'200U);
}

}  // namespace
}  // namespace framefence::cases
