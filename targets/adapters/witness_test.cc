// One witness for each planted leak: small, violating with the leak, passing without it and with
// its near twin. Those of workers say a schedule, and pass under the plain one.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "harness/base/files.h"
#include "harness/cases/case.h"
#include "harness/sim/world.h"
#include "targets/adapters/targets.h"
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
  static bool IsOfWorkers() { return GetParam().target() == "relay-workers"; }
  bool Violates(std::uint64_t planted) {
    leaks::Plant(planted);
    world_.Play(Witness(), /*stop_at_violation=*/false);
    return !world_.oracle().violations().empty();
  }

  const std::unique_ptr<framefence::contract::SystemUnderTest> system_ =
      FindTarget(GetParam().target())->make();
  framefence::sim::World world_{*system_};
};

TEST_P(WitnessTest, ViolatesWithTheLeakInFewSteps) {
  EXPECT_TRUE(Violates(GetParam().mask()));
  EXPECT_LE(Witness().steps.size(), IsOfWorkers() ? 24U : 12U);  // a mailbox must run full
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

class WorkersWitnessTest : public WitnessTest {};

TEST_P(WorkersWitnessTest, NeedsItsSchedule) {
  leaks::Plant(GetParam().mask());
  framefence::cases::Case plain = Witness();
  EXPECT_NE(std::erase_if(plain.steps,
                          [](const framefence::cases::Step& step) {
                            return step.op == framefence::cases::Op::kHandOver;
                          }),
            0U);
  world_.Play(plain, /*stop_at_violation=*/false);
  EXPECT_TRUE(world_.oracle().violations().empty());
}

std::vector<leaks::Entry> LeaksWhere(bool (*chosen)(const leaks::Entry& entry)) {
  std::vector<leaks::Entry> result;
  for (const leaks::Entry& entry : leaks::Catalogue()) {
    if (!entry.is_twin() && chosen(entry)) result.push_back(entry);
  }
  return result;
}
std::string NameOf(const testing::TestParamInfo<leaks::Entry>& leak) {
  return std::string(leak.param.id);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, WitnessTest,
                         testing::ValuesIn(LeaksWhere([](const leaks::Entry&) { return true; })),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Catalogue, WorkersWitnessTest,
                         testing::ValuesIn(LeaksWhere([](const leaks::Entry& entry) {
                           return entry.target() == "relay-workers";
                         })),
                         NameOf);

}  // namespace
}  // namespace adapters
