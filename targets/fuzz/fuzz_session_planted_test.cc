// The session fuzzer over a relay with leaks.
#include <gtest/gtest.h>

#include "targets/fuzz/session_fuzzer_for_tests.h"

namespace fuzz {
namespace {

// K1: cameras 0 and 2 have one name, in two homes; the second home's question is answered from the
// first's.
constexpr const char* kTwoHomesOneName =
    "publish camera=0\n"
    "open viewer=0 account=0 camera=0\n"
    "open viewer=1 account=2 camera=2\n"
    "frame camera=0 idr=yes\n";

// Seen to fail without the call of Report(), and without that of Plant().
TEST(FuzzSession, ViolationAbortsAndSaysHowToReplay) {
  EXPECT_DEATH(
      {
        StartFuzzer("K1");
        FuzzOne(kTwoHomesOneName);
      },
      "ISO-001(.|\n)*open viewer=1 account=2(.|\n)*framefence replay CASE --leak K1");
}

TEST(FuzzSession, NoLeakNoViolation) {
  StartFuzzer("");
  EXPECT_EQ(FuzzOne(kTwoHomesOneName), 0);
}

TEST(FuzzSession, SeveralLeaksArePlantedAtOnce) {
  EXPECT_DEATH(
      {
        StartFuzzer("a3,K1");
        FuzzOne(kTwoHomesOneName);
      },
      "--leak A3 --leak K1");
}

TEST(FuzzSession, TwinsAreNoViolation) {
  StartFuzzer("K1-twin");
  EXPECT_EQ(FuzzOne(kTwoHomesOneName), 0);
}

TEST(FuzzSession, BlindFuzzerIgnoresTheOracle) {
  StartFuzzer("K1", "1");
  EXPECT_EQ(FuzzOne(kTwoHomesOneName), 0);
}

TEST(FuzzSession, UnknownLeakIsWrongUsage) {
  EXPECT_EXIT(StartFuzzer("A3,Z9"), testing::ExitedWithCode(2),
              "no leak is called 'Z9'; there are A3,");
}

}  // namespace
}  // namespace fuzz
