#include "harness/cases/case.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/base/check.h"
#include "harness/cases/schema.h"
#include "harness/cases/text.h"

namespace framefence::cases {
namespace {

constexpr std::string_view kMagic = "FFCASE";
constexpr std::string_view kTextMagic = "framefence case";

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool HasHeader(std::span<const std::byte> bytes) {
  return bytes.size() >= kStepBytes && AsText(bytes).starts_with(kMagic);
}

unsigned HeaderVersion(std::span<const std::byte> bytes) {
  return std::to_integer<unsigned>(bytes[6]) | std::to_integer<unsigned>(bytes[7]) << 8;
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

void Append(std::vector<std::byte>& bytes, const Step& step) {
  bytes.resize(bytes.size() + kStepBytes);
  StoreStep(step, bytes.data() + bytes.size() - kStepBytes);
}

}  // namespace

std::string VersionMistake(std::uint32_t version) {
  return fmt::format("format version {} {}; this program reads version {}", version,
                     version > kFormatVersion ? "is newer than this program" : "does not exist",
                     kFormatVersion);
}

CaseForm DetectForm(std::span<const std::byte> bytes) {
  if (HasHeader(bytes)) return CaseForm::kBinary;
  const std::string_view text = AsText(bytes);
  if (text.starts_with(kTextMagic)) return CaseForm::kText;
  return std::ranges::any_of(text, IsControl) ? CaseForm::kRaw : CaseForm::kText;
}

Result<Case> ParseCaseFile(std::span<const std::byte> bytes) {
  if (bytes.empty()) return Error{"the case is empty: not even a header"};
  if (bytes.size() > kCaseFileBytesMax) {
    return Error{fmt::format("too large for a case: {} bytes, the limit is {}", bytes.size(),
                             kCaseFileBytesMax)};
  }
  if (DetectForm(bytes) == CaseForm::kText) return ReadText(AsText(bytes));
  Case result;
  switch (DecodeCase(bytes, result)) {
    case DecodeStatus::kOk:
      break;
    case DecodeStatus::kTooManySteps:
      return Error{fmt::format("too long for a case: {} steps, the limit is {}",
                               (bytes.size() - LayoutOf(bytes).body) / kStepBytes, kStepsMax)};
    case DecodeStatus::kUnknownVersion:
      return Error{VersionMistake(HeaderVersion(bytes))};
  }
  return result;
}

CaseLayout LayoutOf(std::span<const std::byte> bytes) {
  CaseLayout layout;
  layout.options = HasHeader(bytes) ? kStepBytes : 0;
  layout.end = bytes.size() - bytes.size() % kStepBytes;
  layout.body = layout.options;
  while (layout.body < layout.end && bytes[layout.body] == static_cast<std::byte>(Op::kOption)) {
    layout.body += kStepBytes;
  }
  return layout;
}

DecodeStatus DecodeCase(std::span<const std::byte> bytes, Case& out) {
  if (HasHeader(bytes) && HeaderVersion(bytes) != kFormatVersion)
    return DecodeStatus::kUnknownVersion;
  const CaseLayout layout = LayoutOf(bytes);
  const std::size_t steps = (layout.end - layout.body) / kStepBytes;
  if (steps > kStepsMax) return DecodeStatus::kTooManySteps;
  out.options = {};
  for (std::size_t i = layout.options; i < layout.body; i += kStepBytes) {
    const Step option = LoadStep(bytes.data() + i);
    SetOption(out.options, option.actor, option.argument);
  }
  out.steps.resize(steps);
  for (std::size_t i = 0; i < steps; ++i) {
    out.steps[i] = LoadStep(bytes.data() + layout.body + i * kStepBytes);
  }
  return DecodeStatus::kOk;
}

std::vector<std::byte> EncodeCase(const Case& input) {
  FRAMEFENCE_CHECK(input.steps.size() <= kStepsMax);
  std::vector<std::byte> bytes;
  bytes.reserve((1 + AllOptions().size() + input.steps.size()) * kStepBytes);
  for (const char c : kMagic) bytes.push_back(static_cast<std::byte>(c));
  bytes.push_back(static_cast<std::byte>(kFormatVersion & 0xff));
  bytes.push_back(static_cast<std::byte>(kFormatVersion >> 8));
  for (const OptionInfo& info : AllOptions()) {
    const std::uint32_t value = info.Clamp(input.options.*info.member);
    if (value == info.default_value()) continue;
    Append(bytes, {.op = Op::kOption, .actor = info.id, .argument = value});
  }
  for (const Step& step : input.steps) Append(bytes, Canonical(step));
  return bytes;
}

Case Canonical(const Case& input) {
  Case result{.options = Clamped(input.options), .steps = input.steps};
  for (Step& step : result.steps) step = Canonical(step);
  return result;
}

}  // namespace framefence::cases
