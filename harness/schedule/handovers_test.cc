#include "harness/schedule/handovers.h"

#include <gtest/gtest.h>

#include "harness/base/prng.h"

namespace framefence::schedule {
namespace {

TEST(HandoversTest, TextComesBackExactly) {
  Prng prng(1);
  for (std::size_t size = 0; size < 50; ++size) {
    Handovers handovers(size);
    for (Handover& handover : handovers)
      handover = {prng.Next32() >> prng.Below(32), static_cast<std::uint8_t>(prng.Below(256))};
    const auto read = ScheduleFromText(ScheduleToText(handovers));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, handovers);
  }
}

TEST(HandoversTest, TextThatIsNoScheduleIsRefused) {
  for (const char* const text :
       {"1", ">", "1>", ">1", "1>256", "-1>1", "4294967296>1", "1>2>3", "1 > 2", "1>2,3>4", "x>1"})
    EXPECT_FALSE(ScheduleFromText(text).ok()) << text;
  EXPECT_EQ(*ScheduleFromText("  1>2   3>4 "), (Handovers{{1, 2}, {3, 4}}));
  EXPECT_EQ(ScheduleFromText("1>2 7").error().message,
            "'7' is no handover; 12>1 is one, after 12 choices to fibre 1");
}

}  // namespace
}  // namespace framefence::schedule
