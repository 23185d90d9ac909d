// The relay within the world, on real footage: what an entitled viewer receives over a clean network
// is what was published.
#include <gtest/gtest.h>

#include <vector>

#include "harness/cases/text.h"
#include "harness/media/av/ffmpeg_rtp_muxer.h"
#include "harness/media/av/picture.h"
#include "harness/media/footage.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/sim/swarm.h"
#include "harness/sim/world.h"
#include "targets/adapters/relay_adapter.h"

namespace adapters {
namespace {

namespace contract = framefence::contract;
namespace media = framefence::media;
namespace sim = framefence::sim;
using framefence::AccountId;
using framefence::CameraId;
using framefence::ViewerId;
using framefence::VirtualTime;
using Bytes = std::vector<std::byte>;

constexpr const char* kSamples[] = {"corpora/footage/camera-0.h264",
                                    "corpora/footage/camera-1.h264"};

std::vector<media::Footage> Samples() {
  std::vector<media::Footage> clips;
  for (const char* path : kSamples) {
    auto clip = media::Footage::Load(path);
    EXPECT_TRUE(clip.ok()) << path;
    clips.push_back(std::move(*clip));
  }
  return clips;
}

Bytes Copy(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

void ExpectDecodesWithoutComplaint(const std::vector<Bytes>& units) {
  const std::vector<std::span<const std::byte>> spans(units.begin(), units.end());
  const auto report = media::DecodeStream(spans);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->complaints, 0);
  EXPECT_EQ(static_cast<std::size_t>(report->pictures), units.size());
}

TEST(EndToEndTest, FootageArrivesAccessUnitForAccessUnitByBothPaths) {
  const std::vector<media::Footage> clips = Samples();
  RelayAdapter relay;
  sim::World world(relay);
  world.UseFootage(clips);
  framefence::cases::WorldOptions options;
  options.footage = 1;
  options.frame_interval_ms = 40;
  world.Begin(options);
  std::vector<Bytes> received[2];
  world.on_access_unit = [&](ViewerId viewer, const media::ReceivedAccessUnit& unit) {
    received[viewer.value].push_back(Copy(unit.annex_b));
  };
  for (const std::uint32_t i : {0U, 1U}) {
    world.Apply({.kind = sim::ActionKind::kOpen,
                 .account = AccountId(i),
                 .camera = CameraId(i),
                 .viewer = ViewerId(i),
                 .path = i == 0 ? contract::AccessPath::kApp : contract::AccessPath::kIntegration});
    world.Apply({.kind = sim::ActionKind::kPublish, .camera = CameraId(i)});
  }
  world.Apply({.kind = sim::ActionKind::kAdvance, .duration = std::chrono::seconds(3)});
  world.Finish();
  EXPECT_TRUE(world.oracle().violations().empty());
  for (const std::uint32_t i : {0U, 1U}) {
    const auto& units = clips[i].access_units();
    ASSERT_GE(received[i].size(), units.size());
    for (std::size_t unit = 0; unit < received[i].size(); ++unit) {
      ASSERT_EQ(received[i][unit], Copy(clips[i].bytes(units[unit % units.size()])))
          << "viewer " << i << ", access unit " << unit;
    }
    ExpectDecodesWithoutComplaint(received[i]);
  }
}

// A viewer session of the relay, driven by hand.
class ByHand final : public contract::Observer, public media::AccessUnitSink {
 public:
  void OnAck(const contract::Ack& ack) override {
    EXPECT_EQ(ack.status, contract::Status::kOk);
    port = ack.port;
  }
  void OnDelivery(const contract::Delivery& delivery) override {
    depacketizer.Push(delivery.bytes, *this);
  }
  void OnAccessUnit(const media::ReceivedAccessUnit& unit) override {
    units.push_back(Copy(unit.annex_b));
  }

  contract::IngestPort port = 0;
  media::RtpDepacketizer depacketizer;
  std::vector<Bytes> units;
};

TEST(EndToEndTest, WhatFfmpegsMuxerPacketisedIsAccepted) {
  const auto packets = media::MuxRtpWithFfmpeg(kSamples[0], {});
  ASSERT_TRUE(packets.ok()) << packets.error().message;
  const auto clip = media::Footage::Load(kSamples[0]);
  ASSERT_TRUE(clip.ok());
  media::RtpPacket first;
  ASSERT_EQ(media::ParseRtp(packets->front(), first), media::RtpParse::kOk);

  RelayAdapter relay;
  ByHand viewer;
  contract::Deployment deployment;
  deployment.frame_bytes_max = 100'000;
  deployment.gop_packets_max = 4096;
  relay.Reset(deployment, viewer);
  const VirtualTime now{};
  relay.Submit({.number = 1, .operation = contract::Operation::kBind}, now);
  relay.Submit({.number = 2, .operation = contract::Operation::kOpenViewer}, now);
  relay.Submit({.number = 3,
                .operation = contract::Operation::kStartPublisher,
                .ssrc = first.ssrc,
                .source = 7},
               now);
  for (const auto& packet : *packets) relay.Ingest(viewer.port, 7, packet, now);
  viewer.depacketizer.Flush(viewer);
  ASSERT_EQ(viewer.units.size(), clip->access_units().size());
  for (std::size_t i = 0; i < viewer.units.size(); ++i) {
    ASSERT_EQ(viewer.units[i], Copy(clip->bytes(clip->access_units()[i]))) << "access unit " << i;
  }
  ExpectDecodesWithoutComplaint(viewer.units);
}

// Anna watches camera 0, Bert camera 1 by a display under loss; Anna has a token more, and signs out
// at the end.
constexpr const char* kUpgrades = R"(framefence case 1
publish camera=0
publish camera=1
open viewer=0 account=0 camera=0
open viewer=1 account=1 camera=1 path=integration
issue token=0 account=0 camera=0
frame camera=0 idr=yes
frame camera=1 idr=yes
report viewer=1 lost=200
upgrade
frame camera=0 idr=yes
frame camera=0
frame camera=0
upgrade
present viewer=2 token=0
frame camera=0 idr=yes
frame camera=0
frame camera=0
frame camera=1 idr=yes
revoke account=0
upgrade
present viewer=3 token=0
frame camera=0 idr=yes
frame camera=1 idr=yes
advance ms=1000
)";

// Seen to fail: with two accounts swapped by the upgrade, and with sessions or the token's epochs
// forgotten.
TEST(EndToEndTest, SessionsAndTokensOutliveUpgradesAndWithdrawalsToo) {
  const auto read = framefence::cases::ReadText(kUpgrades);
  ASSERT_TRUE(read.ok());
  RelayAdapter relay;
  sim::World world(relay);
  std::vector<int> received(8);
  world.on_access_unit = [&](ViewerId viewer, const media::ReceivedAccessUnit&) {
    ++received[viewer.value];
  };
  world.Play(*read);
  EXPECT_TRUE(world.oracle().violations().empty());
  EXPECT_EQ(world.counters().unsupported, 0U);
  EXPECT_EQ(world.counters().refused, 1U);  // the token, after the revocation
  // Of the first frame after a break it is not known that nothing was before it.
  EXPECT_EQ(received[0], 1 + 2 + 2);
  EXPECT_EQ(received[2], 3);
  EXPECT_EQ(received[3], 0);
  EXPECT_GE(relay.counters().still_lends[relay::Status::kOk], 1U);
}

TEST(EndToEndTest, TheSameCaseGivesTheSameTraceInAnOldWorldAndInANewOne) {
  RelayAdapter old_relay;
  sim::World old_world(old_relay);
  framefence::cases::Case drawn;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sim::DrawCase(seed, {}, drawn);
    old_world.Play(drawn);
    RelayAdapter new_relay;
    sim::World new_world(new_relay);
    new_world.Play(drawn);
    ASSERT_EQ(old_world.trace_hash(), new_world.trace_hash()) << "seed " << seed;
    ASSERT_TRUE(old_world.oracle().violations().empty()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace adapters
