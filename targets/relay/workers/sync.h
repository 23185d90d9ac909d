// What threads share, by policy: every access to it from more than one thread goes through a Sync,
// so that a test can put a scheduler of its own in the place of the machine's.
//
// A Sync policy supplies
//   Atomic<T>    std::atomic<T>'s load, store and fetch_add, each with a std::memory_order. An
//                argument about orders beside an atomic is about the C++20 memory model.
//   Wait(tries)  what a thread does that has looked `tries` times for another's work to be done, and
//                will look again: it may let others run, and returns.
// There is no mutex in it: what excludes is the turnstile (turnstile.h), made of the two above. And
// no thread: the embedder brings them, as it does the clock.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_SYNC_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_SYNC_H_

#include <atomic>
#include <thread>

namespace relay {

// The machine's own threads; costs nothing over writing std::atomic.
struct StdSync {
  template <class T>
  using Atomic = std::atomic<T>;

  // What is waited for is short, a batch of packets: a few looks before the processor is given away.
  static void Wait(unsigned tries) {
    constexpr unsigned kTriesAwake = 64;
    if (tries >= kTriesAwake) std::this_thread::yield();
  }
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_SYNC_H_
