// The relay's workers as fibres on one thread: wherever threads meet, which is at every access through
// the Sync policy, a schedule chooses who goes on (harness/schedule). All is sequentially consistent
// here: memory orders are ThreadSanitizer's to find (targets/relay/workers/workers_threads_test.cc).
//
// A failure prints the line that plays its schedule again, made smaller.
//
// Seen to fail, under random schedules and under PCT's: a Batch or a change that takes no gate; no
// strike after a change, or after CloseViewer(). Under random ones also: a refusal that is not
// noted, or not looked at in Poll(); shards saved each at a time of its own.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>

#include "harness/schedule/fibre_sync.h"
#include "harness/schedule/minimize.h"
#include "harness/schedule/schedule.h"
#include "targets/relay/workers/town_for_tests.h"

namespace relay {
namespace {

using framefence::schedule::Ending;
using framefence::schedule::Fibres;
using framefence::schedule::FibreSync;
using framefence::schedule::Handovers;
using framefence::schedule::ReadSchedule;

// What came of a town under a schedule.
struct Outcome {
  testing::Seen seen;
  framefence::schedule::Played run;

  std::string What() const {
    return std::to_string(seen.late) + " deliveries late, " + std::to_string(seen.strangers) +
           " to strangers, " + std::to_string(seen.torn) + " states torn, " +
           std::to_string(seen.pushed) + " pushed, " + run.Ended() + ", " +
           std::to_string(run.handovers.size()) + " handovers";
  }
  bool IsRight() const {
    return run.ending == Ending::kAllEnded && seen.late == 0 && seen.strangers == 0 &&
           seen.torn == 0 && seen.pushed == 0;
  }
};

constexpr unsigned kChanges = 40;

Outcome Play(unsigned seed, const std::string& line) {
  testing::Town<FibreSync> town(seed);
  const auto schedule = ReadSchedule(line);
  EXPECT_TRUE(schedule.ok()) << schedule.error().message;
  if (!schedule.ok() || !town.Reset()) return {};
  Fibres fibres;
  for (std::uint32_t worker = 0; worker < testing::kWorkers; ++worker)
    fibres.Add([&town, worker] { town.Work(worker); });
  fibres.Add([&town] { town.Change(kChanges); });
  Outcome outcome{{}, fibres.Play(**schedule)};
  if (outcome.run.ending == Ending::kAllEnded) outcome.seen = town.Judge();
  return outcome;
}

std::string LineOf(const Handovers& handovers) { return "replay " + ScheduleToText(handovers); }

// What went wrong, and the line to paste.
std::string Describe(unsigned seed, const std::string& line, const Outcome& outcome) {
  return outcome.What() + "\n  FRAMEFENCE_TOWN=" + std::to_string(seed) + " FRAMEFENCE_SCHEDULE='" +
         line + "' relay_schedule_test --gtest_filter='*GivenSchedule*'";
}

std::string DescribeSmallest(unsigned seed, const Handovers& found) {
  constexpr std::uint64_t kExecutionsMax = 1'000;
  const auto is_wrong = [&](const Handovers& handovers) {
    return !Play(seed, LineOf(handovers)).IsRight();
  };
  // Its own record says the same in fewer words.
  const Outcome outcome = Play(seed, LineOf(Minimize(found, is_wrong, kExecutionsMax)));
  return "made smaller: " + Describe(seed, LineOf(outcome.run.handovers), outcome);
}

// By seed: the schedules that a test goes through.
struct Way {
  const char* name;
  std::string (*line)(unsigned seed);
};
std::string Random(unsigned seed) { return "random " + std::to_string(seed); }
// Of depths 2 to 256: most changes wait for the workers, so that a preemption at one step of some
// thousand seldom meets the change that it would need. About as many steps as a town takes.
std::string Pct(unsigned seed) {
  return "pct " + std::to_string(seed) + ' ' + std::to_string(2U << seed % 8) + " 2000";
}

class RelayScheduleTest : public ::testing::TestWithParam<Way> {};
void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }
INSTANTIATE_TEST_SUITE_P(Ways, RelayScheduleTest,
                         ::testing::Values(Way{"Random", Random}, Way{"Pct", Pct}),
                         [](const auto& way) { return way.param.name; });

TEST_P(RelayScheduleTest, NoScheduleShowsAStrangersBytesOrAnythingAfterItsRightsHaveGone) {
  testing::Seen all;
  for (unsigned seed = 1; seed <= 500; ++seed) {
    const std::string line = GetParam().line(seed);
    const Outcome outcome = Play(seed, line);
    // First what is known: what is wrong may crash under another schedule.
    EXPECT_TRUE(outcome.IsRight()) << Describe(seed, line, outcome);
    if (!outcome.IsRight()) FAIL() << DescribeSmallest(seed, outcome.run.handovers);
    all.packets += outcome.seen.packets;
    all.by_mail += outcome.seen.by_mail;
    all.struck += outcome.seen.struck;
  }
  EXPECT_GT(all.packets, 20'000U);
  EXPECT_GT(all.by_mail, 2'000U);
  EXPECT_GT(all.struck, 200U);
}

TEST_P(RelayScheduleTest, EqualScheduleIsAnEqualRunAndReplaysFromItsRecord) {
  const Outcome outcome = Play(7, GetParam().line(7));
  for (const std::string& line : {GetParam().line(7), LineOf(outcome.run.handovers)}) {
    const Outcome again = Play(7, line);
    EXPECT_EQ(again.seen.trace, outcome.seen.trace);
    EXPECT_EQ(again.run.trace, outcome.run.trace);
  }
  EXPECT_NE(Play(7, GetParam().line(8)).seen.trace, outcome.seen.trace);
}

// What a failure of another test says to paste comes here; the plain schedule, if nothing does.
TEST(RelayGivenTest, GivenScheduleShowsNothingItMustNot) {
  const char* const line = std::getenv("FRAMEFENCE_SCHEDULE");
  const char* const town = std::getenv("FRAMEFENCE_TOWN");
  const unsigned seed = town == nullptr ? 1 : static_cast<unsigned>(std::stoul(town));
  const Outcome outcome = Play(seed, line == nullptr ? "replay" : line);
  EXPECT_TRUE(outcome.IsRight()) << outcome.What() << "; " << outcome.run.Describe();
}

}  // namespace
}  // namespace relay
