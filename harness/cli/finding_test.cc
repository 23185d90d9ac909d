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

  // What it delivers to nobody's session in its first case alone: something in it outlives a case.
  class ForgetfulSystem final : public contract::SystemUnderTest {
   public:
    std::string_view name() const override { return "forgetful"; }
    contract::Capabilities capabilities() const override {
      return {.operations = contract::Operations({contract::Operation::kStartPublisher})};
    }
    void Reset(const contract::Deployment&, contract::Observer& observer) override {
      observer_ = &observer;
      ++cases_;
    }
    void Submit(const contract::Request& request, VirtualTime) override {
      observer_->OnAck({.number = request.number});
      if (cases_ > 1) return;
      const std::vector<std::byte> packet(40, std::byte{1});
      observer_->OnDelivery({.viewer = ViewerId(0), .bytes = packet});
    }
    void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte>,
                VirtualTime) override {}
    void AdvanceTo(VirtualTime) override {}

   private:
    contract::Observer* observer_ = nullptr;
    unsigned cases_ = 0;
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

// Seen to crash where the violations of the minimised case were taken for granted.
TEST_F(FindingBookTest, AViolationThatDoesNotRecurAtAllIsAFindingAllTheSame) {
  const contract::Target target{"forgetful", "", contract::Make<ForgetfulSystem>};
  FindingBook book(target, {}, {}, plan_, campaign_);
  RawFinding raw;
  raw.found.steps = {{.op = cases::Op::kPublish}};
  const report::Finding* finding = book.Add(raw, "swarm");
  ASSERT_NE(finding, nullptr);
  EXPECT_TRUE(finding->carried_over);
  EXPECT_FALSE(finding->violations.empty());
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
