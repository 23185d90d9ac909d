// Who may touch which worker's records: a gate for each worker.
//
// A worker holds its own gate while it does a batch of work; nobody else wants it then, as a rule, so
// it costs an atomic addition and a store on a cache line that is the worker's already. Who changes
// what all workers go by holds all gates: each batch then lies wholly before the change, or sees it.
//
// Gates are taken in ascending order, by Hold's construction: no two threads can wait for each
// other. A gate is a ticket lock: served in the order of arrival, so that a worker that comes back at
// once does not starve a change.
//
// Memory order. `next` only numbers who comes: which ticket is whose does not depend on anything
// else, so its addition is relaxed. `serving` hands the gate over, and with it all that its holders
// wrote: Leave() stores it with release, and Enter() loads it with acquire. A ticket's number is
// stored by nobody but the holder before, so the load that finds it synchronises with that very
// store, and what one holder did happens before all that the next one does.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_TURNSTILE_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_TURNSTILE_H_

#include <bit>
#include <cstdint>
#include <memory>

#include "targets/relay/types.h"
#include "targets/relay/workers/sync.h"

namespace relay {

// A set of gates: bit i is worker i's.
using Gates = std::uint64_t;
inline constexpr std::uint32_t kWorkersMax = 64;
constexpr Gates GateOf(std::uint32_t worker) { return Gates{1} << worker; }
// Of workers 0..workers - 1. REQUIRES: 1 <= workers <= kWorkersMax.
constexpr Gates AllGates(std::uint32_t workers) { return ~Gates{0} >> (kWorkersMax - workers); }

template <class Sync>
class Turnstile {
 public:
  // REQUIRES: workers <= kWorkersMax.
  explicit Turnstile(std::uint32_t workers) : gates_(new Gate[workers]) {}

  // Holds gates from its construction, which waits for them, to its end. REQUIRES: the thread holds
  // none; the gates exist.
  class Hold {
   public:
    Hold(Turnstile& turnstile, Gates gates) : turnstile_(turnstile), held_(gates) {
      for (Gates rest = held_; rest != 0; rest &= rest - 1)
        turnstile_.gates_[std::countr_zero(rest)].Enter();
    }
    ~Hold() {
      for (Gates rest = held_; rest != 0; rest &= rest - 1)
        turnstile_.gates_[std::countr_zero(rest)].Leave();
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Turnstile& turnstile_;
    const Gates held_;
  };

 private:
  class alignas(kCacheLineBytes) Gate {
   public:
    void Enter() {
      // Relaxed: a number that nobody else has, no more.
      const std::uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
      // Acquire: pairs with Leave() of the holder before, and shows what it wrote.
      for (unsigned tries = 0; serving_.load(std::memory_order_acquire) != ticket; ++tries)
        Sync::Wait(tries);
    }
    void Leave() {
      // Relaxed: only a holder stores it, and the last one's store was seen by Enter().
      const std::uint32_t ticket = serving_.load(std::memory_order_relaxed);
      // Release: pairs with Enter() of the next holder, and publishes what this one wrote.
      serving_.store(ticket + 1, std::memory_order_release);
    }

   private:
    // Both wrap: with fewer threads than 2^32, no two that wait have one number.
    typename Sync::template Atomic<std::uint32_t> next_{0};
    typename Sync::template Atomic<std::uint32_t> serving_{0};
  };

  std::unique_ptr<Gate[]> gates_;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_TURNSTILE_H_
