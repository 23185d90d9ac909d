#include "harness/report/html.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "harness/cases/text.h"
#include "harness/report/escape.h"
#include "harness/report/html_style.h"
#include "harness/report/words.h"

namespace framefence::report {
namespace {

constexpr std::size_t kViolationsShown = 20;  // of one finding; verdict.json has all

// Every string that is not written here goes through this.
std::string E(std::string_view text) { return EscapeMarkup(text); }

template <class... Args>
void Append(std::string& html, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(html), format, std::forward<Args>(args)...);
}

std::string_view ToneOf(sim::Verdict verdict) {
  if (verdict == sim::Verdict::kPass) return "good";
  return verdict == sim::Verdict::kInconclusive ? "doubt" : "bad";
}

std::string_view ToneOf(const ProofCondition& condition) {
  if (condition.result == "proved") return "good";
  return condition.result == "refuted" ? "bad" : "doubt";
}

std::string Base64(std::span<const std::byte> bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

void AppendHead(std::string& html, const Campaign& campaign) {
  Append(html, R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Framefence: {}, {}</title>
<style>{}</style>
</head>
)",
         E(campaign.target), Headline(VerdictOf(campaign)), kHtmlStyle);
}

void AppendFact(std::string& html, std::string_view label, std::string_view value) {
  Append(html, "<dt>{}</dt><dd>{}</dd>\n", label, E(value));
}

void AppendSummary(std::string& html, const Campaign& campaign) {
  const sim::Verdict verdict = VerdictOf(campaign);
  Append(html, "<header>\n<p class=\"product\">Framefence</p>\n<h1 class=\"{}\">{}</h1>\n",
         ToneOf(verdict), Headline(verdict));
  Append(html, "<p class=\"lead\">{}.</p>\n<dl>\n", E(Reason(campaign)));
  AppendFact(html, "System under test", campaign.target);
  if (campaign.can_plant)
    AppendFact(
        html, "Planted leaks",
        campaign.leaks.empty() ? "none" : fmt::format("{}", fmt::join(campaign.leaks, ", ")));
  AppendFact(
      html, "Searched",
      fmt::format("{:.1f} s with {}, seed {}{}", campaign.seconds, Count(campaign.jobs, "job"),
                  campaign.seed, campaign.interrupted ? ", then interrupted" : ""));
  if (campaign.trace_hash_cases > 0) {
    AppendFact(html, "Trace hash",
               fmt::format("{} over the first {}", Hash(campaign.trace_hash),
                           Count(campaign.trace_hash_cases, "case")));
  }
  AppendFact(html, "Footage", Footage(campaign));
  AppendFact(html, "Program", campaign.version);
  Append(html, "</dl>\n<p class=\"soft\">To repeat it:</p>\n<pre>{}</pre>\n</header>\n",
         E(campaign.command_line));
}

std::string OwnerOf(const oracle::Origin& origin) {
  return origin.owner ? fmt::format("account {}", origin.owner->value) : "no account";
}

// Whose picture went to whom, as two boxes and an arrow.
void AppendFlow(std::string& html, const oracle::Violation& violation) {
  if (violation.parting) {
    Append(html, "<pre>{}</pre>\n", E(PartingText(*violation.parting)));
    return;
  }
  html += "<div class=\"flow\">\n<div class=\"from\"><span>Published by</span>";
  if (const auto& origin = violation.origin) {
    Append(html, "<b>{}</b>camera {}, epoch {}, frame {}", OwnerOf(*origin), origin->camera.value,
           origin->epoch.value, origin->frame.value);
  } else {
    html += "<b>no camera</b>these bytes are nobody&#39;s";
  }
  html += "</div>\n<div class=\"arrow\">\u2192</div>\n<div class=\"to\"><span>Received by</span>";
  if (violation.account) {
    Append(html, "<b>account {}</b>", violation.account->value);
  } else {
    html += "<b>no account</b>";
  }
  Append(html, "viewer {}, ", violation.viewer.value);
  if (const auto& entitled = violation.entitled) {
    Append(html, "opened for camera {}, epoch {}", entitled->camera.value, entitled->epoch.value);
  } else {
    html += "entitled to nothing";
  }
  html += "</div>\n</div>\n";
}

void AppendViolations(std::string& html, const Finding& finding) {
  if (finding.violations.size() < 2) return;
  Append(html, "<details>\n<summary>{}</summary>\n<ul>\n", E(AlsoShown(finding)));
  const std::size_t shown = std::min(finding.violations.size(), kViolationsShown);
  for (std::size_t i = 1; i < shown; ++i)
    Append(html, "<li>{}</li>\n", E(oracle::Describe(finding.violations[i])));
  if (shown < finding.violations.size()) {
    Append(html, "<li class=\"soft\">{} more in verdict.json</li>\n",
           Count(finding.violations.size() - shown));
  }
  html += "</ul>\n</details>\n";
}

void AppendPicture(std::string& html, const Finding& finding) {
  if (finding.picture_png.empty()) return;
  Append(html,
         "<figure>\n<img alt=\"{0}\" src=\"data:image/png;base64,{1}\">\n"
         "<figcaption>{0}</figcaption>\n</figure>\n",
         E(finding.picture_caption), Base64(finding.picture_png));
}

void AppendFinding(std::string& html, const Finding& finding, std::size_t number) {
  Append(html, "<section id=\"finding-{}\">\n<h2>{}</h2>\n", number, E(Title(finding)));
  if (const auto property = BrokenProperty(finding)) {
    Append(html, "<p class=\"soft\">{} is broken: {}</p>\n", oracle::ToString(*property),
           E(Statement(*property)));
  }
  if (!finding.violations.empty()) AppendFlow(html, finding.violations.front());
  Append(html, "<p>{}.</p>\n", E(Sentence(finding)));
  AppendViolations(html, finding);
  AppendPicture(html, finding);
  Append(html, "<h3>Replay it</h3>\n<pre>{}</pre>\n", E(finding.reproduce));
  Append(html, "<h3>The case: {}</h3>\n<pre>{}</pre>\n<dl>\n", E(Minimization(finding)),
         E(cases::WriteText(finding.minimized)));
  AppendFact(html, "Found by",
             fmt::format("{} in {:.2f} s, {}", finding.engine, finding.seconds,
                         Count(finding.executions, "case")));
  AppendFact(html, "Minimised in", Count(finding.minimize_executions, "case"));
  AppendFact(html, "Trace", Hash(finding.trace_hash));
  Append(html, "<dt>Folder</dt><dd><a href=\"{}/\">{}</a></dd>\n</dl>\n</section>\n",
         E(EscapeUriPath(finding.id)), E(finding.id));
}

void AppendFindingList(std::string& html, const Campaign& campaign) {
  if (campaign.findings.empty()) return;
  html +=
      "<h2>Findings</h2>\n<div class=\"scroll\"><table>\n<tr><th>What</th><th>Found by</th>"
      "<th class=\"number\">After</th><th class=\"number\">Steps</th></tr>\n";
  for (std::size_t i = 0; i < campaign.findings.size(); ++i) {
    const Finding& finding = campaign.findings[i];
    Append(
        html,
        "<tr><td><a href=\"#finding-{}\">{}</a></td><td>{}</td><td class=\"number\">{:.2f} s</td>"
        "<td class=\"number\">{}</td></tr>\n",
        i + 1, E(Title(finding)), E(finding.engine), finding.seconds,
        Count(finding.minimized.steps.size()));
  }
  html += "</table></div>\n";
}

void AppendEngineRow(std::string& html, const Campaign& campaign, const EngineRun& run) {
  Append(html, "<tr><td class=\"name\">{}</td>", E(run.name));
  if (run.ran) {
    Append(
        html,
        "<td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{:.1f}</td>"
        "<td class=\"number\">{}</td>",
        CasesOf(run), RateOf(run), run.seconds, CountFindings(campaign, run.name));
  } else {
    html += "<td class=\"number soft\" colspan=\"4\">did not run</td>";
  }
  Append(html, "<td class=\"{}\">{}", run.failed ? "bad" : "soft",
         run.failed || !run.ran ? E(run.status) : std::string());
  for (const std::string& note : run.notes) Append(html, "<div>{}</div>", E(note));
  html += "</td></tr>\n";
}

void AppendEngines(std::string& html, const Campaign& campaign) {
  html +=
      "<h2>Engines</h2>\n<div class=\"scroll\"><table>\n<tr><th>Engine</th><th class=\"number\">"
      "Cases</th><th class=\"number\">Cases/s</th><th class=\"number\">Seconds</th>"
      "<th class=\"number\">Findings</th><th>Notes</th></tr>\n";
  for (const EngineRun& run : campaign.engines) AppendEngineRow(html, campaign, run);
  html += "</table></div>\n";
}

void AppendConditions(std::string& html, const EngineRun& run, bool proved) {
  html +=
      "<div class=\"scroll\"><table>\n<tr><th>Condition</th><th>Result</th>"
      "<th class=\"number\">ms</th></tr>\n";
  for (const ProofCondition& condition : run.conditions) {
    if ((condition.result == "proved") != proved) continue;
    Append(html, "<tr><td>{}", E(condition.name));
    if (!condition.counterexample.empty())
      Append(html, "<pre>{}</pre>", E(condition.counterexample));
    Append(html, "</td><td class=\"{}\">{}</td><td class=\"number\">{:.1f}</td></tr>\n",
           ToneOf(condition), E(condition.result), condition.milliseconds);
  }
  html += "</table></div>\n";
}

void AppendProof(std::string& html, const EngineRun& run) {
  if (run.conditions.empty()) return;
  const ConditionCounts counts = CountConditions(run);
  Append(html, "<h2>The proof</h2>\n<p>{}: {} proved, {} refuted, {} unknown.</p>\n",
         Count(run.conditions.size(), "condition"), Count(counts.proved), Count(counts.refuted),
         Count(counts.unknown));
  if (const std::string cvc5 = Cvc5Text(run); !cvc5.empty()) Append(html, "<p>{}.</p>\n", cvc5);
  if (counts.refuted + counts.unknown > 0) AppendConditions(html, run, /*proved=*/false);
  if (counts.proved > 0) {
    Append(html, "<details>\n<summary>{} proved</summary>\n", Count(counts.proved, "condition"));
    AppendConditions(html, run, /*proved=*/true);
    html += "</details>\n";
  }
}

void AppendProperties(std::string& html, const Campaign& campaign) {
  html +=
      "<h2>Properties</h2>\n<div class=\"scroll\"><table>\n<tr><th>Property</th>"
      "<th>What must hold</th><th>Judged</th></tr>\n";
  for (int number = 1; number <= kPropertyCount; ++number) {
    const oracle::Property property = PropertyAt(number);
    const bool judged = std::ranges::count(campaign.properties_judged, ToString(property)) > 0;
    const std::string objections = ObjectionsText(campaign, property);
    const std::string result = !objections.empty() ? "broken: " + objections
                               : judged            ? "no violation seen"
                                                   : "not judged";
    Append(html, "<tr><td class=\"name\">{}</td><td>{}</td><td class=\"name {}\">{}</td></tr>\n",
           oracle::ToString(property), E(Statement(property)), objections.empty() ? "soft" : "bad",
           result);
  }
  html += "</table></div>\n";
}

}  // namespace

std::string ReportHtml(const Campaign& campaign) {
  std::string html;
  AppendHead(html, campaign);
  html += "<body>\n";
  AppendSummary(html, campaign);
  html += "<main>\n";
  AppendFindingList(html, campaign);
  for (std::size_t i = 0; i < campaign.findings.size(); ++i)
    AppendFinding(html, campaign.findings[i], i + 1);
  AppendEngines(html, campaign);
  for (const EngineRun& run : campaign.engines) AppendProof(html, run);
  AppendProperties(html, campaign);
  html += "</main>\n</body>\n</html>\n";
  return html;
}

}  // namespace framefence::report
