// An origin and what edges send it, right or not.
#include "targets/relay/edge/origin.h"

#include <gtest/gtest.h>

#include <vector>

#include "targets/relay/edge/edge_world_for_tests.h"
#include "targets/relay/octets_for_tests.h"

namespace relay::edge {
namespace {

using namespace testing;
using relay::testing::Bytes;
using relay::testing::Octets;
using std::chrono::milliseconds;
using std::chrono::seconds;

class OriginStreams final : public StreamTransport {
 public:
  struct Sent {
    Connection on;
    Message message;
    Bytes frame;  // what the message refers to
  };
  void Open(Connection) override { ADD_FAILURE() << "an origin opens nothing"; }
  bool Send(Connection connection, std::span<const std::byte> bytes) override {
    if (refuses) return false;
    sent.push_back({connection, {}, Bytes(bytes.begin(), bytes.end())});
    EXPECT_EQ(ParseFrame(sent.back().frame, sent.back().message), WireParse::kOk);
    return true;
  }
  void Close(Connection connection) override { closed.push_back(connection); }

  bool refuses = false;
  std::vector<Sent> sent;
  std::vector<Connection> closed;
};

class OriginTest : public ::testing::Test {
 protected:
  static constexpr Connection kFirst{0, 1}, kSecond{1, 1};

  void SetUp() override {
    options_.cameras = 8;
    Start();
  }
  void Start() {
    ASSERT_EQ(origin_.Reset(options_), Status::kOk);
    source_.cameras[kPorch.value] = {true, kAnna, kFront, 1, now_};
    source_.cameras[kCrib.value] = {true, kBert, kFront, 1, now_};
    ASSERT_EQ(origin_.OnOpened(kFirst, 0, now_), Status::kOk);
    ASSERT_EQ(origin_.OnOpened(kSecond, 1, now_), Status::kOk);
  }
  void Bring(Connection on, const Message& message) {
    Bytes frame(FrameBytesMax(0));
    frame.resize(WriteFrame(message, frame));
    origin_.OnBytes(on, frame, now_);
  }
  OwnersReply AskOwners(Connection on, std::initializer_list<Camera> cameras) {
    OwnersRequest request;
    for (const Camera camera : cameras) request.cameras.Add(camera);
    Bring(on, {1, request});
    return std::get<OwnersReply>(streams_.sent.back().message.body);
  }
  Origin::Changed Tell(Invalidation::Kind kind) {
    Invalidation what;
    what.kind = kind;
    return origin_.Apply(what, now_, [] { return Status::kOk; }).value;
  }

  OriginOptions options_;
  MadeUpSource source_;
  RecordingSettling settling_;
  OriginStreams streams_;
  Origin origin_{streams_, source_, settling_};
  Time now_{100'000'000};
};

// Seen to fail: with the window never counted.
TEST_F(OriginTest, BeyondItsShareAnEdgesLookUpsAreShedEachByItsOwnEntry) {
  options_.owners_per_window = 2;
  Start();
  const OwnersReply reply = AskOwners(kFirst, {kPorch, kCrib, kYard});
  ASSERT_EQ(reply.entries.size(), 3U);
  EXPECT_EQ(reply.entries[1].camera, kCrib);
  EXPECT_EQ(reply.entries[1].owner, kBert);
  EXPECT_EQ(reply.entries[2].camera, kYard);
  EXPECT_EQ(reply.entries[2].outcome, Outcome::kShed);
  // Another edge has its own share, and this one has it again later.
  EXPECT_EQ(AskOwners(kSecond, {kPorch}).entries[0].outcome, Outcome::kOk);
  now_ = Later(now_, options_.window);
  EXPECT_EQ(AskOwners(kFirst, {kPorch}).entries[0].outcome, Outcome::kOk);
  EXPECT_EQ(origin_.counters().owners[Outcome::kShed], 1U);
}

TEST_F(OriginTest, WhatIsNotThereIsNotFoundAndNotLeased) {
  const OwnersReply reply = AskOwners(kFirst, {kYard, Camera(4'000'000'000)});
  EXPECT_EQ(reply.entries[0].outcome, Outcome::kNotFound);
  EXPECT_EQ(reply.entries[1].outcome, Outcome::kNotFound);
  Bring(kFirst, {2, StillRequest{Camera(4'000'000'000), Epoch(1)}});
  EXPECT_EQ(std::get<StillReply>(streams_.sent.back().message.body).outcome, Outcome::kNotFound);
  Bring(kFirst, {3, StillRequest{kPorch, Epoch(2)}});
  EXPECT_EQ(std::get<StillReply>(streams_.sent.back().message.body).outcome,
            Outcome::kStaleBinding);
  EXPECT_TRUE(Tell(Invalidation::Kind::kIntegration).settled);
}

TEST_F(OriginTest, AStillIsAnsweredWithItsOwnCameraBindingAndAge) {
  now_ = Later(now_, seconds(3));
  Bring(kFirst, {2, StillRequest{kPorch, Epoch(1)}});
  const auto& reply = std::get<StillReply>(streams_.sent.back().message.body);
  EXPECT_EQ(reply.outcome, Outcome::kOk);
  EXPECT_EQ(reply.camera, kPorch);
  EXPECT_EQ(reply.binding_epoch, Epoch(1));
  EXPECT_EQ(reply.age, seconds(3));
  EXPECT_EQ(StampOf(reply.picture).camera, kPorch.value);
}

TEST_F(OriginTest, AStillThatIsTooLargeIsNone) {
  options_.still_bytes_max = 10;
  Start();
  Bring(kFirst, {2, StillRequest{kPorch, Epoch(1)}});
  EXPECT_EQ(std::get<StillReply>(streams_.sent.back().message.body).outcome, Outcome::kNoStill);
}

TEST_F(OriginTest, MalformedBytesEndOnlyTheConnectionThatBroughtThem) {
  for (const Bytes& bytes : {Octets({0, 0, 0, 0}), Octets({0, 0, 0, 6, 9, 1, 0, 0, 0, 1}),
                             Octets({0xff, 0xff, 0xff, 0xff})}) {
    Start();
    streams_.closed.clear();
    origin_.OnBytes(kFirst, bytes, now_);
    EXPECT_EQ(streams_.closed, std::vector{kFirst});
    EXPECT_EQ(AskOwners(kSecond, {kPorch}).entries[0].outcome, Outcome::kOk);
    const std::size_t sent = streams_.sent.size();
    Bring(kFirst, {1, StillRequest{kPorch, Epoch(1)}});
    EXPECT_EQ(streams_.sent.size(), sent);
    EXPECT_EQ(origin_.counters().stale_events, 1U);
  }
  // An origin is told nothing that it has not asked for.
  Start();
  streams_.closed.clear();
  Bring(kSecond, {1, OwnersReply{}});
  EXPECT_EQ(streams_.closed, std::vector{kSecond});
}

// Seen to fail: with the edge not looked at.
TEST_F(OriginTest, AConfirmationCountsForTheEdgeThatWasToldAndForNoOther) {
  AskOwners(kFirst, {kPorch});
  const auto change = Tell(Invalidation::Kind::kCamera);
  ASSERT_FALSE(change.settled);
  Bring(kSecond, {0, Confirmation{change.number}});
  Bring(kFirst, {0, Confirmation{change.number + 1}});
  EXPECT_TRUE(settling_.settled.empty());
  EXPECT_EQ(origin_.counters().foreign_confirmations, 2U);
  Bring(kFirst, {0, Confirmation{change.number}});
  EXPECT_EQ(settling_.settled, std::vector{change.number});
  Bring(kFirst, {0, Confirmation{change.number}});
  EXPECT_EQ(settling_.settled.size(), 1U);
}

TEST_F(OriginTest, AnEdgeOrPlaceThatThereIsNotIsRefused) {
  EXPECT_EQ(origin_.OnOpened({0, 2}, 2, now_), Status::kUnknownId);
  EXPECT_EQ(origin_.OnOpened({4, 2}, 0, now_), Status::kUnknownId);
  EXPECT_EQ(origin_.Restore(Integration(1), now_, [] { return Status::kOk; }), Status::kUnknownId);
  origin_.OnBytes({9, 9}, Octets({1}), now_);
  origin_.OnClosed({9, 9}, now_);
  EXPECT_EQ(origin_.counters().stale_events, 2U);
}

TEST_F(OriginTest, AnEdgeThatTakesNothingIsClosedAndItsLeasesRunOut) {
  AskOwners(kFirst, {kPorch});
  streams_.refuses = true;
  const auto change = Tell(Invalidation::Kind::kAccount);
  EXPECT_EQ(streams_.closed, std::vector{kFirst});
  now_ = Later(now_, milliseconds(9999));
  origin_.AdvanceTo(now_);
  EXPECT_TRUE(settling_.settled.empty());
  EXPECT_EQ(origin_.NextTimer(), Later(now_, milliseconds(1)));
  origin_.AdvanceTo(Later(now_, milliseconds(1)));
  EXPECT_EQ(settling_.settled, std::vector{change.number});
}

// Without this, what the lease was renewed for outlasts the change's deadline.
TEST_F(OriginTest, NoLeaseIsGivenAgainstAChangeThatIsNotConfirmed) {
  source_.linked[kAnna.value][0] = true;
  AskOwners(kFirst, {kPorch, kCrib});
  const auto revoked = Tell(Invalidation::Kind::kAccount);  // Anna's
  const std::size_t sent = streams_.sent.size();
  const OwnersReply reply = AskOwners(kFirst, {kPorch, kCrib});
  EXPECT_EQ(reply.entries[0].outcome, Outcome::kShed);
  EXPECT_EQ(reply.entries[1].outcome, Outcome::kOk);
  ASSERT_EQ(streams_.sent.size(), sent + 2);  // told again, before the reply
  EXPECT_EQ(std::get<Invalidation>(streams_.sent[sent].message.body).change, revoked.number);
  Bring(kFirst, {0, Confirmation{revoked.number}});
  EXPECT_EQ(AskOwners(kFirst, {kPorch}).entries[0].outcome, Outcome::kOk);
  Tell(Invalidation::Kind::kIntegration);
  EXPECT_EQ(AskOwners(kFirst, {kCrib}).entries[0].outcome, Outcome::kShed);
}

}  // namespace
}  // namespace relay::edge
