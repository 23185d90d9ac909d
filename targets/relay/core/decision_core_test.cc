// The decision core, natively: what each operation answers. That no sequence of them leaks is the
// proof's business.
#include "targets/relay/core/decision_core.h"

#include <gtest/gtest.h>

#include "targets/relay/core/native_machine.h"

namespace relay::core {
namespace {

using M = NativeMachine;
using Core = DecisionCore<M>;

constexpr M::Account kAnna{0}, kBert{1};
constexpr M::Camera kPorch{0}, kCrib{1};
constexpr M::Name kFront{0}, kBack{1};
constexpr M::Integration kDisplay{0};
constexpr M::Port kPort{0};
constexpr M::Slot kSlot{0}, kOtherSlot{1};
constexpr M::Viewer kScreen{0};
constexpr M::Time kNow{1000}, kLater{2000}, kNever{1'000'000'000};
constexpr M::Source kPorchSource{77}, kStranger{78};
constexpr M::Ssrc kSsrc{5}, kOtherSsrc{6};
constexpr M::Length kLength{100};

class DecisionCoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto& state = core_.state();
    state.Reset({.accounts = 2,
                 .cameras = 2,
                 .names = 2,
                 .integrations = 1,
                 .ports = 2,
                 .slots = 2,
                 .viewers = 2});
    state.still_age_max = M::Time{500};
    ASSERT_EQ(core_.Bind(kPorch, kAnna, kFront), Status::kOk);
    ASSERT_EQ(core_.Bind(kCrib, kBert, kFront), Status::kOk);
    ASSERT_EQ(core_.Link(kAnna, kDisplay), Status::kOk);
    ASSERT_EQ(core_.StartPublisher(kPort, kPorch, kPorchSource, kSsrc), Status::kOk);
  }

  M::Generation OpenApp(M::Account account, M::Name name) {
    const auto grant = core_.GrantApp(account, name, kNever);
    EXPECT_EQ(grant.status, Status::kOk);
    const auto opened = core_.OpenViewer(kScreen, grant.value, kNow);
    EXPECT_EQ(opened.status, Status::kOk);
    return opened.value;
  }
  M::Generation OpenIntegration(M::Account account, M::Name name) {
    const auto grant = core_.GrantIntegration(account, name, kDisplay, kNever);
    EXPECT_EQ(grant.status, Status::kOk);
    const auto opened = core_.OpenViewer(kScreen, grant.value, kNow);
    EXPECT_EQ(opened.status, Status::kOk);
    return opened.value;
  }
  void Publish(M::Slot slot, M::Length length) {
    const auto admitted = core_.Admit(kPort, kPorchSource, kSsrc, kNow);
    ASSERT_EQ(admitted.status, Status::kOk);
    const auto filling = core_.BeginFill(admitted.admission, slot);
    ASSERT_EQ(filling.status, Status::kOk);
    ASSERT_EQ(core_.Commit(filling.filling, admitted.admission, length), Status::kOk);
  }

  Core core_;
};

TEST_F(DecisionCoreTest, AnEntitledViewerIsLentWhatItsCameraPublished) {
  const auto generation = OpenApp(kAnna, kFront);
  Publish(kSlot, kLength);
  const auto lent = core_.LendPacket(kScreen, generation, kSlot, kNow);
  EXPECT_EQ(lent.status, Status::kOk);
  EXPECT_EQ(lent.lease.slot(), kSlot);
  EXPECT_EQ(lent.lease.length(), kLength);
}

TEST_F(DecisionCoreTest, TheSameNameInAnotherAccountIsAnotherCamera) {
  const auto generation = OpenApp(kBert, kFront);
  Publish(kSlot, kLength);
  EXPECT_EQ(core_.LendPacket(kScreen, generation, kSlot, kNow).status, Status::kForeignSlot);
  EXPECT_EQ(core_.LendStill(kScreen, generation, kSlot, kNow).status, Status::kForeignSlot);
}

TEST_F(DecisionCoreTest, ASlotIsNobodysWhileItIsFilled) {
  const auto generation = OpenApp(kAnna, kFront);
  Publish(kSlot, kLength);
  const auto admitted = core_.Admit(kPort, kPorchSource, kSsrc, kNow);
  ASSERT_EQ(core_.BeginFill(admitted.admission, kSlot).status, Status::kOk);
  EXPECT_EQ(core_.LendPacket(kScreen, generation, kSlot, kNow).status, Status::kNotFilled);
}

TEST_F(DecisionCoreTest, EachWithdrawalVoidsTheSessionOnReturn) {
  const struct {
    Status (*withdraw)(Core&, M::Generation);
    Status expected;
  } kWithdrawals[] = {
      {[](Core& core, M::Generation generation) { return core.CloseViewer(kScreen, generation); },
       Status::kNoSession},
      {[](Core& core, M::Generation) { return core.Bind(kPorch, kBert, kBack); },
       Status::kStaleBinding},
      {[](Core& core, M::Generation) { return core.Bind(kPorch, kAnna, kFront); },
       Status::kStaleBinding},
      {[](Core& core, M::Generation) { return core.Unbind(kPorch); }, Status::kStaleBinding},
      {[](Core& core, M::Generation) { return core.RevokeAccount(kAnna); }, Status::kRevoked},
      {[](Core& core, M::Generation) { return core.Unlink(kAnna, kDisplay); }, Status::kNotLinked},
      {[](Core& core, M::Generation) { return core.Suspend(kDisplay); }, Status::kSuspended},
  };
  for (const auto& row : kWithdrawals) {
    core_ = Core();
    SetUp();
    const auto generation = OpenIntegration(kAnna, kFront);
    Publish(kSlot, kLength);
    ASSERT_EQ(core_.LendStill(kScreen, generation, kSlot, kNow).status, Status::kOk);
    ASSERT_EQ(row.withdraw(core_, generation), Status::kOk);
    EXPECT_EQ(core_.LendStill(kScreen, generation, kSlot, kNow).status, row.expected);
    EXPECT_EQ(core_.LendPacket(kScreen, generation, kSlot, kNow).status, row.expected);
  }
}

TEST_F(DecisionCoreTest, UnlinkAndSuspendLeaveTheAppPathAlone) {
  const auto generation = OpenApp(kAnna, kFront);
  Publish(kSlot, kLength);
  ASSERT_EQ(core_.Unlink(kAnna, kDisplay), Status::kOk);
  ASSERT_EQ(core_.Suspend(kDisplay), Status::kOk);
  EXPECT_EQ(core_.LendPacket(kScreen, generation, kSlot, kNow).status, Status::kOk);
}

TEST_F(DecisionCoreTest, AfterRestoreOnlyWhatIsPublishedSinceIsLent) {
  Publish(kSlot, kLength);
  ASSERT_EQ(core_.Suspend(kDisplay), Status::kOk);
  EXPECT_EQ(core_.GrantIntegration(kAnna, kFront, kDisplay, kNever).status, Status::kSuspended);
  ASSERT_EQ(core_.Restore(kDisplay), Status::kOk);
  const auto generation = OpenIntegration(kAnna, kFront);
  EXPECT_EQ(core_.LendStill(kScreen, generation, kSlot, kNow).status, Status::kBeforeRestore);
  Publish(kOtherSlot, kLength);
  EXPECT_EQ(core_.LendStill(kScreen, generation, kOtherSlot, kNow).status, Status::kOk);
}

// Each guard left out is refuted by the proof, and fails here.
TEST_F(DecisionCoreTest, AStillIsLentAsOneOfTheBindingThatItsCameraHasNow) {
  EXPECT_EQ(core_.LendStillOfBinding(M::Camera{2}, kSlot, kNow).status, Status::kUnknownId);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, M::Slot{2}, kNow).status, Status::kUnknownId);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, kSlot, kNow).status, Status::kNotFilled);
  Publish(kSlot, kLength);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, kSlot, M::Time{1500}).status, Status::kOk);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, kSlot, M::Time{1501}).status, Status::kTooOld);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, kSlot, M::Time{999}).status, Status::kTooOld);
  EXPECT_EQ(core_.LendStillOfBinding(kCrib, kSlot, kNow).status, Status::kForeignSlot);
  ASSERT_EQ(core_.Unbind(kPorch), Status::kOk);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, kSlot, kNow).status, Status::kNotFound);
  ASSERT_EQ(core_.Bind(kPorch, kBert, kBack), Status::kOk);
  EXPECT_EQ(core_.LendStillOfBinding(kPorch, kSlot, kNow).status, Status::kForeignSlot);
}

TEST_F(DecisionCoreTest, ATokenExpiresAtItsTimeAndAStillAfterItsAge) {
  const auto grant = core_.GrantApp(kAnna, kFront, kLater);
  const auto opened = core_.OpenViewer(kScreen, grant.value, kNow);
  Publish(kSlot, kLength);
  EXPECT_EQ(core_.LendStill(kScreen, opened.value, kSlot, M::Time{1500}).status, Status::kOk);
  EXPECT_EQ(core_.LendStill(kScreen, opened.value, kSlot, M::Time{1501}).status, Status::kTooOld);
  EXPECT_EQ(core_.LendPacket(kScreen, opened.value, kSlot, M::Time{1999}).status, Status::kOk);
  EXPECT_EQ(core_.LendPacket(kScreen, opened.value, kSlot, kLater).status, Status::kExpired);
}

TEST_F(DecisionCoreTest, AStrangersDatagramIsRefused) {
  EXPECT_EQ(core_.Admit(kPort, kStranger, kSsrc, kNow).status, Status::kForeignSource);
  EXPECT_EQ(core_.Admit(kPort, kPorchSource, kOtherSsrc, kNow).status, Status::kForeignSource);
  EXPECT_EQ(core_.Admit(M::Port{1}, kPorchSource, kSsrc, kNow).status, Status::kNoSession);
  EXPECT_EQ(core_.Admit(M::Port{9}, kPorchSource, kSsrc, kNow).status, Status::kUnknownId);
  ASSERT_EQ(core_.Bind(kPorch, kBert, kBack), Status::kOk);
  EXPECT_EQ(core_.Admit(kPort, kPorchSource, kSsrc, kNow).status, Status::kStaleBinding);
}

// Seen to fail: without the check of the source in LatchSsrc(), of what is known there, or in Admit().
TEST_F(DecisionCoreTest, NothingIsAdmittedBeforeThePublisherHasItsSsrc) {
  constexpr M::Port kOtherPort{1};
  constexpr M::Source kCribSource{79};
  ASSERT_EQ(core_.StartProbation(kOtherPort, kCrib, kCribSource), Status::kOk);
  EXPECT_EQ(core_.StartProbation(kOtherPort, kCrib, kCribSource), Status::kBusy);
  for (const M::Ssrc ssrc : {M::Ssrc{0}, kSsrc})
    EXPECT_EQ(core_.Admit(kOtherPort, kCribSource, ssrc, kNow).status, Status::kOnProbation);
  EXPECT_EQ(core_.Admit(kOtherPort, kStranger, kSsrc, kNow).status, Status::kForeignSource);
  EXPECT_EQ(core_.LatchSsrc(kOtherPort, kStranger, kSsrc), Status::kForeignSource);
  EXPECT_EQ(core_.LatchSsrc(kOtherPort, kCribSource, kSsrc), Status::kOk);
  EXPECT_EQ(core_.LatchSsrc(kOtherPort, kCribSource, kOtherSsrc), Status::kBusy);
  EXPECT_EQ(core_.Admit(kOtherPort, kCribSource, kSsrc, kNow).admission.camera(), kCrib);
  EXPECT_EQ(core_.Admit(kOtherPort, kCribSource, kOtherSsrc, kNow).status, Status::kForeignSource);
}

TEST_F(DecisionCoreTest, APublisherWhoseSsrcWasSignalledLatchesNone) {
  EXPECT_EQ(core_.LatchSsrc(kPort, kPorchSource, kOtherSsrc), Status::kBusy);
  EXPECT_EQ(core_.LatchSsrc(M::Port{1}, kPorchSource, kSsrc), Status::kNoSession);
  EXPECT_EQ(core_.LatchSsrc(M::Port{9}, kPorchSource, kSsrc), Status::kUnknownId);
}

TEST_F(DecisionCoreTest, APortsPublisherIsKnownByItsSource) {
  EXPECT_EQ(core_.CheckPublisher(kPort, kPorchSource), Status::kOk);
  EXPECT_EQ(core_.CheckPublisher(kPort, kStranger), Status::kForeignSource);
  EXPECT_EQ(core_.CheckPublisher(M::Port{1}, kPorchSource), Status::kNoSession);
  EXPECT_EQ(core_.CheckPublisher(M::Port{9}, kPorchSource), Status::kUnknownId);
  ASSERT_EQ(core_.Bind(kPorch, kBert, kBack), Status::kOk);
  EXPECT_EQ(core_.CheckPublisher(kPort, kPorchSource), Status::kStaleBinding);
  EXPECT_EQ(core_.LatchSsrc(kPort, kPorchSource, kSsrc), Status::kStaleBinding);
}

TEST_F(DecisionCoreTest, ACommitForAnotherCameraThanTheFillingsIsRefused) {
  const auto porch = core_.Admit(kPort, kPorchSource, kSsrc, kNow);
  const auto filling = core_.BeginFill(porch.admission, kSlot);
  ASSERT_EQ(core_.StartPublisher(M::Port{1}, kCrib, kStranger, kSsrc), Status::kOk);
  const auto crib = core_.Admit(M::Port{1}, kStranger, kSsrc, kNow);
  ASSERT_EQ(core_.BeginFill(crib.admission, kSlot).status, Status::kOk);
  EXPECT_EQ(core_.Commit(filling.filling, porch.admission, kLength), Status::kForeignSlot);
}

TEST_F(DecisionCoreTest, AnOldHandleDoesNotReachThePlacesNextSession) {
  const auto first = OpenApp(kAnna, kFront);
  ASSERT_EQ(core_.CloseViewer(kScreen, first), Status::kOk);
  const auto second = OpenApp(kAnna, kFront);
  EXPECT_EQ(core_.CloseViewer(kScreen, first), Status::kNoSession);
  EXPECT_EQ(core_.CheckViewer(kScreen, second, kNow), Status::kOk);
}

TEST_F(DecisionCoreTest, ACounterThatWouldWrapRefuses) {
  auto camera = core_.state().cameras.Read(kPorch);
  camera.binding_epoch = M::Epoch{0xffffffffU};
  core_.state().cameras.Write(kPorch, camera);
  EXPECT_EQ(core_.Bind(kPorch, kAnna, kBack), Status::kExhausted);
  EXPECT_EQ(core_.Unbind(kPorch), Status::kExhausted);
  core_.state().next_ticket = M::Ticket{0xffffffffffffffffU};
  camera.binding_epoch = M::Epoch{1};
  core_.state().cameras.Write(kPorch, camera);
  EXPECT_EQ(core_.Admit(kPort, kPorchSource, kSsrc, kNow).status, Status::kExhausted);
}

// Who is used up refuses; the others go on.
TEST_F(DecisionCoreTest, AnExhaustedEpochIsItsOwnersAlone) {
  constexpr M::Epoch kLast{0xffffffffU};
  core_.state().accounts.Write(kAnna, {kLast});
  EXPECT_EQ(core_.RevokeAccount(kAnna), Status::kExhausted);
  EXPECT_EQ(core_.RevokeAccount(kBert), Status::kOk);
  core_.state().links.Write(kAnna, kDisplay, {true, kLast});
  EXPECT_EQ(core_.Unlink(kAnna, kDisplay), Status::kExhausted);
  EXPECT_EQ(core_.Unlink(kBert, kDisplay), Status::kOk);
  core_.state().integrations.Write(kDisplay, {false, kLast, {}});
  EXPECT_EQ(core_.Suspend(kDisplay), Status::kExhausted);
  const auto before = OpenApp(kAnna, kFront);
  ASSERT_EQ(core_.CloseViewer(kScreen, before), Status::kOk);
  core_.state().viewers.Write(kScreen, {false, M::Generation{0xffffffffU}, {}});
  const auto grant = core_.GrantApp(kAnna, kFront, kNever);
  EXPECT_EQ(core_.OpenViewer(kScreen, grant.value, kNow).status, Status::kExhausted);
}

TEST_F(DecisionCoreTest, ANameIsOneCameraWithinAnAccount) {
  EXPECT_EQ(core_.Bind(kCrib, kAnna, kFront), Status::kNameTaken);
  ASSERT_EQ(core_.Unbind(kPorch), Status::kOk);
  EXPECT_EQ(core_.Bind(kCrib, kAnna, kFront), Status::kOk);
  EXPECT_EQ(core_.GrantApp(kAnna, kFront, kNever).value.camera, kCrib);
}

}  // namespace
}  // namespace relay::core
