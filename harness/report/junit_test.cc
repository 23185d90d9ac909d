#include "harness/report/junit.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

using testing::HasSubstr;
using testing::Not;

bool IsReference(std::string_view text) {
  for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
    if (text.starts_with(known)) return true;
  return false;
}

// Enough of XML 1.0's well-formedness for what JunitXml writes: elements nest and close, attributes
// stand in double quotes, text and values hold no '<' and no '&' but of a reference. "" if it
// holds.
std::string XmlMistake(std::string_view xml) {
  std::vector<std::string_view> open;
  xml.remove_prefix(xml.find("?>") + 2);
  for (std::size_t at = 0; at < xml.size(); ++at) {
    if (xml[at] == '&' && !IsReference(xml.substr(at))) return "stray '&'";
    if (xml[at] != '<') continue;
    std::size_t end = at + 1;
    for (bool quoted = false; end < xml.size() && (quoted || xml[end] != '>'); ++end) {
      if (xml[end] == '"') quoted = !quoted;
      if (xml[end] == '<') return "'<' within a tag";
      if (xml[end] == '&' && !IsReference(xml.substr(end))) return "stray '&' in a value";
    }
    if (end == xml.size()) return "a tag without an end";
    const std::string_view tag = xml.substr(at + 1, end - at - 1);
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "unexpected </" + std::string(tag);
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
    at = end;
  }
  return open.empty() ? "" : "<" + std::string(open.back()) + "> is never closed";
}

TEST(JunitTest, TheWellFormednessCheckCanFail) {
  EXPECT_EQ(XmlMistake("<?xml?><a><b c=\"&lt;>\"/>x</a>"), "");
  EXPECT_NE(XmlMistake("<?xml?><a><b></a></b>"), "");
  EXPECT_NE(XmlMistake("<?xml?><a>"), "");
  EXPECT_NE(XmlMistake("<?xml?><a>&</a>"), "");
  EXPECT_NE(XmlMistake("<?xml?><a b=\"&\"/>"), "");
  EXPECT_NE(XmlMistake("<?xml?><a b=\"<\"/>"), "");
  EXPECT_NE(XmlMistake("<?xml?><a b=\"/>"), "");
}

TEST(JunitTest, EveryEngineAndConditionIsATestCase) {
  const std::string xml = JunitXml(ExampleCampaign());
  EXPECT_EQ(XmlMistake(xml), "");
  EXPECT_THAT(xml,
              HasSubstr("<testsuites name=\"framefence\" tests=\"8\" failures=\"2\" errors=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"engines\" tests=\"4\" failures=\"0\" errors=\"0\" "
                             "skipped=\"1\" time=\"60.500\">"));
  EXPECT_THAT(xml, HasSubstr("classname=\"framefence.relay.engines\" name=\"libfuzzer\" "
                             "time=\"30.000\"/>"));
  EXPECT_THAT(xml,
              HasSubstr("<skipped message=\"afl-fuzz is not installed: apt-get install afl++\"/>"));
  EXPECT_THAT(xml, HasSubstr("name=\"OpenViewer: consecution\" time=\"0.013\"/>"));
  EXPECT_THAT(xml, HasSubstr("<error type=\"unknown\""));
}

TEST(JunitTest, FailuresHoldTheLineThatReplaysThem) {
  const std::string xml = JunitXml(ExampleCampaign());
  EXPECT_THAT(xml, HasSubstr("<failure type=\"cross-account (ISO-001) in a still\""));
  EXPECT_THAT(xml, HasSubstr("\nreplay: framefence replay findings/"));
  EXPECT_THAT(xml, HasSubstr("slot 4 is owned by account 9"));
  EXPECT_THAT(xml, HasSubstr("\nrepeat: framefence hunt "));
}

TEST(JunitTest, NothingThatWentWrongIsLost) {
  Campaign campaign = CleanCampaign();
  campaign.interrupted = true;
  campaign.engines[0].failed = true;
  campaign.engines[0].status = "out of memory";
  campaign.findings.push_back(LeakedStill());
  campaign.findings.back().engine = "corpus";
  const std::string xml = JunitXml(campaign);
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\" errors=\"2\""));
  EXPECT_THAT(xml, HasSubstr("out of memory"));
  EXPECT_THAT(xml, HasSubstr("name=\"corpus: cross-account (ISO-001) in a still\""));
}

// Seen to fail when an engine's findings were one failure of the engine.
TEST(JunitTest, EveryFindingIsATestCaseOfItsOwn) {
  Campaign campaign = ExampleCampaign();
  campaign.findings.push_back(LeakedStill());
  campaign.findings.back().violations.erase(campaign.findings.back().violations.begin());
  const std::string xml = JunitXml(campaign);
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"findings\" tests=\"2\" failures=\"2\""));
  EXPECT_THAT(xml, HasSubstr("name=\"swarm: cross-account (ISO-001) in a still\""));
  EXPECT_THAT(xml, HasSubstr("name=\"swarm: spliced (ISO-006) in a still\""));
}

// Seen to fail with EscapeMarkup() returning its argument, and with Attribute() doing so.
TEST(JunitTest, HostileStringsLeaveItWellFormed) {
  const std::string xml = JunitXml(HostileCampaign());
  EXPECT_EQ(XmlMistake(xml), "");
  EXPECT_THAT(xml, Not(HasSubstr("<script")));
  EXPECT_EQ(xml.find_first_of("\x1b\xff"), std::string::npos);
}

}  // namespace
}  // namespace framefence::report
