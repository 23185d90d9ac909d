// The session fuzzer over the clean relay.
#include <gtest/gtest.h>

#include "targets/fuzz/session_fuzzer_for_tests.h"

namespace fuzz {
namespace {

TEST(FuzzSession, PlaysTheStepsOfACase) {
  StartFuzzer("");
  EXPECT_EQ(FuzzOne("publish camera=0\nopen viewer=0 account=0 camera=0\nframe camera=0 idr=yes\n"),
            0);
}

// Seen to fail without the check of kPlantedBuild: the fuzzer then hunts for what is not there.
TEST(FuzzSession, LeakInACleanBuildIsWrongUsage) {
  EXPECT_EXIT(StartFuzzer("A3"), testing::ExitedWithCode(2), "no leak is planted in this build");
}

// Seen to fail with IsSmall() always true.
TEST(FuzzSession, LargeWorldsAreRefused) {
  StartFuzzer("");
  EXPECT_EQ(FuzzOne("option viewers 4096\n"), -1);
  EXPECT_EQ(FuzzOne("option frame_bytes_max 1048576\n"), -1);
}

// A year of a camera's clock in a few steps: milliseconds, because the world is cut short. Seen to
// take minutes without the limit on events.
TEST(FuzzSession, EndlessCasesAreCutShort) {
  StartFuzzer("");
  std::string steps = "option frame_interval_ms 1\noption report_interval_ms 1\n";
  for (int camera = 0; camera < 3; ++camera)
    steps += "publish camera=" + std::to_string(camera) + "\n";
  for (int viewer = 0; viewer < 8; ++viewer) {
    const std::string home = std::to_string(viewer % 3);
    steps +=
        "open viewer=" + std::to_string(viewer) + " account=" + home + " camera=" + home + "\n";
  }
  for (int i = 0; i < 3000; ++i) steps += "advance ms=65535\n";
  EXPECT_EQ(FuzzOne(steps), 0);
}

}  // namespace
}  // namespace fuzz
