#include "harness/sim/event_queue.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cases/options.h"

namespace framefence::sim {
namespace {

using Bytes = std::vector<std::byte>;

VirtualTime At(int ms) { return VirtualTime(std::chrono::milliseconds(ms)); }

Event TickAt(int ms, std::uint32_t subject = 0) {
  return {.at = At(ms), .kind = EventKind::kCameraTick, .subject = subject};
}

Event PacketAt(int ms) { return {.at = At(ms), .kind = EventKind::kUplinkPacket}; }

Bytes Filled(std::size_t size, int value) { return Bytes(size, static_cast<std::byte>(value)); }

Bytes BytesOf(const EventQueue& queue, const Event& event) {
  const auto packet = queue.PacketOf(event);
  return {packet.begin(), packet.end()};
}

TEST(EventQueueTest, TheEarliestEventComesFirst) {
  EventQueue queue;
  for (const int ms : {30, 10, 50, 20, 40}) queue.Push(TickAt(ms));
  for (const int ms : {10, 20, 30, 40, 50}) {
    EXPECT_EQ(queue.NextAt(), At(ms));
    EXPECT_EQ(queue.Pop().at, At(ms));
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.NextAt(), std::nullopt);
}

// Seen to fail when Later compares times only.
TEST(EventQueueTest, EventsOfOneTimeComeInTheOrderOfPushing) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 50; ++i) {
    queue.Push(TickAt(2, i));
    queue.Push(TickAt(1, i));
  }
  for (const int ms : {1, 2}) {
    for (std::uint32_t i = 0; i < 50; ++i) {
      const Event event = queue.Pop();
      EXPECT_EQ(event.at, At(ms));
      EXPECT_EQ(event.subject, i);
    }
  }
}

TEST(EventQueueTest, APacketComesOutAsItWentIn) {
  EventQueue queue;
  Bytes packet;
  for (const int ms : {3, 1, 2}) {
    packet = Filled(static_cast<std::size_t>(100 * ms), ms);
    queue.PushPacket(PacketAt(ms), packet);
  }
  std::fill(packet.begin(), packet.end(), std::byte{0xff});
  for (const int ms : {1, 2, 3}) {
    EXPECT_EQ(BytesOf(queue, queue.Pop()), Filled(static_cast<std::size_t>(100 * ms), ms));
  }
}

TEST(EventQueueTest, TheLargestPacketFits) {
  EventQueue queue;
  const Bytes largest = Filled(EventQueue::kPacketBytesMax, 7);
  queue.PushPacket(PacketAt(1), largest);
  EXPECT_EQ(BytesOf(queue, queue.Pop()), largest);
}

TEST(EventQueueTest, TheLargestPacketOfAnyWorldFits) {
  EXPECT_GE(EventQueue::kPacketBytesMax, cases::FindOption("mtu_bytes")->max);
}

TEST(EventQueueTest, ALargerPacketIsABrokenInvariant) {
  EventQueue queue;
  const Bytes larger = Filled(EventQueue::kPacketBytesMax + 1, 7);
  EXPECT_DEATH(queue.PushPacket(PacketAt(1), larger), "broken invariant");
}

// Seen to fail when TakeBuffer always grows the slab.
TEST(EventQueueTest, ReleasedBuffersAreUsedAgain) {
  constexpr int kInFlight = 3;
  EventQueue queue;
  for (int i = 0; i < 1'000; ++i) {
    queue.PushPacket(PacketAt(i), Filled(10, i % 256));
    if (i < kInFlight - 1) continue;
    const Event event = queue.Pop();
    EXPECT_LT(event.buffer, static_cast<std::uint32_t>(kInFlight));
    EXPECT_EQ(BytesOf(queue, event), Filled(10, (i - kInFlight + 1) % 256));
    queue.Release(event);
  }
}

TEST(EventQueueTest, APacketIsIntactUntilItIsReleased) {
  EventQueue queue;
  queue.PushPacket(PacketAt(1), Filled(10, 1));
  const Event popped = queue.Pop();
  queue.PushPacket(PacketAt(2), Filled(10, 2));
  EXPECT_EQ(BytesOf(queue, popped), Filled(10, 1));
}

TEST(EventQueueTest, AClearedQueueIsAsNew) {
  EventQueue queue;
  for (int i = 0; i < 4; ++i) queue.Push(TickAt(i));
  queue.Clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.NextAt(), std::nullopt);
  queue.Push(TickAt(9));
  EXPECT_EQ(queue.Pop().order, 0U);
}

TEST(EventQueueTest, ClearingReleasesThePacketsInFlight) {
  EventQueue queue;
  for (int round = 0; round < 100; ++round) {
    queue.PushPacket(PacketAt(1), Filled(10, 1));
    queue.Clear();
  }
  queue.PushPacket(PacketAt(1), Filled(10, 1));
  EXPECT_EQ(queue.Pop().buffer, 0U);
}

// Seen to fail when Clear releases the buffer of an event without a packet, which is another's.
TEST(EventQueueTest, ClearingReleasesNoBufferTwice) {
  EventQueue queue;
  queue.PushPacket(PacketAt(1), Filled(10, 1));
  for (const EventKind kind :
       {EventKind::kCameraTick, EventKind::kReportTick, EventKind::kWritable})
    queue.Push({.at = At(1), .kind = kind});
  queue.Clear();
  queue.PushPacket(PacketAt(1), Filled(10, 2));
  queue.PushPacket(PacketAt(2), Filled(10, 3));
  EXPECT_EQ(BytesOf(queue, queue.Pop()), Filled(10, 2));
  EXPECT_EQ(BytesOf(queue, queue.Pop()), Filled(10, 3));
}

}  // namespace
}  // namespace framefence::sim
