// The command line of a suite's program.
//
//   stateful_<target> [--seconds N] [--seed S] [--counterexample FILE]
//
// The environment chooses leaks (FRAMEFENCE_LEAK, by the program) and blindness
// (FRAMEFENCE_BLIND=1: only crashes count). Exit status: 0 every property holds, 1 one does not, 2
// wrong usage or a file that cannot be written.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_RUNNER_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_RUNNER_H_

#include <string>

#include "harness/contract/system_under_test.h"
#include "properties/stateful/model.h"

namespace framefence::stateful {

// Checks the properties in turn, each round with a seed of its own: for the time given, else a
// fixed number of rounds. `replay_flags`: what `framefence replay FILE` needs beside the file, for
// instance " --leak A3".
int RunProgram(int argc, char** argv, contract::SystemUnderTest& system, const Promises& promises,
               const std::string& replay_flags);

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_RUNNER_H_
