#include "harness/cases/text.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <vector>

#include "harness/cases/schema.h"

namespace framefence::cases {
namespace {

constexpr std::string_view kBooleans[] = {"no", "yes"};

std::span<const std::string_view> ValueNames(const Field& field) {
  return field.kind == Kind::kBoolean ? std::span<const std::string_view>(kBooleans) : field.values;
}

void AppendField(std::string& out, const Step& step, const Field& field) {
  const std::uint32_t value = Read(step, field);
  const auto names = ValueNames(field);
  if (names.empty()) {
    fmt::format_to(std::back_inserter(out), " {}={}", field.name, value);
  } else {
    fmt::format_to(std::back_inserter(out), " {}={}", field.name, names[value]);
  }
}

bool IsLeftOut(const Step& step, const Field& field) {
  return field.rare && Read(step, field) == field.value_min();
}

void AppendStep(std::string& out, const Step& step) {
  const Step canonical = Canonical(step);
  const OpInfo& info = *FindOp(canonical.op);
  out += info.name;
  for (const Field& field : info.fields) {
    if (Exists(field, canonical) && !IsLeftOut(canonical, field))
      AppendField(out, canonical, field);
  }
}

// A stretch of one line.
struct Token {
  std::string_view text;
  std::size_t column = 1;

  Token From(std::size_t offset) const { return {text.substr(offset), column + offset}; }
};

// A foreign token in a message: short, and nothing that a terminal would obey.
std::string Quoted(std::string_view text) {
  constexpr std::size_t kLengthMax = 32;
  std::string out = "'";
  for (const char c : text.substr(0, kLengthMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (text.size() > kLengthMax ? "...'" : "'");
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<Case> Read() {
    while (NextLine()) {
      if (!ReadLine()) return *error_;
    }
    if (!headed_) {
      ++line_;
      Fail({"", 1}, "expected 'framefence case 1', found the end");
      return *error_;
    }
    return std::move(case_);
  }

 private:
  bool NextLine();
  bool ReadLine();
  bool ReadHeader();
  bool ReadOption();
  bool ReadStep();
  bool ReadField(const OpInfo& info, const Token& token, Step& step, std::uint64_t& seen);
  bool ReadValue(const Field& field, const Token& token, std::uint32_t& value);
  bool ReadNumber(const Token& token, std::uint32_t min, std::uint32_t max, std::uint32_t& value);
  bool ExpectTokens(std::size_t count);
  bool CheckConditions(const OpInfo& info, const Step& step, std::uint64_t seen);

  // Notes the first error; false, for the caller to hand on.
  bool Fail(const Token& at, std::string_view what) {
    if (!error_) error_ = Error{fmt::format("line {}, column {}: {}", line_, at.column, what)};
    return false;
  }
  // Where the line ends: for what is missing from it.
  Token End() const { return {"", tokens_.back().column + tokens_.back().text.size()}; }

  std::string_view rest_;
  std::size_t line_ = 0;
  std::vector<Token> tokens_;  // of the line, never empty while it is read
  bool headed_ = false;
  Case case_;
  std::optional<Error> error_;
};

// Splits the next line that says something into tokens_; false at the end.
bool Reader::NextLine() {
  constexpr std::string_view kBlanks = " \t\r";
  while (!rest_.empty()) {
    ++line_;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    line = line.substr(0, line.find('#'));
    tokens_.clear();
    for (std::size_t at = line.find_first_not_of(kBlanks); at < line.size();) {
      const std::size_t stop = std::min(line.find_first_of(kBlanks, at), line.size());
      tokens_.push_back({line.substr(at, stop - at), at + 1});
      at = line.find_first_not_of(kBlanks, stop);
    }
    if (!tokens_.empty()) return true;
  }
  return false;
}

bool Reader::ReadLine() {
  if (!headed_) return ReadHeader();
  return tokens_[0].text == "option" ? ReadOption() : ReadStep();
}

bool Reader::ReadHeader() {
  if (tokens_.size() < 2 || tokens_[0].text != "framefence" || tokens_[1].text != "case") {
    return Fail(
        tokens_[0],
        fmt::format("expected 'framefence case 1', found {}; a fuzzer's raw input that looks "
                    "like text needs the 8 bytes 'FFCASE\\x01\\x00' before it",
                    Quoted(tokens_[0].text)));
  }
  if (tokens_.size() < 3) return Fail(End(), "expected the format version, for instance 1");
  std::uint32_t version = 0;
  if (!ReadNumber(tokens_[2], 0, ~0U, version)) return false;
  if (version != kFormatVersion) return Fail(tokens_[2], VersionMistake(version));
  if (!ExpectTokens(3)) return false;
  headed_ = true;
  return true;
}

bool Reader::ReadOption() {
  if (!case_.steps.empty()) return Fail(tokens_[0], "options stand before the first step");
  if (tokens_.size() < 2) return Fail(End(), "expected an option's name");
  const OptionInfo* info = FindOption(tokens_[1].text);
  if (info == nullptr) {
    std::vector<std::string_view> names;
    for (const OptionInfo& option : AllOptions()) names.push_back(option.name);
    return Fail(tokens_[1], fmt::format("unknown option {}; there are {}", Quoted(tokens_[1].text),
                                        fmt::join(names, ", ")));
  }
  if (tokens_.size() < 3)
    return Fail(End(), fmt::format("expected a value, {}..{}", info->min, info->max));
  std::uint32_t value = 0;
  if (!ReadNumber(tokens_[2], info->min, info->max, value)) return false;
  if (!ExpectTokens(3)) return false;
  case_.options.*info->member = value;
  return true;
}

bool Reader::ReadStep() {
  const OpInfo* info = FindOp(tokens_[0].text);
  if (info == nullptr) {
    std::vector<std::string_view> names;
    for (const OpInfo& op : AllOps()) names.push_back(op.name);
    return Fail(tokens_[0], fmt::format("unknown step {}; there are {}", Quoted(tokens_[0].text),
                                        fmt::join(names, ", ")));
  }
  if (case_.steps.size() == kStepsMax) {
    return Fail(tokens_[0], fmt::format("too long for a case: the limit is {} steps", kStepsMax));
  }
  Step step{.op = info->op};
  std::uint64_t seen = 0;
  for (std::size_t i = 1; i < tokens_.size(); ++i) {
    if (!ReadField(*info, tokens_[i], step, seen)) return false;
  }
  if (!CheckConditions(*info, step, seen)) return false;
  case_.steps.push_back(step);
  return true;
}

// `seen`: bit i is set once the op's field i was given.
bool Reader::ReadField(const OpInfo& info, const Token& token, Step& step, std::uint64_t& seen) {
  const std::size_t equals = token.text.find('=');
  const std::string_view name = token.text.substr(0, equals);
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    const Field& field = info.fields[i];
    names.push_back(field.name);
    if (field.name != name) continue;
    if (equals == std::string_view::npos) {
      return Fail({"", token.column + token.text.size()},
                  fmt::format("expected '=' after '{}'", name));
    }
    if ((seen >> i & 1U) != 0) return Fail(token, fmt::format("'{}' is given twice", name));
    seen |= std::uint64_t{1} << i;
    std::uint32_t value = 0;
    if (!ReadValue(field, token.From(equals + 1), value)) return false;
    Write(step, field, value);
    return true;
  }
  return Fail(token, names.empty()
                         ? fmt::format("'{}' has no fields, found {}", info.name, Quoted(name))
                         : fmt::format("unknown field {} of '{}'; it has {}", Quoted(name),
                                       info.name, fmt::join(names, ", ")));
}

bool Reader::ReadValue(const Field& field, const Token& token, std::uint32_t& value) {
  const auto names = ValueNames(field);
  if (names.empty()) return ReadNumber(token, field.value_min(), field.value_max(), value);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != token.text) continue;
    value = static_cast<std::uint32_t>(i);
    return true;
  }
  return Fail(token, fmt::format("unknown value {} of '{}'; it is {}", Quoted(token.text),
                                 field.name, fmt::join(names, " or ")));
}

bool Reader::ReadNumber(const Token& token, std::uint32_t min, std::uint32_t max,
                        std::uint32_t& value) {
  const char* const end = token.text.data() + token.text.size();
  const auto [stop, status] = std::from_chars(token.text.data(), end, value);
  if (status == std::errc{} && stop == end && value >= min && value <= max) return true;
  return Fail(token, fmt::format("expected a whole number, {}..{}, found {}", min, max,
                                 Quoted(token.text)));
}

// That the line holds no more than `count` tokens.
bool Reader::ExpectTokens(std::size_t count) {
  if (tokens_.size() <= count) return true;
  const Token& extra = tokens_[count];
  return Fail(extra, fmt::format("expected the line's end, found {}", Quoted(extra.text)));
}

// Whether a field exists is known only once the whole line is: its flags may come last.
bool Reader::CheckConditions(const OpInfo& info, const Step& step, std::uint64_t seen) {
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    const Field& field = info.fields[i];
    if ((seen >> i & 1U) == 0 || Exists(field, step)) continue;
    for (const Token& token : tokens_) {
      if (!token.text.starts_with(field.name) || token.text.substr(field.name.size(), 1) != "=")
        continue;
      return Fail(token, fmt::format("'{}' of '{}' goes with {} only", field.name, info.name,
                                     field.when.words));
    }
  }
  return true;
}

}  // namespace

std::string WriteStep(const Step& step) {
  std::string out;
  AppendStep(out, step);
  return out;
}

std::string WriteText(const Case& input) {
  std::string out = fmt::format("framefence case {}\n", kFormatVersion);
  for (const OptionInfo& info : AllOptions()) {
    const std::uint32_t value = info.Clamp(input.options.*info.member);
    if (value != info.default_value())
      fmt::format_to(std::back_inserter(out), "option {} {}\n", info.name, value);
  }
  for (const Step& step : input.steps) {
    AppendStep(out, step);
    out += '\n';
  }
  return out;
}

Result<Case> ReadText(std::string_view text) { return Reader(text).Read(); }

}  // namespace framefence::cases
