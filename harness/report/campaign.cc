#include "harness/report/campaign.h"

#include <algorithm>

namespace framefence::report {

bool JudgedSomething(const EngineRun& run) {
  return run.ran && (run.cases > 0 || !run.conditions.empty());
}

bool Campaign::Inconclusive() const {
  const bool any_judged = std::ranges::any_of(engines, JudgedSomething);
  const bool any_failed = std::ranges::any_of(engines, &EngineRun::failed);
  return interrupted || !any_judged || any_failed || CountConditions(*this).unknown > 0;
}

ConditionCounts CountConditions(const EngineRun& run) {
  ConditionCounts counts;
  for (const ProofCondition& condition : run.conditions) {
    if (condition.result == "proved") {
      ++counts.proved;
    } else if (condition.result == "refuted") {
      ++counts.refuted;
    } else {
      ++counts.unknown;
    }
  }
  return counts;
}

ConditionCounts CountConditions(const Campaign& campaign) {
  ConditionCounts sum;
  for (const EngineRun& run : campaign.engines) {
    const ConditionCounts counts = CountConditions(run);
    sum.proved += counts.proved;
    sum.refuted += counts.refuted;
    sum.unknown += counts.unknown;
  }
  return sum;
}

SecondOpinion CountCvc5(const EngineRun& run) {
  SecondOpinion counts;
  for (const ProofCondition& condition : run.conditions) {
    counts.asked += condition.cvc5.empty() ? 0 : 1;
    counts.agree += condition.cvc5 != "unknown" && condition.cvc5 == condition.result ? 1 : 0;
  }
  return counts;
}

Objections ObjectionsTo(const Campaign& campaign, oracle::Property property) {
  Objections objections;
  for (const Finding& finding : campaign.findings)
    objections.findings += BrokenProperty(finding) == property ? 1 : 0;
  for (const EngineRun& run : campaign.engines) {
    for (const ProofCondition& condition : run.conditions)
      objections.refuted += condition.result == "refuted" && condition.property == property ? 1 : 0;
  }
  return objections;
}

std::optional<oracle::Property> BrokenProperty(const Finding& finding) {
  if (!finding.violations.empty()) return finding.violations.front().property;
  if (finding.verdict == sim::Verdict::kLiveness) return oracle::Property::kIso008;
  return std::nullopt;
}

sim::Verdict VerdictOf(const Campaign& campaign) {
  const auto any = [&](sim::Verdict verdict) {
    return std::ranges::find(campaign.findings, verdict, &Finding::verdict) !=
           campaign.findings.end();
  };
  if (any(sim::Verdict::kViolation) || CountConditions(campaign).refuted > 0)
    return sim::Verdict::kViolation;
  if (any(sim::Verdict::kCrash)) return sim::Verdict::kCrash;
  if (any(sim::Verdict::kLiveness)) return sim::Verdict::kLiveness;
  if (any(sim::Verdict::kInconclusive) || campaign.Inconclusive())
    return sim::Verdict::kInconclusive;
  return sim::Verdict::kPass;
}

std::size_t CountFindings(const Campaign& campaign, std::string_view engine) {
  return static_cast<std::size_t>(std::ranges::count(campaign.findings, engine, &Finding::engine));
}

}  // namespace framefence::report
