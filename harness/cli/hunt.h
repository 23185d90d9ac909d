// A campaign: several engines in turn on one target.
#ifndef FRAMEFENCE_HARNESS_CLI_HUNT_H_
#define FRAMEFENCE_HARNESS_CLI_HUNT_H_

#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/commands.h"
#include "harness/report/campaign.h"

namespace framefence::cli {

struct CampaignPlan {
  Common common;
  std::vector<std::string> engines;
  double seconds = 60;
  std::uint64_t cases = 0;
  std::uint64_t seed = 1;
  unsigned jobs = 0;
  bool blind = false;
  bool ask_cvc5 = false;
  bool stop_at_first = false;
  std::string out;     // named in the lines that reproduce
  bool print = false;  // heading, progress and findings, as they come
};

// REQUIRES: the leaks are planted already. Error: an unknown name, unreadable footage.
Result<report::Campaign> RunCampaign(const CampaignPlan& plan);

// Whether the reports could be written, before any work is done; `json` may be empty.
Outcome CheckReports(const std::string& out, const std::string& json);
Outcome CheckJson(const std::string& json);  // the one file

// Writes the campaign to the folder `out`, and its JSON also to `json` unless that is empty, and
// prints what it came to. Answers its exit status.
ExitStatus Finish(const report::Campaign& campaign, const std::string& out,
                  const std::string& json);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_HUNT_H_
