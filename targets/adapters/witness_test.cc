// One witness for each planted leak: small, violating with the leak, passing without it and with
// its near twin.
#include <gtest/gtest.h>

#include <string>

#include "harness/base/files.h"
#include "harness/cases/case.h"
#include "harness/sim/world.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"

namespace adapters {
namespace {

class WitnessTest : public testing::TestWithParam<leaks::Entry> {
 protected:
  void TearDown() override { leaks::Plant(0); }

  framefence::cases::Case Witness() {
    const std::string path = "corpora/witnesses/" + std::string(GetParam().witness) + ".case.txt";
    const auto bytes = framefence::ReadFile(path, framefence::cases::kCaseFileBytesMax);
    EXPECT_TRUE(bytes.ok()) << path;
    auto parsed = framefence::cases::ParseCaseFile(*bytes);
    EXPECT_TRUE(parsed.ok()) << path << ": " << parsed.error().message;
    return *parsed;
  }
  bool Violates(std::uint64_t planted) {
    leaks::Plant(planted);
    world_.Play(Witness(), /*stop_at_violation=*/false);
    return !world_.oracle().violations().empty();
  }

  RelayAdapter relay_;
  framefence::sim::World world_{relay_};
};

TEST_P(WitnessTest, ViolatesWithTheLeakInAtMostTwelveSteps) {
  EXPECT_TRUE(Violates(GetParam().mask()));
  EXPECT_LE(Witness().steps.size(), 12U);
  bool breaks_the_property = false;
  for (const auto& violation : world_.oracle().violations()) {
    breaks_the_property = breaks_the_property || ToString(violation.property) == GetParam().breaks;
  }
  EXPECT_TRUE(breaks_the_property) << GetParam().breaks;
  EXPECT_GT(leaks::CanaryOf(GetParam().leak).triggered, 0U);
}

TEST_P(WitnessTest, PassesWithoutTheLeakAndWithItsTwin) {
  EXPECT_FALSE(Violates(0));
  const leaks::Entry& twin = leaks::Catalogue()[static_cast<std::size_t>(GetParam().leak) + 1];
  ASSERT_TRUE(twin.is_twin());
  EXPECT_FALSE(Violates(twin.mask())) << twin.id;
  EXPECT_GT(leaks::CanaryOf(twin.leak).reached, 0U) << "the twin's code did not run";
}

std::vector<leaks::Entry> Leaks() {
  std::vector<leaks::Entry> result;
  for (const leaks::Entry& entry : leaks::Catalogue()) {
    if (!entry.is_twin()) result.push_back(entry);
  }
  return result;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, WitnessTest, testing::ValuesIn(Leaks()),
                         [](const auto& parameter) { return std::string(parameter.param.id); });

}  // namespace
}  // namespace adapters
