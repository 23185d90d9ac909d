// For tests: small concurrent programs, each with a bug of known depth planted or, as its twin, right.
// The bugs are of order, not of memory: none is a data race, and none can be seen without the schedule
// that it needs. Whoever runs them, fibres or threads, is the test's.
//
// A plant's depth is how many constraints of order between two steps suffice for it to go wrong (the
// comment at its Act() lists them).
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_PLANTS_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_PLANTS_FOR_TESTS_H_

#include <atomic>
#include <cstdint>

namespace framefence::schedule::testing {

enum class Variant : std::uint8_t { kPlanted, kTwin };

inline constexpr std::memory_order kAcquire = std::memory_order_acquire;
inline constexpr std::memory_order kRelease = std::memory_order_release;

// A lock that serves in the order of arrival.
template <class Sync>
class Gate {
 public:
  void Enter() {
    const std::uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
    for (unsigned tries = 0; serving_.load(kAcquire) != ticket; ++tries) Sync::Wait(tries);
  }
  void Leave() { serving_.store(serving_.load(std::memory_order_relaxed) + 1, kRelease); }

 private:
  typename Sync::template Atomic<std::uint32_t> next_{0}, serving_{0};
};

// Order: a viewer session goes by a binding that nobody has made yet.
template <class Sync, Variant kVariant>
class ServesBeforeBinding {
 public:
  static constexpr std::uint32_t kFibres = 2, kDepth = 1, kSteps = 4;

  // Wrong: 1 looks before 0 has bound.
  void Act(std::uint32_t fibre) {
    if (fibre == 0) {
      home_ = kHome;
      bound_.store(1, kRelease);
      return;
    }
    unsigned tries = 0;
    while (bound_.load(kAcquire) == 0) {
      if (kVariant == Variant::kPlanted) return;
      Sync::Wait(tries++);
    }
    served_ = home_;
  }
  bool WentWrong() const { return served_ != kHome; }

 private:
  static constexpr std::uint32_t kHome = 7;
  std::uint32_t home_ = 0;  // before bound_, and read after it
  typename Sync::template Atomic<std::uint32_t> bound_{0};
  std::uint32_t served_ = 0;
};

// Atomicity: a right is checked, and used when its withdrawal has returned.
template <class Sync, Variant kVariant>
class SendsAfterRevoke {
 public:
  static constexpr std::uint32_t kFibres = 2, kDepth = 2, kSteps = 6;

  // Wrong: 0 checks before 1 revokes, and 1 returns before 0 sends.
  void Act(std::uint32_t fibre) {
    if (kVariant == Variant::kTwin) gate_.Enter();
    ++turns_[kVariant == Variant::kTwin ? 0 : fibre];
    if (fibre == 1) {
      revoked_.store(1, kRelease);
      returned_.store(1, kRelease);
    } else if (revoked_.load(kAcquire) == 0) {
      late_ = returned_.load(kAcquire) != 0;
    }
    if (kVariant == Variant::kTwin) gate_.Leave();
  }
  bool WentWrong() const { return late_; }

 private:
  Gate<Sync> gate_;
  std::uint32_t turns_[2] = {};  // the twin's: one, by all, in the gate
  typename Sync::template Atomic<std::uint32_t> revoked_{0}, returned_{0};
  bool late_ = false;
};

// Three parties: a slot of the cache is freed, and filled for another home, while a worker that has
// looked whose it is goes on to send what is in it.
template <class Sync, Variant kVariant>
class SendsRecycledSlot {
 public:
  static constexpr std::uint32_t kFibres = 3, kDepth = 3, kSteps = 9;

  // Wrong: 0 looks before 1 frees, 1 frees before 2 looks for a free slot, and 2 has filled it before 0
  // takes the picture. The twin looks again when it has the picture.
  void Act(std::uint32_t fibre) {
    if (fibre == 0) {
      if (owner_.load(kAcquire) != kMine) return;
      const std::uint32_t picture = picture_.load(kAcquire);
      if (kVariant == Variant::kTwin && owner_.load(kAcquire) != kMine) return;
      sent_ = picture;
    } else if (fibre == 1) {
      owner_.store(kFree, kRelease);
    } else if (owner_.load(kAcquire) == kFree) {
      owner_.store(kForeign, kRelease);
      picture_.store(kForeign, kRelease);
    }
  }
  bool WentWrong() const { return sent_ == kForeign; }

 private:
  static constexpr std::uint32_t kFree = 0, kMine = 1, kForeign = 2;
  typename Sync::template Atomic<std::uint32_t> owner_{kMine}, picture_{kMine};
  std::uint32_t sent_ = 0;
};

// Of depth 3 too, and by no fewer than two preemptions: a still is copied while it is being filled, and
// sent because it is whole by the time that its state is looked at again.
template <class Sync, Variant kVariant>
class SendsHalfFilledStill {
 public:
  static constexpr std::uint32_t kFibres = 2, kDepth = 3, kSteps = 8;

  // Wrong: 0 begins to fill before 1 looks, 1 copies before 0 writes, and 0 is done before 1 looks
  // again. The twin copies what it found whole.
  void Act(std::uint32_t fibre) {
    if (fibre == 0) {
      state_.store(kFilling, kRelease);
      picture_.store(kWhole, kRelease);
      state_.store(kDone, kRelease);
      return;
    }
    if (state_.load(kAcquire) != kFilling) return;
    std::uint32_t copy = picture_.load(kAcquire);
    if (state_.load(kAcquire) != kDone) return;
    if (kVariant == Variant::kTwin) copy = picture_.load(kAcquire);
    sent_ = copy;
  }
  bool WentWrong() const { return sent_ != kWhole; }

 private:
  static constexpr std::uint32_t kFilling = 1, kDone = 2, kWhole = 3;
  typename Sync::template Atomic<std::uint32_t> state_{0}, picture_{0};
  std::uint32_t sent_ = kWhole;
};

}  // namespace framefence::schedule::testing

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_PLANTS_FOR_TESTS_H_
