// Links with more than loss and latency: what a packet meets, in which order, and what is drawn.
//
// Rates are held against their probability within 5 standard deviations, sqrt(p (1 - p) / n).
#include <cmath>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/net/link.h"

namespace framefence::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kPackets = 200'000;

VirtualTime At(int ms) { return VirtualTime(milliseconds(ms)); }
Probability Percent(std::uint32_t percent) { return Probability::PerMillion(percent * 10'000); }

void ExpectRate(std::uint64_t count, double rate, double packets = kPackets) {
  EXPECT_NEAR(static_cast<double>(count) / packets, rate,
              5 * std::sqrt(rate * (1 - rate) / packets));
}

// Everything at once; tests turn single things off.
LinkOptions Everything() {
  return {.loss = GilbertElliott{Percent(10), Percent(20), Percent(1), Percent(50)},
          .delay = {.latency = milliseconds(50),
                    .jitter = Jitter::kNormal,
                    .spread = milliseconds(5),
                    .keep_order = false,
                    .reordering = {.probability = Percent(20), .gap = 3}},
          .queue = {.rate_bits_per_s = 10'000'000, .queue_bytes_max = 20'000},
          .damage = {.duplicate = Percent(10), .corrupt = Percent(10), .truncate = Percent(10)},
          .outage = {.from = At(100), .length = milliseconds(10), .every = milliseconds(500)}};
}

std::vector<Fate> Send(Link link, int packets, int ms_between = 1) {
  std::vector<Fate> fates;
  for (int i = 0; i < packets; ++i) fates.push_back(link.Send(At(i * ms_between), 1000));
  return fates;
}

TEST(ShapedLinkTest, APlainOneSendsAsItOffers) {
  const LinkOptions options{.loss = Bernoulli{Percent(30)}, .delay = {.latency = milliseconds(7)}};
  Link offers(Prng(1), options);
  Link sends(Prng(1), options);
  for (int i = 0; i < 1000; ++i) {
    const Fate fate = sends.Send(At(i), 1000);
    EXPECT_EQ(fate.arrival, offers.Offer(At(i)));
    EXPECT_EQ(fate.bytes, fate.arrival ? 1000U : 0U);
    EXPECT_EQ(fate.copy, std::nullopt);
    EXPECT_EQ(fate.flipped_bit, std::nullopt);
  }
  EXPECT_EQ(sends.counters(), offers.counters());
}

TEST(ShapedLinkTest, OneSeedGivesOneSeriesOfFatesAndACopyHasTheSameFuture) {
  Link link(Prng(2), Everything());
  for (int i = 0; i < 100; ++i) link.Send(At(i), 1000);
  Link copy = link;
  for (int i = 100; i < 1000; ++i) EXPECT_EQ(link.Send(At(i), 1000), copy.Send(At(i), 1000));
  EXPECT_EQ(Send(Link(Prng(2), Everything()), 1000), Send(Link(Prng(2), Everything()), 1000));
  EXPECT_NE(Send(Link(Prng(2), Everything()), 1000), Send(Link(Prng(3), Everything()), 1000));
}

// Seen to fail with draws from one running stream, and when a packet dropped by order draws nothing.
TEST(ShapedLinkTest, NothingThatIsSetShiftsWhatOtherPacketsDraw) {
  LinkOptions options = Everything();
  options.queue = {};  // a queue's delays follow from what was let in before
  options.outage = {};
  Link all(Prng(4), options);
  Link less(Prng(4), options);
  less.Set({.loss = options.loss, .delay = {.latency = milliseconds(50)}});
  for (int i = 0; i < 500; ++i) {
    if (i == 7) less.DropNext(3);
    if (i == 9) all.DropNext(2);
    all.Send(At(i), 1000);
    less.Send(At(i), 1000);
  }
  // The chain starts anew in both, and the gap of the reordering counts what went before.
  options.delay.reordering.gap = 1;
  all.Set(options);
  less.Set(options);
  for (int i = 1000; i < 2000; ++i) ASSERT_EQ(all.Send(At(i), 1000), less.Send(At(i), 1000));
}

TEST(ShapedLinkTest, LossIsDrawnTheSameWhateverElseALinkDoes) {
  LinkOptions options = Everything();
  options.outage = {};
  options.queue.queue_bytes_max = 0;
  Link shaped(Prng(5), options);
  Link plain(Prng(5), {.loss = options.loss});
  for (int i = 0; i < 2000; ++i)
    ASSERT_EQ(shaped.Send(At(i), 1000).arrival.has_value(), plain.Offer(At(i)).has_value());
}

TEST(ShapedLinkTest, EveryPacketIsCountedOnce) {
  Link link(Prng(6), Everything());
  for (int i = 0; i < kPackets; ++i) {
    if (i % 1000 == 0) link.DropNext(3);
    link.Send(At(i / 2), 1500);  // 24 Mbit/s into 10
  }
  const LinkCounters& counters = link.counters();
  EXPECT_EQ(counters.offered, static_cast<std::uint64_t>(kPackets));
  EXPECT_EQ(counters.dropped, 600U);
  EXPECT_GT(counters.blacked_out, 0U);
  EXPECT_GT(counters.queue_full, 0U);
  EXPECT_EQ(counters.offered, counters.lost + counters.dropped + counters.blacked_out +
                                  counters.queue_full + counters.passed);
}

// --- order

TEST(ShapedLinkTest, JitterKeepsTheOrderUnlessItMayReorder) {
  LinkOptions options{.delay = {.latency = milliseconds(50),
                                .jitter = Jitter::kPareto,
                                .spread = milliseconds(10)}};
  const auto reordered = [](const std::vector<Fate>& fates) {
    int count = 0;
    for (std::size_t i = 1; i < fates.size(); ++i)
      count += *fates[i].arrival < *fates[i - 1].arrival ? 1 : 0;
    return count;
  };
  EXPECT_EQ(reordered(Send(Link(Prng(7), options), 10'000)), 0);
  options.delay.keep_order = false;
  EXPECT_GT(reordered(Send(Link(Prng(7), options), 10'000)), 1000);
}

// Seen to fail when the gap counts one packet more.
TEST(ShapedLinkTest, AsManyOvertakeAsTheClosedFormSays) {
  for (const Reordering reordering : {Reordering{Percent(25), 1}, Reordering{Percent(25), 5},
                                      Reordering{Probability::Always(), 4}}) {
    Link link(Prng(8), {.delay = {.latency = milliseconds(10), .reordering = reordering}});
    std::uint64_t early = 0;
    for (int i = 0; i < kPackets; ++i) early += *link.Send(At(i), 100).arrival == At(i) ? 1 : 0;
    EXPECT_EQ(early, link.counters().overtaking);
    // Turns of gap - 1 + a geometric number of packets vary less than single draws.
    ExpectRate(early, ReorderRate(reordering));
  }
}

TEST(ShapedLinkTest, AnOvertakingPacketStillWaitsItsTurnInTheQueue) {
  Link link(Prng(9), {.delay = {.latency = milliseconds(10),
                                .reordering = {.probability = Probability::Always(), .gap = 2}},
                      .queue = {.rate_bits_per_s = 8'000'000}});
  EXPECT_EQ(link.Send(At(0), 1000).arrival, At(11));
  EXPECT_EQ(link.Send(At(0), 1000).arrival, At(2));
  EXPECT_EQ(link.Send(At(0), 1000).arrival, At(13));
}

// --- damage

// Seen to fail: each of the three probabilities exchanged for another.
TEST(ShapedLinkTest, DamageIsAsFrequentAsItsProbabilities) {
  Link link(Prng(10), {.damage = {.duplicate = Percent(3),
                                  .corrupt = Percent(5),
                                  .truncate = Percent(7),
                                  .truncate_bytes_min = 12}});
  double position = 0;
  double length = 0;
  for (int i = 0; i < kPackets; ++i) {
    const Fate fate = link.Send(At(i), 512);
    ASSERT_GE(fate.bytes, 12U);
    if (fate.flipped_bit) {
      ASSERT_LT(*fate.flipped_bit, fate.bytes * 8);
      position += *fate.flipped_bit / (fate.bytes * 8.0);
    }
    if (fate.bytes != 512) length += fate.bytes;
    if (fate.copy) {
      EXPECT_EQ(fate.copy, fate.arrival);
    }
  }
  const LinkCounters& counters = link.counters();
  ExpectRate(counters.duplicated, 0.03);
  ExpectRate(counters.corrupted, 0.05);
  ExpectRate(counters.truncated, 0.07);
  // Uniform on [0, 1) and [12, 512): deviations 1 / sqrt(12), 500 / sqrt(12).
  const auto corrupted = static_cast<double>(counters.corrupted);
  const auto truncated = static_cast<double>(counters.truncated);
  EXPECT_NEAR(position / corrupted, 0.5, 5 / std::sqrt(12 * corrupted));
  EXPECT_NEAR(length / truncated, (12 + 511) / 2.0, 5 * 500 / std::sqrt(12 * truncated));
}

TEST(ShapedLinkTest, CertainDamageHitsEachPacketAndAnEmptyOneHasNoBitToFlip) {
  const Probability always = Probability::Always();
  Link link(
      Prng(11),
      {.damage = {
           .duplicate = always, .corrupt = always, .truncate = always, .truncate_bytes_min = 3}});
  const Fate three = link.Send(At(0), 3);
  EXPECT_EQ(three.bytes, 3U) << "no longer than the least: it stays whole";
  EXPECT_TRUE(three.flipped_bit.has_value());
  EXPECT_EQ(link.Send(At(0), 4).bytes, 3U);
  const Fate empty = link.Send(At(0), 0);
  EXPECT_EQ(empty.flipped_bit, std::nullopt);
  EXPECT_TRUE(empty.copy.has_value());
  link.SetDamage({});
  EXPECT_EQ(link.Send(At(0), 100), (Fate{.arrival = At(0), .bytes = 100}));
}

TEST(ShapedLinkTest, ACopyHasAJitterOfItsOwn) {
  Link link(Prng(12), {.delay = {.latency = milliseconds(50),
                                 .jitter = Jitter::kUniform,
                                 .spread = milliseconds(20),
                                 .keep_order = false},
                       .damage = {.duplicate = Probability::Always()}});
  int same = 0;
  for (int i = 0; i < 1000; ++i) {
    const Fate fate = link.Send(At(i), 100);
    same += fate.copy == fate.arrival ? 1 : 0;
  }
  EXPECT_LT(same, 10);
}

// --- outage and weather

// Seen to fail with the end of the outage counted in.
TEST(ShapedLinkTest, AnOutageCarriesNothingAndComesAgain) {
  Link link(Prng(13),
            {.outage = {.from = At(10), .length = milliseconds(5), .every = milliseconds(20)}});
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(link.Send(At(i), 1).arrival.has_value(), i < 10 || (i - 10) % 20 >= 5) << i;
  link.SetOutage({.from = At(110), .length = milliseconds(5)});
  for (int i = 100; i < 200; ++i)
    EXPECT_EQ(link.Send(At(i), 1).arrival.has_value(), i < 110 || i >= 115) << i;
  EXPECT_EQ(link.counters().blacked_out, 30U);
}

TEST(ShapedLinkTest, AnOutageWithoutMeaningIsRefused) {
  EXPECT_FALSE(Validate(Outage{.length = microseconds(-1)}).ok());
  EXPECT_FALSE(Validate(Outage{.every = microseconds(-1)}).ok());
  EXPECT_FALSE(Validate(Outage{.length = milliseconds(2), .every = milliseconds(1)}).ok());
  EXPECT_TRUE(Validate(Outage{.length = milliseconds(2), .every = milliseconds(2)}).ok());
  EXPECT_FALSE(Validate(LinkOptions{.outage = {.length = microseconds(-1)}}).ok());
  EXPECT_FALSE(Validate(LinkOptions{.loss = RecordedLoss{}}).ok());
  EXPECT_FALSE(Validate(LinkOptions{.delay = {.latency = microseconds(-1)}}).ok());
  EXPECT_FALSE(Validate(LinkOptions{.queue = {.rate_bits_per_s = 1}}).ok());
}

// Seen to fail without exposure, and with the weather's loss in place of the link's own.
TEST(ShapedLinkTest, WeathersLossComesOnTopOfTheLinksOwn) {
  const Conditions storm{.loss = Percent(40)};
  for (const Probability exposure :
       {Probability::Always(), Probability::OutOf(1, 1), Probability::Never()}) {
    Link link(Prng(14), {.loss = Bernoulli{Percent(10)}, .exposure = exposure});
    for (int i = 0; i < kPackets; ++i) link.Send(At(i), 100, storm);
    ExpectRate(link.counters().lost, 1 - 0.9 * (1 - 0.4 * exposure.value()));
  }
}

TEST(ShapedLinkTest, WeatherSlowsTheBottleneckAndTheWay) {
  const Conditions storm{.capacity_percent = 50, .latency = milliseconds(100)};
  Link link(Prng(15),
            {.delay = {.latency = milliseconds(10)}, .queue = {.rate_bits_per_s = 8'000'000}});
  EXPECT_EQ(link.Send(At(0), 1000, storm).arrival, At(112));
  EXPECT_EQ(link.Send(At(10), 1000).arrival, At(112)) << "order is kept when the storm is over";
  EXPECT_EQ(link.Send(At(200), 1000).arrival, At(211));
  Link plain(Prng(15), {.delay = {.latency = milliseconds(10)}});
  EXPECT_EQ(plain.Send(At(0), 1000, storm).arrival, At(110));
  EXPECT_EQ(plain.Offer(At(10)), At(110)) << "here too";
}

TEST(ShapedLinkTest, ATraceAsBottleneckDelaysAndDrops) {
  const DeliveryTrace trace = DeliveryTrace::Parse("10\n20").value();
  Link link(Prng(16), {.delay = {.latency = milliseconds(5)},
                       .queue = {.trace = &trace, .queue_packets_max = 2}});
  EXPECT_EQ(link.Send(At(0), 1500).arrival, At(15));
  EXPECT_EQ(link.Send(At(0), 1500).arrival, At(25));
  EXPECT_EQ(link.Send(At(0), 1500).arrival, std::nullopt);
  EXPECT_EQ(link.counters().queue_full, 1U);
  EXPECT_EQ(link.Offer(At(10)), At(35)) << "1,200 bytes, where the size is not said";
}

}  // namespace
}  // namespace framefence::net
