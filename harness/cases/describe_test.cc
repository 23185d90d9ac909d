#include "harness/cases/describe.h"

#include <charconv>
#include <set>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/cases/options.h"
#include "harness/cases/schema.h"

namespace framefence::cases {
namespace {

using testing::HasSubstr;

TEST(DescribeTest, EveryOptionAndEveryFieldIsDescribed) {
  const std::string text = DescribeFormat();
  for (const OptionInfo& info : AllOptions()) {
    EXPECT_THAT(text, HasSubstr("  " + std::string(info.name) + " "));
    EXPECT_THAT(text, HasSubstr(std::string(info.doc)));
  }
  for (const OpInfo& info : AllOps()) {
    if (info.op == Op::kOption) continue;
    EXPECT_THAT(text, HasSubstr("\n  " + std::string(info.name) + " "));
    for (const Field& field : info.fields) {
      EXPECT_THAT(text, HasSubstr("    " + std::string(field.name) + "="));
      EXPECT_THAT(text, HasSubstr(std::string(field.doc)));
    }
  }
}

// The bytes of a token `name="\x00\x01..."`.
Step StepOfToken(std::string_view line) {
  std::byte bytes[kStepBytes] = {};
  const std::size_t begin = line.find('"') + 1;
  for (std::size_t i = 0; i < kStepBytes; ++i) {
    const char* const digits = line.data() + begin + 4 * i + 2;
    unsigned value = 0;
    std::from_chars(digits, digits + 2, value, 16);
    bytes[i] = static_cast<std::byte>(value);
  }
  return LoadStep(bytes);
}

TEST(DictionaryTest, EveryTokenIsOneWholeStepThatMeansSomething) {
  const std::string text = FuzzDictionary();
  std::set<std::string_view> names;
  std::set<Op> ops;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    EXPECT_THAT(std::string(line),
                testing::MatchesRegex("[a-z_][a-z0-9_]*=\"(\\\\x[0-9a-f][0-9a-f])+\""));
    EXPECT_EQ(line.size(), line.find('=') + 2 + 4 * kStepBytes + 1);
    EXPECT_TRUE(names.insert(line.substr(0, line.find('='))).second) << line;
    const Step step = StepOfToken(line);
    ops.insert(step.op);
    if (step.op == Op::kOption) {
      EXPECT_NE(FindOption(step.actor), nullptr) << line;
    } else {
      EXPECT_EQ(Canonical(step), step) << line;
    }
  }
  EXPECT_EQ(ops.size(), AllOps().size() - 1) << "all but none";
}

}  // namespace
}  // namespace framefence::cases
