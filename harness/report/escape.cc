#include "harness/report/escape.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace framefence::report {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  // bytes; 0: the text does not begin with a well-formed code point
};

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. REQUIRES: !text.empty().
CodePoint Decode(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead < 0xc0   ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf8 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return {};
  char32_t value = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    value = value << 6 | (byte(i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[length] || is_surrogate || value > 0x10ffff) return {};
  return {value, length};
}

// Whether showing it does something other than show it.
bool IsDeceptive(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0)           // C0, DEL, C1
         || c == 0x061c || c == 0x200e || c == 0x200f  // directional marks
         || (c >= 0x2028 && c <= 0x202e)               // line separators, embeddings
         || (c >= 0x2066 && c <= 0x2069)               // isolates
         || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffeU) == 0xfffeU;  // noncharacters
}

std::string PrintableExcept(std::string_view text, std::string_view allowed) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = Decode(text);
    const std::size_t length = c.length == 0 ? 1 : c.length;
    if (c.length == 0) {
      fmt::format_to(std::back_inserter(result), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (!IsDeceptive(c.value) || allowed.find(text[0]) != std::string_view::npos) {
      result += text.substr(0, length);
    } else if (c.value < 0x80) {
      fmt::format_to(std::back_inserter(result), "\\x{:02x}", static_cast<unsigned>(c.value));
    } else {
      fmt::format_to(std::back_inserter(result), "\\u{{{:04x}}}", static_cast<unsigned>(c.value));
    }
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

std::string WithoutControlSequences(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t begin = text.find("\x1b[");
    result += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin + 2);
    // Parameter and intermediate bytes, then one final byte.
    const auto is_final = [](char c) { return c >= 0x40 && c <= 0x7e; };
    const auto end = std::find_if(text.begin(), text.end(), is_final);
    text.remove_prefix(end == text.end() ? text.size()
                                         : static_cast<std::size_t>(end - text.begin()) + 1);
  }
  return result;
}

std::string Printable(std::string_view text) { return PrintableExcept(text, "\n\t"); }

std::string PrintableLine(std::string_view text) { return PrintableExcept(text, ""); }

std::string EscapeMarkup(std::string_view text) {
  std::string result;
  for (const char c : Printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string EscapeUriPath(std::string_view path) {
  constexpr std::string_view kKept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string result;
  for (const char c : path) {
    if (kKept.find(c) != std::string_view::npos) {
      result += c;
    } else {
      fmt::format_to(std::back_inserter(result), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

}  // namespace framefence::report
