// Stills, and frames at viewers: how old, and exactly one. Each violation has a near twin beside it
// that looks alike and passes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/expectations_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle {
namespace {

using contract::Operation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace testing;

struct PicturesTest : JudgedWorld {};

// --- ISO-005: stills

TEST_F(PicturesTest, AStillOfTheAllowedAgeIsRightAndAnOlderOneIsStale) {
  Open();
  const Frame frame = Publish(kCamera);
  now += contract::Deployment{}.still_age_max;
  DeliverStill(frame.annex_b);
  ExpectNoViolation();
  now += VirtualDuration(1);
  DeliverStill(frame.annex_b);
  EXPECT_THAT(oracle.violations(), ElementsAre(Is(ViolationClass::kStaleStill, Property::kIso005)));
}

TEST_F(PicturesTest, AnOldPacketIsNotAStaleStill) {
  Open();
  const Frame frame = Publish(kCamera);
  now += 2 * contract::Deployment{}.still_age_max;
  Deliver(Rtp(frame.unit));
  ExpectNoViolation();
}

TEST_F(PicturesTest, AStrangersStillIsAWholePicture) {
  Open();
  Publish(kCamera);
  DeliverStill(Publish(kStrangersCamera).annex_b);
  ASSERT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
  EXPECT_TRUE(oracle.violations()[0].whole_frame);
  EXPECT_EQ(Describe(oracle.violations()[0]),
            "cross-account (ISO-001): at 0.000000 s viewer 0 of account 0, opened for camera 0 "
            "(epoch 1), received in a still a whole picture of camera 1 (epoch 1, frame 0), which "
            "was account 1's");
}

TEST_F(PicturesTest, AStillAfterTheEndIsAViolationHoweverFresh) {
  Open();
  Do({.operation = Operation::kCloseViewer, .viewer = kViewer});
  DeliverStill(Publish(kCamera).annex_b);
  ExpectAfterRevoke(Property::kIso003);
}

// --- ISO-006: exactly one published access unit

TEST_F(PicturesTest, AWholeFrameIsRightHoweverItsStartCodesAreWritten) {
  Open();
  const BindingEpoch epoch = oracle.epoch_of(kCamera);
  const Buffer pps = StampedNalUnit({kCamera, epoch, FrameNumber(0), 0}, 16, 0x68);
  const Buffer slice = StampedNalUnit({kCamera, epoch, FrameNumber(0), 1}, 90);
  oracle.OnPublished(kCamera, epoch, FrameNumber(0), AnnexB({pps, slice}), now, Content::kStamped);
  Show(AnnexB({pps, slice}, 4));
  Show(AnnexB({pps, slice}, 3));
  Buffer trailing = AnnexB({pps, slice});
  Append(trailing, Octets({0, 0, 0}));
  Show(trailing);
  DeliverStill(trailing);
  ExpectNoViolation();
}

TEST_F(PicturesTest, AFrameWithoutItsTailOrAUnitOrInAnotherOrderIsSpliced) {
  const auto spliced = ElementsAre(Is(ViolationClass::kSpliced, Property::kIso006));
  const media::Stamp first{kCamera, BindingEpoch(1), FrameNumber(0), 0};
  const Buffer one = StampedNalUnit(first, 32);
  const Buffer two = StampedNalUnit({kCamera, BindingEpoch(1), FrameNumber(0), 2}, 90);
  const Buffer torn(two.begin(), two.end() - 1);
  for (const Buffer& shown : {AnnexB({one, torn}), AnnexB({one}), AnnexB({two}), AnnexB({two, one}),
                              AnnexB({one, two, two})}) {
    World world;
    world.Open();
    world.oracle.OnPublished(kCamera, BindingEpoch(1), FrameNumber(0), AnnexB({one, two}), now,
                             Content::kStamped);
    world.Show(AnnexB({one, two}));
    ASSERT_THAT(world.oracle.violations(), IsEmpty());
    world.Show(shown);
    EXPECT_THAT(world.oracle.violations(), spliced);
  }
}

TEST_F(PicturesTest, TwoOwnFramesMixedAreSplicedAndTheOddOneIsNamed) {
  Open();
  const Frame first = Publish(kCamera, 160);
  const Frame second = Publish(kCamera, 160);
  Buffer mixed = first.annex_b;
  std::copy(second.annex_b.begin() + 85, second.annex_b.end(), mixed.begin() + 85);
  DeliverStill(mixed);
  ASSERT_THAT(oracle.violations(), ElementsAre(Is(ViolationClass::kSpliced, Property::kIso006)));
  EXPECT_EQ(oracle.violations()[0].origin->frame, second.stamp.frame);
  EXPECT_EQ(oracle.violations()[0].offset, 85U);
}

TEST_F(PicturesTest, AStrangersTailIsCrossAccountSplicedAndARecycledBuffer) {
  Open();
  const Frame own = Publish(kCamera, 160);
  const Frame foreign = Publish(kStrangersCamera, 160);
  Buffer mixed = own.annex_b;
  std::copy(foreign.annex_b.begin() + 85, foreign.annex_b.end(), mixed.begin() + 85);
  Show(mixed);
  EXPECT_THAT(oracle.violations(), ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001),
                                               Is(ViolationClass::kCrossAccount, Property::kIso010),
                                               Is(ViolationClass::kSpliced, Property::kIso006)));
  EXPECT_EQ(oracle.violations()[0].offset, 85U);
  EXPECT_EQ(oracle.violations()[0].length, 80U);
}

TEST_F(PicturesTest, AStrangersMiddleIsNoTail) {
  Open();
  const Frame own = Publish(kCamera, 160);
  const Frame foreign = Publish(kStrangersCamera, 160);
  Buffer mixed = own.annex_b;
  std::copy_n(foreign.annex_b.begin() + 37, 64, mixed.begin() + 37);
  Show(mixed);
  EXPECT_THAT(oracle.violations(), ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001),
                                               Is(ViolationClass::kSpliced, Property::kIso006)));
}

TEST_F(PicturesTest, StampsThatNobodyPublishedInThisCaseAreTheSystemsMemory) {
  Open();
  Deliver(Rtp(StampedNalUnit({kCamera, BindingEpoch(1), FrameNumber(5), 0}, 64)));
  ExpectNoViolation();  // no camera has sent anything: there is nothing to look for
  Publish(kCamera);
  Deliver(Rtp(StampedNalUnit({kCamera, BindingEpoch(1), FrameNumber(5), 0}, 64)));
  EXPECT_THAT(oracle.violations(), ElementsAre(Is(ViolationClass::kSpliced, Property::kIso010)));
}

TEST_F(PicturesTest, AFrameUnderWayWhileTheSessionEndsIsRight) {
  Open();
  const Frame frame = Publish(kCamera);
  Deliver(Rtp(frame.unit));
  Do({.operation = Operation::kCloseViewer, .viewer = kViewer});
  Open(kSecondCamera);
  Show(frame.annex_b);
  ExpectNoViolation();
  Show(Publish(kStrangersCamera).annex_b);
  EXPECT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
}

}  // namespace
}  // namespace framefence::oracle
