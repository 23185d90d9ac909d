// The text form of a case: what a reviewer reads, edits and replays.
//
//   framefence case 1
//   option cameras 2                # the world, where it differs from its defaults
//   publish camera=0                # then one step a line
//   open viewer=2 account=1 camera=0 path=integration integration=0
//
// '#' starts a comment. Fields may stand in any order; one that is left out has the least value
// of its range, `no`, or the first of its values.
#ifndef FRAMEFENCE_HARNESS_CASES_TEXT_H_
#define FRAMEFENCE_HARNESS_CASES_TEXT_H_

#include <string>
#include <string_view>

#include "harness/cases/case.h"

namespace framefence::cases {

// The canonical text: options that differ from their default, in order of id, and every field of
// every step, but for rare ones (field.h) at their default. ReadText(WriteText(c)) is Canonical(c);
// WriteText of a text so written is that text, byte for byte.
std::string WriteText(const Case& input);

// One step as its line, without the line's end.
std::string WriteStep(const Step& step);

// Error: "line 7, column 12: what is wrong; what would be right". Columns count bytes from 1.
Result<Case> ReadText(std::string_view text);

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_TEXT_H_
