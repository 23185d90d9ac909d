// A campaign as SARIF 2.1.0 (OASIS), which code-scanning services read.
#ifndef FRAMEFENCE_HARNESS_REPORT_SARIF_H_
#define FRAMEFENCE_HARNESS_REPORT_SARIF_H_

#include <string>

#include "harness/report/campaign.h"

namespace framefence::report {

// One run. Its rules are the properties ISO-001 to ISO-010, then `crash` and `proof` for what
// breaks no property by itself. One result a finding, located at its case.txt, and one a refuted
// proof condition, located at report.json; locations are relative to the folder that the SARIF file
// lies in. Engines that could not do their work are notifications of an unsuccessful invocation.
std::string SarifText(const Campaign& campaign);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_SARIF_H_
