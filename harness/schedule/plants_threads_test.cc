// The plants of the schedules' tests on real threads, under ThreadSanitizer too (ci/test tsan): what
// fibres, which model no happens-before, cannot see of them. None is a data race, planted or not: what
// is planted is of order, which is not ThreadSanitizer's to find, and may or may not go wrong here. No
// twin does.
//
// Seen to fail under ThreadSanitizer, while all fibres pass: kRelease or kAcquire relaxed; the gate's
// Leave() relaxed.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "harness/schedule/plants_for_tests.h"

namespace framefence::schedule {
namespace {

using testing::Variant;

struct ThreadSync {
  template <class T>
  using Atomic = std::atomic<T>;
  static void Wait(unsigned) { std::this_thread::yield(); }
};

// Rounds of a plant, with all threads let go at once in each. Answers how many went wrong.
template <class Plant>
std::uint64_t PlayRounds(std::uint64_t rounds) {
  std::uint64_t wrong = 0;
  std::vector<Plant> plants(rounds);
  std::atomic<std::uint64_t> arrived{0};
  std::vector<std::jthread> threads;
  for (std::uint32_t number = 0; number < Plant::kFibres; ++number) {
    threads.emplace_back([&, number] {
      std::uint64_t all_of_round = 0;
      for (Plant& plant : plants) {
        all_of_round += Plant::kFibres;
        // Relaxed: it must not order what the plant does not.
        arrived.fetch_add(1, std::memory_order_relaxed);
        while (arrived.load(std::memory_order_relaxed) < all_of_round) std::this_thread::yield();
        plant.Act(number);
      }
    });
  }
  threads.clear();
  for (const Plant& plant : plants) wrong += plant.WentWrong() ? 1 : 0;
  return wrong;
}

template <template <class, Variant> class Plant>
struct Named {
  using Planted = Plant<ThreadSync, Variant::kPlanted>;
  using Twin = Plant<ThreadSync, Variant::kTwin>;
};

template <class Plants>
class PlantsThreadsTest : public ::testing::Test {};
using AllPlants =
    ::testing::Types<Named<testing::ServesBeforeBinding>, Named<testing::SendsAfterRevoke>,
                     Named<testing::SendsRecycledSlot>, Named<testing::SendsHalfFilledStill>>;
TYPED_TEST_SUITE(PlantsThreadsTest, AllPlants);

constexpr std::uint64_t kRounds = 5'000;

TYPED_TEST(PlantsThreadsTest, TwinIsRightOnRealThreads) {
  EXPECT_EQ(PlayRounds<typename TypeParam::Twin>(kRounds), 0U);
}

TYPED_TEST(PlantsThreadsTest, PlantIsNoDataRace) {
  this->RecordProperty("wrong", std::to_string(PlayRounds<typename TypeParam::Planted>(kRounds)));
}

}  // namespace
}  // namespace framefence::schedule
