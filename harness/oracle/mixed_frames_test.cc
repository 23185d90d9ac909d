// Frames that hold bytes of two cameras: whose which bytes are, at every alignment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/oracle/fixture_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle {
namespace {

using namespace testing;

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};
void PrintTo(const Range& range, std::ostream* out) {
  *out << "[" << range.begin << ", " << range.end << ")";
}

// A stranger's bytes in an own frame. Where by chance the frames agree at the border, the bytes are
// with those before them.
struct Mixed {
  Buffer frame;
  Range foreign;
};
Mixed Mix(const Buffer& own, std::size_t at, const Buffer& foreign, std::size_t from,
          std::size_t length) {
  Mixed mixed{.frame = own, .foreign = {at, at + length}};
  std::copy_n(foreign.begin() + static_cast<std::ptrdiff_t>(from), length,
              mixed.frame.begin() + static_cast<std::ptrdiff_t>(at));
  while (mixed.frame[mixed.foreign.begin] == own[mixed.foreign.begin]) ++mixed.foreign.begin;
  for (std::size_t end = from + length; mixed.foreign.end < own.size() && end < foreign.size() &&
                                        foreign[end] == mixed.frame[mixed.foreign.end];
       ++end) {
    ++mixed.foreign.end;
  }
  return mixed;
}

struct MixedFramesTest : ::testing::Test, World {
  MixedFramesTest() { Open(); }
  Frame own = Publish(kCamera, 320);
  Frame foreign = Publish(kStrangersCamera, 320);

  // What the oracle said to be the stranger's, of the last frame shown; and how much to be nobody's.
  std::vector<Range> ForeignRanges(const Buffer& frame) {
    std::vector<Range> ranges;
    oracle.on_violation = [&](const Violation& violation) {
      if (violation.property != Property::kIso001) return;
      EXPECT_EQ(violation.origin->camera, kStrangersCamera);
      ranges.push_back({violation.offset, violation.offset + violation.length});
    };
    const std::uint64_t before = oracle.statistics().bytes_unattributed;
    Show(frame);
    nobodys = oracle.statistics().bytes_unattributed - before;
    return ranges;
  }
  std::uint64_t nobodys = 0;
};

// 31 bytes hold a whole cell at any alignment. Seen to fail when the bytes before the first whole
// cell, or those behind the last, are left out.
TEST_F(MixedFramesTest, AStrangersStretchIsHisToTheByteAndTheRestIsOwn) {
  constexpr std::size_t kHeader = 5;  // start code and NAL unit header
  for (std::size_t at = kHeader + 32; at < kHeader + 48; ++at) {
    for (std::size_t from = kHeader + 64; from < kHeader + 80; ++from) {
      for (const std::size_t length : {31, 32, 40, 100}) {
        const Mixed mixed = Mix(own.annex_b, at, foreign.annex_b, from, length);
        ASSERT_EQ(ForeignRanges(mixed.frame), std::vector{mixed.foreign})
            << length << " bytes from " << from << " at " << at;
        ASSERT_EQ(nobodys, 0U) << length << " bytes from " << from << " at " << at;
      }
    }
  }
}

// 15 bytes hold half a cell at any alignment.
TEST_F(MixedFramesTest, AStrangersTailThatHoldsNoWholeCellIsHis) {
  constexpr std::size_t kHeader = 5;
  for (std::size_t from = kHeader + 64; from < kHeader + 80; ++from) {
    for (std::size_t length = 15; length < 31; ++length) {
      const std::size_t at = own.annex_b.size() - length;
      const Mixed mixed = Mix(own.annex_b, at, foreign.annex_b, from, length);
      ASSERT_EQ(ForeignRanges(mixed.frame), std::vector{mixed.foreign})
          << length << " bytes from " << from;
      ASSERT_EQ(nobodys, 0U) << length << " bytes from " << from;
    }
  }
}

TEST_F(MixedFramesTest, SlicesOfTwoCamerasInTurnAreEachTheirs) {
  Buffer mixed = own.annex_b;
  for (std::size_t at = 5 + 32; at + 64 <= mixed.size(); at += 96) {
    mixed = Mix(mixed, at, foreign.annex_b, at + 7, 48).frame;
  }
  const std::vector<Range> ranges = ForeignRanges(mixed);
  EXPECT_EQ(ranges, (std::vector<Range>{{37, 85}, {133, 181}, {229, 277}}));
  EXPECT_EQ(nobodys, 0U);
}

}  // namespace
}  // namespace framefence::oracle
