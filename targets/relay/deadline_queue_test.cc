#include "targets/relay/deadline_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace relay {
namespace {

// Seen to fail where Clear() only ever moves the last entry down, and where Set() only ever moves up.
TEST(DeadlineQueueTest, SoonestComesFirstAsInASortedMap) {
  constexpr std::uint32_t kItems = 200;
  std::mt19937 random(1);
  DeadlineQueue queue;
  queue.Reset(kItems);
  std::map<std::uint32_t, std::uint64_t> model;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint32_t item = random() % kItems;
    const std::uint64_t deadline = random() % 1000;
    switch (random() % 3) {
      case 0:
        queue.Set(item, Time(deadline));
        model[item] = deadline;
        break;
      case 1:
        queue.Clear(item);
        model.erase(item);
        break;
      default:
        if (const auto due = queue.PopDue(Time(deadline))) {
          ASSERT_TRUE(model.contains(*due));
          ASSERT_LE(model[*due], deadline);
          model.erase(*due);
        }
    }
    std::uint64_t soonest = 1000;
    for (const auto& [_, at] : model) soonest = std::min(soonest, at);
    ASSERT_EQ(queue.next(), model.empty() ? std::nullopt : std::optional(Time(soonest)));
  }
}

}  // namespace
}  // namespace relay
