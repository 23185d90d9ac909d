#include "harness/report/terminal.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "harness/cases/text.h"
#include "harness/report/escape.h"
#include "harness/report/progress.h"
#include "harness/report/words.h"

namespace framefence::report {
namespace {

constexpr std::size_t kColumns = 100;

// Select Graphic Rendition codes (ECMA-48 8.3.117).
constexpr std::string_view kBold = "1";
constexpr std::string_view kRed = "1;31";
constexpr std::string_view kGreen = "1;32";
constexpr std::string_view kYellow = "1;33";

std::string Paint(std::string_view text, std::string_view code, Colour colour) {
  if (colour == Colour::kPlain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string_view ColourOf(sim::Verdict verdict) {
  if (verdict == sim::Verdict::kPass) return kGreen;
  return verdict == sim::Verdict::kInconclusive ? kYellow : kRed;
}

// Breaks at spaces, so that `indent` and each line fit in kColumns; a longer word gets its own
// line.
void AppendWrapped(std::string& out, std::string_view text, std::size_t indent) {
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (column > 0 && column + 1 + word.size() > kColumns) {
      out += '\n';
      column = 0;
    }
    if (column == 0) {
      out.append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  out += '\n';
}

// "  label      value"
void AppendField(std::string& out, std::string_view label, std::string_view value) {
  fmt::format_to(std::back_inserter(out), "  {:<11}{}\n", label, PrintableLine(value));
}

void AppendIndented(std::string& out, std::string_view text, std::size_t indent) {
  const std::string printable = Printable(text);
  for (std::string_view rest = printable; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    fmt::format_to(std::back_inserter(out), "{:{}}{}\n", "", indent, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

// Why an engine failed: a sentence, and perhaps its last words.
void AppendStatus(std::string& out, std::string_view status) {
  const std::string_view first = FirstLine(status);
  AppendWrapped(out, "failed: " + PrintableLine(first), 14);
  status.remove_prefix(std::min(first.size() + 1, status.size()));
  AppendIndented(out, status, 16);
}

void AppendEngineRow(std::string& out, const Campaign& campaign, const EngineRun& run) {
  const std::string name = PrintableLine(run.name);
  if (!run.ran) {
    fmt::format_to(std::back_inserter(out), "  {:<12}{}\n", name, PrintableLine(run.status));
    return;
  }
  fmt::format_to(std::back_inserter(out), "  {:<12}{:>14}{:>12}{:>10.1f}{:>10}", name, CasesOf(run),
                 RateOf(run), run.seconds, CountFindings(campaign, run.name));
  if (!run.conditions.empty()) {
    const ConditionCounts counts = CountConditions(run);
    fmt::format_to(std::back_inserter(out), "   {} proved, {} refuted, {} unknown",
                   Count(counts.proved), Count(counts.refuted), Count(counts.unknown));
  }
  out += '\n';
  if (run.failed) AppendStatus(out, run.status);
}

void AppendNotes(std::string& out, const EngineRun& run) {
  if (const std::string cvc5 = Cvc5Text(run); !cvc5.empty())
    AppendWrapped(out, PrintableLine(run.name) + ": " + cvc5, 2);
  for (const std::string& note : run.notes)
    AppendWrapped(out, fmt::format("{}: {}", PrintableLine(run.name), PrintableLine(note)), 2);
  for (const ProofCondition& condition : run.conditions) {
    if (condition.result == "proved") continue;
    AppendWrapped(
        out, PrintableLine(fmt::format("{} {}: {}", run.name, condition.result, condition.name)),
        2);
    AppendIndented(out, condition.counterexample, 6);
  }
}

// "  broken     ISO-001 (1 finding); ISO-003 (2 conditions refuted)"
void AppendBroken(std::string& out, const Campaign& campaign) {
  std::string broken;
  for (int number = 1; number <= kPropertyCount; ++number) {
    const std::string objections = ObjectionsText(campaign, PropertyAt(number));
    if (objections.empty()) continue;
    broken += fmt::format("{}{} ({})", broken.empty() ? "" : "; ",
                          oracle::ToString(PropertyAt(number)), objections);
  }
  if (!broken.empty()) AppendField(out, "broken", broken);
}

// ", planted A3", where leaks can be planted.
std::string Planted(const Campaign& campaign) {
  if (!campaign.can_plant) return "";
  if (campaign.leaks.empty()) return ", nothing planted";
  std::string text = ", planted";
  for (const std::string& leak : campaign.leaks) text += " " + PrintableLine(leak);
  return text;
}

}  // namespace

Colour ColourOn(std::FILE* file) {
  const char* refused = std::getenv("NO_COLOR");
  const bool is_refused = refused != nullptr && *refused != '\0';
  return !is_refused && IsTerminal(file) ? Colour::kAnsi : Colour::kPlain;
}

std::string FindingText(const Finding& finding, const std::filesystem::path& folder,
                        Colour colour) {
  std::string out = Paint(Title(finding), ColourOf(finding.verdict), colour) + "\n";
  AppendWrapped(out, Sentence(finding), 2);
  if (const std::string also = AlsoShown(finding); !also.empty()) AppendWrapped(out, also, 2);
  if (!finding.violations.empty() && finding.violations.front().parting)
    AppendIndented(out, PartingText(*finding.violations.front().parting), 4);
  out += '\n';
  AppendField(out, "found by",
              fmt::format("{} in {:.2f} s, {}", finding.engine, finding.seconds,
                          Count(finding.executions, "case")));
  AppendField(out, "minimised", Minimization(finding));
  AppendField(out, "trace", Hash(finding.trace_hash));
  out += '\n';
  AppendIndented(out, cases::WriteText(finding.minimized), 6);
  out += '\n';
  if (!finding.picture_png.empty())
    AppendField(out, "picture", (folder / "picture.png").string() + "  " + finding.picture_caption);
  AppendField(out, "replay", finding.reproduce);
  if (!folder.empty()) AppendField(out, "folder", folder.string());
  return out;
}

std::string SummaryText(const Campaign& campaign, Colour colour) {
  std::string out =
      fmt::format("  {}{}, seed {}, {}, {:.1f} s\n\n", PrintableLine(campaign.target),
                  Planted(campaign), campaign.seed, Count(campaign.jobs, "job"), campaign.seconds);
  const std::string heading = fmt::format("{:<12}{:>14}{:>12}{:>10}{:>10}", "engine", "cases",
                                          "cases/s", "seconds", "findings");
  out += "  " + Paint(heading, kBold, colour) + "\n";
  for (const EngineRun& run : campaign.engines) AppendEngineRow(out, campaign, run);
  out += '\n';
  const std::size_t before_notes = out.size();
  for (const EngineRun& run : campaign.engines) AppendNotes(out, run);
  if (out.size() > before_notes) out += '\n';
  if (campaign.trace_hash_cases > 0) {
    AppendField(out, "trace hash",
                fmt::format("{} over the first {}", Hash(campaign.trace_hash),
                            Count(campaign.trace_hash_cases, "case")));
  }
  AppendField(out, "footage", Footage(campaign));
  AppendBroken(out, campaign);
  AppendField(out, "repeat", campaign.command_line);
  const sim::Verdict verdict = VerdictOf(campaign);
  fmt::format_to(std::back_inserter(out), "  {:<11}{}\n", "verdict",
                 Paint(Headline(verdict), ColourOf(verdict), colour));
  AppendWrapped(out, PrintableLine(Reason(campaign)), 13);
  return out;
}

}  // namespace framefence::report
