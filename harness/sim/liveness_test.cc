// ISO-008: what is due after the network has healed, and what is not.
#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/media/footage.h"
#include "harness/sim/system_for_tests.h"
#include "harness/sim/verdict.h"
#include "harness/sim/world.h"

namespace framefence::sim {
namespace {

using contract::Operation;
using oracle::Violation;
using std::chrono::milliseconds;
using testing::ScriptedSystem;

constexpr ViewerId kViewer{3};
constexpr cases::WorldOptions kTwoSeconds{.liveness_ms = 2'000};

// Home 0's camera sends, and its viewer has a session; the system relays what it is told to.
class LivenessTest : public ::testing::Test {
 protected:
  void Begin(const cases::WorldOptions& options = kTwoSeconds) {
    world.Begin(options);
    world.Apply({.kind = ActionKind::kOpen, .viewer = kViewer});
    world.Apply({.kind = ActionKind::kPublish});
  }
  Verdict Heal() {
    world.CheckLiveness();
    world.Finish();
    return VerdictOf(world);
  }
  void Lose(LinkScope links, const net::LossModel& loss) {
    world.Apply({.kind = ActionKind::kWeather, .viewer = kViewer, .links = links, .loss = loss});
  }

  ScriptedSystem system;
  World world{system};
};

TEST_F(LivenessTest, WhoIsServedIsContent) {
  system.relays_to = kViewer;
  Begin();
  EXPECT_EQ(Heal(), Verdict::kPass);
  EXPECT_EQ(world.counters().frames_published, 1U);  // it ends with the last one's first frame
}

// Seen to fail: with IsDue() always false; with all frames asked for, not only new ones, the next two.
TEST_F(LivenessTest, WhoIsNotServedWithinTheBoundIsStarved) {
  Begin();
  EXPECT_EQ(Heal(), Verdict::kLiveness);
  ASSERT_EQ(world.oracle().violations().size(), 1U);
  const Violation& starved = world.oracle().violations().front();
  EXPECT_EQ(starved.property, oracle::Property::kIso008);
  EXPECT_EQ(starved.viewer, kViewer);
  EXPECT_EQ(starved.at, VirtualTime(milliseconds(2'000)));
  EXPECT_EQ(
      Describe(starved),
      "starved (ISO-008): at 2.000000 s viewer 3 of account 0, opened for camera 0 (epoch 1), had "
      "received nothing that was published since the network healed");
}

TEST_F(LivenessTest, FramesFromBeforeDoNotCount) {
  Begin();
  system.relays_to = kViewer;
  world.Apply({.kind = ActionKind::kFrame});
  EXPECT_EQ(world.counters().frames_received, 1U);
  system.relays_to.reset();
  EXPECT_EQ(Heal(), Verdict::kLiveness);
}

// What the network did is over. Seen to fail without Heal().
TEST_F(LivenessTest, TheNetworkHeals) {
  system.relays_to = kViewer;
  Begin();
  Lose(LinkScope::kAllUplinks, net::Blackout{});
  Lose(LinkScope::kAllDownlinks, net::Blackout{});
  world.Apply({.kind = ActionKind::kDrop, .links = LinkScope::kUplink, .packets = 60'000});
  world.Apply({.kind = ActionKind::kDrop,
               .viewer = kViewer,
               .links = LinkScope::kDownlink,
               .packets = 60'000});
  world.Apply({.kind = ActionKind::kStall, .viewer = kViewer, .duration = std::chrono::hours(1)});
  EXPECT_EQ(Heal(), Verdict::kPass);
  EXPECT_EQ(system.writable.size(), 1U);
  EXPECT_EQ(system.Asked(Operation::kStartPublisher).size(), 2U);  // the camera connected anew
}

// Without it every publisher session that the system still hears goes on. Seen to fail: with all connecting anew; with
// each condition of CanGoOn() left out.
TEST_F(LivenessTest, SessionsThatCanGoOnDo) {
  struct Way {
    std::string_view why;
    std::vector<Action> actions;
    std::size_t sessions;
  };
  const Action frame{.kind = ActionKind::kFrame};
  const std::vector<Way> ways = {
      {"it goes on", {frame}, 1},
      {"its address is gone", {frame, {.kind = ActionKind::kReaddress}}, 2},
      {"its binding is over", {frame, {.kind = ActionKind::kBind}}, 2},
      {"it will be given up soon",
       {frame, {.kind = ActionKind::kAdvance, .duration = milliseconds(2'500)}},
       2},
      {"it was heard just before",
       {frame, {.kind = ActionKind::kAdvance, .duration = milliseconds(2'499)}},
       1},
      {"what it sent was damaged",
       {{.kind = ActionKind::kPath,
         .links = LinkScope::kUplink,
         .path_change = {.sets = cases::PathProperty::kCorrupt, .value = 65'535}},
        frame},
       2},
      {"what it sent may have been thrown away", {frame, {.kind = ActionKind::kRestore}}, 2},
      {"it may not be believed yet",
       {{.kind = ActionKind::kPublish, .upload = {.unsignalled = true}}, frame},
       3},
      {"it is a byte stream",
       {{.kind = ActionKind::kPublish, .upload = {.byte_stream = true}}, frame},
       3},
  };
  system.relays_to = kViewer;
  for (const Way& way : ways) {
    Begin({.liveness_ms = 2'000, .liveness_reconnect = 0});
    for (const Action& action : way.actions) world.Apply(action);
    Heal();
    EXPECT_EQ(system.Asked(Operation::kStartPublisher).size(), way.sessions) << way.why;
  }
}

// A receiver that starts over at packets hundreds of numbers ago would be right, and miss the new ones. Seen to fail
// where what is on its way arrives.
TEST_F(LivenessTest, ASessionThatGoesOnIsNotOvertakenByItsPast) {
  system.relays_to = kViewer;
  Begin({.uplink_latency_us = 900'000, .liveness_ms = 2'000, .liveness_reconnect = 0});
  world.Apply({.kind = ActionKind::kFrame});
  EXPECT_EQ(Heal(), Verdict::kPass);
  ASSERT_EQ(world.counters().frames_published, 2U);
  ASSERT_FALSE(system.datagrams.empty());
  EXPECT_EQ(system.datagrams.back().at, VirtualTime());
}

// A sequence number that was damaged makes all that follows look old. Seen to fail where the receivers
// keep what they heard.
TEST_F(LivenessTest, WhatWasDamagedConfusesNoReceiverAnyMore) {
  system.relays_to = kViewer;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    Begin({.seed = seed, .liveness_ms = 2'000});
    world.Apply({.kind = ActionKind::kPath,
                 .viewer = kViewer,
                 .links = LinkScope::kDownlink,
                 .path_change = {.sets = cases::PathProperty::kCorrupt, .value = 65'535}});
    world.Apply({.kind = ActionKind::kFrame});
    EXPECT_EQ(Heal(), Verdict::kPass) << seed;
  }
}

// Nor does it come to a receiver that has just begun anew. Seen to fail where what is on its way arrives.
TEST_F(LivenessTest, WhatIsDamagedOnItsWayIsLost) {
  class Arrivals final : public TraceSink {
   public:
    void OnEvent(const TraceEvent& event) override {
      count += event.kind == TraceKind::kArrival ? 1 : 0;
    }
    unsigned count = 0;
  };
  Arrivals arrivals;
  world.UseTrace(&arrivals);
  system.relays_to = kViewer;
  Begin({.downlink_latency_us = 1, .liveness_ms = 2'000});
  world.Apply({.kind = ActionKind::kPath,
               .viewer = kViewer,
               .links = LinkScope::kDownlink,
               .path_change = {.sets = cases::PathProperty::kCorrupt, .value = 65'535}});
  world.Apply({.kind = ActionKind::kFrame});
  system.relays_to.reset();
  EXPECT_EQ(Heal(), Verdict::kLiveness);
  EXPECT_NE(world.counters().packets_damaged, 0U);
  EXPECT_EQ(arrivals.count, 0U);
}

// A viewer session that falls back to stills waits for the next GOP, and footage has them far apart. Seen
// to fail with a clip that goes on as it is.
TEST_F(LivenessTest, FootageStartsItsGopsInTimeToo) {
  std::string stream("\0\0\0\1\x65\x88\x80\x10", 8);
  for (char picture = 1; picture < 100; ++picture)
    stream += std::string("\0\0\0\1\x41\x9a\x80", 7) + picture;
  const auto clip = media::Footage::Parse(std::as_bytes(std::span(stream)));
  ASSERT_TRUE(clip) << clip.error().message;
  world.UseFootage({&*clip, 1});
  Begin({.footage = 1, .liveness_ms = 1'000});
  EXPECT_EQ(Heal(), Verdict::kLiveness);
  const auto begins_gop = [](const ScriptedSystem::Datagram& datagram) {
    return datagram.bytes[12] == std::byte{0x65};
  };
  EXPECT_EQ(std::ranges::count_if(system.datagrams, begins_gop), 3);
}

TEST_F(LivenessTest, NothingIsDelayedAnyMore) {
  system.relays_to = kViewer;
  Begin({.uplink_latency_us = 900'000, .downlink_latency_us = 900'000, .liveness_ms = 1'000});
  EXPECT_EQ(Heal(), Verdict::kPass);
}

// Seen to fail with a frame each 40 ms, whatever the time-out is.
TEST_F(LivenessTest, NoCameraIsGivenUpBetweenItsFrames) {
  Begin({.publisher_timeout_ms = 20, .liveness_ms = 1'000});
  EXPECT_EQ(Heal(), Verdict::kLiveness);
  std::optional<VirtualTime> last;
  for (const ScriptedSystem::Datagram& datagram : system.datagrams) {
    ASSERT_TRUE(!last || datagram.at - *last < milliseconds(20));
    last = datagram.at;
  }
  EXPECT_TRUE(last);
}

// Each was seen to be asked for with its condition left out of IsDue() or RightOf().
TEST_F(LivenessTest, NothingIsDueToWhoHasNoRightOrNoCamera) {
  const std::vector<std::vector<Action>> endings = {
      {{.kind = ActionKind::kClose, .viewer = kViewer}},
      {{.kind = ActionKind::kRevoke}},
      {{.kind = ActionKind::kUnbind}},
      {{.kind = ActionKind::kBind, .account = AccountId(1)}},
      {{.kind = ActionKind::kUnpublish}},
      {{.kind = ActionKind::kAdvance,
        .duration = milliseconds(299'000)}},  // the token ends meanwhile
  };
  for (std::size_t i = 0; i < endings.size(); ++i) {
    Begin();
    for (const Action& action : endings[i]) world.Apply(action);
    EXPECT_EQ(Heal(), Verdict::kPass) << i;
  }
  system.answer = contract::Status::kNoCapacity;
  Begin();
  EXPECT_EQ(Heal(), Verdict::kPass) << "the system took neither camera nor viewer";
}

TEST_F(LivenessTest, ItIsAskedOnlyWhereTheOptionsSay) {
  Begin({});
  EXPECT_EQ(Heal(), Verdict::kPass);
}

// Who is served another home's frames is not starved: it is a leak.
TEST_F(LivenessTest, ALeakIsNoLivenessFailure) {
  system.relays_to = kViewer;
  Begin();
  world.Apply({.kind = ActionKind::kPublish, .camera = CameraId(1)});
  world.Apply({.kind = ActionKind::kFrame, .camera = CameraId(1)});
  system.relays_to.reset();
  EXPECT_EQ(Heal(), Verdict::kViolation);
}

}  // namespace
}  // namespace framefence::sim
