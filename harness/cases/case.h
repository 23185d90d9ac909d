// A case: all that one run of the world depends on. Same case, same build: same trace.
//
// Three forms hold the same case:
//   - binary: the 8-byte header "FFCASE" + version (16 bits, little-endian), then steps of 8 bytes,
//     those of op kOption first;
//   - text: see text.h;
//   - raw: steps without a header, as fuzzers make them; any byte string is one, and bytes after
//     the last whole step are ignored.
#ifndef FRAMEFENCE_HARNESS_CASES_CASE_H_
#define FRAMEFENCE_HARNESS_CASES_CASE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cases/options.h"
#include "harness/cases/step.h"

namespace framefence::cases {

struct Case {
  WorldOptions options;
  std::vector<Step> steps;
  friend bool operator==(const Case&, const Case&) = default;
};

inline constexpr std::uint16_t kFormatVersion = 1;
inline constexpr std::size_t kStepsMax = 4096;
// Of a file in any form: ample for kStepsMax lines of text. What callers give to ReadFile as the
// limit.
inline constexpr std::size_t kCaseFileBytesMax = std::size_t{1} << 20;

// What is wrong with a format version other than kFormatVersion.
std::string VersionMistake(std::uint32_t version);

enum class CaseForm : std::uint8_t { kBinary, kText, kRaw };

// What a file of these bytes is read as: binary by its header; else text when it says so or holds
// no control character; else raw.
CaseForm DetectForm(std::span<const std::byte> bytes);

// Reads any of the three forms. Error: empty, too large, more than kStepsMax steps, another format
// version, or a mistake in a text (line and column named).
Result<Case> ParseCaseFile(std::span<const std::byte> bytes);

enum class DecodeStatus : std::uint8_t { kOk, kTooManySteps, kUnknownVersion };

// Reads the binary or the raw form into `out`, which keeps its memory: what fuzz targets call for
// each input. Allocates only when the case is longer than any before; unless kOk, `out` is
// unspecified. Never reads text, so what a fuzzer found is kept as EncodeCase of it: ParseCaseFile
// would take a raw input without control characters for text.
DecodeStatus DecodeCase(std::span<const std::byte> bytes, Case& out);

// The canonical binary form: options that differ from their default, in order of id; then Canonical
// steps. REQUIRES: at most kStepsMax steps.
std::vector<std::byte> EncodeCase(const Case& input);

// The one form of all cases that mean the same: options clamped, steps Canonical.
Case Canonical(const Case& input);

// Where the parts of a buffer of steps lie, in bytes: [0, options) the header if there is one,
// [options, body) option steps, [body, end) the others; [end, size) is no whole step.
struct CaseLayout {
  std::size_t options = 0;
  std::size_t body = 0;
  std::size_t end = 0;
};
CaseLayout LayoutOf(std::span<const std::byte> bytes);

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_CASE_H_
