// The proof of the decision core, as `prove` and campaigns run it.
#ifndef FRAMEFENCE_HARNESS_CLI_PROOF_ENGINE_H_
#define FRAMEFENCE_HARNESS_CLI_PROOF_ENGINE_H_

#include "harness/report/campaign.h"
#include "harness/report/progress.h"

namespace framefence::cli {

// With the leaks that are planted now. `progress` may be null.
report::EngineRun ProveCore(bool ask_cvc5, report::Progress* progress);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_PROOF_ENGINE_H_
