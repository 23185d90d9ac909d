#include "harness/cli/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/words.h"

namespace framefence::cli {
namespace {

using ::testing::HasSubstr;

class FindingBookTest : public ::testing::Test {
 protected:
  static RawFinding SeenOnce() {
    RawFinding raw;
    raw.violations.resize(1);
    raw.repeat = " --seed 3 --cases 7";
    return raw;
  }

  // Nothing is delivered, whatever is played.
  class SilentSystem final : public contract::SystemUnderTest {
   public:
    std::string_view name() const override { return "silent"; }
    contract::Capabilities capabilities() const override { return {}; }
    void Reset(const contract::Deployment&, contract::Observer&) override {}
    void Submit(const contract::Request&, VirtualTime) override {}
    void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte>,
                VirtualTime) override {}
    void AdvanceTo(VirtualTime) override {}
  };

  CampaignPlan plan_{.out = "findings"};
  report::Campaign campaign_;
  contract::Target target_{"silent", "", contract::Make<SilentSystem>};
  FindingBook book_{target_, {}, {}, plan_, campaign_};
};

// Seen to fail when a case that does not violate alone was dropped.
TEST_F(FindingBookTest, AViolationThatDoesNotRecurAloneIsAFindingAllTheSame) {
  const report::Finding* finding = book_.Add(SeenOnce(), "swarm");
  ASSERT_NE(finding, nullptr);
  EXPECT_TRUE(finding->carried_over);
  EXPECT_THAT(finding->reproduce, HasSubstr("hunt --seed 3 --cases 7"));
  EXPECT_EQ(report::VerdictOf(campaign_), sim::Verdict::kViolation);
  EXPECT_THAT(report::Minimization(*finding), HasSubstr("seen once"));
}

TEST_F(FindingBookTest, TheSameSeenTwiceIsOneFinding) {
  EXPECT_NE(book_.Add(SeenOnce(), "swarm"), nullptr);
  EXPECT_EQ(book_.Add(SeenOnce(), "swarm"), nullptr);
}

TEST_F(FindingBookTest, ACaseThatNobodySawViolateIsNone) {
  EXPECT_EQ(book_.Add({}, "libfuzzer"), nullptr);
  EXPECT_EQ(report::VerdictOf(campaign_), sim::Verdict::kInconclusive) << "nothing was judged";
}

}  // namespace
}  // namespace framefence::cli
