#include "harness/schedule/handovers.h"

#include <fmt/format.h>

#include <charconv>

namespace framefence::schedule {
namespace {

// Reads all of `text` as a number.
template <class T>
bool ReadNumber(std::string_view text, T& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

std::string ScheduleToText(const Handovers& handovers) {
  std::string text;
  for (const Handover& handover : handovers)
    text += fmt::format("{}{}>{}", text.empty() ? "" : " ", handover.after, handover.to);
  return text;
}

Result<Handovers> ScheduleFromText(std::string_view text) {
  Handovers handovers;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
    if (word.empty()) continue;
    const std::size_t arrow = word.find('>');
    Handover handover;
    if (arrow == word.npos || !ReadNumber(word.substr(0, arrow), handover.after) ||
        !ReadNumber(word.substr(arrow + 1), handover.to))
      return Error{
          fmt::format("'{}' is no handover; 12>1 is one, after 12 choices to fibre 1", word)};
    handovers.push_back(handover);
  }
  return handovers;
}

}  // namespace framefence::schedule
