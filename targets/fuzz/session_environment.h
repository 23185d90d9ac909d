// How a session fuzzer is told what to look for: a fuzzing engine passes no options on, but the
// environment.
//
//   FRAMEFENCE_LEAK=A3,B5   these leaks of the catalogue are planted (planted build only)
//   FRAMEFENCE_BLIND=1      the oracle's verdict is ignored: what a fuzzer sees without it
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_

#include <string>

#include "harness/base/result.h"
#include "harness/cases/case.h"
#include "targets/planted/leak_environment.h"

namespace fuzz {

struct SessionEnvironment {
  leaks::ChosenLeaks leaks;
  bool blind = false;

  // Prints what is wrong with a case, and what replays it, and aborts: so a fuzzer is told.
  [[noreturn]] void Report(const std::string& what, const framefence::cases::Case& played) const;
};

// Errors: those of leaks::ReadLeakEnvironment().
framefence::Result<SessionEnvironment> ReadSessionEnvironment();

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_
