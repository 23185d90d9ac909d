// The session fuzzer over the clean relay.
#include <gtest/gtest.h>

#include "harness/sim/world.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/fuzz/session_fuzzer_for_tests.h"

namespace fuzz {
namespace {

TEST(FuzzSession, PlaysTheStepsOfACase) {
  StartFuzzer("");
  EXPECT_EQ(FuzzOne("publish camera=0\nopen viewer=0 account=0 camera=0\nframe camera=0 idr=yes\n"),
            0);
}

// Seen to fail without the check of IsPlantedBuild(): the fuzzer then hunts for what is not there.
TEST(FuzzSession, LeakInACleanBuildIsWrongUsage) {
  EXPECT_EXIT(StartFuzzer("A3"), testing::ExitedWithCode(2), "no leak is planted in this build");
}

// Seen to fail with IsSmall() always true.
TEST(FuzzSession, LargeWorldsAreRefused) {
  StartFuzzer("");
  EXPECT_EQ(FuzzOne("option viewers 4096\n"), -1);
  EXPECT_EQ(FuzzOne("option frame_bytes_max 1048576\n"), -1);
}

// What cuts a fuzzer's cases short. The first count ends while packets are still on their way; seen
// to wait for ever on them, and to pass by the second.
TEST(FuzzSession, WorldsAreCutShortAtTheirLimit) {
  std::string text = "framefence case 1\noption uplink_latency_us 1000\npublish camera=0\n";
  for (int i = 0; i < 30; ++i) text += "frame camera=0\n";
  const auto read = framefence::cases::ReadText(text);
  ASSERT_TRUE(read.ok());
  adapters::RelayAdapter relay;
  framefence::sim::World world(relay);
  for (const std::uint64_t limit : {100, 50}) {
    world.LimitEvents(limit);
    world.Play(*read);
    EXPECT_TRUE(world.exhausted());
    EXPECT_LT(world.events(), limit + 10);
  }
}

}  // namespace
}  // namespace fuzz
