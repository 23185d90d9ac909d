// Strings from outside (paths, counterexamples, an engine's last words) made safe to show.
#ifndef FRAMEFENCE_HARNESS_REPORT_ESCAPE_H_
#define FRAMEFENCE_HARNESS_REPORT_ESCAPE_H_

#include <string>
#include <string_view>

namespace framefence::report {

// Valid UTF-8 that moves no cursor: control characters other than newline and tab, directional
// overrides, noncharacters and bytes that are not UTF-8 (RFC 3629) become "\x1b" or "\u{202e}".
// What it returns may stand in a terminal and, but for the markup's own characters, in XML 1.0.
std::string Printable(std::string_view text);

// The text without terminal control sequences (ECMA-48 5.4: colours, cursor movements), as a log
// that was not written for a terminal would have it.
std::string WithoutControlSequences(std::string_view text);

// Printable, on one line: newlines and tabs are escaped too.
std::string PrintableLine(std::string_view text);

// Printable, with & < > " ' as character references: for text and quoted attributes of HTML and
// XML.
std::string EscapeMarkup(std::string_view text);

// A relative path as a URI reference (RFC 3986): all but unreserved characters and '/' are
// percent-encoded.
std::string EscapeUriPath(std::string_view path);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_ESCAPE_H_
