// Fuzzes the forms of a case:
//   1. what any of them reads is written as text and as bytes that read as its canonical form;
//   2. text -> bytes -> text is exact, and so is bytes -> text -> bytes;
//   3. a mutated or crossed-over case still decodes, within the room that it was given.
#include <array>
#include <string_view>
#include <vector>

#include "harness/base/check.h"
#include "harness/cases/case.h"
#include "harness/cases/mutate.h"
#include "harness/cases/text.h"
#include "targets/fuzz/fuzz_input.h"

namespace {

namespace cases = framefence::cases;
using cases::Case;
using cases::DecodeStatus;

void CheckForms(const Case& read) {
  const Case canonical = cases::Canonical(read);
  const std::string text = cases::WriteText(read);
  const std::vector<std::byte> bytes = cases::EncodeCase(read);

  const auto from_text = cases::ReadText(text);
  FRAMEFENCE_CHECK(from_text.ok() && *from_text == canonical);
  Case from_bytes;
  FRAMEFENCE_CHECK(cases::DecodeCase(bytes, from_bytes) == DecodeStatus::kOk &&
                   from_bytes == canonical);

  FRAMEFENCE_CHECK(cases::WriteText(from_bytes) == text);
  FRAMEFENCE_CHECK(cases::EncodeCase(*from_text) == bytes);
  FRAMEFENCE_CHECK(cases::DetectForm(bytes) == cases::CaseForm::kBinary);
  FRAMEFENCE_CHECK(cases::DetectForm(std::as_bytes(std::span(text))) == cases::CaseForm::kText);
}

// Steps that look like a header are left alone: in front they would be one.
bool HoldsHeaderInside(std::span<const std::byte> bytes) {
  constexpr std::string_view kMagic = "FFCASE";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.find(kMagic, 1) != std::string_view::npos;
}

void CheckBreeding(std::span<const std::byte> bytes) {
  if (HoldsHeaderInside(bytes)) return;
  std::array<std::byte, 512> room{};
  std::array<std::byte, 512> child{};
  const std::size_t parent_size = std::min(bytes.size(), room.size());
  std::copy_n(bytes.begin(), parent_size, room.begin());
  Case decoded;
  if (cases::DecodeCase(std::span(room).first(parent_size), decoded) != DecodeStatus::kOk) return;
  const std::size_t child_size =
      cases::Crossover(std::span(room).first(parent_size), bytes, child, bytes.size());
  const std::size_t size = cases::Mutate(room, parent_size, bytes.size());
  FRAMEFENCE_CHECK(size <= room.size() && child_size <= child.size());
  FRAMEFENCE_CHECK(cases::DecodeCase(std::span(room).first(size), decoded) == DecodeStatus::kOk);
  FRAMEFENCE_CHECK(cases::DecodeCase(std::span(child).first(child_size), decoded) ==
                   DecodeStatus::kOk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto read = cases::ParseCaseFile(bytes)) CheckForms(*read);
  Case raw;
  if (cases::DecodeCase(bytes, raw) == DecodeStatus::kOk) CheckForms(raw);
  CheckBreeding(bytes);
  return 0;
}
