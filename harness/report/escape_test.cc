#include "harness/report/escape.h"

#include "gtest/gtest.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

TEST(EscapeTest, PlainTextStaysAsItIs) {
  const std::string text = "camera 4, Zürich \xe2\x86\x92 \xf0\x9f\x93\xb7\n\tline";
  EXPECT_EQ(Printable(text), text);
  EXPECT_EQ(PrintableLine("a\nb\tc"), "a\\x0ab\\x09c");
}

TEST(EscapeTest, NothingMovesTheCursorOrTheReadingDirection) {
  EXPECT_EQ(Printable("\x1b[2J\r\x07\x7f"), "\\x1b[2J\\x0d\\x07\\x7f");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(Printable("\xc2\x9b"), "\\u{009b}");      // C1: a control sequence introducer
  EXPECT_EQ(Printable("\xe2\x80\xae"), "\\u{202e}");  // right-to-left override
  EXPECT_EQ(Printable("\xef\xbf\xbe"), "\\u{fffe}");  // XML 1.0 has no such character
}

// Seen to fail with each condition of Decode() taken away in turn.
TEST(EscapeTest, BytesThatAreNotUtf8AreShownAsBytes) {
  EXPECT_EQ(Printable("a\xff z"), "a\\xff z");
  EXPECT_EQ(Printable("\x80"), "\\x80");                             // continuation alone
  EXPECT_EQ(Printable("\xc0\x80"), "\\xc0\\x80");                    // overlong, two bytes
  EXPECT_EQ(Printable("\xe0\x80\x80"), "\\xe0\\x80\\x80");           // overlong, three bytes
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  constexpr std::string_view kArrow = "\xe2\x86\x92";
  EXPECT_EQ(Printable(kArrow.substr(0, 2)), "\\xe2\\x86");  // cut short, where more would follow
  EXPECT_EQ(Printable("\xe2\x41\x42"),
            "\\xe2"
            "AB");
}

TEST(EscapeTest, MarkupBecomesCharacterReferences) {
  EXPECT_EQ(EscapeMarkup("<a b=\"c\" d='e'>&amp;"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
  EXPECT_EQ(EscapeMarkup(kHostile).find_first_of("<>\"'\x1b\xff"), std::string::npos);
}

TEST(EscapeTest, PathsBecomeUriReferences) {
  EXPECT_EQ(EscapeUriPath("a-b_c.d~/case.txt"), "a-b_c.d~/case.txt");
  EXPECT_EQ(EscapeUriPath("a b:c%\xff"), "a%20b%3Ac%25%FF");
}

TEST(EscapeTest, ControlSequencesAreTakenOutWhole) {
  EXPECT_EQ(WithoutControlSequences("\x1b[1;31mred\x1b[0m, \x1b[2Jplain"), "red, plain");
  EXPECT_EQ(WithoutControlSequences("plain"), "plain");
  EXPECT_EQ(WithoutControlSequences("cut \x1b[1;3"), "cut ");
  EXPECT_EQ(WithoutControlSequences(""), "");
}

}  // namespace
}  // namespace framefence::report
