#include "harness/schedule/handovers.h"

#include <fmt/format.h>

#include <charconv>

#include "harness/cases/step.h"

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

Handovers ScheduleFromBytes(std::span<const std::byte> steps) {
  Handovers handovers(steps.size() / cases::kStepBytes);
  for (Handover& handover : handovers) {
    const cases::Step step = cases::LoadStep(steps.data());
    handover = {.after = step.argument, .to = step.actor};
    steps = steps.subspan(cases::kStepBytes);
  }
  return handovers;
}

std::vector<std::byte> ScheduleToBytes(const Handovers& handovers) {
  std::vector<std::byte> bytes(handovers.size() * cases::kStepBytes);
  std::byte* at = bytes.data();
  for (const Handover& handover : handovers) {
    cases::StoreStep({.actor = handover.to, .argument = handover.after}, at);
    at += cases::kStepBytes;
  }
  return bytes;
}

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
