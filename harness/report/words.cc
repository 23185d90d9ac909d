#include "harness/report/words.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "harness/base/check.h"

namespace framefence::report {
namespace {

void AppendPart(std::string& list, std::string_view part) {
  if (!list.empty()) list += "; ";
  list += part;
}

std::string WhyInconclusive(const Campaign& campaign) {
  std::string reason;
  bool any_judged = false;
  for (const EngineRun& run : campaign.engines) {
    any_judged = any_judged || JudgedSomething(run);
    if (run.failed)
      AppendPart(reason, fmt::format("engine {} failed: {}", run.name, FirstLine(run.status)));
  }
  if (!any_judged) AppendPart(reason, "no engine judged anything");
  if (const auto unknown = CountConditions(campaign).unknown; unknown > 0)
    AppendPart(reason, fmt::format("{} unknown", Count(unknown, "proof condition")));
  if (campaign.interrupted) AppendPart(reason, "interrupted");
  return reason;
}

}  // namespace

const std::string_view kVersion = FRAMEFENCE_VERSION;

oracle::Property PropertyAt(int number) {
  FRAMEFENCE_CHECK(number >= 1 && number <= kPropertyCount);
  return static_cast<oracle::Property>(number);
}

std::string_view Statement(oracle::Property property) {
  constexpr std::array<std::string_view, kPropertyCount> kStatements = {
      "Every byte delivered on a viewer session was published by the camera that the session is "
      "for.",
      "Every byte delivered on a viewer session was published in the binding epoch that the "
      "session was opened in.",
      "Once close, revoke, unlink or rebind has returned, that viewer session receives nothing "
      "more.",
      "While an integration is suspended none of its sessions receives a byte; after a restore "
      "nothing published before it is served.",
      "A still is never older than its bound and never outlives its entitlement.",
      "A delivered access unit is exactly one published access unit: not spliced, not torn.",
      "A viewer session's transcript does not depend on other accounts.",
      "Once the network heals, entitled frames arrive within a bound.",
      "Metadata of other accounts is not revealed.",
      "A recycled buffer never shows what it held before.",
  };
  return kStatements[static_cast<std::size_t>(property) - 1];
}

std::string ObjectionsText(const Campaign& campaign, oracle::Property property) {
  const Objections objections = ObjectionsTo(campaign, property);
  std::string text = objections.findings > 0 ? Count(objections.findings, "finding") : "";
  if (objections.refuted > 0)
    text += fmt::format("{}{} refuted", text.empty() ? "" : ", ",
                        Count(objections.refuted, "condition"));
  return text;
}

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string_view Headline(sim::Verdict verdict) {
  switch (verdict) {
    case sim::Verdict::kPass:
      return "No violation found";
    case sim::Verdict::kViolation:
      return "Isolation violated";
    case sim::Verdict::kLiveness:
      return "Entitled frames did not come";
    case sim::Verdict::kCrash:
      return "The system under test crashed";
    case sim::Verdict::kInconclusive:
      break;
  }
  return "Inconclusive";
}

std::string Reason(const Campaign& campaign) {
  std::string reason;
  if (!campaign.findings.empty()) AppendPart(reason, Count(campaign.findings.size(), "finding"));
  const ConditionCounts conditions = CountConditions(campaign);
  if (conditions.refuted > 0)
    AppendPart(reason, fmt::format("{} refuted", Count(conditions.refuted, "proof condition")));
  if (reason.empty()) {
    std::uint64_t cases = 0;
    for (const EngineRun& run : campaign.engines) cases += run.cases;
    // A proof alone counts conditions.
    if (cases > 0 || conditions.proved == 0)
      AppendPart(reason, fmt::format("no finding in {}", Count(cases, "case")));
    if (conditions.proved > 0)
      AppendPart(reason, fmt::format("{} proved", Count(conditions.proved, "proof condition")));
  }
  if (const std::string doubts = WhyInconclusive(campaign); !doubts.empty())
    AppendPart(reason, doubts);
  return reason;
}

std::string Footage(const Campaign& campaign) {
  if (campaign.footage_clips == 0) return "none";
  return fmt::format("{} ({})", Count(campaign.footage_clips, "clip"),
                     Hash(campaign.footage_hash).substr(0, 8));
}

std::string Title(const sim::Signature& signature) {
  return fmt::format("{} ({}) in a {}", oracle::ToString(signature.violation_class),
                     oracle::ToString(signature.property), oracle::ToString(signature.observation));
}

std::string Title(const Finding& finding) {
  if (finding.violations.empty()) return std::string(sim::ToString(finding.verdict));
  return Title(sim::SignatureOf(finding.violations.front()));
}

std::string Sentence(const Finding& finding) {
  if (!finding.violations.empty()) return oracle::Describe(finding.violations.front());
  switch (finding.verdict) {
    case sim::Verdict::kLiveness:
      return "liveness (ISO-008): after the network had healed, frames that a viewer session is "
             "entitled to did not arrive";
    case sim::Verdict::kCrash:
      return "crash: the system under test ended while this case ran";
    case sim::Verdict::kInconclusive:
      return "inconclusive: the run was cut short before it could be judged";
    case sim::Verdict::kPass:
    case sim::Verdict::kViolation:
      break;
  }
  return fmt::format("{}: the run recorded no violation", sim::ToString(finding.verdict));
}

std::string PartingText(const oracle::Parting& parting) {
  const std::string& before = parting.last_alike;
  return fmt::format("last alike  {}\nfirst run   {}\nsecond run  {}\n            (in it {})\n",
                     before.empty() ? "nothing before" : before, parting.first_run,
                     parting.second_run, parting.change);
}

std::string AlsoShown(const Finding& finding) {
  if (finding.violations.size() < 2) return {};
  std::vector<std::pair<sim::Signature, std::uint64_t>> kinds;  // in the order of first sight
  for (std::size_t i = 1; i < finding.violations.size(); ++i) {
    const sim::Signature signature = sim::SignatureOf(finding.violations[i]);
    auto kind = kinds.begin();
    while (kind != kinds.end() && kind->first != signature) ++kind;
    if (kind == kinds.end()) kind = kinds.insert(kind, {signature, 0});
    ++kind->second;
  }
  std::string text = Count(finding.violations.size() - 1, "more violation") + " in the same case: ";
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{}{} {}", i == 0 ? "" : ", ", Count(kinds[i].second),
                   Title(kinds[i].first));
  }
  return text;
}

std::string Minimization(const Finding& finding) {
  if (finding.carried_over) {
    return "seen once, and not when played alone: something is left in the system from cases "
           "before it, whatever Reset() says; the line to replay plays those too";
  }
  std::string text = fmt::format("{}, from {}", Count(finding.minimized.steps.size(), "step"),
                                 Count(finding.found.steps.size()));
  text += finding.is_minimal ? "; no step can be taken away" : "; perhaps not the smallest";
  return text;
}

std::string Count(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

std::string Count(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", Count(number), noun, number == 1 ? "" : "s");
}

std::string Rate(std::uint64_t count, double seconds) {
  // Below a millisecond a rate is noise, and a division by next to nothing.
  if (!(seconds >= 1e-3)) return "-";
  return Count(static_cast<std::uint64_t>(std::llround(static_cast<double>(count) / seconds)));
}

std::string CasesOf(const EngineRun& run) {
  return run.cases == 0 && !run.conditions.empty() ? "-" : Count(run.cases);
}

std::string RateOf(const EngineRun& run) {
  return run.cases == 0 ? "-" : Rate(run.cases, run.seconds);
}

std::string Cvc5Text(const EngineRun& run) {
  const SecondOpinion cvc5 = CountCvc5(run);
  if (cvc5.asked == 0) return {};
  return fmt::format("cvc5: {} asked, {} agree", Count(cvc5.asked), Count(cvc5.agree));
}

std::string Hash(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace framefence::report
