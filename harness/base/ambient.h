// Where nothing ambient may be read: no wall clock, no randomness but what comes of the case's seed.
//
// A case must replay, so while one is played on a thread, what runs there takes its time and its
// randomness from the case. A program that links harness/ambient ends with the cure where something
// does otherwise; in others this is a counter that nobody looks at.
#ifndef FRAMEFENCE_HARNESS_BASE_AMBIENT_H_
#define FRAMEFENCE_HARNESS_BASE_AMBIENT_H_

namespace framefence {

// Of this thread; scopes nest.
inline constinit thread_local int ambient_forbidden = 0;

class ForbidAmbient {
 public:
  ForbidAmbient() { ++ambient_forbidden; }
  ~ForbidAmbient() { --ambient_forbidden; }
  ForbidAmbient(const ForbidAmbient&) = delete;
  ForbidAmbient& operator=(const ForbidAmbient&) = delete;
};

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_AMBIENT_H_
