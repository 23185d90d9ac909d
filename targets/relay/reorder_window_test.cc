// Seen to fail: without the duplicate test of Locate(), with next_ not moved past a gap, with a gap
// aged from the newest held packet rather than the oldest, and with StartSession() not moving next_
// on, a test below fails each time.
#include "targets/relay/reorder_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace relay {
namespace {

constexpr std::chrono::microseconds kWait{100};

class ReorderWindowTest : public testing::Test {
 protected:
  void SetUp() override { window_.Configure(16, kWait); }

  Place Arrive(unsigned sequence_number, std::uint64_t now_us = 0) {
    ExtendedSequence sequence = 0;
    const Place place = window_.Locate(static_cast<std::uint16_t>(sequence_number), sequence);
    if (place != Place::kNew) return place;
    if (!window_.Fits(sequence)) {
      const ExtendedSequence floor = window_.Floor(sequence);
      while (const auto released = window_.ReleaseBelow(floor)) released_.push_back(*released);
    }
    window_.Hold(sequence, Time(now_us));
    Advance(now_us);
    return place;
  }
  void Advance(std::uint64_t now_us) {
    while (const auto released = window_.Release(Time(now_us))) released_.push_back(*released);
  }
  // What was released, as 16-bit numbers.
  std::vector<unsigned> Released() const {
    std::vector<unsigned> numbers;
    for (const ExtendedSequence sequence : released_) numbers.push_back(sequence & 0xffff);
    return numbers;
  }

  ReorderWindow window_;
  std::vector<ExtendedSequence> released_;
};

using Numbers = std::vector<unsigned>;

TEST_F(ReorderWindowTest, PacketsInOrderPassAtOnceOverTheWrap) {
  for (unsigned i = 0; i < 10; ++i) EXPECT_EQ(Arrive(65531 + i), Place::kNew);
  EXPECT_EQ(Released(), (Numbers{65531, 65532, 65533, 65534, 65535, 0, 1, 2, 3, 4}));
  EXPECT_TRUE(std::ranges::is_sorted(released_));
  EXPECT_EQ(window_.lost(), 0U);
}

TEST_F(ReorderWindowTest, LatePacketWithinTheWaitIsPutInItsPlace) {
  Arrive(1), Arrive(3, 10), Arrive(4, 20);
  EXPECT_EQ(Released(), (Numbers{1}));
  EXPECT_EQ(window_.deadline(), Time(110));
  Arrive(2, 99);
  EXPECT_EQ(Released(), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(window_.deadline(), std::nullopt);
}

TEST_F(ReorderWindowTest, GapIsGivenUpWhenItHasWaited) {
  Arrive(1), Arrive(3, 10), Arrive(5, 50);
  Advance(109);
  EXPECT_EQ(Released(), (Numbers{1}));
  Advance(110);
  EXPECT_EQ(Released(), (Numbers{1, 3}));
  EXPECT_EQ(window_.deadline(), Time(150));
  Advance(150);
  EXPECT_EQ(Released(), (Numbers{1, 3, 5}));
  EXPECT_EQ(window_.lost(), 2U);
  EXPECT_EQ(Arrive(2, 151), Place::kLate);
}

TEST_F(ReorderWindowTest, GapIsAsOldAsTheOldestPacketBehindIt) {
  Arrive(1), Arrive(3, 10), Arrive(6, 20), Arrive(5, 50);
  Advance(110);
  EXPECT_EQ(Released(), (Numbers{1, 3}));
  EXPECT_EQ(window_.deadline(), Time(120));
}

TEST_F(ReorderWindowTest, DuplicateIsRefusedWhereverItsTwinIs) {
  Arrive(1), Arrive(3);
  EXPECT_EQ(Arrive(3), Place::kDuplicate);
  EXPECT_EQ(Arrive(1), Place::kLate);
}

TEST_F(ReorderWindowTest, JumpBeyondTheWindowReleasesWhatIsHeldInOrder) {
  Arrive(1), Arrive(3), Arrive(6), Arrive(100);
  EXPECT_EQ(Released(), (Numbers{1, 3, 6}));
  Advance(1000);
  EXPECT_EQ(Released(), (Numbers{1, 3, 6, 100}));
  EXPECT_EQ(window_.lost(), 96U);
}

TEST_F(ReorderWindowTest, FarAwayNumberIsBelievedWhenItsSuccessorFollows) {
  Arrive(1);
  EXPECT_EQ(Arrive(30000), Place::kDoubtful);
  EXPECT_EQ(Arrive(2), Place::kNew);
  EXPECT_EQ(Arrive(30000), Place::kDoubtful);
  EXPECT_EQ(Arrive(30001), Place::kNew);
  Advance(1000);
  EXPECT_EQ(Released(), (Numbers{1, 2, 30001}));
}

TEST_F(ReorderWindowTest, NextSessionsNumbersAreAboveAllBefore) {
  Arrive(50000), Arrive(50010);
  const ExtendedSequence last = window_.next() + 16;
  window_.StartSession();
  Arrive(50010);
  EXPECT_GE(released_.back(), last);
  EXPECT_EQ(Released(), (Numbers{50000, 50010}));
}

// Against the slowest possible model: all that arrived, sorted.
TEST_F(ReorderWindowTest, AnyShuffleWithinTheWindowComesOutSortedAndOnce) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    window_.StartSession();
    released_.clear();
    const unsigned first = random() % 65536;
    Arrive(first);
    Numbers blocks(12);
    for (unsigned block = 0; block < 8; ++block) {
      std::iota(blocks.begin(), blocks.end(), first + 1 + block * 12);
      std::ranges::shuffle(blocks, random);
      for (const unsigned number : blocks) {
        Arrive(number);
        if (random() % 4 == 0) Arrive(number);
      }
    }
    ASSERT_EQ(released_.size(), 97U);
    for (std::size_t i = 1; i < released_.size(); ++i)
      ASSERT_EQ(released_[i], released_[i - 1] + 1);
  }
}

// What is repaired fills gaps only. Seen to fail in repair_test.cc too, with Locate() called for it.
TEST_F(ReorderWindowTest, RepairedPacketIsPlacedWhereOneIsWaitedFor) {
  ExtendedSequence sequence = 0;
  const auto locate = [&](unsigned number) {
    return window_.LocateRepaired(static_cast<std::uint16_t>(number), sequence);
  };
  EXPECT_EQ(locate(65534), Place::kDoubtful) << "before any packet";
  Arrive(65533), Arrive(65535);
  EXPECT_EQ(locate(65533), Place::kLate);
  EXPECT_EQ(locate(65534), Place::kNew);
  EXPECT_EQ(sequence, window_.next());
  EXPECT_EQ(locate(65535), Place::kDuplicate);
  EXPECT_EQ(locate(65534 + 15), Place::kNew);
  EXPECT_EQ(sequence, window_.next() + 15);
  EXPECT_EQ(locate(65534 + 16), Place::kDoubtful);
  EXPECT_EQ(locate(65534 + 0x7fff), Place::kDoubtful);
  EXPECT_EQ(locate(65534 + 0x8000), Place::kLate);
  EXPECT_EQ(locate(65534 + 0x8001), Place::kLate) << "two that follow each other";
}

}  // namespace
}  // namespace relay
