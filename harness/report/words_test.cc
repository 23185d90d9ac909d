#include "harness/report/words.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(WordsTest, EveryPropertyHasAStatementOfItsOwn) {
  std::set<std::string_view> statements;
  for (int number = 1; number <= kPropertyCount; ++number)
    statements.insert(Statement(PropertyAt(number)));
  EXPECT_EQ(statements.size(), static_cast<std::size_t>(kPropertyCount));
  EXPECT_EQ(oracle::ToString(PropertyAt(kPropertyCount)), "ISO-010");
}

TEST(WordsTest, NumbersAreGroupedAndNounsAgree) {
  EXPECT_EQ(Count(0), "0");
  EXPECT_EQ(Count(999), "999");
  EXPECT_EQ(Count(1'000), "1,000");
  EXPECT_EQ(Count(UINT64_MAX), "18,446,744,073,709,551,615");
  EXPECT_EQ(Count(1, "case"), "1 case");
  EXPECT_EQ(Count(1'204, "case"), "1,204 cases");
}

TEST(WordsTest, ARateInNoTimeIsNotANumber) {
  EXPECT_EQ(Rate(1'204'331, 30), "40,144");
  EXPECT_EQ(Rate(5, 0), "-");
  EXPECT_EQ(Rate(5, -1), "-");
}

TEST(WordsTest, AProofIsNotCountedInCases) {
  const Campaign campaign = ExampleCampaign();
  EXPECT_EQ(CasesOf(campaign.engines[0]), "1,204,331");
  EXPECT_EQ(RateOf(campaign.engines[0]), "40,144");
  EXPECT_EQ(CasesOf(campaign.engines[3]), "-");
  EXPECT_EQ(RateOf(campaign.engines[3]), "-");
  EXPECT_EQ(CasesOf({.name = "swarm", .ran = true}), "0");
}

TEST(WordsTest, AFindingIsNamedByItsFirstViolation) {
  const Finding finding = LeakedStill();
  EXPECT_EQ(Title(finding), "cross-account (ISO-001) in a still");
  EXPECT_EQ(Sentence(finding), oracle::Describe(finding.violations.front()));
  EXPECT_EQ(AlsoShown(finding),
            "2 more violations in the same case: 2 spliced (ISO-006) in a still");
  EXPECT_EQ(Minimization(finding), "5 steps, from 143; no step can be taken away");
}

TEST(WordsTest, AFindingWithoutViolationsSaysWhatItsVerdictMeans) {
  const Finding liveness{.verdict = sim::Verdict::kLiveness};
  EXPECT_EQ(BrokenProperty(liveness), oracle::Property::kIso008);
  EXPECT_THAT(Sentence(liveness), HasSubstr("did not arrive"));
  const Finding crash{.verdict = sim::Verdict::kCrash};
  EXPECT_EQ(BrokenProperty(crash), std::nullopt);
  EXPECT_THAT(Sentence(crash), StartsWith("crash: "));
  EXPECT_EQ(AlsoShown(crash), "");
}

TEST(WordsTest, TheReasonNamesEveryDoubt) {
  Campaign campaign = ExampleCampaign();
  campaign.interrupted = true;
  campaign.engines[1].failed = true;
  campaign.engines[1].status = "no compiler";
  EXPECT_EQ(Reason(campaign),
            "1 finding; 1 proof condition refuted; engine libfuzzer failed: no compiler; "
            "1 proof condition unknown; interrupted");
  EXPECT_EQ(Reason(CleanCampaign()), "no finding in 1,204,331 cases");
  const Campaign proof{.engines = {{.ran = true, .conditions = {{.result = "proved"}}}}};
  EXPECT_EQ(Reason(proof), "1 proof condition proved");
  EXPECT_EQ(Reason(Campaign{}), "no finding in 0 cases; no engine judged anything");
}

}  // namespace
}  // namespace framefence::report
