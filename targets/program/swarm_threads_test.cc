// The swarm on several threads: nothing shared between them but what is meant to be (run under
// ThreadSanitizer by ci/test), and the campaign's hash does not hang on how the threads take turns.
#include <gtest/gtest.h>

#include "harness/cli/engine.h"
#include "targets/adapters/targets.h"

namespace framefence::cli {
namespace {

EngineOutcome Swarm(unsigned jobs) {
  return RunSwarm(
      {.target = adapters::FindTarget("relay"), .cases_max = 1000, .seed = 7, .jobs = jobs});
}

TEST(SwarmThreadsTest, FourThreadsPlayWhatOnePlays) {
  const EngineOutcome alone = Swarm(1), together = Swarm(4);
  EXPECT_EQ(alone.run.cases, 1000U);
  EXPECT_EQ(together.run.cases, 1000U);
  EXPECT_EQ(alone.trace_hash, together.trace_hash);
  EXPECT_TRUE(alone.findings.empty());
  EXPECT_FALSE(together.run.failed);
}

}  // namespace
}  // namespace framefence::cli
