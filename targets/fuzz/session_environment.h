// How a session fuzzer is told what to look for: a fuzzing engine passes no options on, but the
// environment.
//
//   FRAMEFENCE_LEAK=A3,B5   these leaks of the catalogue are planted (planted build only)
//   FRAMEFENCE_BLIND=1      the oracle's verdict is ignored: what a fuzzer sees without it
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_

#include <cstdint>
#include <string>

#include "harness/base/result.h"

namespace fuzz {

struct SessionEnvironment {
  std::uint64_t leaks = 0;  // for leaks::Plant()
  std::string leak_flags;   // the same for the framefence program: " --leak A3 --leak B5"
  bool blind = false;
};

// Error: a leak that the catalogue does not hold, or any in a build without them.
framefence::Result<SessionEnvironment> ReadSessionEnvironment();

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_ENVIRONMENT_H_
