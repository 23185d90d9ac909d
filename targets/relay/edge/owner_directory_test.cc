// Owner look-ups that come back in parts, shed, for others, late, or not to be believed: what the
// origin says is scripted here.
#include "targets/relay/edge/owner_directory.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "targets/relay/edge/scripted_origin_for_tests.h"

namespace relay::edge {
namespace {

using namespace testing;

class OwnerDirectoryTest : public ScriptedOrigin {};

// --- batches

TEST_F(OwnerDirectoryTest, LookUpsGoOutTogetherByNumberOrByTime) {
  Ask(Camera(0));
  Ask(Camera(1));
  Ask(Camera(0));  // one look-up for all who ask
  Wait(milliseconds(1));
  EXPECT_TRUE(streams_.sent.empty());
  Wait(milliseconds(1));
  ASSERT_EQ(streams_.sent.size(), 1U);
  EXPECT_EQ(LastAsked(), (std::vector{Camera(0), Camera(1)}));
  for (const std::uint32_t camera : {2U, 3U, 4U, 5U}) Ask(Camera(camera));
  ASSERT_EQ(streams_.sent.size(), 2U);
  EXPECT_EQ(LastAsked().size(), 4U);
  Ask(Camera(2));  // under way
  Wait(milliseconds(5));
  EXPECT_EQ(streams_.sent.size(), 2U);
}

// A batch whose answer was read by position: one entry that the origin shed, and everybody after it
// had the next one's camera.
// Seen to fail: with OnReply() taking batch.cameras[i] for the i-th entry's camera.
TEST_F(OwnerDirectoryTest, AnEntryThatWasShedShiftsNoOther) {
  for (const std::uint32_t camera : {0U, 1U, 2U, 3U}) Ask(Camera(camera));
  // Shed by being left out, and by being said so; and not in the order of asking.
  Reply({Owned(Camera(3), kBert, kFront), Shed(Camera(0)), Owned(Camera(2), kAnna, kFront)});
  EXPECT_EQ(ResultOf(Camera(0)), LookUp::kShed);
  EXPECT_EQ(ResultOf(Camera(1)), LookUp::kUnanswered);
  EXPECT_EQ(ResultOf(Camera(2)), LookUp::kHeld);
  EXPECT_EQ(ResultOf(Camera(3)), LookUp::kHeld);
  EXPECT_EQ(Open(kAnna, Camera(2)), Status::kOk);
  EXPECT_EQ(Open(kBert, Camera(3)), Status::kOk);
  EXPECT_EQ(Open(kAnna, Camera(3)), Status::kNotFound);
  EXPECT_EQ(Open(kBert, Camera(2)), Status::kNotFound);
  EXPECT_EQ(Open(kAnna, Camera(0)), Status::kBusy);
  EXPECT_EQ(Open(kAnna, Camera(1)), Status::kBusy);
}

// Seen to fail: without the look at which batch asks for the camera.
TEST_F(OwnerDirectoryTest, WhatIsSaidOfACameraThatWasNotAskedForIsNotHeard) {
  Ask(Camera(0));
  Wait(milliseconds(2));
  Reply({Owned(Camera(1), kBert, kFront), Owned(Camera(0), kAnna, kFront),
         Owned(Camera(0), kBert, kBack), Owned(Camera(4'000'000'000), kBert, kBack)});
  EXPECT_EQ(Open(kAnna, Camera(0)), Status::kOk);
  EXPECT_EQ(Open(kBert, Camera(1)), Status::kBusy);
  EXPECT_EQ(edge_.counters().foreign_entries, 3U);
}

TEST_F(OwnerDirectoryTest, AnswersThatThisEdgeCannotHoldAreRefused) {
  Learn(Owned(Camera(0), Account(4), kFront));
  EXPECT_EQ(ResultOf(Camera(0)), LookUp::kRefused);
  Learn(Owned(Camera(0), kAnna, Name(2)));
  EXPECT_EQ(ResultOf(Camera(0)), LookUp::kRefused);
  Ask(Camera(0));
  Wait(milliseconds(2));
  Reply({Owned(Camera(0), kAnna, kFront)}, milliseconds(50));  // no longer than the margin
  EXPECT_EQ(ResultOf(Camera(0)), LookUp::kRefused);
  EXPECT_EQ(Open(kAnna, Camera(0)), Status::kBusy);
}

TEST_F(OwnerDirectoryTest, ALeaseIsTakenForNoLongerThanAnHourWhateverIsOffered) {
  Ask(Camera(0));
  Wait(milliseconds(2));
  Reply({Owned(Camera(0), kAnna, kFront)}, std::chrono::microseconds::max());
  EXPECT_EQ(Open(kAnna, Camera(0)), Status::kOk);
  Wait(std::chrono::hours(1));
  EXPECT_EQ(Open(kAnna, Camera(0)), Status::kBusy);
}

TEST_F(OwnerDirectoryTest, WithoutRoomLookUpsWaitAndAreThenRefused) {
  options_.pipeline_depth = 1;
  Start();
  Ask(Camera(0));
  Wait(milliseconds(2));
  Ask(Camera(1));
  Wait(milliseconds(2));
  ASSERT_EQ(streams_.sent.size(), 1U);
  Wait(seconds(2));
  EXPECT_EQ(ResultOf(Camera(0)), LookUp::kUnanswered);
  EXPECT_EQ(ResultOf(Camera(1)), LookUp::kUnanswered);
  Ask(Camera(1));
  Reply({Owned(Camera(0), kAnna, kFront)});  // late
  EXPECT_EQ(Open(kAnna, Camera(0)), Status::kBusy);
}

// --- answers that contradict what is held

// Seen to fail: with a renewal binding anew (the viewer session ends); with BindHere() not looking at
// the origin's epoch (it goes on).
TEST_F(OwnerDirectoryTest, ARenewalEndsASessionOnlyIfTheBindingIsAnother) {
  Learn(Owned(Camera(0), kAnna, kFront));
  const auto anna = edge_.OpenViewer({kAnna, Camera(0), {}}, now_);
  ASSERT_EQ(anna.status, Status::kOk);
  WaitForRenewal();
  ASSERT_EQ(LastAsked(), std::vector{Camera(0)});
  Reply({Owned(Camera(0), kAnna, kFront)});
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kBusy);
  Bring({streams_.sent.back().message.id, StillReply{Outcome::kNoStill, {}, {}, {}, {}}});
  WaitForRenewal();
  Reply({Owned(Camera(0), kAnna, kFront, 3)});
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNoSession);
}

// Each by itself, though a right origin changes the epoch with them.
// Seen to fail: with BindHere() not looking at the owner, or at the name.
TEST_F(OwnerDirectoryTest, ARenewalWithAnotherOwnerOrNameEndsTheSession) {
  for (const OwnerEntry& other :
       {Owned(Camera(0), kBert, kFront), Owned(Camera(0), kAnna, kBack)}) {
    Start();
    Learn(Owned(Camera(0), kAnna, kFront));
    const auto anna = edge_.OpenViewer({kAnna, Camera(0), {}}, now_);
    ASSERT_EQ(anna.status, Status::kOk);
    WaitForRenewal();
    Reply({other});
    EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNoSession);
  }
}

// Also where no invalidation was heard. Seen to fail: with what is not open left linked.
TEST_F(OwnerDirectoryTest, AnIntegrationThatIsNotOpenAtTheRenewalIsNotServed) {
  OwnerEntry entry = Owned(Camera(0), kAnna, kFront);
  entry.open_integrations = 1;
  Learn(entry);
  const auto anna = edge_.OpenViewer({kAnna, Camera(0), kDisplay}, now_);
  ASSERT_EQ(anna.status, Status::kOk);
  WaitForRenewal();
  Reply({Owned(Camera(0), kAnna, kFront)});
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNotLinked);
}

// Seen to fail: with nothing said to the core where a camera that is held is kNotFound now.
TEST_F(OwnerDirectoryTest, ACameraThatIsNobodysAtItsRenewalIsNobodysHere) {
  Learn(Owned(Camera(0), kAnna, kFront));
  const auto anna = edge_.OpenViewer({kAnna, Camera(0), {}}, now_);
  WaitForRenewal();
  Reply({{Camera(0), Outcome::kNotFound, {}, {}, {}, 0}});
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNoSession);
}

TEST_F(OwnerDirectoryTest, ARenewalThatIsShedIsTriedAgainUntilTheLeaseIsOver) {
  Learn(Owned(Camera(0), kAnna, kFront));
  const auto anna = edge_.OpenViewer({kAnna, Camera(0), {}}, now_);
  WaitForRenewal();
  Reply({Shed(Camera(0))});
  streams_.sent.clear();
  int asked = 1;
  for (int i = 0; i < 40 && edge_.RequestStill(anna.value, now_) != Status::kNoSession; ++i) {
    for (const auto& [on, message, frame] : std::exchange(streams_.sent, {})) {
      if (std::holds_alternative<OwnersRequest>(message.body)) {
        ++asked;
        OwnersReply reply;
        reply.entries.Add(Shed(Camera(0)));
        Bring({message.id, reply});
      } else {
        Bring({message.id, StillReply{Outcome::kNoStill, {}, {}, {}, {}}});
      }
    }
    Wait(milliseconds(100));
  }
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNoSession);
  EXPECT_EQ(edge_.counters().leases_lapsed, 1U);
}

// ISO-007: look-ups that others asked for before it, one a request, each answered late.
// Seen to fail: with one queue for all (the lease lapses).
TEST_F(OwnerDirectoryTest, StrangersLookUpsMakeNoLeaseLapse) {
  options_.pipeline_depth = options_.owners_per_batch = 1;
  Start();
  Learn(Owned(Camera(0), kAnna, kFront));
  const auto anna = edge_.OpenViewer({kAnna, Camera(0), {}}, now_);
  ASSERT_EQ(anna.status, Status::kOk);
  Wait(milliseconds(6900));
  for (const std::uint32_t camera : {1U, 2U, 3U, 4U, 5U, 6U}) Ask(Camera(camera));
  int answered = 0;
  for (int i = 0; i < 12; ++i) {
    Wait(milliseconds(600));
    for (const std::uint32_t camera : {1U, 2U, 3U, 4U, 5U, 6U}) Ask(Camera(camera));
    const Camera camera = LastAsked()[0];
    Reply({camera == Camera(0) ? Owned(camera, kAnna, kFront) : Shed(camera)});
    answered += camera == Camera(0) ? 1 : 0;
  }
  EXPECT_EQ(answered, 1);
  EXPECT_EQ(edge_.counters().leases_lapsed, 0U);
  EXPECT_NE(edge_.RequestStill(anna.value, now_), Status::kNoSession);
}

// Seen to fail: with the namesake not taken back (the other stays refused).
TEST_F(OwnerDirectoryTest, ANameThatMovedToAnotherCameraIsTheOthersNoMore) {
  Learn(Owned(Camera(0), kAnna, kFront));
  const auto anna = edge_.OpenViewer({kAnna, Camera(0), {}}, now_);
  ASSERT_EQ(anna.status, Status::kOk);
  Learn(Owned(Camera(1), kAnna, kFront));
  EXPECT_EQ(Open(kAnna, Camera(1)), Status::kOk);
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNoSession);
}

TEST_F(OwnerDirectoryTest, AnInvalidationOfWhatThisEdgeDoesNotKnowIsConfirmedAllTheSame) {
  using Kind = Invalidation::Kind;
  for (const Kind kind : {Kind::kCamera, Kind::kAccount, Kind::kLink, Kind::kIntegration}) {
    Invalidation what;
    what.kind = kind;
    what.change = 5;
    what.camera = Camera(~0U);
    what.account = kind == Kind::kAccount || kind == Kind::kLink ? Account(~0U) : Account();
    what.integration = Integration(~0U);
    Bring({0, what});
    EXPECT_EQ(std::get<Confirmation>(streams_.sent.back().message.body).change, 5U);
    EXPECT_EQ(edge_.counters().invalidations[kind], 1U);
  }
  EXPECT_TRUE(streams_.closed.empty());
}

// --- epochs that are spent

// The directory alone, over a core whose epochs can be set.
class SpentEpochsTest : public ::testing::Test, public ReplySink, public OwnerListener {
 protected:
  SpentEpochsTest() {
    Core::State& state = core_.state();
    state.Reset({.accounts = 4, .cameras = 4, .names = 2, .integrations = 1});
    pool_.Reset({});
    directory_.Reset({});
    directory_.Ask(kPorch, now_);
    now_ = Later(now_, std::chrono::milliseconds(2));
    directory_.AdvanceTo(now_);
    pool_.OnOpened({0, 1}, now_);
    directory_.OnRoom(now_);
  }
  void Answer() {
    OwnersReply reply;
    reply.lease = std::chrono::seconds(10);
    reply.entries.Add({kPorch, Outcome::kOk, kAnna, kFront, Epoch(1), 0});
    directory_.OnReply({Errand::Kind::kOwners, 0, 1}, reply, now_, now_);
  }
  void OnReply(const Errand&, const Message&, Time, Time) override {}
  void OnFailed(const Errand&, Time) override {}
  void OnInvalidation(const Invalidation&, Time) override {}
  void OnRoom(Time) override {}
  void OnLookedUp(Camera, LookUp result) override { result_ = result; }
  void OnUnheld(Camera) override {}

  static constexpr Epoch kLast{~std::uint32_t{0}};
  Core core_;
  RecordingStreams streams_;
  EdgeCounters counters_;
  ConnectionPool pool_{streams_, *this, counters_};
  OwnerDirectory directory_{core_, pool_, *this, counters_};
  std::optional<LookUp> result_;
  Time now_{100'000'000};
};

// Seen to fail: without the look at the epoch before it is bound (it halts at the end of the lease).
TEST_F(SpentEpochsTest, NothingIsBoundThatCouldNotBeUnbound) {
  core_.state().cameras.Write(kPorch, {false, {}, {}, Epoch(kLast.value - 1)});
  Answer();
  EXPECT_EQ(result_, LookUp::kRefused);
  EXPECT_FALSE(directory_.Holds(kPorch));
  directory_.Lapse(Later(now_, std::chrono::seconds(20)));
  EXPECT_FALSE(directory_.halted());
}

TEST_F(SpentEpochsTest, TheLastBindingThatCanBeUndoneIsMade) {
  core_.state().cameras.Write(kPorch, {false, {}, {}, Epoch(kLast.value - 2)});
  Answer();
  EXPECT_EQ(result_, LookUp::kHeld);
  directory_.Lapse(Later(now_, std::chrono::seconds(20)));
  EXPECT_FALSE(directory_.Holds(kPorch));
  EXPECT_FALSE(directory_.halted());
}

// Seen to fail: with Must() left out of the invalidation.
TEST_F(SpentEpochsTest, AnEdgeThatCannotRevokeAnyMoreHalts) {
  Answer();
  EXPECT_EQ(result_, LookUp::kHeld);
  core_.state().accounts.Write(kAnna, {kLast});
  Invalidation what;
  what.kind = Invalidation::Kind::kAccount;
  what.account = kAnna;
  directory_.OnInvalidation(what, now_);
  EXPECT_TRUE(directory_.halted());
}

}  // namespace
}  // namespace relay::edge
