// A campaign as one page for a person: no scripts, nothing from the network, dark or light as the
// reader's system is.
#ifndef FRAMEFENCE_HARNESS_REPORT_HTML_H_
#define FRAMEFENCE_HARNESS_REPORT_HTML_H_

#include <string>

#include "harness/report/campaign.h"

namespace framefence::report {

// A whole HTML5 document in UTF-8. Pictures are embedded as data URIs (RFC 2397); every string of
// the campaign is escaped.
std::string ReportHtml(const Campaign& campaign);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_HTML_H_
