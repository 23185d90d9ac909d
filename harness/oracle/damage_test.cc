// Bits that are flipped, and packets that are cut short: never a leak, and never where one hides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/base/prng.h"
#include "harness/oracle/expectations_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle {
namespace {

using contract::Operation;
using namespace testing;

void Flip(Buffer& bytes, std::size_t bit) {
  bytes[bit / 8] ^= static_cast<std::byte>(0x80U >> bit % 8);
}

struct DamageTest : JudgedWorld {
  DamageTest() { Open(); }
  void StartPublisher(CameraId camera) {
    Do({.operation = Operation::kStartPublisher, .camera = camera});
  }
};

// --- own bytes

// Seen to fail with kBitsFlippedMax 0: the byte is nobody's.
TEST_F(DamageTest, AFlippedBitInAnOwnPacketIsCountedAndNoLeak) {
  const Frame frame = Publish(kCamera);
  for (std::size_t bit = 8; bit < 8 * frame.unit.size(); ++bit) {
    Buffer unit = frame.unit;
    Flip(unit, bit);
    Deliver(Rtp(unit));
  }
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().bits_flipped, 8 * 150U);
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 0U);
}

// Half of the cell is whole, and tells. Seen to fail with kBitsFlippedMax 3, and with 5.
TEST_F(DamageTest, FourFlippedBitsInACellAreDamageAndFiveAreSomethingElse) {
  for (const unsigned flips : {4U, 5U}) {
    World world;
    world.Open();
    Frame frame = world.Publish(kCamera, 16);
    for (unsigned bit = 0; bit < flips; ++bit) Flip(frame.unit, 8 + 9 * bit);
    world.Deliver(Rtp(frame.unit));
    EXPECT_EQ(world.oracle.statistics().bits_flipped, flips == 4 ? 4U : 0U);
    EXPECT_EQ(world.oracle.statistics().bytes_unattributed, flips == 4 ? 0U : 5U);
  }
}

TEST_F(DamageTest, AFrameWithABitFlippedByTheSystemIsCorrupted) {
  Frame frame = Publish(kCamera);
  Flip(frame.annex_b, 8 * 64 + 3);
  Show(frame.annex_b);
  ExpectExactly(ViolationClass::kCorrupted, Property::kIso006);
}

TEST_F(DamageTest, TornAndFlippedIsSpliced) {
  Frame frame = Publish(kCamera);
  Flip(frame.annex_b, 8 * 64 + 3);
  frame.annex_b.pop_back();
  Show(frame.annex_b);
  ExpectExactly(ViolationClass::kSpliced, Property::kIso006);
}

TEST_F(DamageTest, AFrameThatTheNetworkDamagedOnItsWayInIsNotTheSystemsFault) {
  Frame frame = Publish(kCamera);
  oracle.OnDamaged(kCamera, frame.stamp.frame);
  Flip(frame.annex_b, 8 * 64 + 3);
  Show(frame.annex_b);
  DeliverStill(frame.annex_b);
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().frames_damaged, 2U);
}

// A flipped sequence number puts a packet into the place of another frame's.
TEST_F(DamageTest, ADamagedPacketMayTearTheFramesNearBy) {
  const Frame damaged = Publish(kCamera);
  const Frame torn = Publish(kCamera);
  oracle.OnDamaged(kCamera, damaged.stamp.frame);
  Show(std::span(torn.annex_b).first(100));
  ExpectNoViolation();
}

// Seen to fail when one damaged session excuses all of its camera's.
TEST_F(DamageTest, DamageInOnePublisherSessionIsNoExcuseInTheNext) {
  StartPublisher(kCamera);
  const Frame before = Publish(kCamera);
  oracle.OnDamaged(kCamera, before.stamp.frame);
  StartPublisher(kCamera);
  const Frame after = Publish(kCamera);
  Show(std::span(before.annex_b).first(100));
  ExpectNoViolation();
  Show(std::span(after.annex_b).first(100));
  ExpectExactly(ViolationClass::kSpliced, Property::kIso006);
}

// Looped footage: the picture that was damaged is attributed to the session that sent it last. Seen to
// fail with that session alone asked.
TEST_F(DamageTest, APictureSentAgainInTheNextSessionMayBeOfTheDamagedOne) {
  Prng prng(1);
  Buffer unit = Octets({0x65});
  while (unit.size() < 500) unit.push_back(static_cast<std::byte>(1 + prng.Below(255)));
  StartPublisher(kCamera);
  PublishFootage(kCamera, AnnexB({unit}));
  oracle.OnDamaged(kCamera, FrameNumber(0));
  StartPublisher(kCamera);
  PublishFootage(kCamera, AnnexB({unit}));
  Flip(unit, 8 * 64 + 3);
  DeliverStill(AnnexB({unit}));
  ExpectNoViolation();
}

// Of one clip that two cameras of a home play nobody can tell whose a picture is, where the place was open
// for both. Seen to fail with the publication alone asked that the picture is attributed to; and with
// cameras asked that the place was never open for.
TEST_F(DamageTest, APictureThatTwoCamerasPlayMayBeOfTheDamagedOneIfTheyAreEntitled) {
  Prng prng(1);
  Buffer unit = Octets({0x65});
  while (unit.size() < 500) unit.push_back(static_cast<std::byte>(1 + prng.Below(255)));
  for (const CameraId damaged : {kCamera, kStrangersCamera}) {
    Begin({.names = 4});
    Open();
    PublishFootage(damaged, AnnexB({unit}));
    oracle.OnDamaged(damaged, FrameNumber(0));
    PublishFootage(kSecondCamera, AnnexB({unit}));
    PublishFootage(damaged, AnnexB({Octets({0x41, 1, 2, 3})}));  // else it is taken for its newest
    Open(kSecondCamera);
    Buffer shown = unit;
    Flip(shown, 8 * 64 + 3);
    Show(AnnexB({shown}));
    EXPECT_EQ(violations(), damaged == kCamera ? 0U : 1U);
  }
}

TEST_F(DamageTest, AnotherCamerasDamageIsNoExcuse) {
  const Frame frame = Publish(kCamera);
  const Frame other = Publish(kSecondCamera);
  oracle.OnDamaged(kSecondCamera, other.stamp.frame);
  Show(std::span(frame.annex_b).first(100));
  ExpectExactly(ViolationClass::kSpliced, Property::kIso006);
}

TEST_F(DamageTest, DamageOnTheWayToTheViewerIsNotTheSystemsFaultInThatSession) {
  Frame frame = Publish(kCamera);
  Flip(frame.annex_b, 8 * 64 + 3);
  oracle.OnDamaged(kViewer, session);
  Show(frame.annex_b);
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().frames_damaged, 1U);
  DeliverStill(frame.annex_b);  // by another way
  ExpectExactly(ViolationClass::kCorrupted, Property::kIso006);
  Open();
  Show(frame.annex_b);
  EXPECT_EQ(violations(), 2U);
}

// What arrives is taken for the last session's. Seen to fail when all sessions of the place are damaged.
TEST_F(DamageTest, DamageOnTheWayToTheSessionBeforeIsNoExcuseInThisOne) {
  Frame frame = Publish(kCamera);
  Flip(frame.annex_b, 8 * 64 + 3);
  const contract::RequestNumber before = session;
  Open();
  oracle.OnDamaged(kViewer, before);
  Show(frame.annex_b);
  ExpectExactly(ViolationClass::kCorrupted, Property::kIso006);
}

// Seen to fail when damaged stills are not asked for their age.
TEST_F(DamageTest, ADamagedStillGrowsOldAsWell) {
  Frame frame = Publish(kCamera);
  oracle.OnDamaged(kCamera, frame.stamp.frame);
  Flip(frame.annex_b, 8 * 64 + 3);
  now += contract::Deployment{}.still_age_max;
  DeliverStill(frame.annex_b);
  ExpectNoViolation();
  now += VirtualDuration(1);
  DeliverStill(frame.annex_b);
  ExpectExactly(ViolationClass::kStaleStill, Property::kIso005);
}

// Any bit of an own packet, headers and all; cut anywhere; and frames made of what is left.
TEST_F(DamageTest, WhateverTheNetworkDoesToOwnPacketsIsNoLeak) {
  Prng prng(3);
  for (int round = 0; round < 300; ++round) {
    World world;
    world.Open();
    world.Publish(kStrangersCamera, 1 + prng.Below(100));
    world.Publish(kSecondCamera, 1 + prng.Below(100));
    const Frame first = world.Publish(kCamera, 1 + prng.Below(100));
    const Frame second = world.Publish(kCamera, 1 + prng.Below(1000));
    world.oracle.OnDamaged(kCamera, first.stamp.frame);
    const std::size_t cut = 1 + prng.Below(static_cast<std::uint32_t>(second.unit.size()));
    std::vector<Buffer> packets = {Rtp(first.unit), StapA({first.unit, second.unit}),
                                   FuA(second.unit, 1, cut - 1),
                                   FuA(second.unit, cut, second.unit.size() - cut)};
    for (Buffer packet : packets) {
      world.Deliver(packet);
      Flip(packet, prng.Below(static_cast<std::uint32_t>(8 * packet.size())));
      if (prng.Below(2) == 0) packet.resize(prng.Below(static_cast<std::uint32_t>(packet.size())));
      world.Deliver(packet);
      const Buffer frame = AnnexB({first.unit, packet, second.unit});
      world.Show(frame);
      world.DeliverStill(frame);
    }
    ASSERT_EQ(world.oracle.statistics().violations, 0U)
        << round << ": " << Describe(world.oracle.violations()[0]);
  }
}

// --- a stranger's

// The smallest packet there is to recognise: one cell. Seen to fail with an index of first halves.
TEST_F(DamageTest, AStrangersOnlyCellIsHisWhicheverBitIsFlipped) {
  Publish(kCamera);
  const Frame foreign = Publish(kStrangersCamera, 16);
  for (std::size_t bit = 0; bit < 8 * 29; ++bit) {
    Buffer packet = Rtp(foreign.unit);
    Flip(packet, bit);
    const std::uint64_t before = violations();
    Deliver(packet);
    EXPECT_EQ(violations(), before + 1) << "bit " << bit;
  }
  EXPECT_EQ(oracle.violations()[0].origin->camera, kStrangersCamera);
}

TEST_F(DamageTest, AStrangersFragmentCutShortIsHisFromHalfACellOn) {
  Publish(kCamera);
  const Frame foreign = Publish(kStrangersCamera, 40);
  for (std::size_t length = 8; length <= 40; ++length) {
    const std::uint64_t before = violations();
    Deliver(FuA(foreign.unit, 1, length));
    Deliver(FuA(foreign.unit, 41 - length, length));
    EXPECT_EQ(violations(), before + 2) << length;
    EXPECT_EQ(oracle.violations()[0].length, 8U);
  }
}

// One violation with all of its bytes, and not one for each of the parts.
TEST_F(DamageTest, AStrangersDamagedPacketIsOneRun) {
  const Frame foreign = Publish(kStrangersCamera);
  for (std::size_t bit = 8; bit < 8 * foreign.unit.size(); ++bit) {
    Buffer unit = foreign.unit;
    Flip(unit, bit);
    const std::uint64_t before = violations();
    Deliver(Rtp(unit));
    ASSERT_EQ(violations(), before + 1) << bit;
  }
  for (const Violation& violation : oracle.violations()) EXPECT_EQ(violation.length, 150U);
}

TEST_F(DamageTest, DamageIsNoExcuseForAStrangersCells) {
  Frame frame = Publish(kCamera);
  const Frame foreign = Publish(kStrangersCamera);
  oracle.OnDamaged(kCamera, frame.stamp.frame);
  oracle.OnDamaged(kStrangersCamera, foreign.stamp.frame);
  oracle.OnDamaged(kViewer, session);
  std::copy_n(foreign.annex_b.begin() + 21, 16, frame.annex_b.begin() + 21);
  for (std::size_t bit = 8 * 21; bit < 8 * 37; ++bit) {
    Buffer mixed = frame.annex_b;
    Flip(mixed, bit);
    const std::uint64_t before = violations();
    Show(mixed);
    ASSERT_EQ(violations(), before + 1) << bit;
  }
  EXPECT_EQ(oracle.violations()[0].property, Property::kIso001);
}

}  // namespace
}  // namespace framefence::oracle
