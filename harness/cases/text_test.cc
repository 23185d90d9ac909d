#include "harness/cases/text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/prng.h"
#include "harness/cases/schema.h"

namespace framefence::cases {
namespace {

using testing::HasSubstr;

constexpr std::string_view kCanonicalText =
    R"(framefence case 1
option cameras 2
option frame_interval_ms 40
bind account=1 camera=0
unbind camera=3
publish camera=0
publish camera=1 unsignalled=yes stream=yes codec=h265
publish camera=0 rtx=yes fec=3
unpublish camera=0 lost=yes
frame camera=0 idr=yes slices=4 payload_bytes=700
open viewer=2 account=1 camera=0 path=integration integration=5
open viewer=2 account=1 camera=0 path=app
close viewer=2
revoke account=1
link account=1 integration=0
unlink account=1 integration=0
suspend integration=0
restore integration=0
report viewer=2 lost=128
advance ms=40
weather link=uplink all=no camera=3 model=clean
weather link=downlink all=no viewer=2 model=bernoulli loss=655
weather link=downlink all=yes model=gilbert-elliott good_to_bad=1 bad_to_good=64 loss_good=0 loss_bad=255
weather link=uplink all=yes model=blackout
drop link=downlink all=no viewer=2 packets=3
reconnect publishers=yes viewers=no
none
)";

TEST(TextTest, TheCanonicalTextIsWrittenAsItWasRead) {
  const Result<Case> read = ReadText(kCanonicalText);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(WriteText(*read), kCanonicalText);
  EXPECT_EQ(Canonical(*read), *read);
}

TEST(TextTest, WhatIsLeftOutIsTheDefaultAndOrderAndBlanksAreFree) {
  const Result<Case> read = ReadText(
      "# a comment first\n"
      "\n"
      "  framefence\tcase 1   # the header\r\n"
      "option cameras 7\r\n"
      "   open integration=5 path=integration   viewer=2# no blank before this\r\n"
      "\t\n"
      "frame");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->options.cameras, 7U);
  ASSERT_EQ(read->steps.size(), 2U);
  EXPECT_EQ(WriteStep(read->steps[0]),
            "open viewer=2 account=0 camera=0 path=integration integration=5");
  EXPECT_EQ(WriteStep(read->steps[1]), "frame camera=0 idr=no slices=1 payload_bytes=0");
}

TEST(TextTest, AHeaderAloneIsACaseWithoutSteps) {
  const Result<Case> read = ReadText("framefence case 1");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, Case{});
}

std::string Mistake(std::string_view text) {
  const Result<Case> read = ReadText(text);
  return read.ok() ? "none" : read.error().message;
}

// In a line of its own, line 2, after the header.
std::string MistakeInLine(std::string_view line) {
  return Mistake("framefence case 1\n" + std::string(line) + "\n");
}

TEST(TextTest, MistakesAreNamedWithTheirPlaceAndTheCure) {
  EXPECT_EQ(MistakeInLine("open viewer=2 camra=3"),
            "line 2, column 15: unknown field 'camra' of 'open'; it has viewer, account, camera, "
            "path, integration");
  EXPECT_THAT(MistakeInLine("opne viewer=2"),
              HasSubstr("line 2, column 1: unknown step 'opne'; there are none, "));
  EXPECT_EQ(MistakeInLine("open path=web"),
            "line 2, column 11: unknown value 'web' of 'path'; it is app or integration");
  EXPECT_EQ(MistakeInLine("frame idr=1"),
            "line 2, column 11: unknown value '1' of 'idr'; it is no or yes");
  EXPECT_EQ(MistakeInLine("close viewer"), "line 2, column 13: expected '=' after 'viewer'");
  EXPECT_EQ(MistakeInLine("close viewer=1 viewer=1"), "line 2, column 16: 'viewer' is given twice");
  EXPECT_EQ(MistakeInLine("none viewer=1"),
            "line 2, column 6: 'none' has no fields, found 'viewer'");
  EXPECT_EQ(MistakeInLine("option cameras 0"),
            "line 2, column 16: expected a whole number, 1..4096, found '0'");
  EXPECT_EQ(MistakeInLine("option cameras"), "line 2, column 15: expected a value, 1..4096");
  EXPECT_EQ(MistakeInLine("option"), "line 2, column 7: expected an option's name");
  EXPECT_EQ(MistakeInLine("option cameras 3 4"),
            "line 2, column 18: expected the line's end, found '4'");
  EXPECT_THAT(MistakeInLine("option camera 3"),
              HasSubstr("line 2, column 8: unknown option 'camera'; there are accounts, "));
  EXPECT_EQ(Mistake("framefence case 1\nfrome"), MistakeInLine("frome"))
      << "with or without a last newline";
  EXPECT_EQ(Mistake("framefence case 1\n\n# x\nadvance ms=1\noption cameras 3\n"),
            "line 5, column 1: options stand before the first step");
}

TEST(TextTest, NumbersThatDoNotFitAreNamed) {
  for (const std::string_view value :
       {"256", "-1", "+1", "1x", "0x1", "", "99999999999999999999", "1.0", "\xff"}) {
    EXPECT_THAT(MistakeInLine("close viewer=" + std::string(value)),
                HasSubstr("line 2, column 14: expected a whole number, 0..255, found '"))
        << value;
  }
  EXPECT_THAT(MistakeInLine("frame slices=0"),
              HasSubstr("expected a whole number, 1..4, found '0'"));
  EXPECT_THAT(MistakeInLine("frame slices=5"),
              HasSubstr("expected a whole number, 1..4, found '5'"));
  EXPECT_EQ(MistakeInLine("option seed 4294967295"), "none");
  EXPECT_THAT(MistakeInLine("option seed 4294967296"), HasSubstr("0..4294967295"));
}

TEST(TextTest, AFieldThatItsLineHasNoUseForIsAMistake) {
  EXPECT_EQ(MistakeInLine("open integration=0 path=app"),
            "line 2, column 6: 'integration' of 'open' goes with path=integration only");
  EXPECT_EQ(MistakeInLine("weather link=uplink viewer=1"),
            "line 2, column 21: 'viewer' of 'weather' goes with link=downlink all=no only");
  EXPECT_EQ(MistakeInLine("weather model=clean loss=1"),
            "line 2, column 21: 'loss' of 'weather' goes with model=bernoulli only");
}

TEST(TextTest, HeadersAreChecked) {
  EXPECT_EQ(Mistake("framefence case 2\n"),
            "line 1, column 17: format version 2 is newer than this program; this program reads "
            "version 1");
  EXPECT_THAT(Mistake("framefence case 0\n"), HasSubstr("format version 0 does not exist"));
  EXPECT_THAT(Mistake("framefence case\n"),
              HasSubstr("line 1, column 16: expected the format version"));
  EXPECT_THAT(Mistake("framefence case one\n"),
              HasSubstr("line 1, column 17: expected a whole number"));
  EXPECT_THAT(Mistake("framefence case 1 2\n"),
              HasSubstr("line 1, column 19: expected the line's end"));
  EXPECT_THAT(Mistake("advance ms=1\n"),
              HasSubstr("line 1, column 1: expected 'framefence case 1', found 'advance'"));
  EXPECT_THAT(Mistake("# nothing\n"),
              HasSubstr("line 2, column 1: expected 'framefence case 1', found the end"));
}

TEST(TextTest, WhatIsQuotedIsShortAndHarmless) {
  const std::string message = MistakeInLine("\x1b[2J" + std::string(100'000, 'x'));
  EXPECT_THAT(message, HasSubstr("unknown step '\\x1b[2Jxxx"));
  EXPECT_THAT(message, HasSubstr("xxx...'"));
  EXPECT_LT(message.size(), 400U);
}

TEST(TextTest, TooManyStepsAreAMistakeOfTheFirstOneTooMany) {
  std::string text = "framefence case 1\n";
  for (std::size_t i = 0; i < kStepsMax; ++i) text += "none\n";
  EXPECT_EQ(Mistake(text), "none");
  EXPECT_EQ(Mistake(text + "none\n"),
            "line 4098, column 1: too long for a case: the limit is 4096 steps");
}

// Damaged texts: each is read or its mistake is placed inside it; what is read is written and read
// again.
TEST(TextTest, DamagedTextIsReadOrRefusedWithAPlace) {
  Prng prng(1);
  int read_count = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(kCanonicalText);
    for (std::uint32_t damage = 1 + prng.Below(3); damage != 0; --damage) {
      const std::size_t at = prng.Below(static_cast<std::uint32_t>(text.size()));
      switch (prng.Below(5)) {
        case 0:
          text.erase(at, 1 + prng.Below(20));
          break;
        case 1:
          text[at] = static_cast<char>(prng.Next32());
          break;
        case 2:
          text.erase(at, text.find('\n', at) - at);  // the end of a line is lost
          break;
        case 3:
          text.insert(at, 1, "= #\n\r0149\0"[prng.Below(10)]);
          break;
        default:
          text.insert(at, text.substr(prng.Below(static_cast<std::uint32_t>(text.size())), 20));
          break;
      }
    }
    const Result<Case> read = ReadText(text);
    if (read.ok()) {
      ++read_count;
      ASSERT_EQ(*ReadText(WriteText(*read)), *read) << text;
    } else {
      ASSERT_THAT(read.error().message, testing::ContainsRegex("^line [0-9]+, column [0-9]+: ."))
          << text;
    }
  }
  EXPECT_GT(read_count, 300)
      << "the damage leaves nothing to read: this test no longer tests reading";
}

}  // namespace
}  // namespace framefence::cases
