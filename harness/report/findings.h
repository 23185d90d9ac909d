// A campaign on disk, for people and for programs.
//
//   <folder>/report.json  report.html  report.sarif  report.junit.xml
//   <folder>/<finding id>/
//     case.bin     what replays it, in the binary form
//     case.txt     the same, to read and edit
//     verdict.json what leaked to whom
//     verdict.txt  the same for a person
//     picture.png  the leaked picture, where there is one to show
//
// Each file is written whole or not at all. What an earlier report in the folder lists and this one
// does not is removed: its finding folders, of which only the files above. Nothing else there is.
#ifndef FRAMEFENCE_HARNESS_REPORT_FINDINGS_H_
#define FRAMEFENCE_HARNESS_REPORT_FINDINGS_H_

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/report/campaign.h"

namespace framefence::report {

// Creates the folder if need be, and a file in it, which is removed again: to be asked before long
// work. Error: nothing can be written there.
Outcome CheckWritable(const std::filesystem::path& folder);

// The ids of the findings that a report in the folder lists; none where there is no report.
std::vector<std::string> ListedFindings(const std::filesystem::path& folder);

// Writes one finding's folder, <folder>/<finding.id>. Error: a file cannot be written, or the id is
// no name of a folder. REQUIRES: at most cases::kStepsMax steps.
Outcome WriteFinding(const Finding& finding, const std::filesystem::path& folder);

// Writes every finding, then the reports: a report never speaks of a folder that is not there.
// Goes on after an error, so that as much as possible is kept, and then removes nothing. Error: the
// first.
Outcome WriteCampaign(const Campaign& campaign, const std::filesystem::path& folder);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_FINDINGS_H_
