// A campaign as JUnit XML, which continuous integration servers read.
#ifndef FRAMEFENCE_HARNESS_REPORT_JUNIT_H_
#define FRAMEFENCE_HARNESS_REPORT_JUNIT_H_

#include <string>

#include "harness/report/campaign.h"

namespace framefence::report {

// Suite "engines": one test case an engine. It fails with what the engine found and the lines that
// replay it; is an error if the engine could not do its work; is skipped, with the reason, if it
// did not run. Suite "proof": one test case a condition; refuted fails, with the counterexample and
// the line that repeats the campaign; unknown is an error. An interrupted campaign has an error of
// its own.
std::string JunitXml(const Campaign& campaign);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_JUNIT_H_
