// The short form of bench_attribution.
#include <gtest/gtest.h>

#include <cmath>

#include "harness/oracle/attribution_for_tests.h"

namespace framefence::oracle {
namespace {

using namespace testing;

constexpr std::size_t kPackets = 200;

// Seen to fail when half a cell is known by two of its bytes.
TEST(AttributionTest, NothingIsTakenForSomebodyElses) {
  for (const Source& source : Sources()) {
    const Attribution measured = AttributionMeter(1).Measure(source, kPackets);
    EXPECT_EQ(measured.wrong, 0U) << source.name;
    EXPECT_GT(measured.positions, 100'000U) << source.name;
  }
}

// With one bit flipped: all but less than half a cell at either end of a packet. Seen to fail with
// kBitsFlippedMax 0.
TEST(AttributionTest, CellsWithABitFlippedAreRecognised) {
  for (const Source& source : Sources()) {
    if (source.bits_flipped != 1) continue;
    const Attribution measured = AttributionMeter(1).Measure(source, kPackets);
    EXPECT_GT(measured.bytes_attributed, measured.bytes / 100 * 98) << source.name;
  }
}

// Each check bit halves what passes, as the computed rate takes for granted. Where bytes repeat, so do
// positions: only of those that do not can one say what to expect. Seen to fail when
// the inverse of the S-box loses a bit.
TEST(AttributionTest, EachCheckBitHalvesWhatPasses) {
  for (const Source& source : Sources()) {
    if (source.feed == Feed::kHeaders || source.feed == Feed::kCompressed) continue;
    const Attribution measured = AttributionMeter(1).Measure(source, kPackets);
    for (const unsigned bits : {1U, 4U, 8U}) {
      const double expected = std::ldexp(static_cast<double>(measured.positions), -int(bits));
      EXPECT_NEAR(static_cast<double>(measured.check_bits[bits]), expected, 6 * std::sqrt(expected))
          << source.name << ", " << bits << " bits";
    }
  }
}

}  // namespace
}  // namespace framefence::oracle
