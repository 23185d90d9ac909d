// Systems that do not replay are caught, and told apart from their near twins, which do.
#include "harness/sim/divergence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <set>

#include "harness/cases/schema.h"
#include "harness/contract/target.h"
#include "harness/sim/fan_out_for_tests.h"

namespace framefence::sim {
namespace {

namespace field = cases::field;
using cases::MakeStep;
using cases::Op;
using testing::FanOut;
using ::testing::HasSubstr;

constexpr int kReplays = 40;

// Eight viewers of the camera's own account watch it.
cases::Case Watched() {
  cases::Case played;
  played.steps.push_back(MakeStep(Op::kPublish));
  for (std::uint32_t viewer = 0; viewer < 8; ++viewer)
    played.steps.push_back(MakeStep(Op::kOpen, {{field::kOpenViewer, viewer}}));
  for (int i = 0; i < 3; ++i) played.steps.push_back(MakeStep(Op::kFrame));
  return played;
}

// The first divergence in so many replays, each after the case was played anew.
template <class Policy>
std::optional<Divergence> Replay() {
  FanOut<Policy> system;
  World world(system);
  CasePlayer player(world);
  Replayer replayer(contract::Make<FanOut<Policy>>, {});
  for (int i = 0; i < kReplays; ++i) {
    player.Play(Watched());
    if (auto divergence = replayer.Replay(player, Watched(), true)) return divergence;
  }
  EXPECT_GT(world.counters().packets_delivered, 20U);
  return std::nullopt;
}

TEST(DivergenceTest, AnOrderByAddressesIsCaught) {
  EXPECT_TRUE(Replay<testing::BySetOfPointers>());
  EXPECT_TRUE(Replay<testing::ByHashOfPointers>());
}

// As `framefence replay` does it: nothing was played before. In how many of kReplays it is caught, and
// seen again.
template <class Policy>
int CaughtAtTheFirstReplay() {
  int caught = 0;
  for (int i = 0; i < kReplays; ++i) {
    FanOut<Policy> system;
    World world(system);
    CasePlayer player(world);
    Replayer replayer(contract::Make<FanOut<Policy>>, {});
    player.Play(Watched());
    const auto divergence = replayer.Replay(player, Watched(), true);
    caught += divergence && divergence->seen_again ? 1 : 0;
  }
  return caught;
}

// Seen to fail with the hashes not compared.
TEST(DivergenceTest, AnOrderByAddressesIsCaughtAtTheFirstReplay) {
  // Of 40,320 orders one is the same.
  EXPECT_GT(CaughtAtTheFirstReplay<testing::BySetOfPointers>(), kReplays * 9 / 10);
}

// Seen to fail with the heap left as it is, for the replay (none is caught) and for what is shown of it;
// with both runs that are shown on one heap.
TEST(DivergenceTest, AnOrderThatOnlyAnotherHeapChangesIsCaughtAtTheFirstReplay) {
  // Of 720.
  EXPECT_GT(CaughtAtTheFirstReplay<testing::ByBlocksOfTheMoment>(), kReplays * 9 / 10);
}

// Seen to fail, with all that ask for a divergence, with the hashes not compared.
TEST(DivergenceTest, WhatIsLeftOverFromEarlierCasesIsCaught) {
  EXPECT_TRUE(Replay<testing::ByLeftover>());
}

TEST(DivergenceTest, NearTwinsPass) {
  EXPECT_FALSE(Replay<testing::BySetOfIds>());
  EXPECT_FALSE(Replay<testing::LookedUpByHashOfPointers>());
  EXPECT_FALSE(Replay<testing::ByVirtualTime>());
  EXPECT_FALSE(Replay<testing::BySeed>());
}

TEST(DivergenceTest, TheFirstEventThatDiffersIsShown) {
  const auto divergence = Replay<testing::ByLeftover>();
  ASSERT_TRUE(divergence && divergence->seen_again);
  EXPECT_THAT(divergence->first, HasSubstr("delivery"));
  EXPECT_THAT(divergence->second, HasSubstr("delivery"));
  EXPECT_NE(divergence->first, divergence->second);
  EXPECT_THAT(divergence->last_common, HasSubstr(" s  "));
  const std::string text = Describe(*divergence);
  for (const std::string& line : {divergence->last_common, divergence->first, divergence->second})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_THAT(text, HasSubstr("event " + std::to_string(divergence->index)));
}

// Does the same in every case but for one thing.
enum class Other { kTime, kText, kSubject, kPort };
template <Other kOther>
class OtherEachTime final : public contract::SystemUnderTest {
 public:
  std::string_view name() const override { return "other"; }
  contract::Capabilities capabilities() const override {
    using contract::Operation;
    return {.operations = contract::Operations({Operation::kBind, Operation::kStartPublisher})};
  }
  void Reset(const contract::Deployment&, contract::Observer& observer) override {
    observer_ = &observer;
    ++cases_;
    due_ = VirtualTime(std::chrono::milliseconds(kOther == Other::kTime ? cases_ : 9));
  }
  void Submit(const contract::Request& request, VirtualTime) override {
    observer_->OnAck({.number = request.number, .port = kOther == Other::kPort ? cases_ : 9});
  }
  void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte>,
              VirtualTime) override {}
  void AdvanceTo(VirtualTime now) override {
    if (!due_ || now < *due_) return;
    due_.reset();
    observer_->OnNote({.what = kOther == Other::kText && cases_ % 2 == 0 ? "even" : "due",
                       .subject = kOther == Other::kSubject ? cases_ : 9});
  }
  std::optional<VirtualTime> NextTimer() const override { return due_; }

 private:
  contract::Observer* observer_ = nullptr;
  std::optional<VirtualTime> due_;
  std::uint32_t cases_ = 0;
};

// What is shown where the first system plays its third case, and the second its first.
template <Other kOther>
Divergence Shown() {
  OtherEachTime<kOther> system;
  World world(system);
  CasePlayer player(world);
  Replayer replayer(contract::Make<OtherEachTime<kOther>>, {});
  cases::Case played;
  played.steps.push_back(MakeStep(Op::kPublish));
  played.steps.push_back(MakeStep(Op::kAdvance, {{field::kAdvanceMs, 100}}));
  player.Play(played);
  player.Play(played);
  auto divergence = replayer.Replay(player, played, true);
  EXPECT_TRUE(divergence && divergence->seen_again);
  return divergence ? *divergence : Divergence();
}

// Seen to fail with each not compared.
TEST(DivergenceTest, WhatDiffersInOneThingAloneIsShown) {
  EXPECT_THAT(Shown<Other::kTime>().first, HasSubstr("0.003000 s  note"));
  EXPECT_THAT(Shown<Other::kText>().first, HasSubstr("note=even"));  // its fourth
  EXPECT_THAT(Shown<Other::kSubject>().first, HasSubstr("note=due subject=3"));
  EXPECT_THAT(Shown<Other::kPort>().first, HasSubstr("port=3"));
}

// What is before the first packet to a viewer is the same in every run. Seen to fail with an index, and a
// last common event, one further.
TEST(DivergenceTest, TheCountOfEventsIsThatOfTheLines) {
  struct Lines final : TraceSink {
    std::vector<std::string> lines;
    void OnEvent(const TraceEvent& event) override { lines.push_back(ToLine(event)); }
  } trace;
  FanOut<testing::ByLeftover> system;
  World world(system);
  CasePlayer player(world);
  Replayer replayer(contract::Make<FanOut<testing::ByLeftover>>, {});
  player.Play(Watched());
  player.Play(Watched());
  const auto divergence = replayer.Replay(player, Watched(), true);
  ASSERT_TRUE(divergence);
  world.UseTrace(&trace);
  player.Play(Watched());
  ASSERT_GT(trace.lines.size(), divergence->index);
  EXPECT_EQ(trace.lines[divergence->index - 1], divergence->last_common);
}

// Seen to fail with the blocks given back in the order in which they were taken: few orders.
TEST(DivergenceTest, AShuffledHeapGivesOutBlocksInAnotherOrder) {
  using Block = std::array<std::byte, 40>;
  const auto order = [] {
    std::vector<std::unique_ptr<Block>> blocks;
    for (int i = 0; i < 6; ++i) blocks.push_back(std::make_unique<Block>());
    std::vector<std::size_t> ranks;
    for (const auto& block : blocks) {
      const auto is_below = [&](const auto& other) {
        return std::less<>()(other.get(), block.get());
      };
      ranks.push_back(static_cast<std::size_t>(std::ranges::count_if(blocks, is_below)));
    }
    return ranks;
  };
  std::set<std::vector<std::size_t>> orders;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const ShuffledHeap heap(seed);
    orders.insert(order());
  }
  EXPECT_GT(orders.size(), 120U);  // of 720; 174 are expected
}

}  // namespace
}  // namespace framefence::sim
