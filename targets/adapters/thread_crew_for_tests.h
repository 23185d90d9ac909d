// Workers as real threads: what fibres, which model no happens-before, cannot see of them is
// ThreadSanitizer's to find (ci/test tsan).
//
// The mutex is the world's: held by the caller outside of calls, and by whoever calls the observer. So what
// reaches the observer has an order, and an Ack comes after all that was sent before what it acknowledges. It orders
// some of what the relay should order itself: workers_threads_test.cc of the relay does without.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_THREAD_CREW_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_THREAD_CREW_FOR_TESTS_H_

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "targets/relay/workers/sync.h"

namespace adapters::testing {

class ThreadCrew {
 public:
  using Sync = relay::StdSync;
  using Mutex = std::mutex;

  ThreadCrew(std::uint32_t workers, std::function<void(std::uint32_t worker)> turn, Mutex& world)
      : turn_(std::move(turn)), world_(world), state_(workers, State::kAsleep) {
    world_.lock();  // by the caller, from here on
    for (std::uint32_t worker = 0; worker < workers; ++worker)
      threads_.emplace_back([this, worker] { Live(worker); });
  }
  ~ThreadCrew() {
    world_.unlock();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    threads_.clear();
  }
  ThreadCrew(const ThreadCrew&) = delete;
  ThreadCrew& operator=(const ThreadCrew&) = delete;

  // The machine's schedule, whatever the case's.
  void BeginCase(const framefence::contract::ThreadSchedule&, framefence::contract::Observer*) {}
  void BeginStep(std::span<const framefence::contract::StepHandover>) {}

  void Enter() { world_.unlock(); }
  void Leave() { world_.lock(); }
  void Drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] {
      return std::ranges::all_of(state_, [](State state) { return state == State::kAsleep; });
    });
  }
  void Wake(std::uint32_t worker) {
    {
      const std::lock_guard lock(mutex_);
      state_[worker] = State::kWoken;
    }
    changed_.notify_all();
  }

 private:
  enum class State : std::uint8_t { kAsleep, kWoken, kAtWork };

  void Live(std::uint32_t worker) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return state_[worker] == State::kWoken || stopping_; });
      if (stopping_) return;
      state_[worker] = State::kAtWork;
      lock.unlock();
      turn_(worker);
      lock.lock();
      if (state_[worker] == State::kAtWork) state_[worker] = State::kAsleep;
      changed_.notify_all();
    }
  }

  const std::function<void(std::uint32_t)> turn_;
  Mutex& world_;
  std::mutex mutex_;  // of all below
  std::condition_variable changed_;
  std::vector<State> state_;  // by worker
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace adapters::testing

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_THREAD_CREW_FOR_TESTS_H_
