// Exit statuses, one for each kind of outcome.
#ifndef FRAMEFENCE_HARNESS_CLI_EXIT_STATUS_H_
#define FRAMEFENCE_HARNESS_CLI_EXIT_STATUS_H_

#include "harness/sim/verdict.h"

namespace framefence::cli {

enum ExitStatus : int {
  kExitPass = 0,
  kExitViolation = 1,  // isolation violated
  kExitUsage = 2,      // wrong usage or unreadable input
  kExitLiveness = 3,
  kExitCrash = 4,
  kExitInconclusive = 5,
};

constexpr ExitStatus ExitStatusOf(sim::Verdict verdict) {
  switch (verdict) {
    case sim::Verdict::kPass:
      return kExitPass;
    case sim::Verdict::kViolation:
      return kExitViolation;
    case sim::Verdict::kLiveness:
      return kExitLiveness;
    case sim::Verdict::kCrash:
      return kExitCrash;
    case sim::Verdict::kInconclusive:
      return kExitInconclusive;
  }
  return kExitInconclusive;
}

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_EXIT_STATUS_H_
