// Workers as fibres on the thread of their caller: a case's schedule says who goes on where they meet
// (harness/schedule/fibres.h).
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_FIBRE_CREW_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_FIBRE_CREW_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "harness/schedule/case_schedule.h"
#include "harness/schedule/fibre_sync.h"
#include "harness/schedule/fibres.h"
#include "targets/adapters/relay_binding.h"

namespace adapters {

// Workers sleep until they are woken, take a turn each time, and sleep again. They move only while the
// caller is in a call, and where a call leaves them there the next one finds them: in the middle of a
// batch, if the schedule says so.
class FibreCrew {
 public:
  using Sync = framefence::schedule::FibreSync;
  using Mutex = NoMutex;

  FibreCrew(std::uint32_t workers, std::function<void(std::uint32_t worker)> turn, Mutex&);
  ~FibreCrew();
  FibreCrew(const FibreCrew&) = delete;
  FibreCrew& operator=(const FibreCrew&) = delete;

  // Plain until the first step. REQUIRES: all sleep. Null: the handovers are told to nobody.
  void BeginCase(const framefence::contract::ThreadSchedule& schedule,
                 framefence::contract::Observer* observer);
  void BeginStep(std::span<const framefence::contract::StepHandover> handovers) {
    schedule_.BeginStep(handovers);
  }

  // --- by the caller, around each call

  void Enter() { fibres_.Enter(schedule_); }
  // Lets the workers go on with what the call brought, and with what they then posted to each other; a
  // schedule that comes back to the caller sooner leaves the rest to the next call.
  void Leave();
  // Lets them go on until all sleep. REQUIRES: in a call.
  void Drain();

  // By anybody in a call.
  void Wake(std::uint32_t worker);

 private:
  void Live(std::uint32_t worker);

  const std::function<void(std::uint32_t)> turn_;
  std::vector<char> woken_;  // by worker
  bool stopping_ = false;
  framefence::contract::Observer* observer_ = nullptr;
  framefence::schedule::CaseSchedule schedule_;
  framefence::schedule::Fibres fibres_;
};

}  // namespace adapters

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_FIBRE_CREW_H_
