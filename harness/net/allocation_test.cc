// That a packet's fate costs no allocation, once its queue has been as long as it ever is: operator
// new counts.
//
// Seen to fail with a vector made in Link::Send.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "harness/net/path.h"
#include "harness/net/presets.h"

namespace {

std::size_t allocations = 0;

void* Counted(void* space) {
  ++allocations;
  if (space == nullptr) std::abort();
  return space;
}

}  // namespace

// The array and nothrow forms come to this.
void* operator new(std::size_t bytes) { return Counted(std::malloc(bytes)); }
void operator delete(void* space) noexcept { std::free(space); }
// Inlined, g++ takes it for the wrong one.
[[gnu::noinline]] void operator delete(void* space, std::size_t) noexcept { std::free(space); }

namespace framefence::net {
namespace {

using std::chrono::milliseconds;

TEST(LinkAllocationTest, SendingAllocatesNothingUnderAnyPreset) {
  const DeliveryTrace trace = DeliveryTrace::Parse("1\n2\n7").value();
  for (const Preset& preset : Presets()) {
    LinkOptions traced = preset.up;
    traced.queue = {.trace = &trace, .queue_packets_max = 50};
    Path path(Link(Prng(1), preset.up), Link(Prng(2), traced));
    Weather weather(3, preset.weather);
    for (int i = 0; i < 40'000; ++i) {
      if (i == 20'000) allocations = 0;
      const VirtualTime now{milliseconds(i)};
      path.SendUp(now, 1200, weather.At(now));
      path.SendDown(now, 1200, 1, weather.At(now));
      path.up().Offer(now);
    }
    EXPECT_EQ(allocations, 0U) << preset.name;
  }
}

}  // namespace
}  // namespace framefence::net
