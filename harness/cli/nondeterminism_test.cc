// What the program says of a system that does not replay: neither a pass nor a violation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "harness/base/files.h"
#include "harness/cases/schema.h"
#include "harness/cases/text.h"
#include "harness/cli/engine.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/main.h"
#include "harness/report/words.h"
#include "harness/sim/fan_out_for_tests.h"

namespace framefence::cli {
namespace {

using sim::testing::FanOut;
using sim::testing::Surroundings;
using sim::testing::Thing;
using ::testing::Contains;
using ::testing::ExitedWithCode;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct ByClock {
  static std::vector<Thing*> Order(const Surroundings& here) {
    std::vector<Thing*> order = here.things;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(now)));
    return order;
  }
};
struct ByRand {
  static std::vector<Thing*> Order(const Surroundings& here) {
    std::vector<Thing*> order = here.things;
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(std::rand())));
    return order;
  }
};

constexpr contract::Target kTargets[] = {
    {"pointers", "", contract::Make<FanOut<sim::testing::BySetOfPointers>>},
    {"ids", "", contract::Make<FanOut<sim::testing::BySetOfIds>>},
    {"clock", "", contract::Make<FanOut<ByClock>>},
    {"virtual", "", contract::Make<FanOut<sim::testing::ByVirtualTime>>},
    {"rand", "", contract::Make<FanOut<ByRand>>},
    {"seed", "", contract::Make<FanOut<sim::testing::BySeed>>}};

class NondeterminismTest : public ::testing::Test {
 protected:
  NondeterminismTest() {
    std::string text = "framefence case 1\npublish camera=0\n";
    for (int viewer = 0; viewer < 8; ++viewer)
      text += "open viewer=" + std::to_string(viewer) + " account=0 camera=0\n";
    EXPECT_TRUE(
        WriteFileWhole(folder_ / "case.txt", text + "frame camera=0\nframe camera=0\n").ok());
  }
  ~NondeterminismTest() override { std::filesystem::remove_all(folder_); }

  EngineOutcome Swarm(const contract::Target& target) const {
    return RunSwarm({.target = &target, .cases_max = 4000, .diverged_folder = folder_ / "kept"});
  }
  // The program, which ends.
  [[noreturn]] void Run(std::vector<std::string> words) const {
    words.insert(words.begin(), "framefence");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);  // what a death test reads
    std::exit(Main(static_cast<int>(words.size()), arguments.data(), kTargets));
  }
  [[noreturn]] void Replay(const std::string& target) const {
    Run({"replay", "--target", target, (folder_ / "case.txt").string()});
  }

  const std::filesystem::path folder_ = ::testing::TempDir() + "nondeterminism_test";
};

// Seen to fail with the run not failed, and with the case not written.
TEST_F(NondeterminismTest, TheSwarmSaysWhereTracesPartAndKeepsTheCase) {
  const EngineOutcome outcome = Swarm(kTargets[0]);
  EXPECT_TRUE(outcome.run.failed);
  EXPECT_GT(outcome.run.nondeterministic_cases, 0U);
  EXPECT_THAT(outcome.run.status, StartsWith("nondeterminism: a case gave two traces"));
  EXPECT_THAT(outcome.run.status, HasSubstr("first run   "));
  EXPECT_THAT(outcome.run.status, HasSubstr("replay: framefence replay "));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "kept" / "swarm.bin"));
  const report::Campaign campaign{.engines = {outcome.run}};
  EXPECT_EQ(ExitStatusOf(report::VerdictOf(campaign)), kExitInconclusive);
  EXPECT_THAT(report::Reason(campaign), HasSubstr("nondeterminism"));
}

// Where nobody watches, the traces tell.
TEST_F(NondeterminismTest, TheClockAndUnseededRandomnessMakeTwoTraces) {
  EXPECT_GT(Swarm(kTargets[2]).run.nondeterministic_cases, 0U);
  EXPECT_GT(Swarm(kTargets[4]).run.nondeterministic_cases, 0U);
}

TEST_F(NondeterminismTest, TheSwarmFindsNothingInATwin) {
  const EngineOutcome outcome = Swarm(kTargets[1]);
  EXPECT_FALSE(outcome.run.failed) << outcome.run.status;
  EXPECT_EQ(outcome.run.status, "ran");
  EXPECT_THAT(outcome.run.notes, Contains(HasSubstr("same trace each time")));
}

// Seen to fail with each case replayed once.
TEST_F(NondeterminismTest, AReplayPlaysTwice) {
  EXPECT_EXIT(Replay("pointers"), ExitedWithCode(kExitInconclusive),
              "inconclusive, .*nondeterminism: .*first run .*second run ");
  EXPECT_EXIT(Replay("ids"), ExitedWithCode(kExitPass), "pass, ");
}

// Seen to fail without the watch in Main().
TEST_F(NondeterminismTest, AReadOfTheSurroundingsEndsTheProgramWithTheCure) {
  EXPECT_EXIT(Replay("clock"), ExitedWithCode(kExitInconclusive),
              "nondeterminism: .* called clock_gettime\\(\\).*cure: take the time from");
  EXPECT_EXIT(Replay("rand"), ExitedWithCode(kExitInconclusive),
              "nondeterminism: .* called rand\\(\\).*cure: draw from");
  EXPECT_EXIT(Replay("virtual"), ExitedWithCode(kExitPass), "pass, ");
  EXPECT_EXIT(Replay("seed"), ExitedWithCode(kExitPass), "pass, ");
}

// The engine's own look at the clock, between cases, is no such read.
TEST_F(NondeterminismTest, AHuntKeepsTheCaseThatReads) {
  const std::string out = (folder_ / "out").string();
  EXPECT_EXIT(Run({"hunt", "--target", "clock", "--cases", "100", "--jobs", "2", "--out", out}),
              ExitedWithCode(kExitInconclusive), "is not deterministic.* it is kept:");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / "crash-swarm" / "case.bin"));
}

}  // namespace
}  // namespace framefence::cli
