// Stills that are not what was asked for: what the origin says is scripted here.
#include "targets/relay/edge/still_cache.h"

#include <gtest/gtest.h>

#include <vector>

#include "targets/relay/edge/scripted_origin_for_tests.h"

namespace relay::edge {
namespace {

using namespace testing;

class StillCacheTest : public ScriptedOrigin {
 protected:
  void SetUp() override {
    ScriptedOrigin::SetUp();
    Learn(Owned(kPorch, kAnna, kFront, 7));
    const auto opened = edge_.OpenViewer({kAnna, kPorch, {}}, now_);
    ASSERT_EQ(opened.status, Status::kOk);
    anna_ = opened.value;
  }
  // What becomes of a fetch that is answered so, after a time in which no timer runs.
  Status Fetch(const StillReply& reply, std::chrono::microseconds after = {}) {
    Wait(options_.retry_wait);
    answers_.refused.clear();
    EXPECT_EQ(edge_.RequestStill(anna_, now_), Status::kBusy);
    const auto& request = std::get<StillRequest>(streams_.sent.back().message.body);
    EXPECT_EQ(request.camera, kPorch);
    EXPECT_EQ(request.binding_epoch, Epoch(7));
    Bytes frame(FrameBytesMax(reply.picture.size()));
    frame.resize(WriteFrame({streams_.sent.back().message.id, reply}, frame));
    now_ = Later(now_, after);
    edge_.OnBytes(streams_.opened.back(), frame, now_);
    return answers_.refused.empty() ? Status::kOk : answers_.refused.back().status;
  }
  StillReply Picture(Camera camera, std::uint32_t epoch, std::chrono::microseconds age = {}) {
    picture_ = PictureOf({camera.value, epoch, now_.value});
    return {Outcome::kOk, camera, Epoch(epoch), age, picture_};
  }

  ViewerHandle anna_{};
  Bytes picture_;
};

TEST_F(StillCacheTest, ThePictureThatWasAskedForIsShown) {
  EXPECT_EQ(Fetch(Picture(kPorch, 7)), Status::kOk);
  ASSERT_EQ(answers_.shown.size(), 1U);
  EXPECT_EQ(answers_.shown[0].what.camera, kPorch.value);
}

// The still is young enough, and its lease is over. Seen to fail: with OnBytes() not calling Lapse().
TEST_F(StillCacheTest, APictureThatComesAfterTheLeaseIsShownToNobodyThoughNoTimerRan) {
  options_.still_age_max = seconds(60);
  SetUp();
  EXPECT_EQ(Fetch(Picture(kPorch, 7), seconds(10)), Status::kStaleBinding);
  EXPECT_TRUE(answers_.shown.empty());
}

// An origin, or a cache before it, whose key was too narrow: the right reply, with another's picture.
// Seen to fail: with Fill() telling the core what was asked for in place of what the reply says.
TEST_F(StillCacheTest, AnothersPictureInTheRightReplyIsShownToNobody) {
  EXPECT_EQ(Fetch(Picture(kCrib, 7)), Status::kForeignSource);
  EXPECT_EQ(Fetch(Picture(kPorch, 6)), Status::kForeignSource);
  EXPECT_EQ(Fetch(Picture(kPorch, 8)), Status::kForeignSource);
  EXPECT_EQ(Fetch(Picture(Camera(7), kPorch.value)), Status::kForeignSource);
  EXPECT_TRUE(answers_.shown.empty());
  EXPECT_EQ(edge_.counters().fills[Status::kForeignSource], 4U);
  EXPECT_EQ(Fetch(Picture(kPorch, 7)), Status::kOk);
  EXPECT_EQ(answers_.shown.size(), 1U);
}

TEST_F(StillCacheTest, AnAgeFromBeforeTheClockBeganIsTooOld) {
  EXPECT_EQ(Fetch(Picture(kPorch, 7, std::chrono::microseconds::max())), Status::kTooOld);
  EXPECT_EQ(Fetch(Picture(kPorch, 7, std::chrono::microseconds(now_.value + 1'000'000))),
            Status::kTooOld);
  EXPECT_EQ(edge_.counters().fills[Status::kTooOld], 2U);
  EXPECT_TRUE(answers_.shown.empty());
}

// Seen to fail: without the look at the size (ASan: written beyond the slot).
TEST_F(StillCacheTest, APictureThatIsLargerThanItsPlaceIsNotTaken) {
  options_.still_bytes_max = 100;  // a slot takes a little more, a frame of owners much more
  SetUp();
  EXPECT_EQ(Fetch(Picture(kPorch, 7)), Status::kTooLarge);
  EXPECT_TRUE(answers_.shown.empty());
}

TEST_F(StillCacheTest, WhatTheOriginRefusesIsRefusedForItsReason) {
  EXPECT_EQ(Fetch({Outcome::kNoStill, kPorch, Epoch(7), {}, {}}), Status::kNotFilled);
  EXPECT_EQ(Fetch({Outcome::kShed, kPorch, Epoch(7), {}, {}}), Status::kNoCapacity);
  EXPECT_EQ(Fetch({Outcome::kNotFound, kPorch, Epoch(7), {}, {}}), Status::kNotFound);
  EXPECT_EQ(Fetch({Outcome::kStaleBinding, kPorch, Epoch(8), {}, {}}), Status::kStaleBinding);
  // By this the session is over: the invalidation must be on its way.
  EXPECT_EQ(edge_.RequestStill(anna_, now_), Status::kNoSession);
}

TEST_F(StillCacheTest, AfterAFailureTheOriginIsNotAskedAgainAtOnce) {
  Fetch({Outcome::kNoStill, kPorch, Epoch(7), {}, {}});
  const std::size_t sent = streams_.sent.size();
  EXPECT_EQ(edge_.RequestStill(anna_, now_), Status::kNotFilled);
  EXPECT_EQ(streams_.sent.size(), sent);
  Wait(options_.retry_wait);
  EXPECT_EQ(edge_.RequestStill(anna_, now_), Status::kBusy);
}

// --- the cache alone, without the pool's care for what was given up

class StillCacheAloneTest : public ::testing::Test, public ReplySink, public StillListener {
 protected:
  StillCacheAloneTest() {
    Options store;
    store.ports = options_.partitions;
    store.gop_packets_max = 0;
    store.still_bytes_max = options_.still_bytes_max;
    store_.Reset(store);
    Core::State& state = core_.state();
    state.accounts.Reset(4);
    state.cameras.Reset(4);
    state.aliases.Reset(4, 2);
    state.resolutions.Reset(4, 2);
    state.ports.Reset(options_.partitions);
    state.slots.Reset(FrameStore::SlotCount(store));
    core_.Bind(kPorch, kAnna, kFront);
    core_.Bind(kCrib, kBert, kFront);
    pool_.Reset(options_);
    cache_.Reset(options_);
    pool_.MakeRoom(now_);
    pool_.OnOpened(streams_.opened.at(0), now_);
  }
  Port TakeAndFetch(Camera camera) {
    const auto taken = cache_.Take(camera, Epoch(7));
    EXPECT_EQ(taken.status, Status::kOk);
    EXPECT_EQ(cache_.Fetch(taken.value, now_), Status::kBusy);
    return taken.value;
  }
  // What the origin answers to the place's fetch of that number.
  void Reply(Port place, std::uint32_t fetch, Camera camera) {
    const auto picture = PictureOf({camera.value, 7, now_.value});
    cache_.OnReply({Errand::Kind::kStill, place.value, fetch},
                   {Outcome::kOk, camera, Epoch(7), {}, picture}, now_, now_);
  }
  void OnReply(const Errand&, const Message&, Time, Time) override {}
  void OnFailed(const Errand&, Time) override {}
  void OnInvalidation(const Invalidation&, Time) override {}
  void OnRoom(Time) override {}
  void OnFetched(Port, Status status, Time) override { fetched_.push_back(status); }

  EdgeOptions options_;
  Core core_;
  FrameStore store_;
  RecordingStreams streams_;
  EdgeCounters counters_;
  ConnectionPool pool_{streams_, *this, counters_};
  StillCache cache_{core_, store_, pool_, *this, counters_};
  std::vector<Status> fetched_;
  Time now_{100'000'000};
};

// Seen to fail: with a place's fetches counted anew when it is taken again; with every fetch under one SSRC; with
// GiveBack() leaving the fetch under way.
TEST_F(StillCacheAloneTest, TheReplyToAFetchOfBeforeThePlaceWasTakenAgainFillsNothing) {
  for (const Camera next : {kCrib, kPorch}) {
    counters_ = EdgeCounters();
    fetched_.clear();
    const Port before = TakeAndFetch(kPorch);
    const std::uint32_t fetch = next == kCrib ? 1 : 3;
    cache_.GiveBack(before);
    Reply(before, fetch, kPorch);
    EXPECT_EQ(counters_.fills[Status::kNoSession], 1U);
    const Port after = TakeAndFetch(next);
    ASSERT_EQ(after, before);
    EXPECT_FALSE(cache_.still(after));
    Reply(after, fetch, kPorch);
    Reply(after, fetch, next);
    EXPECT_EQ(counters_.fills[Status::kForeignSource], 2U);
    EXPECT_FALSE(cache_.still(after));
    EXPECT_TRUE(fetched_.empty());
    Reply(after, fetch + 1, next);
    EXPECT_EQ(fetched_, std::vector{Status::kOk});
    EXPECT_TRUE(cache_.still(after));
    cache_.GiveBack(after);
    EXPECT_FALSE(cache_.still(after));
  }
}

}  // namespace
}  // namespace relay::edge
