// Owner look-ups that come back in parts, shed, for others, late, or not to be believed: what the
// origin says is scripted here.
#include "targets/relay/edge/owner_directory.h"

#include <gtest/gtest.h>

#include <vector>

#include "targets/relay/edge/edge_world_for_tests.h"

namespace relay::edge {
namespace {

using namespace testing;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Bytes = std::vector<std::byte>;

class SentMessages final : public StreamTransport {
 public:
  void Open(Connection connection) override { opened.push_back(connection); }
  bool Send(Connection, std::span<const std::byte> bytes) override {
    Message message;
    EXPECT_EQ(ParseFrame(bytes, message), WireParse::kOk);
    sent.push_back(message);
    return true;
  }
  void Close(Connection) override { ++closed; }

  std::vector<Connection> opened;
  std::vector<Message> sent;
  int closed = 0;
};

class OwnerDirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.cameras = 8;
    options_.connections = 1;
    options_.owners_per_batch = 4;
    Start();
  }
  void Start() {
    ASSERT_EQ(edge_.Reset(options_), Status::kOk);
    streams_.opened.clear();
    Ask(Camera(7));  // somebody has to ask before a connection is opened
    Wait(milliseconds(2));
    ASSERT_EQ(streams_.opened.size(), 1U);
    edge_.OnOpened(streams_.opened[0], now_);
    ASSERT_EQ(streams_.sent.size(), 1U);
    Reply({Shed(Camera(7))});
    events_.owners.clear();
    streams_.sent.clear();
  }
  void Ask(Camera camera) {
    EXPECT_EQ(edge_.OpenViewer({kAnna, camera, {}}, now_).status, Status::kBusy);
  }
  void Wait(std::chrono::microseconds time) {
    now_ = Later(now_, time);
    edge_.AdvanceTo(now_);
  }
  std::vector<Camera> LastAsked() const {
    const auto& request = std::get<OwnersRequest>(streams_.sent.back().body);
    return {request.cameras.begin(), request.cameras.end()};
  }
  void Bring(const Message& message) {
    Bytes frame(FrameBytesMax(0));
    frame.resize(WriteFrame(message, frame));
    edge_.OnBytes(streams_.opened.back(), frame, now_);
  }
  // To the last request.
  void Reply(const std::vector<OwnerEntry>& entries,
             std::chrono::microseconds lease = std::chrono::seconds(10)) {
    OwnersReply reply;
    reply.lease = lease;
    for (const OwnerEntry& entry : entries) reply.entries.Add(entry);
    Bring({streams_.sent.back().id, reply});
  }
  static OwnerEntry Owned(Camera camera, Account owner, Name name, std::uint32_t epoch = 1) {
    return {camera, Outcome::kOk, owner, name, Epoch(epoch), 0};
  }
  static OwnerEntry Shed(Camera camera) { return {camera, Outcome::kShed, {}, {}, {}, 0}; }
  void Learn(const OwnerEntry& entry) {
    Ask(entry.camera);
    Wait(milliseconds(2));
    Reply({entry});
  }
  Status Open(Account account, Camera camera) {
    return edge_.OpenViewer({account, camera, {}}, now_).status;
  }
  // Until shortly before a lease of 10 s is over.
  void WaitForRenewal() {
    streams_.sent.clear();
    Wait(seconds(7));
    Wait(options_.batch_wait);
    ASSERT_EQ(streams_.sent.size(), 1U);
  }
  LookUp ResultOf(Camera camera) const {
    for (auto owner = events_.owners.rbegin(); owner != events_.owners.rend(); ++owner) {
      if (owner->camera == camera) return owner->result;
    }
    ADD_FAILURE() << "nothing was said of it";
    return LookUp::kRefused;
  }

  EdgeOptions options_;
  SentMessages streams_;
  RecordingEvents events_;
  EdgeRelay edge_{streams_, events_};
  Time now_{100'000'000};
};

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
  Bring({streams_.sent.back().id, StillReply{Outcome::kNoStill, {}, {}, {}, {}}});
  WaitForRenewal();
  Reply({Owned(Camera(0), kAnna, kFront, 3)});
  EXPECT_EQ(edge_.RequestStill(anna.value, now_), Status::kNoSession);
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
    for (const Message& message : std::exchange(streams_.sent, {})) {
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
    EXPECT_EQ(std::get<Confirmation>(streams_.sent.back().body).change, 5U);
  }
  EXPECT_EQ(streams_.closed, 0);
}

}  // namespace
}  // namespace relay::edge
