#include "harness/net/error_pattern.h"

#include <algorithm>
#include <string>

#include "harness/base/files.h"

namespace framefence::net {
namespace {

constexpr unsigned kG192Received = 0x6b21, kG192Lost = 0x6b20;
constexpr unsigned kG192Zero = 0x007f, kG192One = 0x0081;
constexpr unsigned kByteReceived = 0x21, kByteLost = 0x20;

enum class Format { kWordsLittle, kWordsBig, kBytes, kText };

bool IsSpace(unsigned byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

unsigned At(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<unsigned>(bytes[index]);
}

unsigned WordAt(std::span<const std::byte> bytes, std::size_t index, bool little) {
  const unsigned first = At(bytes, index);
  const unsigned second = At(bytes, index + 1);
  return little ? second << 8 | first : first << 8 | second;
}

bool IsG192(unsigned word) {
  return word == kG192Received || word == kG192Lost || word == kG192Zero || word == kG192One;
}

Format FormatOf(std::span<const std::byte> bytes) {
  if (bytes.size() >= 2 && IsG192(WordAt(bytes, 0, true))) return Format::kWordsLittle;
  if (bytes.size() >= 2 && IsG192(WordAt(bytes, 0, false))) return Format::kWordsBig;
  const auto past_spaces = std::find_if(bytes.begin(), bytes.end(),
                                        [](std::byte byte) { return byte != std::byte{' '}; });
  if (past_spaces == bytes.end() || *past_spaces == std::byte{kByteReceived}) return Format::kBytes;
  return Format::kText;
}

Error Unknown(const char* what, std::size_t at) {
  return Error{std::string("error pattern: ") + what + " at byte " + std::to_string(at)};
}

}  // namespace

void ErrorPattern::Add(bool lost) {
  if (size_ % 64 == 0) words_.push_back(0);
  words_.back() |= std::uint64_t{lost ? 1U : 0U} << size_ % 64;
  ++size_;
  lost_ += lost ? 1 : 0;
}

void ErrorPattern::CountBursts() {
  bool before = IsLost(size_ - 1);
  for (std::uint32_t i = 0; i < size_; ++i) {
    const bool now = IsLost(i);
    bursts_ += now && !before ? 1 : 0;
    before = now;
  }
}

Result<ErrorPattern> ErrorPattern::Parse(std::span<const std::byte> bytes) {
  if (bytes.size() > kFileBytesMax) {
    return Error{"error pattern: " + std::to_string(bytes.size()) + " bytes, the limit is " +
                 std::to_string(kFileBytesMax)};
  }
  if (bytes.empty()) return Error{"error pattern: empty"};
  ErrorPattern pattern;
  const Format format = FormatOf(bytes);
  if (format == Format::kWordsLittle || format == Format::kWordsBig) {
    if (bytes.size() % 2 != 0) return Unknown("half a 16-bit word", bytes.size() - 1);
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
      const unsigned word = WordAt(bytes, i, format == Format::kWordsLittle);
      if (word == kG192Zero || word == kG192One)
        return Unknown("softbits of a bit-error pattern, where frame erasures are wanted,", i);
      if (word != kG192Received && word != kG192Lost)
        return Unknown("a word other than 0x6B21 and 0x6B20", i);
      pattern.Add(word == kG192Lost);
    }
  } else {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const unsigned byte = At(bytes, i);
      if (format == Format::kText && IsSpace(byte)) continue;
      const bool text = format == Format::kText;
      if (byte != (text ? '0' : kByteReceived) && byte != (text ? '1' : kByteLost))
        return Unknown(
            text ? "something other than 0, 1 and spaces" : "a byte other than 0x21 and 0x20", i);
      pattern.Add(byte == (text ? '1' : kByteLost));
    }
  }
  if (pattern.size_ == 0) return Error{"error pattern: no packets in it"};
  pattern.CountBursts();
  return pattern;
}

Result<ErrorPattern> ErrorPattern::Parse(std::string_view text) {
  return Parse(std::as_bytes(std::span(text.data(), text.size())));
}

Result<ErrorPattern> ErrorPattern::Load(const std::filesystem::path& path) {
  const auto bytes = ReadFile(path, kFileBytesMax);
  if (!bytes.ok()) return bytes.error();
  auto pattern = Parse(*bytes);
  if (!pattern.ok()) return Error{"'" + path.string() + "': " + pattern.error().message};
  return pattern;
}

}  // namespace framefence::net
