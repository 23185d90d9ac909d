// Which leaks a program is told to plant where it takes no options: by the environment.
#ifndef FRAMEFENCE_TARGETS_PLANTED_LEAK_ENVIRONMENT_H_
#define FRAMEFENCE_TARGETS_PLANTED_LEAK_ENVIRONMENT_H_

#include <cstdint>
#include <string>

#include "harness/base/result.h"

namespace leaks {

struct ChosenLeaks {
  std::uint64_t mask = 0;    // for Plant()
  std::string replay_flags;  // the same for the framefence program: " --leak A3 --leak B5"
};

// What FRAMEFENCE_LEAK=A3,B5 says; unset or empty: none. Error: a leak that the catalogue does not
// hold, or any in a build without them.
framefence::Result<ChosenLeaks> ReadLeakEnvironment();

}  // namespace leaks

#endif  // FRAMEFENCE_TARGETS_PLANTED_LEAK_ENVIRONMENT_H_
