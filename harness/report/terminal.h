// A campaign as text for a terminal: plain ASCII lines of at most 100 columns, but for lines that
// are to be pasted, which stay whole.
#ifndef FRAMEFENCE_HARNESS_REPORT_TERMINAL_H_
#define FRAMEFENCE_HARNESS_REPORT_TERMINAL_H_

#include <cstdio>
#include <filesystem>
#include <string>

#include "harness/report/campaign.h"

namespace framefence::report {

enum class Colour : std::uint8_t { kPlain, kAnsi };

// Colours on a terminal that has them, unless NO_COLOR is set (no-color.org).
Colour ColourOn(std::FILE* file);

// One finding as a reviewer wants it in a minute: what leaked to whom, the case that shows it, the
// line that replays it, and the folder where all of it lies (left out if empty).
std::string FindingText(const Finding& finding, const std::filesystem::path& folder,
                        Colour colour = Colour::kPlain);

// What each engine did and what it all came to: a table, then the verdict.
std::string SummaryText(const Campaign& campaign, Colour colour = Colour::kPlain);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_TERMINAL_H_
