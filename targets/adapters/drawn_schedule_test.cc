// A finding under a schedule that was drawn becomes a case that says the few handovers that it needs.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/cases/text.h"
#include "harness/cli/test_bed.h"
#include "harness/sim/swarm.h"
#include "targets/adapters/targets.h"
#include "targets/planted/planting.h"

namespace adapters {
namespace {

namespace cases = framefence::cases;
namespace cli = framefence::cli;

std::uint64_t MaskOf(leaks::Leak leak) { return std::uint64_t{1} << static_cast<unsigned>(leak); }

// Seen to fail with a minimiser that leaves the schedule drawn, and with handovers written before the step after
// theirs.
TEST(DrawnScheduleTest, AFindingIsMinimisedToTheHandoversThatItNeeds) {
  leaks::Plant(MaskOf(leaks::Leak::kChangeLeavesMail));
  cli::TestBed bed(*FindTarget("relay-workers"), {});
  cases::Case drawn;
  int found = 0;
  for (std::uint64_t seed = 0; found < 5 && seed < 20'000; ++seed) {
    framefence::sim::DrawCase(seed, {.schedules = true}, drawn);
    if (drawn.options.schedule == 0) continue;
    const cli::CaseOutcome wanted = bed.Run(drawn);
    if (wanted.violations.empty()) continue;
    ++found;
    const cases::Case smallest = bed.Minimize(drawn, {.executions_max = 20'000}).smallest;
    const std::string text = cases::WriteText(smallest);
    EXPECT_EQ(smallest.options.schedule, 0U) << text;
    const auto handovers =
        std::ranges::count(smallest.steps, cases::Op::kHandOver, &cases::Step::op);
    EXPECT_GE(handovers, 1) << text;
    EXPECT_LE(smallest.steps.size(), 16U) << text;
    const cli::CaseOutcome once = bed.Run(smallest), again = bed.Run(smallest);
    EXPECT_TRUE(SameFinding(once, wanted)) << text;
    EXPECT_EQ(once.trace_hash, again.trace_hash);
    cases::Case plain = smallest;
    std::erase_if(plain.steps,
                  [](const cases::Step& step) { return step.op == cases::Op::kHandOver; });
    EXPECT_TRUE(bed.Run(plain).violations.empty()) << text;
  }
  EXPECT_EQ(found, 5);
  leaks::Plant(0);
}

// Seen to fail with a call that ends before the workers have taken what they posted to each other.
TEST(DrawnScheduleTest, WhatIsPlantedInWorkersDoesNotShowUnderThePlainSchedule) {
  leaks::Plant(MaskOf(leaks::Leak::kChangeLeavesMail) | MaskOf(leaks::Leak::kMailNamesThePlace) |
               MaskOf(leaks::Leak::kMailFreedBeforeItIsSent));
  cli::TestBed bed(*FindTarget("relay-workers"), {});
  cases::Case drawn;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    framefence::sim::DrawCase(seed, {}, drawn);
    ASSERT_TRUE(bed.Run(drawn).violations.empty()) << cases::WriteText(drawn);
  }
  leaks::Plant(0);
}

}  // namespace
}  // namespace adapters
