// The whole program, for systems of one's own:
//
//   int main(int argc, char** argv) { return framefence::Main(argc, argv, kTargets); }
#ifndef FRAMEFENCE_HARNESS_CLI_MAIN_H_
#define FRAMEFENCE_HARNESS_CLI_MAIN_H_

#include <span>

#include "harness/contract/target.h"

namespace framefence {

// Does what the command line says (hunt, replay, show, minimize, list) and answers the exit status.
// The first target is the one where none is named. REQUIRES: at least one; they outlive the call,
// which is made once.
int Main(int argc, char** argv, std::span<const contract::Target> targets);

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_CLI_MAIN_H_
