#include "harness/report/terminal.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TerminalTest, AFindingReadsAsAReviewerWantsIt) {
  Finding finding = LeakedStill();
  EXPECT_EQ(FindingText(finding, "findings/x"), R"(cross-account (ISO-001) in a still
  cross-account (ISO-001): at 4.200000 s viewer 2 of account 1, opened for camera 1 (epoch 1),
  received in a still a whole picture of camera 0 (epoch 1, frame 7), which was account 0's
  2 more violations in the same case: 2 spliced (ISO-006) in a still

  found by   swarm in 0.41 s, 12,034 cases
  minimised  5 steps, from 143; no step can be taken away
  trace      0123456789abcdef

      framefence case 1
      option cameras 2
      publish camera=0
      frame camera=0 idr=yes slices=1 payload_bytes=300
      open viewer=2 account=1 camera=1 path=integration integration=0
      report viewer=2 lost=255
      advance ms=40

  picture    findings/x/picture.png  What viewer 2 of account 1 was shown: camera 0 of account 0
  replay     framefence replay findings/cross-account-ISO-001-still-1a2b3c4d/case.txt --leak A3
  folder     findings/x
)");
}

// Seen to fail: without the lines, and with the runs in one another's place.
TEST(TerminalTest, TwoRunsThatPartAreShownFromBothSides) {
  Finding finding = LeakedStill();
  finding.violations.front().parting =
      oracle::Parting{.change = "the other homes do nothing",
                      .last_alike = "",
                      .first_run = "a packet",
                      .second_run = "nothing more",
                      .difference = "only in the first run there is a packet"};
  const std::string text = FindingText(finding, "", Colour::kPlain);
  EXPECT_THAT(text, testing::HasSubstr("    last alike  nothing before\n"
                                       "    first run   a packet\n"
                                       "    second run  nothing more\n"
                                       "                (in it the other homes do nothing)\n"));
}

TEST(TerminalTest, ASummaryHasARowForEachEngineAndEndsWithTheVerdict) {
  EXPECT_EQ(SummaryText(ExampleCampaign()),
            R"(  relay, planted A3, seed 7, 2 jobs, 30.0 s

  engine               cases     cases/s   seconds  findings
  swarm            1,204,331      40,144      30.0         1
  libfuzzer        3,000,000     100,000      30.0         0
  afl         afl-fuzz is not installed: apt-get install afl++
  proof                    -           -       0.5         0   1 proved, 1 refuted, 1 unknown

  libfuzzer: corpus grew from 12 to 240 cases
  proof: cvc5: 2 asked, 1 agree
  proof refuted: LendStill: delivery safety: account
      slot 4 is owned by account 9
      viewer is of account 8
  proof unknown: Rebind: revocation

  trace hash fedcba9876543210 over the first 10,000 cases
  footage    2 clips (1a2b3c4d)
  broken     ISO-001 (1 finding); ISO-003 (1 condition refuted)
  repeat     framefence hunt --seconds 30 --seed 7 --jobs 2 --leak A3
  verdict    Isolation violated
             1 finding; 1 proof condition refuted; 1 proof condition unknown
)");
}

TEST(TerminalTest, ColourComesOnlyWhenAskedFor) {
  const Campaign campaign = ExampleCampaign();
  EXPECT_THAT(SummaryText(campaign), Not(HasSubstr("\x1b")));
  EXPECT_THAT(SummaryText(campaign, Colour::kAnsi),
              HasSubstr("\x1b[1;31mIsolation violated\x1b[0m"));
  EXPECT_THAT(SummaryText(CleanCampaign(), Colour::kAnsi),
              HasSubstr("\x1b[1;32mNo violation found\x1b[0m"));
  EXPECT_THAT(FindingText(LeakedStill(), "f", Colour::kAnsi), HasSubstr("\x1b[1;31mcross-account"));
}

// Seen to fail with Printable() returning its argument.
TEST(TerminalTest, HostileStringsSendNothingToTheTerminal) {
  const Campaign campaign = HostileCampaign();
  const std::string text =
      SummaryText(campaign) + FindingText(campaign.findings[0], std::string(kHostile));
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << int{c};
}

TEST(TerminalTest, AFailedEngineSaysWhyAndShowsItsLastWords) {
  Campaign campaign = CleanCampaign();
  campaign.engines[0].failed = true;
  campaign.engines[0].status = "it ended early; its last lines:\nout of memory\nbye";
  EXPECT_THAT(SummaryText(campaign),
              HasSubstr("              failed: it ended early; its last lines:\n"
                        "                out of memory\n"
                        "                bye\n"));
  EXPECT_THAT(SummaryText(campaign),
              HasSubstr("engine swarm failed: it ended early; its last lines:\n"));
}

TEST(TerminalTest, AFileIsNoTerminalToColour) {
  std::FILE* file = std::tmpfile();
  EXPECT_EQ(ColourOn(file), Colour::kPlain);
  std::fclose(file);
}

TEST(TerminalTest, ProseKeepsToAHundredColumns) {
  Campaign campaign = ExampleCampaign();
  campaign.engines[1].failed = true;
  campaign.engines[1].status = "the fuzzer ended " + std::string(40, 'x') + " early";
  for (int i = 0; i < 50; ++i) campaign.engines[1].status += " and said why";
  std::istringstream lines(SummaryText(campaign));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace framefence::report
