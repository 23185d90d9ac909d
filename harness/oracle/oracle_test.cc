// Whose camera and whose epoch; and many cases. Each violation has a near twin beside it that looks
// alike and passes.
#include "harness/oracle/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/expectations_for_tests.h"

namespace framefence::oracle {
namespace {

using contract::Operation;
using contract::Request;
using contract::Status;
using ::testing::ElementsAre;
using namespace testing;

struct OracleTest : JudgedWorld {};

// --- ISO-001: the camera

TEST_F(OracleTest, OwnPacketsAreRight) {
  Open();
  for (int i = 0; i < 3; ++i) Deliver(Rtp(Publish(kCamera).unit));
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().bytes_attributed, 3 * 150U);
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 0U);
}

TEST_F(OracleTest, AStrangersPacketIsCrossAccountAndSaysWhoseItIs) {
  Open();
  Publish(kCamera);
  const Frame frame = Publish(kStrangersCamera);
  Deliver(Rtp(frame.unit));
  ASSERT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
  const Violation& violation = oracle.violations()[0];
  EXPECT_EQ(violation.viewer, kViewer);
  EXPECT_EQ(violation.account, kHome);
  EXPECT_EQ(violation.entitled, (Entitled{kCamera, BindingEpoch(1)}));
  EXPECT_EQ(violation.origin,
            (Origin{kStrangersCamera, BindingEpoch(1), FrameNumber(0), kStranger}));
  EXPECT_EQ(violation.offset, 13U);
  EXPECT_EQ(violation.length, 150U);
}

TEST_F(OracleTest, TheSameAccountsOtherCameraIsCrossCamera) {
  Open();
  Deliver(Rtp(Publish(kSecondCamera).unit));
  EXPECT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossCamera, Property::kIso001)));
}

TEST_F(OracleTest, AFewStrangersBytesInThePacketAreFoundAtAnyAlignment) {
  // Watched missing those that begin off a cell's boundary when FindCell() steps by whole cells.
  for (std::size_t at = 20; at < 60; ++at) {
    World world;
    world.Open();
    Buffer packet = Rtp(world.Publish(kCamera).unit);
    const Buffer foreign = world.Publish(kStrangersCamera).unit;
    std::copy_n(foreign.begin() + 1 + 5, 32, packet.begin() + static_cast<std::ptrdiff_t>(at));
    world.Deliver(packet);
    ASSERT_THAT(world.oracle.violations(),
                ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)))
        << at;
    EXPECT_EQ(world.oracle.violations()[0].offset, at);
    EXPECT_EQ(world.oracle.violations()[0].length, 32U);
  }
}

// A slice of one byte, and the one byte that the camera of the session before would have gone on with.
TEST_F(OracleTest, AByteThatIsLikeAnotherCamerasNextOneIsNobodys) {
  Open(kSecondCamera);
  const Frame before = Publish(kSecondCamera, 40);
  Deliver(FuA(before.unit, 1, 20));  // into its second cell
  Open(kCamera);
  Publish(kCamera);
  media::Stamp next = before.stamp;
  next.cell = 2;
  Deliver(Rtp(StampedNalUnit(next, 1)));
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 1U);
  Deliver(Rtp(StampedNalUnit(next, 16)));
  EXPECT_EQ(oracle.statistics().violations, 1U) << "a whole cell is no chance";
}

TEST_F(OracleTest, AViewerThatNeverOpenedMustReceiveNothing) {
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
}

TEST_F(OracleTest, BytesToAPlaceThatDoesNotExistAreAViolationAndNoCrash) {
  const Buffer packet = Rtp(Publish(kCamera).unit);
  oracle.OnDelivery({.viewer = ViewerId(1'000'000), .session = 1, .bytes = packet}, now);
  EXPECT_EQ(oracle.statistics().violations, 1U);
}

TEST_F(OracleTest, ARefusedViewerMustReceiveNothing) {
  Do(Opening(), Status::kRefused);
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_EQ(oracle.statistics().violations, 1U);
}

TEST_F(OracleTest, AnOpenOfANameThatTheAccountHasNotGivenEntitlesToNothing) {
  Open(kStrangersCamera);  // account 0 has no camera of that name, whatever the system answers
  Deliver(Rtp(Publish(kStrangersCamera).unit));
  EXPECT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
}

TEST_F(OracleTest, DeliveryBeforeTheOpensAckIsRight) {
  const Request open = Ask(Opening());
  Deliver(Rtp(Publish(kCamera).unit));
  Answer(open);
  Deliver(Rtp(Publish(kCamera).unit));
  ExpectNoViolation();
}

TEST_F(OracleTest, WhileAPlaceIsReopenedEachSessionHasItsOwnCamera) {
  Open();
  const auto before = session;
  const Request close = Ask({.operation = Operation::kCloseViewer, .viewer = kViewer});
  const Request open = Ask(Opening(kSecondCamera));
  DeliverTo(before, Rtp(Publish(kCamera).unit));
  DeliverTo(session, Rtp(Publish(kSecondCamera).unit));
  Answer(open);
  DeliverTo(before, Rtp(Publish(kCamera).unit));
  ExpectNoViolation();
  Answer(close);
  DeliverTo(session, Rtp(Publish(kSecondCamera).unit));
  ExpectNoViolation();
  DeliverTo(before, Rtp(Publish(kCamera).unit));
  ExpectAfterRevoke(Property::kIso003);
}

TEST_F(OracleTest, ALateDeliveryToTheSessionBeforeIsNotTheNewOnes) {
  Open();
  const auto before = session;
  Do({.operation = Operation::kCloseViewer, .viewer = kViewer});
  Open();
  const Frame frame = Publish(kCamera);
  DeliverTo(session, Rtp(frame.unit));
  ExpectNoViolation();
  DeliverTo(before, Rtp(frame.unit));
  ExpectAfterRevoke(Property::kIso003);
}

// --- ISO-002: the epoch

TEST_F(OracleTest, ThePreviousOwnersPictureIsStaleEpoch) {
  const Frame frame = Publish(kCamera);
  Bind(kHome, kCamera);
  Open();
  Deliver(Rtp(frame.unit));
  EXPECT_THAT(oracle.violations(), ElementsAre(Is(ViolationClass::kStaleEpoch, Property::kIso002)));
}

TEST_F(OracleTest, ThePictureOfTheNewEpochIsRight) {
  Publish(kCamera);
  Bind(kHome, kCamera);
  Open();
  Deliver(Rtp(Publish(kCamera).unit));
  ExpectNoViolation();
}

// --- Many, and many cases

TEST_F(OracleTest, TheFirstViolationsAreKeptAndTheRestCounted) {
  Open();
  for (int i = 0; i < 100; ++i) Deliver(Rtp(Publish(kStrangersCamera).unit));
  EXPECT_EQ(oracle.violations().size(), Oracle::kViolationsKept);
  EXPECT_EQ(oracle.statistics().violations, 100U);
  EXPECT_EQ(oracle.violations()[5].origin->frame, FrameNumber(5));
}

TEST_F(OracleTest, ResetForgetsRightsPublicationsAndViolations) {
  Open();
  Deliver(Rtp(Publish(kStrangersCamera).unit));
  oracle.Reset({});
  ExpectNoViolation();
  EXPECT_EQ(oracle.epoch_of(kCamera), BindingEpoch(0));
  Deliver(Rtp(Octets({0x65, 1, 2, 3})));
  EXPECT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
  EXPECT_FALSE(oracle.violations()[0].account);
}

}  // namespace
}  // namespace framefence::oracle
