#include "harness/report/sarif.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Json RunOf(const Campaign& campaign) { return Json::parse(SarifText(campaign))["runs"][0]; }

TEST(SarifTest, WhatTheStandardRequiresIsThere) {
  const Json log = Json::parse(SarifText(ExampleCampaign()));
  EXPECT_EQ(log["version"], "2.1.0");
  ASSERT_EQ(log["runs"].size(), 1U);
  const Json& driver = log["runs"][0]["tool"]["driver"];
  EXPECT_EQ(driver["name"], "Framefence");
  EXPECT_EQ(driver["version"], "0.1.0");
  ASSERT_EQ(driver["rules"].size(), 12U);
  EXPECT_EQ(driver["rules"][0]["id"], "ISO-001");
  EXPECT_EQ(driver["rules"][9]["id"], "ISO-010");
  for (const Json& rule : driver["rules"])
    EXPECT_FALSE(rule["shortDescription"]["text"].get<std::string>().empty());
  EXPECT_TRUE(log["runs"][0]["invocations"][0]["executionSuccessful"].is_boolean());
}

TEST(SarifTest, EveryFindingAndRefutedConditionIsAResultOfItsRule) {
  Campaign campaign = ExampleCampaign();
  campaign.findings.push_back({.id = "crash-1", .verdict = sim::Verdict::kCrash});
  campaign.findings.push_back({.id = "liveness-1", .verdict = sim::Verdict::kLiveness});
  const Json run = RunOf(campaign);
  ASSERT_EQ(run["results"].size(), 4U);
  std::vector<std::string> rules;
  for (const Json& result : run["results"]) {
    rules.push_back(result["ruleId"]);
    EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"],
              result["ruleId"]);
    EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
  }
  EXPECT_THAT(rules, testing::ElementsAre("ISO-001", "crash", "ISO-008", "ISO-003"));
  campaign.engines[3].conditions[1].property.reset();
  EXPECT_EQ(RunOf(campaign)["results"][3]["ruleId"], "proof");
}

// Seen to fail with the finding's id, which holds its trace's hash.
TEST(SarifTest, TheSameDefectHasTheSameFingerprintInTheNextRun) {
  Campaign campaign = ExampleCampaign();
  const Json before = RunOf(campaign)["results"][0]["partialFingerprints"];
  EXPECT_EQ(before["framefence/1"], "cross-account/ISO-001/still");
  campaign.findings[0].id = "cross-account-ISO-001-still-ffffffff";
  campaign.findings[0].trace_hash = ~campaign.findings[0].trace_hash;
  campaign.findings[0].reproduce += " --footage mine";
  EXPECT_EQ(RunOf(campaign)["results"][0]["partialFingerprints"], before);
}

TEST(SarifTest, ACrashIsToldFromOthersByItsSummary) {
  Campaign campaign = CleanCampaign();
  campaign.findings = {{.id = "crash-1", .verdict = sim::Verdict::kCrash},
                       {.id = "crash-2",
                        .verdict = sim::Verdict::kCrash,
                        .crash_log = "==7==\nSUMMARY: ASan: heap-use-after-free a.cc:1\nbye"}};
  const Json results = RunOf(campaign)["results"];
  EXPECT_EQ(results[0]["partialFingerprints"]["framefence/1"], "crash");
  EXPECT_EQ(results[1]["partialFingerprints"]["framefence/1"],
            "crash/SUMMARY: ASan: heap-use-after-free a.cc:1");
}

TEST(SarifTest, AResultPointsToItsCaseAndSaysHowToReplayIt) {
  const Json result = RunOf(ExampleCampaign())["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "cross-account-ISO-001-still-1a2b3c4d/case.txt");
  EXPECT_THAT(result["message"]["text"].get<std::string>(),
              HasSubstr("Replay: framefence replay findings/"));
}

TEST(SarifTest, AnInconclusiveCampaignIsNoSuccessfulExecution) {
  EXPECT_EQ(RunOf(CleanCampaign())["invocations"][0]["executionSuccessful"], true);
  EXPECT_TRUE(RunOf(CleanCampaign())["results"].is_array());
  Campaign failed = CleanCampaign();
  failed.engines[0].failed = true;
  failed.engines[0].status = "out of memory";
  const Json invocation = RunOf(failed)["invocations"][0];
  EXPECT_EQ(invocation["executionSuccessful"], false);
  EXPECT_EQ(invocation["toolExecutionNotifications"][0]["message"]["text"],
            "engine swarm: out of memory");
}

TEST(SarifTest, HostileStringsParseAndHoldNoControlCharacters) {
  const std::string text = SarifText(HostileCampaign());
  const Json run = Json::parse(text)["runs"][0];
  EXPECT_EQ(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                .get<std::string>()
                .find_first_of("<> \"\\"),
            std::string::npos);
  EXPECT_EQ(text.find("\\u001b"), std::string::npos);
}

}  // namespace
}  // namespace framefence::report
