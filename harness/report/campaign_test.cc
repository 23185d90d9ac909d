#include "harness/report/campaign.h"

#include "gtest/gtest.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

TEST(CampaignTest, ACleanRunPasses) { EXPECT_EQ(VerdictOf(CleanCampaign()), sim::Verdict::kPass); }

// Seen to fail with each operand of Inconclusive() taken away in turn.
TEST(CampaignTest, WhatWasNotJudgedIsNoPass) {
  EXPECT_EQ(VerdictOf(Campaign{}), sim::Verdict::kInconclusive) << "no engine ran";

  Campaign idle = CleanCampaign();
  idle.engines[0].cases = 0;
  EXPECT_EQ(VerdictOf(idle), sim::Verdict::kInconclusive) << "it ran, and judged nothing";

  Campaign interrupted = CleanCampaign();
  interrupted.interrupted = true;
  EXPECT_EQ(VerdictOf(interrupted), sim::Verdict::kInconclusive);

  Campaign failed = CleanCampaign();
  failed.engines.push_back({.name = "afl", .failed = true});
  EXPECT_EQ(VerdictOf(failed), sim::Verdict::kInconclusive);

  Campaign unknown = CleanCampaign();
  unknown.engines[0].conditions = {{.name = "a", .result = "time-out"}};
  EXPECT_EQ(VerdictOf(unknown), sim::Verdict::kInconclusive);
}

TEST(CampaignTest, ARefutedConditionIsAViolationWithoutAFinding) {
  Campaign campaign = CleanCampaign();
  campaign.engines[0].conditions = {{.name = "a", .result = "refuted"}};
  EXPECT_EQ(VerdictOf(campaign), sim::Verdict::kViolation);
}

TEST(CampaignTest, TheWorstFindingCounts) {
  Campaign campaign = CleanCampaign();
  campaign.interrupted = true;
  using enum sim::Verdict;
  for (const sim::Verdict verdict : {kInconclusive, kLiveness, kCrash, kViolation}) {
    campaign.findings.push_back({.verdict = verdict});
    EXPECT_EQ(VerdictOf(campaign), verdict);
    std::swap(campaign.findings.front(), campaign.findings.back());
    EXPECT_EQ(VerdictOf(campaign), verdict) << "in any order";
  }
}

TEST(CampaignTest, ASecondSolverThatDoesNotKnowDoesNotAgree) {
  const EngineRun run{.conditions = {{.name = "a", .result = "proved", .cvc5 = "proved"},
                                     {.name = "b", .result = "unknown", .cvc5 = "refuted"},
                                     {.name = "c", .result = "unknown", .cvc5 = "unknown"},
                                     {.name = "d", .result = "proved"}}};
  EXPECT_EQ(CountCvc5(run).asked, 3U);
  EXPECT_EQ(CountCvc5(run).agree, 1U);
}

TEST(CampaignTest, FindingsAndRefutedConditionsSpeakAgainstAProperty) {
  const Campaign campaign = ExampleCampaign();
  EXPECT_EQ(ObjectionsTo(campaign, oracle::Property::kIso001).findings, 1U);
  EXPECT_EQ(ObjectionsTo(campaign, oracle::Property::kIso001).refuted, 0U);
  EXPECT_EQ(ObjectionsTo(campaign, oracle::Property::kIso003).refuted, 1U);
}

TEST(CampaignTest, ConditionsAndFindingsAreCounted) {
  const Campaign campaign = ExampleCampaign();
  const ConditionCounts counts = CountConditions(campaign);
  EXPECT_EQ(counts.proved, 1U);
  EXPECT_EQ(counts.refuted, 1U);
  EXPECT_EQ(counts.unknown, 1U);
  EXPECT_EQ(CountFindings(campaign, "swarm"), 1U);
  EXPECT_EQ(CountFindings(campaign, "proof"), 0U);
}

}  // namespace
}  // namespace framefence::report
