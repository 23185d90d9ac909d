// What the swarm's cameras do comes to what the relay counts: no way of sending is merely drawn.
//
// Seen to fail with any one of them left out by LeaveOutUploads (harness/sim/swarm.cc), and on links that lose nothing.
#include <gtest/gtest.h>

#include "harness/sim/swarm.h"
#include "harness/sim/world.h"
#include "targets/adapters/relay_adapter.h"

namespace adapters {
namespace {

namespace sim = framefence::sim;

TEST(UploadTest, TheSwarmDrivesEveryWayOfSending) {
  RelayAdapter relay;
  sim::World world(relay);
  framefence::cases::Case drawn;
  std::uint64_t on_probation = 0, retransmitted = 0, recovered = 0, pieces = 0, h265 = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    sim::DrawCase(seed, {}, drawn);
    world.Play(drawn);
    ASSERT_TRUE(world.oracle().violations().empty()) << "seed " << seed;
    ASSERT_EQ(world.counters().unsupported, 0U) << "seed " << seed;
    const relay::Counters& counters = relay.counters();
    on_probation += counters.datagrams[relay::Status::kOnProbation];
    retransmitted += counters.packets_retransmitted;
    recovered += counters.packets_recovered;
    h265 += counters.h265[relay::PayloadParse::kOk];
    pieces += counters.stream_pieces[relay::InterleavedParse::kOk];
  }
  EXPECT_GT(on_probation, 50U);
  EXPECT_GT(retransmitted, 20U);
  EXPECT_GT(recovered, 20U);
  EXPECT_GT(pieces, 1000U);
  EXPECT_GT(h265, 1000U);
}

}  // namespace
}  // namespace adapters
