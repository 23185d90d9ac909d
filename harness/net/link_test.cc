#include "harness/net/link.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace framefence::net {
namespace {

using std::chrono::milliseconds;

VirtualTime At(int ms) { return VirtualTime(milliseconds(ms)); }

Link MakeLink(const LossModel& model, std::uint64_t seed = 1) {
  return Link(LossProcess(Prng(seed), model), milliseconds(20));
}

TEST(LinkTest, APacketOnACleanLinkArrivesAfterTheLatency) {
  Link link = MakeLink(Clean{});
  EXPECT_EQ(link.Offer(At(5)), At(25));
  EXPECT_EQ(link.Offer(At(5)), At(25));
  EXPECT_EQ(link.counters(), (LinkCounters{.offered = 2, .passed = 2}));
}

TEST(LinkTest, ExactlyTheNextPacketsAreDropped) {
  Link link = MakeLink(Clean{});
  link.DropNext(3);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(link.Offer(At(i)).has_value());
  EXPECT_TRUE(link.Offer(At(3)).has_value());
  EXPECT_EQ(link.counters(), (LinkCounters{.offered = 4, .dropped = 3, .passed = 1}));
}

TEST(LinkTest, ALaterOrderReplacesAnEarlierOne) {
  Link link = MakeLink(Clean{});
  link.DropNext(3);
  link.DropNext(1);
  EXPECT_FALSE(link.Offer(At(0)).has_value());
  EXPECT_TRUE(link.Offer(At(0)).has_value());
}

// Seen to fail when Offer returns before it draws.
TEST(LinkTest, AnOrderToDropChangesNoOtherPacketsFate) {
  const Bernoulli half{.loss = Probability::OutOf(1, 1)};
  Link plain = MakeLink(half);
  Link ordered = MakeLink(half);
  ordered.DropNext(2);
  for (int i = 0; i < 200; ++i) {
    const auto expected = plain.Offer(At(i));
    const auto arrival = ordered.Offer(At(i));
    EXPECT_EQ(arrival, i < 2 ? std::nullopt : expected);
  }
}

// Seen to fail when Reseed started the model anew, and when it left the draws of jitter as they were.
TEST(LinkTest, ReseedingChangesDrawsAndNoState) {
  constexpr int kPackets = 100;
  const auto arrivals = [](Link link, std::uint64_t seed) {
    link.Reseed(Prng(seed));
    std::vector<std::optional<VirtualTime>> all;
    for (int i = 0; i < kPackets; ++i) all.push_back(link.Offer(At(i)));
    return all;
  };
  const Link losing(Prng(1), {.loss = Bernoulli{.loss = Probability::OutOf(1, 1)}});
  const Link jittery(Prng(1), {.delay = {.latency = milliseconds(5),
                                         .jitter = Jitter::kUniform,
                                         .spread = milliseconds(5)}});
  for (const Link& link : {losing, jittery}) {
    EXPECT_EQ(arrivals(link, 2), arrivals(link, 2));
    EXPECT_NE(arrivals(link, 2), arrivals(link, 3));
  }
  // Once in the burst, in it for ever.
  Link burst = MakeLink(GilbertElliott{.p_good_to_bad = Probability::Always(),
                                       .p_bad_to_good = Probability::Never(),
                                       .loss_bad = Probability::Always()});
  EXPECT_TRUE(burst.Offer(At(0)).has_value());
  const auto later = arrivals(burst, 2);
  EXPECT_EQ(std::count(later.begin(), later.end(), std::nullopt), kPackets);
}

TEST(LinkTest, ALossModelChangesFromTheNextPacketOn) {
  Link link = MakeLink(Clean{});
  EXPECT_TRUE(link.Offer(At(0)).has_value());
  link.SetLoss(Blackout{});
  EXPECT_FALSE(link.Offer(At(0)).has_value());
  link.SetLoss(Clean{});
  EXPECT_TRUE(link.Offer(At(0)).has_value());
  EXPECT_EQ(link.counters(), (LinkCounters{.offered = 3, .lost = 1, .passed = 2}));
}

TEST(LinkTest, EveryOfferedPacketIsCountedOnce) {
  Link link = MakeLink(Bernoulli{.loss = Probability::OutOf(77, 8)});
  for (int i = 0; i < 10'000; ++i) {
    if (i % 100 == 0) link.DropNext(7);
    link.Offer(At(i));
  }
  const LinkCounters& counters = link.counters();
  EXPECT_EQ(counters.offered, 10'000U);
  EXPECT_EQ(counters.dropped, 700U);
  EXPECT_GT(counters.lost, 0U);
  EXPECT_EQ(counters.offered, counters.lost + counters.dropped + counters.passed);
}

// Seen to fail when SetDelay leaves a link plain that carries packets already.
TEST(LinkTest, ALatencyThatFallsLetsNoPacketOvertakeThoseOnTheirWay) {
  Link link = MakeLink(Clean{});
  EXPECT_EQ(link.Offer(At(0)), At(20));
  link.SetDelay({.latency = milliseconds(5)});
  EXPECT_EQ(link.Offer(At(1)), At(20));
  EXPECT_EQ(link.Offer(At(16)), At(21));
}

}  // namespace
}  // namespace framefence::net
