#include "harness/report/sarif.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "harness/report/escape.h"
#include "harness/report/words.h"

namespace framefence::report {
namespace {

using Json = nlohmann::ordered_json;

// Where the rules that are no property stand in the list of rules, after the properties.
constexpr int kCrashRule = kPropertyCount;
constexpr int kProofRule = kPropertyCount + 1;

int RuleOf(oracle::Property property) { return static_cast<int>(property) - 1; }

Json Text(std::string_view text) { return {{"text", Printable(text)}}; }

Json Rule(std::string_view id, std::string_view statement) {
  return {{"id", id},
          {"shortDescription", Text(statement)},
          {"defaultConfiguration", {{"level", "error"}}}};
}

Json Rules() {
  Json rules = Json::array();
  for (int number = 1; number <= kPropertyCount; ++number) {
    const oracle::Property property = PropertyAt(number);
    rules.push_back(Rule(oracle::ToString(property), Statement(property)));
  }
  rules.push_back(Rule("crash", "The system under test survives every case."));
  rules.push_back(Rule("proof", "Every condition of the proof holds."));
  return rules;
}

Json Location(std::string_view path) {
  return {{"physicalLocation", {{"artifactLocation", {{"uri", EscapeUriPath(path)}}}}}};
}

Json Result(int rule, const Json& rules, std::string_view message, std::string_view path,
            std::string_view identity) {
  return {{"ruleId", rules[static_cast<std::size_t>(rule)]["id"]},
          {"ruleIndex", rule},
          {"level", "error"},
          {"message", Text(message)},
          {"locations", Json::array({Location(path)})},
          {"partialFingerprints", {{"framefence/1", Printable(identity)}}}};
}

// The same defect in the next run has the same: neither a trace's hash nor a folder's name has a
// part in it.
std::string IdentityOf(const Finding& finding) {
  if (!finding.violations.empty()) {
    const oracle::Violation& first = finding.violations.front();
    return fmt::format("{}/{}/{}", ToString(first.violation_class), ToString(first.property),
                       ToString(first.observation));
  }
  // What a sanitizer says of a crash in one line tells it from others.
  const std::size_t summary = finding.crash_log.find("SUMMARY: ");
  std::string identity(sim::ToString(finding.verdict));
  if (summary != std::string::npos)
    identity += fmt::format("/{}", FirstLine(std::string_view(finding.crash_log).substr(summary)));
  return identity;
}

Json FindingResult(const Finding& finding, const Json& rules) {
  const auto property = BrokenProperty(finding);
  const int rule = property ? RuleOf(*property) : kCrashRule;
  Json result =
      Result(rule, rules, fmt::format("{}. Replay: {}", Sentence(finding), finding.reproduce),
             finding.id + "/case.txt", IdentityOf(finding));
  if (finding.verdict == sim::Verdict::kInconclusive) result["level"] = "warning";
  return result;
}

Json Results(const Campaign& campaign, const Json& rules) {
  Json results = Json::array();
  for (const Finding& finding : campaign.findings) results.push_back(FindingResult(finding, rules));
  for (const EngineRun& run : campaign.engines) {
    for (const ProofCondition& condition : run.conditions) {
      if (condition.result != "refuted") continue;
      const std::string message = fmt::format("Refuted: {}. Repeat: {}\n{}", condition.name,
                                              campaign.command_line, condition.counterexample);
      const int rule = condition.property ? RuleOf(*condition.property) : kProofRule;
      results.push_back(Result(rule, rules, message, "report.json", condition.name));
    }
  }
  return results;
}

Json Notification(std::string_view level, std::string_view text) {
  return {{"level", level}, {"message", Text(text)}};
}

Json Invocation(const Campaign& campaign) {
  Json notifications = Json::array();
  for (const EngineRun& run : campaign.engines) {
    const std::string text = fmt::format("engine {}: {}", run.name, run.status);
    if (run.failed) {
      notifications.push_back(Notification("error", text));
    } else if (!run.ran) {
      notifications.push_back(Notification("warning", text));
    }
    if (const auto unknown = CountConditions(run).unknown; unknown > 0) {
      notifications.push_back(Notification(
          "error", fmt::format("engine {}: {} unknown", run.name, Count(unknown, "condition"))));
    }
  }
  if (campaign.interrupted) notifications.push_back(Notification("error", "interrupted"));
  return {{"commandLine", Printable(campaign.command_line)},
          {"executionSuccessful", !campaign.Inconclusive()},
          {"toolExecutionNotifications", std::move(notifications)}};
}

}  // namespace

std::string SarifText(const Campaign& campaign) {
  const Json rules = Rules();
  const Json run = {{"tool",
                     {{"driver",
                       {{"name", "Framefence"},
                        {"version", kVersion},
                        {"fullName", Printable(campaign.version)},
                        {"rules", rules}}}}},
                    {"invocations", Json::array({Invocation(campaign)})},
                    {"results", Results(campaign, rules)},
                    {"properties",
                     {{"target", Printable(campaign.target)},
                      {"verdict", sim::ToString(VerdictOf(campaign))},
                      {"seed", std::to_string(campaign.seed)}}}};
  const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({run})}};
  return log.dump(2) + "\n";
}

}  // namespace framefence::report
