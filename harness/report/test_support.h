// Campaigns to write reports from, and a folder to write them to.
#ifndef FRAMEFENCE_HARNESS_REPORT_TEST_SUPPORT_H_
#define FRAMEFENCE_HARNESS_REPORT_TEST_SUPPORT_H_

#include <filesystem>
#include <string_view>

#include "harness/report/campaign.h"

namespace framefence::report {

// Account 1 was shown a whole still of camera 0, which was account 0's; then part of another,
// twice.
Finding LeakedStill();

// Swarm found LeakedStill(), libFuzzer ran clean, AFL++ was skipped; the proof: one condition each
// proved, refuted, unknown.
Campaign ExampleCampaign();

// The swarm alone, and nothing found.
Campaign CleanCampaign();

// What must reach no terminal and no parser as it is: markup, quotes, a CDATA end, an escape
// sequence, a directional override, and bytes that are not UTF-8.
inline constexpr std::string_view kHostile =
    "</pre><script>alert(\"1\")</script>'&]]>\x1b[2J\xe2\x80\xae\xff\xc0\x80";

// ExampleCampaign() with kHostile in every string that a campaign holds.
Campaign HostileCampaign();

// A fresh folder, removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_TEST_SUPPORT_H_
