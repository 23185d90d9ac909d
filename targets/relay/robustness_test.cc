// What one home, or a stranger, can do to the relay, and that the others do not feel it.
//
// Seen to fail: without either share, OneAccountCannotTake...; with a share that is not given back, likewise;
// without the bound on memory, ADeploymentThatNeeds....
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "targets/relay/relay_fixture_for_tests.h"

namespace relay {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Bytes;
using testing::kAnna;
using testing::kBack;
using testing::kBert;
using testing::kCrib;
using testing::kCribSource;
using testing::kFront;
using testing::kPorch;
using testing::kPorchSource;
using testing::TestCamera;

class RobustnessTest : public testing::RelayTest {
 protected:
  // Bert's camera sends a picture; his viewer, if he has one, gets it whole, and nothing else.
  void ExpectBertIsServed(ViewerHandle viewer) {
    transport_.Clear();
    Send(crib_port_, kCribSource, crib_.Idr());
    ASSERT_EQ(transport_.packets.size(), 3U);
    for (const auto& sent : transport_.packets) EXPECT_EQ(sent.to, viewer);
    EXPECT_FALSE(Shows(porch_));
  }
  void StartCrib() { crib_port_ = Start(kCrib, kCribSource, crib_); }
  Status OpenMore(Account account) {
    const auto token = relay_.IssueAppToken(account, kFront, now_);
    return relay_.OpenViewer(token.value.text(), now_).status;
  }

  Port crib_port_{};
};

TEST_F(RobustnessTest, AFloodOfGarbageIsCountedAndHarmsNobody) {
  StartCrib();
  const ViewerHandle viewer = OpenApp(kBert);
  std::mt19937 random(1);
  constexpr std::uint64_t kFlood = 50'000;
  for (std::uint64_t i = 0; i < kFlood; ++i) {
    Bytes datagram(random() % 64);
    for (std::byte& byte : datagram) byte = static_cast<std::byte>(random());
    const Source source = random() % 2 == 0 ? kPorchSource : Source(random());
    EXPECT_NE(relay_.OnDatagram(Port(random() % 5), source, datagram, now_), Status::kOk);
  }
  std::uint64_t refused = 0;
  for (std::size_t i = 1; i < kStatusCount; ++i)
    refused += relay_.counters().datagrams[static_cast<Status>(i)];
  EXPECT_EQ(refused, kFlood);
  ExpectBertIsServed(viewer);
  SendPorch(porch_.Idr());  // nor does whose port it was
  transport_.Clear();
  OpenApp(kAnna);
  EXPECT_EQ(transport_.packets.size(), 3U);
}

TEST_F(RobustnessTest, SessionsThatAreNeverReadTakeNothingFromOthers) {
  StartCrib();
  while (OpenMore(kAnna) == Status::kOk) {
  }
  EXPECT_EQ(relay_.counters().opens[Status::kNoCapacity], 1U);
  transport_.TakeOnly(0);
  for (int i = 0; i < 1000; ++i) SendPorch(porch_.Slice());
  transport_.TakeAll();
  Wait(options_.token_lifetime);  // who never reads is let go with his token
  StartCrib();
  const ViewerHandle viewer = OpenApp(kBert);
  ExpectBertIsServed(viewer);
}

TEST_F(RobustnessTest, OneAccountCannotTakeEveryViewerPlace) {
  options_.viewers_per_account = options_.viewers / 2;
  Restart();
  StartCrib();
  for (std::uint32_t i = 0; i < options_.viewers_per_account; ++i)
    EXPECT_EQ(OpenMore(kAnna), Status::kOk);
  EXPECT_EQ(OpenMore(kAnna), Status::kNoCapacity);
  const ViewerHandle viewer = OpenApp(kBert);
  ExpectBertIsServed(viewer);
  EXPECT_EQ(relay_.RevokeAccount(kAnna), Status::kOk);
  EXPECT_EQ(OpenMore(kAnna), Status::kOk);  // for her own share again
}

// However many places others have: it is her own sessions that are looked at.
TEST_F(RobustnessTest, AShareFullOfSessionsThatAreOverIsFree) {
  options_.viewers = 1000;
  options_.viewers_per_account = 500;
  Restart();
  for (int i = 0; i < 500; ++i) EXPECT_EQ(OpenMore(kBert), Status::kOk);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(OpenMore(kAnna), Status::kOk);
  EXPECT_EQ(OpenMore(kAnna), Status::kNoCapacity);
  EXPECT_EQ(relay_.RevokeAccount(kAnna), Status::kOk);
  EXPECT_EQ(OpenMore(kAnna), Status::kOk);
  EXPECT_EQ(relay_.counters().sessions_dropped, 64U);  // what one opening costs is bounded
  for (int i = 1; i < 500 + 500 / 64 + 1; ++i) OpenMore(kAnna);  // a look in vain now and then
  EXPECT_EQ(relay_.counters().sessions_dropped, 500U);
  EXPECT_EQ(relay_.counters().opens[Status::kOk], 1500U);
  EXPECT_EQ(OpenMore(kAnna), Status::kNoCapacity);
}

TEST_F(RobustnessTest, AShareSaysNothingOfACameraThatIsNobodys) {
  options_.ports_per_account = 1;
  Restart();
  ASSERT_EQ(relay_.Unbind(kCrib), Status::kOk);
  EXPECT_EQ(relay_.StartPublisher(kCrib, kCribSource, Ssrc(1), now_).status, Status::kNotFound);
}

TEST_F(RobustnessTest, OneAccountCannotTakeEveryPort) {
  options_.ports_per_account = 2;
  options_.names = 3;
  Restart();
  ASSERT_EQ(relay_.Bind(Camera(2), kAnna, kBack), Status::kOk);
  Start(Camera(2), kPorchSource, porch_);
  ASSERT_EQ(relay_.Unbind(Camera(2)), Status::kOk);  // which ends its session
  ASSERT_EQ(relay_.Bind(Camera(2), kAnna, kBack), Status::kOk);
  Start(Camera(2), kPorchSource, porch_);
  ASSERT_EQ(relay_.Bind(Camera(3), kAnna, Name(2)), Status::kOk);
  EXPECT_EQ(relay_.StartPublisher(Camera(3), kPorchSource, Ssrc(9), now_).status,
            Status::kNoCapacity);
  StartCrib();
  const ViewerHandle viewer = OpenApp(kBert);
  ExpectBertIsServed(viewer);
}

// Whichever of her sessions ends first. Seen to fail: a share given back by the newest session only,
// and an account's list without a way back.
TEST_F(RobustnessTest, AShareIsGivenBackInWhateverOrderSessionsEnd) {
  options_.viewers_per_account = 3;
  Restart();
  for (const int ends : {1, 0, 2}) {
    std::vector<ViewerHandle> viewers;
    for (int i = 0; i < 3; ++i) viewers.push_back(OpenApp(kAnna));
    EXPECT_EQ(OpenMore(kAnna), Status::kNoCapacity);
    EXPECT_EQ(relay_.CloseViewer(viewers[static_cast<std::size_t>(ends)], now_), Status::kOk);
    EXPECT_EQ(OpenMore(kAnna), Status::kOk);
    EXPECT_EQ(OpenMore(kAnna), Status::kNoCapacity);
    const std::uint64_t dropped = relay_.counters().sessions_dropped;
    EXPECT_EQ(relay_.RevokeAccount(kAnna), Status::kOk);
    relay_.CloseViewer(OpenApp(kAnna), now_);
    EXPECT_EQ(relay_.counters().sessions_dropped, dropped + 3);
  }
}

// A share is its publisher's who started, not the next owner's. Seen to fail: given back to whose the
// camera is by then.
TEST_F(RobustnessTest, ACameraThatChangesHandsGivesItsPortBackToWhoTookIt) {
  options_.ports_per_account = 1;
  Restart();
  StartCrib();
  ASSERT_EQ(relay_.Bind(kPorch, kBert, kBack), Status::kOk);  // while Anna's publishes
  EXPECT_EQ(relay_.StartPublisher(kPorch, kPorchSource, Ssrc(5), now_).status, Status::kNoCapacity);
  ASSERT_EQ(relay_.Bind(Camera(2), kAnna, kFront), Status::kOk);
  EXPECT_EQ(relay_.StartPublisher(Camera(2), kPorchSource, Ssrc(5), now_).status, Status::kOk);
}

// Seen to fail with the timer set for packets that are refused.
TEST_F(RobustnessTest, AStrangersPacketsKeepNoSilentSessionAlive) {
  TestCamera stranger(porch_.ssrc(), 0xcc);
  for (int i = 0; i < 10; ++i) {
    Send(porch_port_, kCribSource, stranger.Slice());
    Send(porch_port_, kPorchSource, crib_.Slice());
    Wait(options_.publisher_timeout / 10);
  }
  EXPECT_EQ(relay_.counters().publishers_timed_out, 1U);
}

TEST_F(RobustnessTest, AClockThatJumpsAheadEndsWhatIsOverAndNoMore) {
  StartCrib();
  SendPorch(porch_.Idr());
  OpenApp(kAnna);
  Wait(hours(24 * 3650));
  EXPECT_EQ(relay_.counters().publishers_timed_out, 2U);
  porch_port_ = Start(kPorch, kPorchSource, porch_);
  StartCrib();
  const ViewerHandle viewer = OpenApp(kBert);
  SendPorch(porch_.Idr());
  ExpectBertIsServed(viewer);
}

// An embedder's mistake: nobody is shown what is not his for it, and all goes on.
TEST_F(RobustnessTest, AClockThatJumpsBackHarmsNobody) {
  options_.publisher_timeout = hours(1);
  Restart();
  StartCrib();
  Wait(seconds(100));
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  const ViewerHandle display = OpenDisplay(kAnna);
  now_ = Time(now_.value - 50'000'000);
  relay_.AdvanceTo(now_);
  transport_.Clear();
  relay_.OnLossReport(display, 255, now_);
  EXPECT_TRUE(transport_.stills.empty());  // younger than no time at all
  SendPorch(porch_.Slice());
  const ViewerHandle viewer = OpenApp(kBert);
  ExpectBertIsServed(viewer);
  Wait(seconds(1));
}

TEST_F(RobustnessTest, NumbersWrapAndWrapAgain) {
  OpenApp(kAnna);
  SendPorch(porch_.Idr());
  std::uint16_t last = transport_.packets.back().header.sequence_number;
  for (int i = 0; i < 200'000; ++i) {
    transport_.Clear();
    SendPorch(porch_.Slice(20));
    if (i % 16 == 0) Wait(options_.pacing_interval);
    ASSERT_EQ(transport_.packets.size(), 1U) << i;
    ASSERT_EQ(transport_.packets[0].header.sequence_number, static_cast<std::uint16_t>(last + 1));
    ++last;
  }
  EXPECT_EQ(relay_.counters().packets_lost, 0U);
}

TEST_F(RobustnessTest, ADeploymentThatNeedsMoreThanItsMemoryIsRefused) {
  SendPorch(porch_.Idr());
  Options options = options_;
  options.memory_bytes_max = 100'000;
  EXPECT_EQ(relay_.Reset(options), Status::kNoCapacity);
  OpenApp(kAnna);  // the deployment before goes on
  EXPECT_EQ(transport_.packets.size(), 3U);
  options.memory_bytes_max = 1'000'000;
  EXPECT_EQ(relay_.Reset(options), Status::kOk);
  options.accounts = options.names = 1U << 31;  // more records than can be counted
  EXPECT_EQ(relay_.Reset(options), Status::kTooLarge);
  options = options_;
  options.cameras = 0;
  EXPECT_EQ(relay_.Reset(options), Status::kMalformed);
}

// Seen to fail: error correction left out, and one still a port.
TEST_F(RobustnessTest, TheBoundOnMemoryCountsPacketsStillsAndErrorCorrection) {
  for (const std::uint32_t fec_packets : {0U, 1U}) {
    options_.ports = 3;
    options_.gop_packets_max = 64;
    options_.packet_bytes_max = 1500;
    options_.still_bytes_max = 4096;
    options_.fec_packets_max = fec_packets;
    const std::uint64_t repair = fec_packets == 0 ? 0 : 34 * 1500;
    options_.memory_bytes_max =
        3 * (64 * 1536 + 2 * 4096 + repair) - 1;  // slots of whole cache lines
    EXPECT_EQ(relay_.Reset(options_), Status::kNoCapacity);
    ++options_.memory_bytes_max;
    EXPECT_EQ(relay_.Reset(options_), Status::kOk);
  }
}

}  // namespace
}  // namespace relay
