// That a sharded relay goes on where the one before it ended, and that what was saved of one cannot be
// made another's.
//
// Seen to fail, each: a seal that is not looked at, or is the one of a relay's own state; shards that
// differ in an account's, a camera's, an integration's or a link's record, in size or in time; another
// shard's publisher or sessions, or its number; homes too many, or of another session or worker; another
// number of workers; what comes after the last shard; a grant resumed without its expiry, a session on
// another worker than its own, time that begins anew; numbers that depend on how many there are.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <random>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "targets/relay/workers/fleet_for_tests.h"
#include "targets/relay/workers/saved_shards.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::Fleet;
using testing::kBack;
using testing::kDisplay;
using testing::kFront;

// --- what goes on

TEST(ShardedUpgradeTest, StreamsGoOnAtTheNextIdrByTheWorkersThatTheyWereOn) {
  Fleet fleet(2);
  const std::array viewers{fleet.OpenApp(0, 0), fleet.OpenApp(1, 0), fleet.OpenApp(0, 1)};
  const auto send = [&] {
    for (const std::uint32_t camera : {0U, 1U}) fleet.SendIdr(camera);
    fleet.PollAll();
  };
  send();
  std::array<std::uint32_t, 3> ssrcs{fleet.out(0).packets[0].header.ssrc,
                                     fleet.out(1).packets[0].header.ssrc,
                                     fleet.out(0).packets[3].header.ssrc};
  ASSERT_EQ(fleet.Upgrade(), Status::kOk);
  for (const std::uint32_t worker : {0U, 1U}) fleet.out(worker).Clear();
  fleet.SendSlice(0);
  fleet.PollAll();
  EXPECT_TRUE(fleet.out(0).silent() && fleet.out(1).silent());
  send();
  ASSERT_EQ(fleet.out(0).packets.size(), 6U);
  ASSERT_EQ(fleet.out(1).packets.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& sent = i == 1 ? fleet.out(1).packets[0] : fleet.out(0).packets[i * 3 / 2];
    EXPECT_EQ(sent.to, viewers[i]);
    EXPECT_EQ(sent.header.ssrc, ssrcs[i]);
  }
  for (const ViewerHandle& viewer : viewers)
    EXPECT_EQ(fleet.relay().CloseViewer(viewer, fleet.now()), Status::kOk);
  EXPECT_EQ(fleet.relay().StopPublisher(fleet.port(1)), Status::kOk);
}

TEST(ShardedUpgradeTest, WhatWaitedForAPollIsLost) {
  Fleet fleet(2);
  fleet.OpenApp(1, 0);
  fleet.SendIdr(0);
  ASSERT_EQ(fleet.Upgrade(), Status::kOk);
  fleet.PollAll();
  EXPECT_TRUE(fleet.out(1).silent());
}

TEST(ShardedUpgradeTest, NumbersStayWhereThereIsRoomForMore) {
  Fleet fleet(3, 6);
  const std::array viewers{fleet.OpenApp(2, 0), fleet.OpenApp(0, 1), fleet.OpenApp(1, 5)};
  fleet.options().viewers += 5;
  fleet.options().ports += 3;
  fleet.options().cameras += 2;
  ASSERT_EQ(fleet.Upgrade(), Status::kOk);
  for (const std::uint32_t camera : {0U, 1U, 5U}) fleet.SendIdr(camera);
  fleet.PollAll();
  for (const auto& [worker, viewer] : {std::pair(2U, 0U), {0U, 1U}, {1U, 2U}}) {
    ASSERT_EQ(fleet.out(worker).packets.size(), 3U);
    EXPECT_EQ(fleet.out(worker).packets[0].to, viewers[viewer]);
  }
  fleet.options().viewers -= 6;
  EXPECT_EQ(fleet.Upgrade(), Status::kTooLarge);
}

TEST(ShardedUpgradeTest, WhatWaitsAfterItExpiresWithItsGrant) {
  Fleet fleet(2);
  fleet.OpenApp(1, 0);
  ASSERT_EQ(fleet.Upgrade(), Status::kOk);
  fleet.SendIdr(0);
  fleet.Wait(Options().token_lifetime);
  fleet.Poll(1);
  EXPECT_TRUE(fleet.out(1).silent());
  EXPECT_EQ(fleet.relay().MailCountersOf(1).expired, 3U);
}

TEST(ShardedUpgradeTest, ThreadThatIsBehindRevivesNoGrantAfterItEither) {
  Fleet fleet(2);
  const Time early = fleet.now();
  const auto token = fleet.relay().IssueAppToken(Account(0), kFront, early);
  fleet.Wait(Options().token_lifetime);
  const Bytes saved = fleet.relay().Save(early);
  EXPECT_EQ(fleet.relay().Resume(fleet.options(), saved, early), Status::kMalformed);
  ASSERT_EQ(fleet.relay().Resume(fleet.options(), saved, fleet.now()), Status::kOk);
  EXPECT_EQ(fleet.relay().OpenViewer(1, token.value.text(), early).status, Status::kExpired);
}

// --- rights

struct Withdrawal {
  const char* name;
  std::function<Status(ShardedRelay&)> make;
  Status token;
};
const Withdrawal kWithdrawals[] = {
    {"revoke", [](ShardedRelay& relay) { return relay.RevokeAccount(Account(0)); },
     Status::kRevoked},
    {"unbind", [](ShardedRelay& relay) { return relay.Unbind(Camera(0)); }, Status::kStaleBinding},
    {"bind", [](ShardedRelay& relay) { return relay.Bind(Camera(0), Account(1), kBack); },
     Status::kStaleBinding},
    {"unlink", [](ShardedRelay& relay) { return relay.Unlink(Account(0), kDisplay); },
     Status::kNotLinked},
    {"suspend", [](ShardedRelay& relay) { return relay.Suspend(kDisplay); }, Status::kSuspended}};

// A display on another worker, and its token, are void after the upgrade, whether what voids them came
// before it or comes after; what is saved of one side of it is no part of the other's deployment.
TEST(ShardedUpgradeTest, WhatIsWithdrawnStaysWithdrawn) {
  for (const Withdrawal& withdrawal : kWithdrawals) {
    for (const bool before : {true, false}) {
      SCOPED_TRACE(withdrawal.name);
      Fleet fleet(2);
      const auto token =
          fleet.relay().IssueIntegrationToken(Account(0), kFront, kDisplay, fleet.now());
      const ViewerHandle viewer = fleet.Open(1, token);
      if (!before) {
        ASSERT_EQ(fleet.Upgrade(), Status::kOk);
      }
      ASSERT_EQ(withdrawal.make(fleet.relay()), Status::kOk);
      if (before) {
        ASSERT_EQ(fleet.Upgrade(), Status::kOk);
      }
      EXPECT_NE(fleet.relay().CloseViewer(viewer, fleet.now()), Status::kOk);
      for (const std::uint32_t worker : {0U, 1U}) {
        const auto opened = fleet.relay().OpenViewer(worker, token.value.text(), fleet.now());
        EXPECT_EQ(ToString(opened.status), ToString(withdrawal.token));
      }
      fleet.Start(0);
      fleet.SendIdr(0);
      fleet.PollAll();
      EXPECT_TRUE(fleet.out(1).silent());
    }
  }
}

// --- what is refused

class SavedShardsTest : public ::testing::Test {
 protected:
  SavedShardsTest() {
    for (const std::uint32_t home : {0U, 1U, 2U, 3U}) {
      fleet_.OpenApp(home % 2, home);
      fleet_.OpenDisplay((home + 1) % 2, home);
    }
    fleet_.relay().RevokeAccount(Account(3));
    fleet_.relay().Unlink(Account(2), kDisplay);
  }
  Bytes Save() { return fleet_.relay().Save(fleet_.now()); }
  Status Resume(const Bytes& saved) {
    return fleet_.relay().Resume(fleet_.options(), saved, fleet_.now());
  }
  void Reseal(Bytes& saved) { SealState(saved, fleet_.options().secret, SealOf::kShards); }
  SavedShards Read(const Bytes& saved) {
    auto read = SavedShards::Read(saved, fleet_.options().secret);
    EXPECT_EQ(read.status, Status::kOk);
    return std::move(read.value);
  }
  static std::vector<SavedHome> HomesOf(const SavedShard& shard) {
    std::vector<SavedHome> homes;
    shard.homes().ForEach([&](const SavedHome& home) { homes.push_back(home); });
    return homes;
  }
  Bytes Join(std::uint32_t workers, std::initializer_list<const SavedShard*> shards) {
    ShardsWriter writer(workers, fleet_.now());
    for (const SavedShard* shard : shards) writer.Add(shard->bytes(), HomesOf(*shard));
    return writer.Seal(fleet_.options().secret);
  }
  // Nothing that is refused changes anything.
  void ExpectRefused(const Bytes& saved, Status status) {
    const Bytes before = Save();
    EXPECT_EQ(ToString(Resume(saved)), ToString(status));
    EXPECT_EQ(Save(), before);
  }

  Fleet fleet_{2};
};

TEST_F(SavedShardsTest, SavedAgainItIsTheSame) {
  const Bytes saved = Save();
  ASSERT_EQ(Resume(saved), Status::kOk);
  EXPECT_EQ(Save(), saved);
  const SavedShards shards = Read(saved);
  EXPECT_EQ(Join(2, {&shards[0], &shards[1]}), saved);
}

TEST_F(SavedShardsTest, WhatIsCutOrChangedIsRefusedAndTheDeploymentGoesOn) {
  const Bytes saved = Save();
  for (std::size_t size = 0; size < saved.size(); ++size) {
    const Bytes cut(saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(Resume(cut), Status::kOk);
  }
  for (std::size_t i = 0; i < saved.size(); ++i) {
    Bytes changed = saved;
    changed[i] ^= std::byte{1} << i % 8;
    EXPECT_EQ(Resume(changed), i < 8 ? Status::kMalformed : Status::kBadToken);
  }
  Options other = fleet_.options();
  other.secret[1] = std::byte{1};
  EXPECT_EQ(fleet_.relay().Resume(other, saved, fleet_.now()), Status::kBadToken);
  EXPECT_EQ(Save(), saved);
  fleet_.SendIdr(0);
  fleet_.PollAll();
  EXPECT_GT(fleet_.Shown(0, 0), 0U);
  EXPECT_GT(fleet_.Shown(1, 0), 0U);
}

// Who has the secret, or a seal that was broken, gets no further: what is not whole is refused, and what
// is accepted is spelled in the one way that it has.
TEST_F(SavedShardsTest, BehindTheSealOnlyWhatIsWholeIsTaken) {
  const Bytes saved = Save();
  for (std::size_t size = kSealBytes; size < saved.size(); ++size) {
    Bytes cut(saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(size));
    Reseal(cut);
    ASSERT_EQ(Resume(cut), Status::kMalformed) << size;
  }
  Bytes longer = saved;
  longer.push_back(std::byte{});
  Reseal(longer);
  ExpectRefused(longer, Status::kMalformed);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < saved.size() - kSealBytes; ++i) {
    Bytes changed = saved;
    changed[i] ^= std::byte{1} << i % 8;
    Reseal(changed);
    Fleet other(2);
    if (other.relay().Resume(fleet_.options(), changed, fleet_.now()) != Status::kOk) continue;
    ++taken;
    ASSERT_EQ(other.relay().Save(fleet_.now()), changed) << i;
  }
  EXPECT_GT(taken, 0U);
  EXPECT_LT(taken, saved.size() / 2);
  EXPECT_EQ(Save(), saved);
}

TEST_F(SavedShardsTest, ShardsOfTwoSavesAreNoDeployment) {
  const Bytes before = Save();
  const SavedShards old = Read(before);
  for (const Withdrawal& withdrawal : kWithdrawals) {
    SCOPED_TRACE(withdrawal.name);
    ASSERT_EQ(Resume(before), Status::kOk);
    ASSERT_EQ(withdrawal.make(fleet_.relay()), Status::kOk);
    const Bytes after = Save();
    const SavedShards now = Read(after);
    ExpectRefused(Join(2, {&old[0], &now[1]}), Status::kMalformed);
    ExpectRefused(Join(2, {&now[0], &old[1]}), Status::kMalformed);
    // Without who has the secret, not even that.
    Bytes mixed = before;
    std::copy(after.end() - kSealBytes, after.end(), mixed.end() - kSealBytes);
    ExpectRefused(mixed, Status::kBadToken);
  }
}

TEST_F(SavedShardsTest, NoShardIsTakenForAnother) {
  const Bytes saved = Save();
  const SavedShards shards = Read(saved);
  ExpectRefused(Join(2, {&shards[1], &shards[0]}), Status::kMalformed);
  ExpectRefused(Join(2, {&shards[0], &shards[0]}), Status::kMalformed);
  ExpectRefused(Join(1, {&shards[0]}), Status::kMalformed);
  ExpectRefused(Join(2, {&shards[0]}), Status::kMalformed);
  ExpectRefused(Join(3, {&shards[0], &shards[1], &shards[1]}), Status::kMalformed);
  EXPECT_EQ(Fleet(3).relay().Resume(fleet_.options(), saved, fleet_.now()), Status::kMalformed);
  EXPECT_EQ(Fleet(1).relay().Resume(fleet_.options(), saved, fleet_.now()), Status::kMalformed);
}

// What one publishes, and what it lends, is each enough to tell it by.
TEST_F(SavedShardsTest, NoShardIsTakenForAnotherThatOnlyPublishesOrOnlyLends) {
  for (const bool publishes : {true, false}) {
    Fleet fleet(2);
    for (const std::uint32_t home : {0U, 1U}) {
      if (!publishes) fleet.OpenApp(1, home);
    }
    for (const std::uint32_t home : {0U, 1U, 2U, 3U}) {
      if (!publishes) fleet.relay().StopPublisher(fleet.port(home));
    }
    const Bytes saved = fleet.relay().Save(fleet.now());
    const SavedShards shards = Read(saved);
    ExpectRefused(Join(2, {&shards[1], &shards[0]}), Status::kMalformed);
    EXPECT_EQ(Resume(Join(2, {&shards[0], &shards[1]})), Status::kOk);
  }
}

TEST_F(SavedShardsTest, ShardsAreOfOneSize) {
  const Bytes saved = Save();
  ++fleet_.options().viewers;
  ASSERT_EQ(Resume(saved), Status::kOk);
  const Bytes grown = Save();
  const SavedShards small = Read(saved), large = Read(grown);
  ExpectRefused(Join(2, {&small[0], &large[1]}), Status::kMalformed);
  ExpectRefused(Join(2, {&large[0], &small[1]}), Status::kMalformed);
  EXPECT_EQ(Resume(Join(2, {&large[0], &large[1]})), Status::kOk);
}

TEST_F(SavedShardsTest, ShardsAreOfOneTime) {
  const Bytes saved = Save();
  fleet_.Wait(std::chrono::microseconds(1));
  const Bytes later = Save();
  const SavedShards old = Read(saved), now = Read(later);
  ExpectRefused(Join(2, {&old[0], &now[1]}), Status::kMalformed);
  ExpectRefused(Join(2, {&now[0], &old[1]}), Status::kMalformed);
  EXPECT_EQ(Resume(Join(2, {&now[0], &now[1]})), Status::kOk);
}

// A relay's own state and a sharded one's are of two formats; and a shard's, cut out, has no seal.
TEST_F(SavedShardsTest, ARelaysStateAndAShardsAreNotTakenForEachOther) {
  testing::RecordingTransport transport;
  Relay relay(transport);
  ASSERT_EQ(relay.Reset(fleet_.options()), Status::kOk);
  ExpectRefused(relay.Save(fleet_.now()), Status::kMalformed);
  const Bytes saved = Save();
  EXPECT_EQ(relay.Resume(fleet_.options(), saved, fleet_.now()), Status::kMalformed);
  const std::size_t begin = kRecordBytes<SavedShardsHeader> + kRecordBytes<SavedShardHeader>;
  const std::size_t bytes = Read(saved)[0].bytes().size();
  for (const std::size_t size : {bytes, bytes - kSealBytes}) {
    const auto cut = std::span(saved).subspan(begin, size);
    EXPECT_EQ(relay.Resume(fleet_.options(), cut, fleet_.now()), Status::kBadToken);
  }
  Bytes as_relay = saved;
  SealState(as_relay, fleet_.options().secret);
  ExpectRefused(as_relay, Status::kBadToken);
}

TEST_F(SavedShardsTest, EverySessionIsOnOneWorker) {
  const Bytes saved = Save();
  const SavedShards shards = Read(saved);
  const auto with_homes = [&](const std::function<void(std::vector<SavedHome>&)>& change) {
    ShardsWriter writer(2, fleet_.now());
    std::vector<SavedHome> homes = HomesOf(shards[0]);
    change(homes);
    writer.Add(shards[0].bytes(), homes);
    writer.Add(shards[1].bytes(), HomesOf(shards[1]));
    return writer.Seal(fleet_.options().secret);
  };
  EXPECT_EQ(with_homes([](auto&) {}), saved);
  ExpectRefused(with_homes([](auto& homes) { homes[1].worker = 2; }), Status::kMalformed);
  ExpectRefused(with_homes([](auto& homes) { homes.pop_back(); }), Status::kMalformed);
  ExpectRefused(with_homes([](auto& homes) { homes.push_back(homes.back()); }), Status::kMalformed);
  ExpectRefused(with_homes([](auto& homes) { std::swap(homes[0], homes[1]); }), Status::kMalformed);
  ExpectRefused(with_homes([](auto& homes) { homes[0].generation = Generation(2); }),
                Status::kMalformed);
}

// --- at random

// Two fleets that are asked the same, of which one is upgraded now and then: they answer the same, and
// what the second sends the first has sent too. What an upgrade may cost is frames.
class Pair {
 public:
  explicit Pair(unsigned seed) : random_(seed) {}

  void Step() {
    const std::uint32_t home = Draw(kHomes), camera = Draw(kHomes), name = Draw(2);
    switch (Draw(16)) {
      case 0:
        Both([&](Side& side) { return side.relay().RevokeAccount(Account(home)); });
        return;
      case 1:
        Both([&](Side& side) { return side.relay().Unlink(Account(home), kDisplay); });
        return;
      case 2:
        Both([&](Side& side) { return side.relay().Link(Account(home), kDisplay); });
        return;
      case 3:
        Both([&](Side& side) { return side.relay().Suspend(kDisplay); });
        return;
      case 4:
        Both([&](Side& side) { return side.relay().Restore(kDisplay); });
        return;
      case 5:
        return Bind(camera, home, Name(name));
      case 6:
        return Stop(camera);
      case 7:
      case 8:
        return Start(camera);
      case 9:
        return OfSession([&](Side& side, ViewerHandle viewer) {
          return side.relay().CloseViewer(viewer, side.fleet.now());
        });
      case 10:
        return Report(static_cast<std::uint8_t>(Draw(2) * 255));
      case 11:
      case 12:
      case 13:
        return Open(home, Name(name), Draw(2) == 0, Draw(kWorkers));
      default:
        return Send(camera, Draw(2) == 0);
    }
  }

  // What waits for an earlier packet, or for a poll, would be lost: it goes before.
  void Upgrade() {
    Wait(Options().reorder_wait);
    ASSERT_EQ(upgraded_.fleet.Upgrade(), Status::kOk);
  }

  // Each camera sends IDR pictures: all is as it was, but for stills that are not due yet.
  void Catch() {
    for (std::uint32_t i = 0; i < 2 * kHomes; ++i) Send(i % kHomes, true);
    Wait(Options().still_interval);
    plain_.lately.clear(), upgraded_.lately.clear();
    for (std::uint32_t i = 0; i < kHomes; ++i) Send(i, true);
    Wait(Options().still_interval);
    EXPECT_EQ(plain_.lately, upgraded_.lately);
    most_shown = std::max(most_shown, plain_.lately.size());
  }

  std::size_t most_shown = 0;
  std::set<Status> answers;

 private:
  static constexpr std::uint32_t kWorkers = 3, kHomes = 6;

  struct Side {
    // Worker, session by number, its SSRC (0: of a still), what was shown.
    using Shown = std::set<std::tuple<std::uint32_t, std::size_t, std::uint32_t, Bytes>>;

    ShardedRelay& relay() { return fleet.relay(); }
    void TakeWhatWasSent() {
      fleet.PollAll();
      now.clear();
      for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
        auto& out = fleet.out(worker);
        for (const auto& sent : out.packets) Take(worker, sent.to, sent.header.ssrc, sent.payload);
        for (const auto& sent : out.stills) Take(worker, sent.to, 0, sent.bytes);
        out.Clear();
      }
    }
    void Take(std::uint32_t worker, ViewerHandle to, std::uint32_t ssrc, const Bytes& bytes) {
      const auto found = std::ranges::find(viewers, to);
      ASSERT_NE(found, viewers.end());
      const auto number = static_cast<std::size_t>(found - viewers.begin());
      for (Shown* shown : {&ever, &lately, &now}) shown->emplace(worker, number, ssrc, bytes);
    }

    Fleet fleet{kWorkers, kHomes};
    std::vector<ViewerHandle> viewers;
    Shown ever, lately, now;
  };

  std::uint32_t Draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  // Whether both say kOk.
  template <class Ask>
  bool Both(const Ask& ask) {
    const Status expected = ask(plain_);
    answers.insert(expected);
    EXPECT_EQ(ToString(ask(upgraded_)), ToString(expected));
    for (Side* side : {&plain_, &upgraded_}) side->TakeWhatWasSent();
    for (const auto& shown : upgraded_.now) EXPECT_TRUE(plain_.ever.contains(shown));
    return expected == Status::kOk;
  }
  void Bind(std::uint32_t camera, std::uint32_t home, Name name) {
    if (Both([&](Side& side) { return side.relay().Bind(Camera(camera), Account(home), name); }))
      publishes_[camera] = false;
  }
  void Start(std::uint32_t camera) {
    publishes_[camera] = Both([&](Side& side) { return side.fleet.Start(camera); });
  }
  // Where it does not publish, its port of before may be anybody's, and not the same one's in both.
  void Stop(std::uint32_t camera) {
    if (!publishes_[camera]) return;
    publishes_[camera] = false;
    Both([&](Side& side) { return side.relay().StopPublisher(side.fleet.port(camera)); });
  }
  template <class Ask>
  void OfSession(const Ask& ask) {
    if (plain_.viewers.empty()) return;
    const std::size_t number = plain_.viewers.size() - 1 - Draw(12) % plain_.viewers.size();
    Both([&](Side& side) { return ask(side, side.viewers[number]); });
  }
  void Report(std::uint8_t lost) {
    OfSession([&](Side& side, ViewerHandle viewer) {
      return side.relay().OnLossReport(viewer, lost, side.fleet.now());
    });
  }
  void Send(std::uint32_t camera, bool idr) {
    Both([&](Side& side) {
      idr ? side.fleet.SendIdr(camera) : side.fleet.SendSlice(camera);
      return Status::kOk;
    });
  }
  void Wait(std::chrono::microseconds time) {
    Both([&](Side& side) {
      side.fleet.Wait(time);
      return Status::kOk;
    });
  }
  void Open(std::uint32_t home, Name name, bool by_app, std::uint32_t worker) {
    Both([&](Side& side) {
      const Time now = side.fleet.now();
      const auto token =
          by_app ? side.relay().IssueAppToken(Account(home), name, now)
                 : side.relay().IssueIntegrationToken(Account(home), name, kDisplay, now);
      if (token.status != Status::kOk) return token.status;
      // Its number is given before it is sent anything that is looked at.
      const auto opened = side.relay().OpenViewer(worker, token.value.text(), now);
      if (opened.status == Status::kOk) side.viewers.push_back(opened.value);
      return opened.status;
    });
  }

  std::mt19937 random_;
  Side plain_, upgraded_;
  std::array<bool, kHomes> publishes_{true, true, true, true, true, true};
};

TEST(ShardedUpgradeTest, FleetThatIsUpgradedAnswersAsOneThatNeverWas) {
  std::size_t most_shown = 0;
  std::set<Status> answers;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Pair pair(seed);
    std::mt19937 random(seed);
    for (int step = 1; step <= 400; ++step) {
      pair.Step();
      if (random() % 20 == 0) pair.Upgrade();
      if (step % 50 == 0) pair.Catch();
      if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
    most_shown = std::max(most_shown, pair.most_shown);
    answers.insert(pair.answers.begin(), pair.answers.end());
  }
  // That it was worth the comparison.
  EXPECT_GE(most_shown, 12U);
  for (const Status status : {Status::kNotFound, Status::kNameTaken, Status::kNoSession,
                              Status::kNotLinked, Status::kSuspended})
    EXPECT_TRUE(answers.contains(status)) << ToString(status);
}

}  // namespace
}  // namespace relay
