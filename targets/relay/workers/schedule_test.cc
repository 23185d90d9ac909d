// The workers as fibres on one thread: wherever threads meet, which is at every access through the
// Sync policy, a scheduler draws who goes on. Equal seed, equal schedule, so what fails replays. All
// is sequentially consistent here: memory orders are ThreadSanitizer's to find
// (workers_threads_test.cc).
//
// Seen to fail: a Batch or a change that takes no gate; no strike after a change, or after
// CloseViewer().
#include <gtest/gtest.h>
#include <ucontext.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "targets/relay/workers/town_for_tests.h"

namespace relay {
namespace {

class Fibres {
 public:
  explicit Fibres(unsigned seed) : random_(seed) {}

  void Add(std::function<void()> body) {
    auto fibre = std::make_unique<Fibre>();
    fibre->body = std::move(body);
    getcontext(&fibre->context);
    fibre->context.uc_stack.ss_sp = fibre->stack.data();
    fibre->context.uc_stack.ss_size = fibre->stack.size();
    fibre->context.uc_link = &main_;
    makecontext(&fibre->context, &Fibres::Enter, 0);
    alive_.push_back(std::move(fibre));
  }
  // Until all have ended.
  void Run() {
    running_ = this;
    while (!alive_.empty()) {
      current_ = random_() % alive_.size();
      swapcontext(&main_, &alive_[current_]->context);
      if (alive_[current_]->ended) alive_.erase(alive_.begin() + static_cast<long>(current_));
    }
    running_ = nullptr;
  }
  // Lets another go on, or the same; nothing where no fibre runs.
  static void Yield() {
    if (running_ == nullptr) return;
    swapcontext(&running_->alive_[running_->current_]->context, &running_->main_);
  }

 private:
  struct Fibre {
    std::function<void()> body;
    ucontext_t context;
    std::vector<char> stack = std::vector<char>(std::size_t{256} << 10);
    bool ended = false;
  };
  static void Enter() {
    Fibre& fibre = *running_->alive_[running_->current_];
    fibre.body();
    fibre.ended = true;
  }

  static inline Fibres* running_ = nullptr;
  std::minstd_rand random_;
  ucontext_t main_;
  std::vector<std::unique_ptr<Fibre>> alive_;
  std::size_t current_ = 0;
};

struct FibreSync {
  template <class T>
  class Atomic {
   public:
    Atomic(T value) : value_(value) {}
    T load(std::memory_order) const {
      Fibres::Yield();
      return value_;
    }
    void store(T value, std::memory_order) {
      Fibres::Yield();
      value_ = value;
    }
    T fetch_add(T value, std::memory_order) {
      Fibres::Yield();
      return std::exchange(value_, static_cast<T>(value_ + value));
    }

   private:
    T value_;
  };
  static void Wait(unsigned) { Fibres::Yield(); }
};

testing::Seen Play(unsigned seed) {
  testing::Town<FibreSync> town(seed);
  if (!town.Reset()) return {};
  Fibres fibres(seed);
  for (std::uint32_t worker = 0; worker < testing::kWorkers; ++worker)
    fibres.Add([&town, worker] { town.Work(worker); });
  fibres.Add([&town] { town.Change(40); });
  fibres.Run();
  return town.Judge();
}

TEST(ScheduleTest, NoScheduleShowsAStrangersBytesOrAnythingAfterItsRightsHaveGone) {
  testing::Seen all;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    const testing::Seen seen = Play(seed);
    ASSERT_EQ(seen.late, 0U) << seed;
    ASSERT_EQ(seen.strangers, 0U) << seed;
    ASSERT_EQ(seen.torn, 0U) << seed;
    ASSERT_EQ(seen.pushed, 0U) << seed;
    all.packets += seen.packets;
    all.by_mail += seen.by_mail;
    all.struck += seen.struck;
  }
  EXPECT_GT(all.packets, 10'000U);
  EXPECT_GT(all.by_mail, 1'000U);
  EXPECT_GT(all.struck, 100U);
}

TEST(ScheduleTest, EqualSeedIsAnEqualSchedule) {
  EXPECT_EQ(Play(7).trace, Play(7).trace);
  EXPECT_NE(Play(7).trace, Play(8).trace);
}

}  // namespace
}  // namespace relay
