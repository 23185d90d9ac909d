#include "harness/report/json.h"

#include <nlohmann/json.hpp>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/cases/text.h"
#include "harness/report/html.h"
#include "harness/report/junit.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> KeysOf(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(JsonTest, AReportSaysWhatTheCampaignHolds) {
  const Json report = Json::parse(ReportJson(ExampleCampaign()));
  EXPECT_EQ(report["format"], 1);
  EXPECT_EQ(report["verdict"], "violation");
  EXPECT_EQ(report["seed"], "7");
  EXPECT_EQ(report["leaks"], Json::array({"A3"}));
  EXPECT_EQ(report["trace"]["hash"], "fedcba9876543210");
  EXPECT_EQ(report["footage"]["clips"], 2);
  EXPECT_EQ(report["footage"]["hash"], "1a2b3c4d00000000");
  EXPECT_EQ(report["engines"][0]["cases"], 1'204'331);
  EXPECT_EQ(report["engines"][0]["findings"], 1);
  EXPECT_EQ(report["engines"][0]["proof"], nullptr);
  EXPECT_EQ(report["engines"][2]["ran"], false);
  EXPECT_EQ(report["engines"][3]["proof"]["refuted"], 1);
  EXPECT_EQ(report["engines"][3]["proof"]["conditions"][1]["property"], "ISO-003");
  EXPECT_EQ(report["engines"][3]["proof"]["cvc5"]["asked"], 2);
  EXPECT_EQ(report["engines"][3]["proof"]["cvc5"]["agree"], 1);
  EXPECT_EQ(report["engines"][3]["proof"]["conditions"][1]["name"],
            "LendStill: delivery safety: account");
}

TEST(JsonTest, KeysStandInTheDocumentedOrder) {
  EXPECT_THAT(
      KeysOf(Json::parse(ReportJson(ExampleCampaign()))),
      testing::ElementsAre("format", "verdict", "reason", "target", "version", "command_line",
                           "leaks", "seed", "jobs", "seconds", "interrupted", "trace", "footage",
                           "properties_judged", "engines", "findings"));
  EXPECT_THAT(
      KeysOf(Json::parse(VerdictJson(LeakedStill()))),
      testing::ElementsAre("format", "id", "verdict", "sentence", "engine", "seconds", "executions",
                           "found", "minimized", "reproduce", "picture", "violations"));
}

// Seen to fail without the key in the one, and the type in the other.
TEST(JsonTest, NondeterminismHasACountAndJunitAType) {
  Campaign campaign = CleanCampaign();
  campaign.engines[0].failed = true;
  campaign.engines[0].status = "nondeterminism: a case gave two traces\nevent 7 differs";
  campaign.engines[0].nondeterministic_cases = 3;
  const Json report = Json::parse(ReportJson(campaign));
  EXPECT_EQ(report["verdict"], "inconclusive");
  EXPECT_EQ(report["engines"][0]["nondeterministic_cases"], 3);
  EXPECT_THAT(JunitXml(campaign), testing::HasSubstr("<error type=\"nondeterminism\""));
  EXPECT_THAT(JunitXml(campaign), testing::HasSubstr("event 7 differs"));
  EXPECT_THAT(ReportHtml(campaign), testing::HasSubstr("event 7 differs"));
}

TEST(JsonTest, AVerdictHoldsTheCaseAndWhoSawWhat) {
  const Finding finding = LeakedStill();
  const Json verdict = Json::parse(VerdictJson(finding));
  const auto parsed = cases::ReadText(verdict["minimized"]["text"].get<std::string>());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, finding.minimized);
  ASSERT_EQ(verdict["violations"].size(), 3U);
  const Json& violation = verdict["violations"][0];
  EXPECT_EQ(violation["class"], "cross-account");
  EXPECT_EQ(violation["at_us"], 4'200'000);
  EXPECT_EQ(violation["account"], 1);
  EXPECT_EQ(violation["origin"]["owner"], 0);
  EXPECT_EQ(verdict["violations"][1]["origin"], nullptr);
  EXPECT_EQ(verdict["picture"]["file"], "picture.png");
}

TEST(JsonTest, TwoRunsThatPartAreShownFromBothSides) {
  Finding finding = LeakedStill();
  EXPECT_EQ(Json::parse(VerdictJson(finding))["violations"][0]["divergence"], nullptr);
  finding.violations.front().parting = oracle::Parting{
      .change = "c", .last_alike = "l", .first_run = "1", .second_run = "2", .difference = "d"};
  EXPECT_EQ(Json::parse(VerdictJson(finding))["violations"][0]["divergence"],
            Json({{"change", "c"},
                  {"last_alike", "l"},
                  {"first_run", "1"},
                  {"second_run", "2"},
                  {"difference", "d"}}));
}

TEST(JsonTest, AbsentThingsAreNullAndListsStayLists) {
  const Json report = Json::parse(ReportJson(Campaign{}));
  for (const char* list : {"leaks", "properties_judged", "engines", "findings"})
    EXPECT_TRUE(report[list].is_array()) << list;
  EXPECT_EQ(report["trace"], nullptr);
  EXPECT_EQ(report["footage"], nullptr);
  const Json verdict = Json::parse(VerdictJson(Finding{}));
  EXPECT_EQ(verdict["picture"], nullptr);
  EXPECT_TRUE(verdict["violations"].is_array());
}

TEST(JsonTest, AFindingIsTheSameInBothFiles) {
  Json verdict = Json::parse(VerdictJson(LeakedStill()));
  verdict.erase("format");
  EXPECT_EQ(Json::parse(ReportJson(ExampleCampaign()))["findings"][0], verdict);
}

TEST(JsonTest, TheIdsOfAReportsFindingsComeBack) {
  EXPECT_THAT(FindingIds(ReportJson(ExampleCampaign())),
              testing::ElementsAre("cross-account-ISO-001-still-1a2b3c4d"));
  for (const char* text : {"", "[]", "{}", "{\"findings\": [{\"id\": \"x\"}]}", "no JSON",
                           "{\"format\": 1, \"findings\": [1, {}, {\"id\": 2}]}"})
    EXPECT_THAT(FindingIds(text), testing::IsEmpty()) << text;
}

// Seen to fail with the strict error handler of nlohmann's dump(), which throws.
TEST(JsonTest, HostileStringsComeBackButForBytesThatAreNotUtf8) {
  const Json report = Json::parse(ReportJson(HostileCampaign()));
  const auto target = report["target"].get<std::string>();
  EXPECT_THAT(target, testing::StartsWith("</pre><script>alert(\"1\")</script>'&]]>\x1b[2J"));
  EXPECT_THAT(target, testing::EndsWith("\xef\xbf\xbd"));
}

TEST(JsonTest, A64BitSeedIsNotRounded) {
  Campaign campaign = CleanCampaign();
  campaign.seed = UINT64_MAX;
  EXPECT_EQ(Json::parse(ReportJson(campaign))["seed"], "18446744073709551615");
}

}  // namespace
}  // namespace framefence::report
