// A policy of atomics for fibres: every access is a scheduling point, and memory is sequentially
// consistent whatever order was asked for.
//
// It has what code that takes its atomics by policy asks of one (the relay's workers do):
// Atomic<T> with load, store and fetch_add, each with a std::memory_order, and Wait(tries). Outside of
// a fibre all of it works, and schedules nothing.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_FIBRE_SYNC_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_FIBRE_SYNC_H_

#include <atomic>
#include <utility>

#include "harness/schedule/fibres.h"

namespace framefence::schedule {

struct FibreSync {
  template <class T>
  class Atomic {
   public:
    Atomic(T value) : value_(value) {}
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    T load(std::memory_order) const {
      Fibres::Yield();
      return value_;
    }
    void store(T value, std::memory_order) {
      Fibres::Yield();
      value_ = value;
      Fibres::Wrote();
    }
    T fetch_add(T value, std::memory_order) {
      Fibres::Yield();
      Fibres::Wrote();
      return std::exchange(value_, static_cast<T>(value_ + value));
    }

   private:
    T value_;
  };

  static void Wait(unsigned) { Fibres::Wait(); }
};

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_FIBRE_SYNC_H_
