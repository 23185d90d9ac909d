// Where two transcripts part, event by event: what is compared of each, and what may differ by design.
#include "harness/sim/transcript.h"

#include <chrono>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "harness/contract/system_under_test.h"
#include "harness/sim/variation.h"

namespace framefence::sim {
namespace {

using contract::Operation;
using contract::Status;

constexpr ViewerId kHere{0}, kThere{1};

// One run, told by hand: its observer has two cameras and two places for viewers.
struct Told {
  Told() { seen.Begin(variation); }

  Told& Reply(Operation operation, contract::RequestNumber number, Status status = Status::kOk,
              ViewerId viewer = kHere) {
    seen.OnReply({.number = number, .operation = operation, .viewer = viewer},
                 {.number = number, .status = status}, now);
    return *this;
  }
  Told& Packet(ViewerId viewer = kHere, contract::RequestNumber session = 1) {
    static constexpr std::byte kBytes[4] = {};
    seen.OnDelivery({.viewer = viewer, .session = session, .bytes = kBytes}, now, false);
    return *this;
  }
  Told& After(int ms) {
    now += std::chrono::milliseconds(ms);
    return *this;
  }
  Told& Step(std::uint64_t index) {
    seen.BeginStep(index);
    return *this;
  }

  const Variation variation{
      .own_cameras = {true, true}, .own_viewers = {true, true}, .called = {kHere, kThere}};
  Transcript seen;
  VirtualTime now;
};

Comparison Compared(Told& first, Told& second) {
  for (Told* told : {&first, &second}) told->seen.End(VirtualTime(std::chrono::seconds(1)));
  return Compare(first.seen, second.seen);
}

std::uint64_t Counted(const Comparison& comparison, Declassifier declassifier) {
  return comparison.declassified[static_cast<std::size_t>(declassifier)];
}

TEST(TranscriptTest, WhatIsTheSameIsAlike) {
  Told first, second;
  for (Told* told : {&first, &second}) told->Reply(Operation::kOpenViewer, 1).After(1).Packet();
  const Comparison comparison = Compared(first, second);
  EXPECT_FALSE(comparison.parting);
  EXPECT_EQ(comparison.alike, 2U);
}

// Seen to fail: with times not compared.
TEST(TranscriptTest, APacketThatOnlyComesLaterIsNotTheSame) {
  Told first, second;
  first.Packet();
  second.After(1).Packet();
  EXPECT_TRUE(Compared(first, second).parting);
}

// Seen to fail: with numbers not compared.
TEST(TranscriptTest, APacketOfAnotherSessionIsNotTheSame) {
  Told first, second;
  first.Packet(kHere, 1);
  second.Packet(kHere, 2);
  EXPECT_TRUE(Compared(first, second).parting);
}

// Two replies in the other order. Seen to fail: with numbers not compared.
TEST(TranscriptTest, AReplyToAnotherRequestIsNotTheSame) {
  Told first, second;
  first.Reply(Operation::kOpenViewer, 1).Reply(Operation::kOpenViewer, 2);
  second.Reply(Operation::kOpenViewer, 2).Reply(Operation::kOpenViewer, 1);
  EXPECT_TRUE(Compared(first, second).parting);
}

// --- capacity

// Told at once: who is turned away is here, what else differs is there.
struct TurnedAway : ::testing::Test {
  TurnedAway() {
    first.Step(5);
    second.Step(5);
  }
  void TurnAway() {
    first.Reply(Operation::kOpenViewer, 1, Status::kNoCapacity);
    second.Reply(Operation::kOpenViewer, 1);
  }
  Told first, second;
};

// Seen to fail: with what differs in the very step of the refusal compared (> for >=).
TEST_F(TurnedAway, NothingIsComparedFromTheStepOfTheRefusalOn) {
  TurnAway();
  second.Packet(kThere);
  const Comparison comparison = Compared(first, second);
  EXPECT_FALSE(comparison.parting);
  EXPECT_EQ(Counted(comparison, Declassifier::kCapacity), 1U);
}

// Seen to fail: with any refusal declassifying the whole case.
TEST_F(TurnedAway, WhatDiffersInTheStepBeforeIsFoundAllTheSame) {
  second.Step(4).Packet(kThere).Step(5);
  TurnAway();
  const Comparison comparison = Compared(first, second);
  ASSERT_TRUE(comparison.parting);
  EXPECT_EQ(comparison.parting->event().party.id, kThere.value);
}

// What it is compared with may be earlier: something else that the other run saw. Seen to fail: with
// nothing compared from the earlier of the two on.
TEST_F(TurnedAway, WhatTheOtherRunSawBeforeTheRefusalIsFoundAllTheSame) {
  second.After(2).Packet();
  for (Told* told : {&first, &second}) told->now = VirtualTime(std::chrono::milliseconds(10));
  TurnAway();
  EXPECT_TRUE(Compared(first, second).parting);
}

// Two refusals, at two places. Seen to fail: with the latest.
TEST_F(TurnedAway, TheEarliestRefusalCounts) {
  TurnAway();
  second.After(10).Step(6).Packet(kThere);
  first.After(20).Step(7).Reply(Operation::kOpenViewer, 2, Status::kNoCapacity, kThere);
  const Comparison comparison = Compared(first, second);
  EXPECT_EQ(Counted(comparison, Declassifier::kCapacity), 2U);
  EXPECT_FALSE(comparison.parting);
}

}  // namespace
}  // namespace framefence::sim
