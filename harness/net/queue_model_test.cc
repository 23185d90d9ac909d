// The bottleneck against arithmetic by hand, its closed forms, and a slow queue that holds packets.
#include "harness/net/queue_model.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/prng.h"

namespace framefence::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::HasSubstr;

VirtualTime At(std::int64_t us) { return VirtualTime(microseconds(us)); }

Bottleneck Make(const QueueOptions& options) {
  Bottleneck bottleneck;
  bottleneck.Set(options);
  return bottleneck;
}

TEST(BottleneckTest, WithoutRateOrTraceNothingWaits) {
  Bottleneck bottleneck;
  EXPECT_EQ(bottleneck.Admit(At(7), 65'535), At(7));
  EXPECT_EQ(bottleneck.Admit(At(7), 65'535), At(7));
}

TEST(BottleneckTest, APacketWaitsForThoseBeforeItAndForItself) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000});  // a byte a microsecond
  EXPECT_EQ(bottleneck.Admit(At(100), 1000), At(1100));
  EXPECT_EQ(bottleneck.Admit(At(600), 500), At(1600));
  EXPECT_EQ(bottleneck.queued_packets(), 2U);
  EXPECT_EQ(bottleneck.queued_bytes(), 1500U);
  EXPECT_EQ(bottleneck.Admit(At(1600), 0), At(1600)) << "all has left";
  EXPECT_EQ(bottleneck.Admit(At(5000), 10), At(5010));
}

// Seen to fail when the parts of a microsecond are not carried on.
TEST(BottleneckTest, ALongRunIsExactToTheMicrosecond) {
  constexpr std::uint64_t kRate = 7'000'001;
  Bottleneck bottleneck = Make({.rate_bits_per_s = kRate, .overhead_bytes = 28});
  std::uint64_t bits = 0;
  Prng prng(1);
  VirtualTime left{};
  for (int i = 0; i < 200'000; ++i) {
    const std::uint32_t bytes = 1 + prng.Below(1500);
    bits += (bytes + 28) * 8;
    // Offered late enough not to fill the queue, early enough not to leave it empty.
    left = *bottleneck.Admit(std::max(VirtualTime{}, left - milliseconds(10)), bytes);
  }
  EXPECT_EQ(Microseconds(left), static_cast<std::int64_t>((bits * 1'000'000 + kRate - 1) / kRate));
}

// Seen to fail with a bucket that begins empty, and with one that never fills again.
TEST(BottleneckTest, ABucketOfTokensLetsABurstThroughAndThenTheRate) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000, .burst_bytes = 3000});
  for (int round = 0; round < 2; ++round) {
    const std::int64_t now = 10'000 * round;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bottleneck.Admit(At(now), 1000), At(now));
    EXPECT_EQ(bottleneck.Admit(At(now), 1000), At(now + 1000));
    EXPECT_EQ(bottleneck.Admit(At(now), 1000), At(now + 2000));
  }
}

TEST(BottleneckTest, ATailThatIsFullDropsByPackets) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000, .queue_packets_max = 2});
  EXPECT_TRUE(bottleneck.Admit(At(0), 100).has_value());
  EXPECT_TRUE(bottleneck.Admit(At(0), 100).has_value());
  EXPECT_FALSE(bottleneck.Admit(At(99), 100).has_value());
  EXPECT_EQ(bottleneck.Admit(At(100), 100), At(300))
      << "the first has left, the third was never in";
}

TEST(BottleneckTest, ATailThatIsFullDropsByBytes) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000, .queue_bytes_max = 1000});
  EXPECT_TRUE(bottleneck.Admit(At(0), 600).has_value());
  EXPECT_FALSE(bottleneck.Admit(At(0), 401).has_value());
  EXPECT_TRUE(bottleneck.Admit(At(0), 400).has_value()) << "a smaller one still has room";
  EXPECT_FALSE(bottleneck.Admit(At(0), 1).has_value());
}

TEST(BottleneckTest, APacketLargerThanTheQueueIsNeverLetIn) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000, .queue_bytes_max = 1000});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(bottleneck.Admit(At(i * 1'000'000), 1001).has_value());
  EXPECT_TRUE(bottleneck.Admit(At(9'000'000), 1000).has_value());
}

// The closed forms: no more than the rate gets through, and none waits longer than the queue is.
TEST(BottleneckTest, AnOverloadedOneSendsAtItsRateAndNoneWaitsLongerThanItsQueue) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 4'000'000, .queue_bytes_max = 50'000});
  std::uint64_t let_in = 0;
  VirtualTime left{};
  for (int i = 0; i < 100'000; ++i) {  // 12 Mbit/s for 100 s
    const VirtualTime now = At(i * 1000);
    const auto leaves = bottleneck.Admit(now, 1500);
    if (!leaves) continue;
    left = *leaves;
    let_in += 1500;
    EXPECT_LE(left - now, microseconds(50'000 * 8 / 4));
  }
  EXPECT_EQ(static_cast<std::int64_t>(let_in * 8 / 4), Microseconds(left));
}

TEST(BottleneckTest, HalfTheCapacityTakesTwiceTheTime) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000, 50), At(2000));
  EXPECT_EQ(bottleneck.Admit(At(0), 1000, 100), At(3000));
  EXPECT_EQ(bottleneck.Admit(At(0), 100, 1), At(13'000));
}

// Seen to fail when Set forgets what waits.
TEST(BottleneckTest, AChangeOfOptionsKeepsWhatWaitsInFront) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 800'000, .queue_packets_max = 3});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(10'000));
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(20'000));
  bottleneck.Set({.rate_bits_per_s = 8'000'000, .queue_packets_max = 3});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(21'000));
  EXPECT_FALSE(bottleneck.Admit(At(0), 1000).has_value()) << "three wait";
  EXPECT_EQ(bottleneck.Admit(At(10'000), 1000), At(22'000));
  bottleneck.Set({.rate_bits_per_s = 8'000'000, .queue_packets_max = 1});
  EXPECT_FALSE(bottleneck.Admit(At(21'500), 1000).has_value());
  EXPECT_EQ(bottleneck.queued_packets(), 1U);
  bottleneck.Set({});
  EXPECT_EQ(bottleneck.Admit(At(21'500), 1000), At(22'000)) << "not ahead of what is in front";
}

// Seen to fail with the parts kept.
TEST(BottleneckTest, PartsOfAMicrosecondAtOneRateAreNoneAtAnother) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 3'000'000});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(2667));
  bottleneck.Set({.rate_bits_per_s = 8'000'000});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(3667));
}

// Seen to fail with a bucket that begins full whatever waits.
TEST(BottleneckTest, ABucketThatIsPutBeforeWhatWaitsBeginsEmpty) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(1000));
  bottleneck.Set({.rate_bits_per_s = 8'000'000, .burst_bytes = 3000});
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(2000));
}

// Seen to fail with options that are the same taken for new ones.
TEST(BottleneckTest, TheSameOptionsAgainEmptyNoBucket) {
  const QueueOptions options{.rate_bits_per_s = 8'000'000, .burst_bytes = 3000};
  Bottleneck bottleneck = Make(options);
  EXPECT_EQ(bottleneck.Admit(At(0), 1000), At(0));
  bottleneck.Set(options);
  EXPECT_EQ(bottleneck.Admit(At(0), 2000), At(0));
}

// It begins with room for 16, and some have left when it needs more. Seen to fail when they are taken
// over from the first place on, not from the first that waits.
TEST(BottleneckTest, AQueueThatGrowsKeepsTheOrderOfWhatWaits) {
  Bottleneck bottleneck = Make({.rate_bits_per_s = 8'000'000});
  for (int i = 0; i < 16; ++i) bottleneck.Admit(At(0), 1000);
  for (int i = 0; i < 60; ++i) bottleneck.Admit(At(10'500), 1000);
  for (int left = 11; left <= 76; ++left) {
    bottleneck.Admit(At(1'000 * left), 0);  // leaves when all before it have
    EXPECT_EQ(bottleneck.queued_bytes(), 1000U * static_cast<unsigned>(76 - left));
  }
}

// --- traces

TEST(BottleneckTest, SmallPacketsShareAnOpportunityAndWhatIsUnusedIsLost) {
  const DeliveryTrace trace = DeliveryTrace::Parse("10\n20\n30\n40").value();
  Bottleneck bottleneck = Make({.trace = &trace});
  EXPECT_EQ(bottleneck.Admit(At(0), 700), At(10'000));
  EXPECT_EQ(bottleneck.Admit(At(0), 700), At(10'000));
  EXPECT_EQ(bottleneck.Admit(At(0), 700), At(20'000)) << "100 bytes now, 600 at the next";
  EXPECT_EQ(bottleneck.Admit(At(20'001), 901), At(30'000)) << "the 900 left at 20 ms are gone";
  EXPECT_EQ(bottleneck.Admit(At(30'001), 3001), At(60'000)) << "40, 50 and 60 ms: it repeats";
}

TEST(BottleneckTest, AHomeMayBeginElsewhereInTheTrace) {
  const DeliveryTrace trace = DeliveryTrace::Parse("10\n40").value();
  Bottleneck bottleneck = Make({.trace = &trace, .trace_offset_ms = 35});
  EXPECT_EQ(bottleneck.Admit(At(0), 1500), At(5'000));
  EXPECT_EQ(bottleneck.Admit(At(0), 1500), At(15'000));
}

// Seen to fail with the opportunity of the trace before; with what was left of it.
TEST(BottleneckTest, AnotherTraceServesFromItsOwnBeginning) {
  const DeliveryTrace fast = DeliveryTrace::Parse("1\n2\n3").value();
  const DeliveryTrace slow = DeliveryTrace::Parse("10\n20\n30").value();
  Bottleneck bottleneck = Make({.trace = &fast});
  EXPECT_EQ(bottleneck.Admit(At(0), 2 * 1500 + 1400), At(3'000));
  bottleneck.Set({.trace = &slow});
  EXPECT_EQ(bottleneck.Admit(At(3'001), 700), At(10'000));
}

// Mahimahi's link queue, as its paper describes it: packets wait, and each opportunity takes up to
// 1,500 bytes of them.
class SlowQueue {
 public:
  SlowQueue(const DeliveryTrace& trace, const QueueOptions& options)
      : trace_(trace), options_(options) {}

  void Offer(VirtualTime now, std::uint32_t bytes) {
    UseOpportunitiesBefore(now);
    const bool full = waiting_.size() >= options_.queue_packets_max ||
                      (options_.queue_bytes_max != 0 && Bytes() + bytes > options_.queue_bytes_max);
    left_.emplace_back();
    if (!full) waiting_.push_back({left_.size() - 1, bytes, bytes});
  }
  void UseOpportunitiesBefore(VirtualTime now) {
    while (VirtualTime(trace_.TimeOf(next_)) < now) {
      std::uint32_t room = DeliveryTrace::kOpportunityBytes;
      while (room != 0 && !waiting_.empty()) {
        Packet& first = waiting_.front();
        const std::uint32_t sent = std::min(room, first.to_send);
        room -= sent;
        first.to_send -= sent;
        if (first.to_send != 0) break;
        left_[first.number] = VirtualTime(trace_.TimeOf(next_));
        waiting_.pop_front();
      }
      next_ = trace_.After(next_);
    }
  }
  const std::vector<std::optional<VirtualTime>>& left() const { return left_; }

 private:
  struct Packet {
    std::size_t number;
    std::uint32_t bytes;
    std::uint32_t to_send;
  };
  std::uint32_t Bytes() const {
    std::uint32_t bytes = 0;
    for (const Packet& packet : waiting_) bytes += packet.bytes;
    return bytes;
  }

  const DeliveryTrace& trace_;
  QueueOptions options_;
  DeliveryTrace::Opportunity next_;
  std::deque<Packet> waiting_;
  std::vector<std::optional<VirtualTime>> left_;
};

// Seen to fail when what is left of an opportunity is kept, or never used.
TEST(BottleneckTest, ATraceServesAsAQueueThatHoldsItsPackets) {
  Prng prng(2);
  for (int round = 0; round < 300; ++round) {
    std::string text = "0\n";
    std::uint32_t ms = 0;
    for (int i = 0; i < 20; ++i) text += std::to_string(ms += prng.Below(4)) + "\n";
    text += std::to_string(ms + 1);
    const DeliveryTrace trace = DeliveryTrace::Parse(text).value();
    const QueueOptions options{.trace = &trace,
                               .queue_bytes_max = prng.Below(2) * 8'000,
                               .queue_packets_max = 1 + prng.Below(12)};
    Bottleneck bottleneck = Make(options);
    SlowQueue slow(trace, options);
    std::vector<std::optional<VirtualTime>> left;
    std::int64_t us = 0;
    for (int i = 0; i < 200; ++i) {
      // Not on an opportunity's very microsecond, where the slow one has let it go by before.
      us += prng.Below(4) * 500 + 2 * prng.Below(2) * 250;
      const VirtualTime now = At(us | 1);
      const std::uint32_t bytes = 1 + prng.Below(4000);
      left.push_back(bottleneck.Admit(now, bytes));
      slow.Offer(now, bytes);
    }
    slow.UseOpportunitiesBefore(At(us + 10'000'000));
    ASSERT_EQ(left, slow.left()) << text;
  }
}

TEST(BottleneckTest, WhatIsOfferedAtAnOpportunityMayUseIt) {
  const DeliveryTrace trace = DeliveryTrace::Parse("10\n20").value();
  Bottleneck bottleneck = Make({.trace = &trace});
  EXPECT_EQ(bottleneck.Admit(At(10'000), 1000), At(10'000));
  EXPECT_EQ(bottleneck.Admit(At(10'000), 500), At(10'000));
  EXPECT_EQ(bottleneck.Admit(At(10'000), 1), At(20'000));
}

TEST(BottleneckTest, OptionsWithoutMeaningAreRefused) {
  const DeliveryTrace trace = DeliveryTrace::Parse("10").value();
  const auto message = [](const QueueOptions& options) {
    const Outcome outcome = Validate(options);
    return outcome.ok() ? "" : outcome.error().message;
  };
  EXPECT_EQ(message({}), "");
  EXPECT_THAT(message({.rate_bits_per_s = 999}), HasSubstr("999 bit/s"));
  EXPECT_THAT(message({.rate_bits_per_s = 1'000'000'000'001}), HasSubstr("bit/s"));
  EXPECT_THAT(message({.rate_bits_per_s = 1000, .trace = &trace}), HasSubstr("not both"));
  EXPECT_THAT(message({.burst_bytes = 1}), HasSubstr("without a rate"));
  EXPECT_THAT(message({.rate_bits_per_s = 1000, .burst_bytes = (1U << 30) + 1}),
              HasSubstr("burst_bytes"));
  EXPECT_THAT(message({.overhead_bytes = 1001}), HasSubstr("overhead_bytes"));
  EXPECT_THAT(message({.queue_packets_max = 0}), HasSubstr("0 packets"));
  EXPECT_THAT(message({.queue_packets_max = 65'537}), HasSubstr("65537 packets"));
}

}  // namespace
}  // namespace framefence::net
