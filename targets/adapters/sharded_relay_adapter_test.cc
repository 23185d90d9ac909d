// The relay's workers under a case's schedule.
#include "targets/adapters/sharded_relay_adapter.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/cases/text.h"
#include "harness/sim/swarm.h"
#include "harness/sim/world.h"
#include "harness/sim/written_schedule.h"

namespace adapters {
namespace {

namespace cases = framefence::cases;
namespace sim = framefence::sim;

class ShardedRelayAdapterTest : public testing::Test {
 protected:
  std::uint64_t MailSent() {
    std::uint64_t sent = 0;
    for (std::uint32_t worker = 0; worker < relay_.kWorkers; ++worker)
      sent += relay_.MailCountersOf(worker).sent;
    return sent;
  }

  ShardedRelayAdapter<FibreCrew> relay_;
  sim::World world_{relay_};
};

constexpr sim::SwarmLimits kLimits{.schedules = true};

// Seen to fail with a change that strikes nothing, and with turns that leave uploads in the queue.
TEST_F(ShardedRelayAdapterTest, TheSwarmDrivesItAndItLeaksNothing) {
  cases::Case drawn;
  std::uint64_t delivered = 0, handovers = 0, plain = 0, mail = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    sim::DrawCase(seed, kLimits, drawn);
    world_.Play(drawn);
    ASSERT_TRUE(world_.oracle().violations().empty())
        << cases::WriteText(drawn) << Describe(world_.oracle().violations().front());
    EXPECT_EQ(world_.counters().unsupported, 0U) << "seed " << seed;
    delivered += world_.counters().packets_delivered;
    handovers += world_.handovers().size();
    plain += drawn.options.schedule == 0 ? 1 : 0;
    mail += MailSent();
  }
  EXPECT_GT(delivered, 5'000U);
  EXPECT_GT(handovers, 20'000U);
  EXPECT_GT(mail, 1'000U);
  EXPECT_GT(plain, 50U);
}

// Seen to fail with handovers written one choice late.
TEST_F(ShardedRelayAdapterTest, AWrittenScheduleIsTheSameRunAndReplaysExactly) {
  cases::Case drawn;
  std::uint64_t written_out = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sim::DrawCase(seed, kLimits, drawn);
    world_.Play(drawn);
    const auto delivered = world_.oracle().statistics();
    const auto written = sim::WriteSchedule(drawn, world_.handovers());
    if (!written || world_.handovers().empty()) continue;
    ++written_out;
    world_.Play(*written);
    EXPECT_EQ(world_.oracle().statistics(), delivered) << cases::WriteText(drawn);
    const std::uint64_t trace = world_.trace_hash();
    const auto again = sim::WriteSchedule(*written, world_.handovers());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *written);
    world_.Play(*written);
    EXPECT_EQ(world_.trace_hash(), trace);
  }
  EXPECT_GT(written_out, 100U);
}

// Seen to fail with uploads that are kept over a restore: they wait for their worker here, the system has them.
TEST_F(ShardedRelayAdapterTest, WhatCameBeforeARestoreIsNotServedAfterIt) {
  for (const char* const stream : {"no", "yes"}) {
    const auto played =
        cases::ReadText(std::string("framefence case 1\noption schedule 1\nsuspend "
                                    "integration=0\npublish camera=0 stream=") +
                        stream +
                        "\nframe camera=0 idr=yes slices=1 payload_bytes=0\nrestore integration=0\n"
                        "open viewer=0 account=0 camera=0 path=integration integration=0\n"
                        "frame camera=0 idr=no slices=1 payload_bytes=0\nadvance ms=5\n");
    ASSERT_TRUE(played.ok()) << played.error().message;
    cases::Case drawn = *played;
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
      drawn.options.schedule_seed = seed;
      world_.Play(drawn);
      ASSERT_TRUE(world_.oracle().violations().empty()) << cases::WriteText(drawn);
    }
  }
}

// Nothing overlaps: viewers are sent what one thread's relay sends them. Where ports are scarce it has more of
// them, for each worker has as many as the deployment.
TEST_F(ShardedRelayAdapterTest, UnderThePlainScheduleItDeliversAsMuchAsOneThread) {
  RelayAdapter single;
  sim::World other(single);
  cases::Case drawn;
  std::uint64_t delivered = 0, delivered_by_one = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    sim::DrawCase(seed, {}, drawn);
    drawn.options.publishers = drawn.options.cameras;
    world_.Play(drawn);
    other.Play(drawn);
    EXPECT_TRUE(world_.handovers().empty());
    delivered += world_.counters().packets_delivered;
    delivered_by_one += other.counters().packets_delivered;
  }
  EXPECT_GT(delivered, delivered_by_one * 49 / 50);
  EXPECT_LT(delivered, delivered_by_one * 51 / 50);
}

TEST_F(ShardedRelayAdapterTest, OneThreadsRelayHandsNothingOver) {
  RelayAdapter single;
  sim::World other(single);
  const auto played = cases::ReadText(
      "framefence case 1\nhandover after=3 to=1\npublish camera=0\nhandover after=0 to=2\n");
  ASSERT_TRUE(played.ok()) << played.error().message;
  other.Play(*played);
  EXPECT_EQ(other.counters().unsupported, 2U);
  world_.Play(*played);
  EXPECT_EQ(world_.counters().unsupported, 0U);
}

}  // namespace
}  // namespace adapters
