#include "harness/cases/describe.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "harness/cases/options.h"
#include "harness/cases/schema.h"

namespace framefence::cases {
namespace {

std::string RangeOf(const Field& field) {
  if (field.kind == Kind::kBoolean) return "no|yes";
  if (field.kind == Kind::kEnum) return fmt::format("{}", fmt::join(field.values, "|"));
  const std::string range = fmt::format("{}..{}", field.value_min(), field.value_max());
  return field.unit.empty() ? range : fmt::format("{} {}", range, field.unit);
}

void AppendToken(std::string& out, std::string name, const Step& step) {
  std::ranges::replace(name, '-', '_');
  std::byte bytes[kStepBytes];
  StoreStep(step, bytes);
  fmt::format_to(std::back_inserter(out), "{}=\"", name);
  for (const std::byte byte : bytes) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", std::to_integer<unsigned>(byte));
  }
  out += "\"\n";
}

void AppendOpTokens(std::string& out, const OpInfo& info) {
  AppendToken(out, std::string(info.name), {.op = info.op});
  for (const Field& field : info.fields) {
    if (field.kind != Kind::kEnum && field.kind != Kind::kBoolean) continue;
    for (std::uint32_t value = 1; value <= field.value_max(); ++value) {
      const std::string suffix =
          field.kind == Kind::kEnum ? std::string(field.values[value]) : std::string(field.name);
      Step step{.op = info.op, .flags = field.when.flags};
      Write(step, field, value);
      AppendToken(out, fmt::format("{}_{}", info.name, suffix), step);
    }
  }
}

}  // namespace

std::string DescribeFormat() {
  std::string out = "Options of the world (option <name> <value>):\n";
  auto sink = std::back_inserter(out);
  for (const OptionInfo& info : AllOptions()) {
    const std::string range = fmt::format("{}..{}", info.min, info.max);
    fmt::format_to(
        sink, "  {:<21} {:>6}  {:<14} {}\n", info.name, info.default_value(), range,
        info.unit.empty() ? std::string(info.doc) : fmt::format("{}: {}", info.unit, info.doc));
  }
  out += "\nSteps (<step> <field>=<value> ...):\n";
  for (const OpInfo& info : AllOps()) {
    if (info.op == Op::kOption) continue;
    fmt::format_to(sink, "  {:<48} {}\n", info.name, info.doc);
    for (const Field& field : info.fields) {
      const std::string left = fmt::format("{}={}", field.name, RangeOf(field));
      fmt::format_to(sink, "    {:<46} {}{}\n", left, field.doc,
                     field.when.words.empty() ? "" : fmt::format(" (with {})", field.when.words));
    }
  }
  return out;
}

std::string FuzzDictionary() {
  std::string out;
  for (const OpInfo& info : AllOps()) {
    if (info.op != Op::kNone && info.op != Op::kOption) AppendOpTokens(out, info);
  }
  for (const OptionInfo& info : AllOptions()) {
    Step step{.op = Op::kOption, .actor = info.id, .argument = info.min};
    AppendToken(out, fmt::format("option_{}_min", info.name), step);
    step.argument = info.max;
    AppendToken(out, fmt::format("option_{}_max", info.name), step);
  }
  return out;
}

}  // namespace framefence::cases
