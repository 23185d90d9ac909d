// That a case allocates nothing once others like it have been played: operator new counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

#include "harness/sim/swarm.h"
#include "harness/sim/world.h"
#include "targets/adapters/relay_adapter.h"

namespace {

std::size_t allocations = 0;

}  // namespace

// The array and nothrow forms come to these.
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* space = std::malloc(bytes)) return space;
  std::abort();
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  if (void* space = std::aligned_alloc(align, (bytes + align - 1) / align * align)) return space;
  std::abort();
}
void operator delete(void* space) noexcept { std::free(space); }
// Inlined, g++ takes it for the wrong one.
[[gnu::noinline]] void operator delete(void* space, std::size_t) noexcept { std::free(space); }
void operator delete(void* space, std::align_val_t) noexcept { std::free(space); }
void operator delete(void* space, std::size_t, std::align_val_t) noexcept { std::free(space); }

namespace framefence::sim {
namespace {

// Without what the relay allocates for by its contract: JSON is made of strings, a saved state is
// bytes.
std::vector<cases::Case> Cases() {
  std::vector<cases::Case> result(500);
  for (std::size_t i = 0; i < result.size(); ++i) {
    DrawCase(i, {}, result[i]);
    result[i].options.json_door = 0;
    std::erase_if(result[i].steps,
                  [](const cases::Step& step) { return step.op == cases::Op::kUpgrade; });
  }
  return result;
}

// Seen to fail with the text of a token in a string of its own (RelayAdapter::OpenViewer), with a new
// vector for the outstanding requests in World::Begin(), and with new links where the network heals.
TEST(WorldAllocationTest, ACaseAllocatesNothingInTheSteadyState) {
  const std::vector<cases::Case> cases = Cases();
  adapters::RelayAdapter relay;
  World world(relay);
  std::uint64_t stills = 0, frames = 0, opened = 0;
  for (const cases::Case& each : cases) {
    world.Play(each);
    stills += world.counters().stills_delivered;
    frames += world.counters().frames_received;
    opened += relay.counters().opens[relay::Status::kOk];
  }
  EXPECT_GT(stills, 0U);
  EXPECT_GT(frames, cases.size());
  EXPECT_GT(opened, cases.size());

  allocations = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    world.Play(cases[i]);
    ASSERT_EQ(allocations, 0U) << "in the swarm's case of seed " << i;
  }
}

}  // namespace
}  // namespace framefence::sim
