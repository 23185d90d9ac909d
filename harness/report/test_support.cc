#include "harness/report/test_support.h"

#include <stdlib.h>

#include <array>
#include <string>

#include "harness/base/check.h"
#include "harness/cases/text.h"

namespace framefence::report {
namespace {

constexpr std::string_view kCaseText = R"(framefence case 1
option cameras 2
publish camera=0
frame camera=0 idr=yes slices=1 payload_bytes=300
open viewer=2 account=1 camera=1 path=integration integration=0
report viewer=2 lost=255
advance ms=40
)";

// The smallest file that decodes: one grey pixel.
constexpr std::array<unsigned char, 67> kPng = {
    0x89, 'P',  'N',  'G',  0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 'I',  'H',
    'D',  'R',  0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 'I',  'D',  'A',  'T',  0x78,
    0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00,
    0x00, 0x00, 0x00, 'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82};

oracle::Violation ForeignStill() {
  return {.violation_class = oracle::ViolationClass::kCrossAccount,
          .property = oracle::Property::kIso001,
          .observation = oracle::Observation::kStill,
          .at = VirtualTime(VirtualDuration(4'200'000)),
          .viewer = ViewerId(2),
          .account = AccountId(1),
          .entitled = oracle::Entitled{CameraId(1), BindingEpoch(1)},
          .origin = oracle::Origin{CameraId(0), BindingEpoch(1), FrameNumber(7), AccountId(0)},
          .offset = 0,
          .length = 300,
          .whole_frame = true};
}

oracle::Violation Spliced() {
  oracle::Violation violation = ForeignStill();
  violation.violation_class = oracle::ViolationClass::kSpliced;
  violation.property = oracle::Property::kIso006;
  violation.origin.reset();
  violation.offset = 96;
  violation.length = 204;
  violation.whole_frame = false;
  return violation;
}

}  // namespace

Finding LeakedStill() {
  Finding finding;
  finding.id = "cross-account-ISO-001-still-1a2b3c4d";
  finding.engine = "swarm";
  auto parsed = cases::ReadText(kCaseText);
  FRAMEFENCE_CHECK(parsed.ok());
  finding.minimized = *parsed;
  finding.found = finding.minimized;
  finding.found.steps.resize(143);
  finding.is_minimal = true;
  finding.violations = {ForeignStill(), Spliced(), Spliced()};
  finding.trace_hash = 0x0123456789abcdef;
  finding.reproduce =
      "framefence replay findings/cross-account-ISO-001-still-1a2b3c4d/case.txt --leak A3";
  finding.seconds = 0.41;
  finding.executions = 12'034;
  finding.minimize_executions = 260;
  const auto png = std::as_bytes(std::span(kPng));
  finding.picture_png.assign(png.begin(), png.end());
  finding.picture_caption = "What viewer 2 of account 1 was shown: camera 0 of account 0";
  return finding;
}

Campaign CleanCampaign() {
  Campaign campaign;
  campaign.target = "relay";
  campaign.seed = 7;
  campaign.seconds = 30;
  campaign.jobs = 2;
  campaign.command_line = "framefence hunt --seconds 30 --seed 7 --jobs 2";
  campaign.version = "framefence 0.1.0, g++ 12.2.0";
  campaign.trace_hash = 0xfedcba9876543210;
  campaign.trace_hash_cases = 10'000;
  campaign.properties_judged = {"ISO-001", "ISO-002", "ISO-003", "ISO-006"};
  campaign.engines.push_back({.name = "swarm",
                              .status = "ran",
                              .ran = true,
                              .seconds = 30,
                              .cases = 1'204'331,
                              .steps = 96'346'480});
  return campaign;
}

Campaign ExampleCampaign() {
  Campaign campaign = CleanCampaign();
  campaign.leaks = {"A3"};
  campaign.footage_clips = 2;
  campaign.footage_hash = 0x1a2b3c4d00000000;
  campaign.command_line += " --leak A3";
  campaign.engines[0].violating_cases = 99;
  campaign.engines.push_back({.name = "libfuzzer",
                              .status = "ran",
                              .ran = true,
                              .seconds = 30,
                              .cases = 3'000'000,
                              .notes = {"corpus grew from 12 to 240 cases"}});
  campaign.engines.push_back(
      {.name = "afl", .status = "afl-fuzz is not installed: apt-get install afl++"});
  campaign.engines.push_back(
      {.name = "proof",
       .status = "ran",
       .ran = true,
       .seconds = 0.5,
       .conditions = {{.name = "OpenViewer: consecution", .result = "proved", .milliseconds = 12.5},
                      {.name = "LendStill: delivery safety: account",
                       .result = "refuted",
                       .milliseconds = 30,
                       .counterexample = "slot 4 is owned by account 9\nviewer is of account 8\n",
                       .property = oracle::Property::kIso003,
                       .cvc5 = "refuted"},
                      {.name = "Rebind: revocation",
                       .result = "unknown",
                       .milliseconds = 5000,
                       .cvc5 = "proved"}}});
  campaign.findings.push_back(LeakedStill());
  return campaign;
}

Campaign HostileCampaign() {
  Campaign campaign = ExampleCampaign();
  const std::string hostile(kHostile);
  for (std::string* text : {&campaign.target, &campaign.command_line, &campaign.version})
    *text = hostile;
  campaign.leaks = {hostile};
  campaign.properties_judged = {hostile};
  for (EngineRun& run : campaign.engines) {
    run.name += hostile;
    run.status = hostile;
    run.notes = {hostile};
    for (ProofCondition& condition : run.conditions)
      condition.name = condition.counterexample = hostile;
  }
  campaign.engines[1].failed = true;
  campaign.engines[3].conditions[2].result = hostile;
  for (Finding& finding : campaign.findings)
    finding.id = finding.engine = finding.reproduce = finding.picture_caption = hostile;
  return campaign;
}

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "framefence-report.XXXXXX").string();
  FRAMEFENCE_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

ScratchFolder::~ScratchFolder() { std::filesystem::remove_all(path_); }

}  // namespace framefence::report
