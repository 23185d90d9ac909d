// How a session fuzzer is told what to look for: a fuzzing engine passes no options on, but the
// environment.
//
//   FRAMEFENCE_LEAK=A3,B5   these leaks of the catalogue are planted (planted build only)
//   FRAMEFENCE_BLIND=1      the oracle's verdict is ignored: what a fuzzer sees without it
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_

#include "harness/base/result.h"
#include "targets/planted/leak_environment.h"

namespace fuzz {

struct SessionEnvironment {
  leaks::ChosenLeaks leaks;
  bool blind = false;
};

// Errors: those of leaks::ReadLeakEnvironment().
framefence::Result<SessionEnvironment> ReadSessionEnvironment();

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_
