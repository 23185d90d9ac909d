// From a case that an engine found to a finding that a person can use.
#ifndef FRAMEFENCE_HARNESS_CLI_FINDING_H_
#define FRAMEFENCE_HARNESS_CLI_FINDING_H_

#include <optional>
#include <set>
#include <span>
#include <string>

#include "harness/cli/engine.h"
#include "harness/cli/hunt.h"
#include "harness/cli/test_bed.h"
#include "harness/report/campaign.h"

namespace framefence::cli {

// A leaked picture, decoded.
struct LeakedPicture {
  std::vector<std::byte> png;
  std::string caption;
};

// Plays the case with real footage in place of synthetic frames; if it leaks then too, what the
// viewer was shown. None where there is no footage, where it does not leak so, where what leaked is
// no picture, or where the program decodes none.
std::optional<LeakedPicture> PictureOf(TestBed& bed, const cases::Case& leaking);

// Minimises what engines found, plays it again, and adds to the campaign what it does not know yet.
class FindingBook {
 public:
  // All outlive the book.
  FindingBook(const contract::Target& target, std::span<const media::Footage> clips,
              const sim::Recordings& recordings, const CampaignPlan& plan,
              report::Campaign& campaign);

  // The new finding; null if the campaign has one of its signature already, or if the case neither
  // violates when played here nor was seen to by the engine.
  const report::Finding* Add(const RawFinding& raw, const std::string& engine);

 private:
  const report::Finding* AddCarriedOver(const RawFinding& raw, const std::string& engine);

  const CampaignPlan& plan_;
  report::Campaign& campaign_;
  TestBed bed_;
  std::set<sim::Signature> known_;
};

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_FINDING_H_
