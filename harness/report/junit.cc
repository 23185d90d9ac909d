#include "harness/report/junit.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "harness/report/escape.h"
#include "harness/report/words.h"

namespace framefence::report {
namespace {

enum class TestOutcome { kPassed, kFailed, kErred, kSkipped };

struct TestCase {
  std::string name;
  double seconds = 0;
  TestOutcome outcome = TestOutcome::kPassed;
  std::string type;     // of a failure: the violation class
  std::string message;  // one line
  std::string text;     // the rest
};

struct Suite {
  std::string_view name;
  std::vector<TestCase> cases;

  auto CountOf(TestOutcome outcome) const {
    return std::ranges::count(cases, outcome, &TestCase::outcome);
  }
};

// One test case for each finding: what fails is what leaked, not the engine that found it.
TestCase FindingTest(const Finding& finding) {
  return {.name = finding.engine + ": " + Title(finding),
          .outcome = TestOutcome::kFailed,
          .type = Title(finding),
          .message = Sentence(finding),
          .text = fmt::format("{}\n{}\nreplay: {}\n", Sentence(finding), Minimization(finding),
                              finding.reproduce)};
}

TestCase EngineTest(const EngineRun& run) {
  TestCase test{
      .name = run.name, .seconds = run.seconds, .message = std::string(FirstLine(run.status))};
  if (run.failed) {
    test.outcome = TestOutcome::kErred;
    test.type = run.nondeterministic_cases != 0 ? "nondeterminism" : "engine";
    test.text = run.status + "\n";
  } else if (!run.ran) {
    test.outcome = TestOutcome::kSkipped;
  }
  return test;
}

Suite EngineSuite(const Campaign& campaign) {
  Suite suite{.name = "engines"};
  for (const EngineRun& run : campaign.engines) suite.cases.push_back(EngineTest(run));
  if (campaign.interrupted) {
    suite.cases.push_back({.name = "campaign",
                           .outcome = TestOutcome::kErred,
                           .type = "interrupted",
                           .message = "the campaign was cut short"});
  }
  return suite;
}

Suite FindingSuite(const Campaign& campaign) {
  Suite suite{.name = "findings"};
  for (const Finding& finding : campaign.findings) suite.cases.push_back(FindingTest(finding));
  return suite;
}

Suite ProofSuite(const Campaign& campaign) {
  Suite suite{.name = "proof"};
  for (const EngineRun& run : campaign.engines) {
    for (const ProofCondition& condition : run.conditions) {
      TestCase test{.name = condition.name,
                    .seconds = condition.milliseconds / 1e3,
                    .type = condition.result,
                    .message = condition.result};
      if (condition.result != "proved") {
        test.outcome = condition.result == "refuted" ? TestOutcome::kFailed : TestOutcome::kErred;
        test.text =
            fmt::format("{}\nrepeat: {}\n", condition.counterexample, campaign.command_line);
      }
      suite.cases.push_back(std::move(test));
    }
  }
  return suite;
}

// An attribute's value: a reader would turn newlines in it into spaces, so they are shown.
std::string Attribute(std::string_view text) { return EscapeMarkup(PrintableLine(text)); }

void AppendTest(std::string& xml, const TestCase& test, std::string_view class_name) {
  auto out = std::back_inserter(xml);
  fmt::format_to(out, R"(    <testcase classname="{}" name="{}" time="{:.3f}")", class_name,
                 Attribute(test.name), test.seconds);
  switch (test.outcome) {
    case TestOutcome::kPassed:
      xml += "/>\n";
      return;
    case TestOutcome::kSkipped:
      fmt::format_to(out, ">\n      <skipped message=\"{}\"/>\n", Attribute(test.message));
      break;
    case TestOutcome::kFailed:
    case TestOutcome::kErred: {
      const std::string_view element = test.outcome == TestOutcome::kFailed ? "failure" : "error";
      fmt::format_to(out, ">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", element,
                     Attribute(test.type), Attribute(test.message), EscapeMarkup(test.text));
      break;
    }
  }
  xml += "    </testcase>\n";
}

// name="..." tests="..." failures="..." errors="..." skipped="..." time="...", as schemas want
// them.
void AppendSuite(std::string& xml, const Suite& suite, std::string_view target) {
  double seconds = 0;
  for (const TestCase& test : suite.cases) seconds += test.seconds;
  fmt::format_to(
      std::back_inserter(xml),
      R"(  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}">)",
      suite.name, suite.cases.size(), suite.CountOf(TestOutcome::kFailed),
      suite.CountOf(TestOutcome::kErred), suite.CountOf(TestOutcome::kSkipped), seconds);
  xml += '\n';
  const std::string class_name = fmt::format("framefence.{}.{}", Attribute(target), suite.name);
  for (const TestCase& test : suite.cases) AppendTest(xml, test, class_name);
  xml += "  </testsuite>\n";
}

}  // namespace

std::string JunitXml(const Campaign& campaign) {
  const std::array<Suite, 3> suites = {EngineSuite(campaign), FindingSuite(campaign),
                                       ProofSuite(campaign)};
  std::size_t tests = 0;
  std::ptrdiff_t failures = 0, errors = 0;
  for (const Suite& suite : suites) {
    tests += suite.cases.size();
    failures += suite.CountOf(TestOutcome::kFailed);
    errors += suite.CountOf(TestOutcome::kErred);
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  fmt::format_to(
      std::back_inserter(xml),
      R"(<testsuites name="framefence" tests="{}" failures="{}" errors="{}" time="{:.3f}">)", tests,
      failures, errors, campaign.seconds);
  xml += '\n';
  for (const Suite& suite : suites)
    if (!suite.cases.empty()) AppendSuite(xml, suite, campaign.target);
  xml += "</testsuites>\n";
  return xml;
}

}  // namespace framefence::report
