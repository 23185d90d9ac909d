// Cooperative fibres on one thread: where they meet, which is wherever they touch what they share
// (fibre_sync.h), a schedule chooses who goes on. Equal schedule, equal run, if the fibres take what
// they do from nothing else.
//
// What this shows is one order of whole steps after another: memory is sequentially consistent, and
// between two scheduling points a fibre is alone. Happens-before and weak memory are not modelled; a
// store that should have been a release is as good as one here, and two accesses to plain memory
// without a scheduling point between them never race. ThreadSanitizer and real threads look for
// those.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_FIBRES_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_FIBRES_H_

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/schedule/handovers.h"
#include "harness/schedule/schedule.h"

namespace framefence::schedule {

enum class Ending : std::uint8_t {
  kAllEnded,
  kDeadlock,   // all that are left wait, each for something that nobody does any more
  kStepLimit,  // a livelock, or a long run
  kThrew,      // a fibre's body ended by an exception
};

struct Played {
  Ending ending = Ending::kAllEnded;
  // A step is what a fibre does from one scheduling point to the next, the first one's beginning
  // included.
  std::uint64_t steps = 0;
  Handovers handovers;      // replays the run
  std::uint64_t trace = 0;  // of who could go on, and who did, at each step
  std::vector<std::uint32_t> unfinished;
  std::exception_ptr thrown = nullptr;  // kThrew

  // For a person: how it ended, "deadlock after 31 steps, unfinished: 0 2"; and that with its schedule,
  // as ReadSchedule() takes it.
  std::string Ended() const;
  std::string Describe() const;
};

class Fibres {
 public:
  static constexpr std::uint32_t kFibresMax = 256;
  static constexpr std::uint64_t kStepsMax = 10'000'000;

  Fibres();
  ~Fibres();
  Fibres(const Fibres&) = delete;
  Fibres& operator=(const Fibres&) = delete;

  // Numbered from 0. REQUIRES: not after Play(); fewer than kFibresMax.
  void Add(std::function<void()> body);

  // Once, until all have ended or one of the other endings is reached. A fibre that is left unfinished
  // is not unwound: what lives on its stack is not destroyed, and what that owns leaks. REQUIRES: one
  // fibre at least; not called by a fibre.
  Played Play(Schedule& schedule, std::uint64_t steps_max = kStepsMax);

  // --- with the thread itself as one of them: for fibres that serve who calls them

  // The thread is one from here to Leave(), on its own stack: the last by number. The fibres run only where
  // it comes to a scheduling point meanwhile, and stay where they are when it leaves: the next visit
  // finds them there. A deadlock, a livelock or an exception of a fibre's ends the process: there is nobody to
  // tell. The first visit takes the place of Play(). REQUIRES: always the same thread, which is in no other
  // visit and no fibre; before the end of the Fibres, all have ended.
  void Enter(Schedule& schedule);
  void Leave();

  // --- by what runs in a fibre; outside of one they do nothing

  // The fibre is not among those who can go on until somebody wakes it. When all sleep that have not ended, that
  // is a deadlock.
  static void Sleep();
  static void Wake(std::uint32_t fibre);
  // Whether nobody else is awake; true outside.
  static bool IsAlone();

  // A scheduling point.
  static void Yield();
  // One where the plain schedule lets the next go on, though this one could: others make no difference.
  static void GiveWay();
  // A scheduling point of who looked for another's work to be done, and will look again. When all wait
  // in turn and nobody writes in between, nobody ever will: a deadlock. So what is waited for is
  // written by a fibre that says so by Wrote(), or that ends.
  static void Wait();
  // Something that others may wait for has changed.
  static void Wrote();

 private:
  struct Fibre;
  struct Player;

  std::vector<std::unique_ptr<Fibre>> fibres_;
  bool played_ = false;
  std::unique_ptr<Player> visited_;  // since the first Enter()
};

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_FIBRES_H_
