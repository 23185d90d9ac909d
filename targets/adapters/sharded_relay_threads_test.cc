// The swarm's cases on the relay's workers as real threads, judged by the oracle; under ThreadSanitizer too
// (ci/test tsan). Which schedule they take is the machine's affair, and no case replays.
//
// Seen to fail under ThreadSanitizer with a Batch that takes no gate.
#include <gtest/gtest.h>

#include "harness/cases/text.h"
#include "harness/sim/swarm.h"
#include "harness/sim/world.h"
#include "targets/adapters/sharded_relay_adapter.h"
#include "targets/adapters/thread_crew_for_tests.h"

namespace adapters {
namespace {

namespace cases = framefence::cases;
namespace sim = framefence::sim;

TEST(ShardedRelayThreadsTest, RealThreadsLeakNothingInTheSwarmsCases) {
  ShardedRelayAdapter<testing::ThreadCrew> relay;
  sim::World world(relay);
  cases::Case drawn;
  std::uint64_t delivered = 0, mail = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    sim::DrawCase(seed, {.schedules = true}, drawn);
    world.Play(drawn);
    ASSERT_TRUE(world.oracle().violations().empty())
        << cases::WriteText(drawn) << Describe(world.oracle().violations().front());
    delivered += world.counters().packets_delivered;
    for (std::uint32_t worker = 0; worker < relay.kWorkers; ++worker)
      mail += relay.MailCountersOf(worker).sent;
  }
  EXPECT_GT(delivered, 5'000U);
  EXPECT_GT(mail, 500U);
}

}  // namespace
}  // namespace adapters
