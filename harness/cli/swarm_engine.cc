// The seeded swarm as an engine: worker threads, each with a system and a world of its own, draw
// cases by index.
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "harness/base/prng.h"
#include "harness/cli/case_guard.h"
#include "harness/cli/engine.h"
#include "harness/cli/engine_run.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/test_bed.h"
#include "harness/report/words.h"
#include "harness/sim/divergence.h"
#include "harness/sim/swarm.h"
#include "harness/statistics/confidence.h"

namespace framefence::cli {
namespace {

using Clock = std::chrono::steady_clock;

// The campaign's hash is over this many first cases, so that it does not hang on how far the time
// sufficed.
constexpr std::uint64_t kHashedCases = 1000;

class Swarm {
 public:
  explicit Swarm(const EngineTask& task) : task_(task), began_(Clock::now()) {
    outcome_.run.name = "swarm";
  }

  EngineOutcome Run() {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < task_.jobs; ++i) workers.emplace_back([this] { Work(); });
    // To the last worker's end: a case that hangs does so also when the time is up.
    while (running_.load() > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      {
        const std::lock_guard lock(mutex_);
        for (const CaseGuard* guard : guards_) guard->EndIfOverdue(task_.case_time_max);
      }
      if (Interrupted() || (task_.cases_max == 0 && Seconds() >= task_.seconds)) done_ = true;
      if (task_.progress) task_.progress->Show({"swarm", executed_.load(), "cases", Fraction()});
    }
    workers.clear();
    return Result();
  }

 private:
  double Seconds() const { return std::chrono::duration<double>(Clock::now() - began_).count(); }

  double Fraction() const {
    return task_.cases_max != 0
               ? static_cast<double>(executed_.load()) / static_cast<double>(task_.cases_max)
               : Seconds() / task_.seconds;
  }

  void Work() {
    TestBed bed(*task_.target, task_.clips, task_.recordings);
    sim::Replayer replayer(task_.target->make, task_.clips, task_.recordings);
    const sim::SwarmLimits limits{.footage = !task_.clips.empty(),
                                  .recorded_losses = task_.recordings.losses != nullptr,
                                  .recorded_capacity = task_.recordings.capacity != nullptr,
                                  .schedules = bed.world().capabilities().schedules};
    CaseGuard guard(task_.crash_folder.string(), task_.replay);
    {
      const std::lock_guard lock(mutex_);
      guards_.insert(&guard);
    }
    cases::Case drawn;
    std::uint64_t hash = 0, steps = 0;
    sim::MarkCounts marks{};
    // A campaign's hash is only comparable when its first cases were all played: time ends it only
    // after them.
    while (true) {
      const std::uint64_t index = next_++;
      if (task_.cases_max != 0 ? index >= task_.cases_max : done_.load() && index >= kHashedCases)
        break;
      if (Interrupted() || (done_.load() && task_.stop_at_first)) break;
      sim::DrawCase(Mix64(task_.seed) + index, limits, drawn);
      guard.Enter(drawn);
      const CaseOutcome outcome = bed.Run(drawn, /*stop_at_violation=*/!task_.blind);
      const std::uint64_t trace = outcome.trace_hash;
      if (index < kHashedCases) hash += Mix64(trace + index);
      guard.Leave();
      steps += drawn.steps.size();
      ++executed_;
      if (!outcome.violations.empty()) Report(drawn, index, outcome.violations);
      if (bed.world().exhausted()) ++exhausted_;
      for (int mark = 0; mark < sim::kMarkCount; ++mark)
        marks[static_cast<std::size_t>(mark)] +=
            bed.world().marks().Met(static_cast<sim::Mark>(mark));
      unsupported_ += bed.world().counters().unsupported;
      deliveries_ += bed.world().oracle().statistics().deliveries;
      if (index % sim::kReplayOneIn != 0) continue;
      guard.Enter(drawn);
      PlayAgain(replayer, bed, drawn, index);
      guard.Leave();
    }
    const std::lock_guard lock(mutex_);
    two_runs_ += bed.two_runs();
    hash_ += hash;
    steps_ += steps;
    for (std::size_t mark = 0; mark < marks.size(); ++mark) marks_[mark] += marks[mark];
    guards_.erase(&guard);
    --running_;
  }

  void PlayAgain(sim::Replayer& replayer, TestBed& bed, const cases::Case& drawn,
                 std::uint64_t index) {
    const auto divergence =
        replayer.Replay(bed.player(), drawn, /*stop_at_violation=*/!task_.blind);
    ++replayed_;
    if (!divergence) return;
    const std::lock_guard lock(mutex_);
    NoteDivergence(outcome_, task_, drawn, *divergence, Repeat(index));
  }

  // Plays the case of this index, and all before it.
  std::string Repeat(std::uint64_t index) const {
    return fmt::format(" --engine swarm --seed {} --cases {} --jobs 1", task_.seed, index + 1);
  }

  void Report(const cases::Case& found, std::uint64_t index,
              std::span<const oracle::Violation> violations) {
    ++violating_;
    if (task_.blind) return;
    const std::lock_guard lock(mutex_);
    if (!seen_.insert(sim::SignatureOf(violations.front())).second) return;
    RawFinding raw{.found = found, .violations = {violations.begin(), violations.end()}};
    raw.seconds = Seconds();
    raw.executions = executed_.load();
    raw.repeat = Repeat(index);
    outcome_.findings.push_back(raw);
    Announce(task_, "swarm", violations.front(), raw.seconds);
    if (task_.stop_at_first) done_ = true;
  }

  // What the cases never came to was not put to the test.
  void AddMarks(report::EngineRun& run) const {
    const auto capabilities = task_.target->make()->capabilities();
    std::string never;
    int can = 0, met = 0;
    for (int i = 0; i < sim::kMarkCount; ++i) {
      const auto mark = static_cast<sim::Mark>(i);
      if (!sim::CanMeet(capabilities, mark)) continue;
      ++can;
      if (marks_[static_cast<std::size_t>(i)] != 0) {
        ++met;
      } else {
        never += fmt::format("{}{}", never.empty() ? "; never: " : ", ", sim::NameOf(mark));
      }
    }
    run.notes.push_back(fmt::format("{} of {} situations met{}", met, can, never));
  }

  // What was compared, and what may differ and did.
  std::string TwoRunsNote() const {
    std::string note =
        fmt::format("{} compared in two runs, {} alike", report::Count(two_runs_.cases, "case"),
                    report::Count(two_runs_.alike, "event"));
    for (int i = 0; i < sim::kDeclassifierCount; ++i) {
      note += fmt::format("; {} declassified in {}", sim::InfoOf(sim::Declassifier(i)).name,
                          report::Count(two_runs_.declassified[static_cast<std::size_t>(i)]));
    }
    return note;
  }

  EngineOutcome Result() {
    report::EngineRun& run = outcome_.run;
    if (!run.failed) run.status = "ran";
    run.ran = true;
    run.seconds = Seconds();
    run.cases = executed_.load();
    run.steps = steps_;
    run.violating_cases = violating_.load();
    run.notes.push_back(
        fmt::format("{} played twice, {}", report::Count(replayed_.load(), "case"),
                    run.nondeterministic_cases == 0
                        ? "same trace each time"
                        : report::Count(run.nondeterministic_cases) + " with two traces"));
    run.marks = marks_;
    AddMarks(run);
    run.two_runs = two_runs_.cases;
    if (two_runs_.cases != 0) run.notes.push_back(TwoRunsNote());
    if (violating_.load() == 0 && deliveries_.load() != 0 && !run.failed && !task_.blind)
      run.notes.push_back(fmt::format(
          "none broke isolation: at 95 % confidence fewer than one in {} cases drawn so does",
          report::Count(static_cast<std::uint64_t>(
              1 / statistics::BinomialBoundOfNone(executed_.load(), 0.95)))));
    if (exhausted_.load() != 0)
      run.notes.push_back(
          fmt::format("{} cut short at the event limit", report::Count(exhausted_.load(), "case")));
    if (unsupported_.load() != 0)
      run.notes.push_back(fmt::format("{} not put to the test: the system lacks what they ask for",
                                      report::Count(unsupported_.load(), "step")));
    if (deliveries_.load() == 0 && !run.failed) {  // a system that is bound wrongly leaks nothing
      run.failed = true;
      run.status = "the system delivered nothing: nothing was judged";
    }
    outcome_.trace_hash = hash_;
    outcome_.trace_hash_cases = std::min(executed_.load(), kHashedCases);
    return outcome_;
  }

  const EngineTask& task_;
  const Clock::time_point began_;
  std::atomic<bool> done_{false};
  std::atomic<unsigned> running_{task_.jobs};
  std::atomic<std::uint64_t> next_{0}, executed_{0}, replayed_{0}, violating_{0}, exhausted_{0};
  std::atomic<std::uint64_t> unsupported_{0}, deliveries_{0};
  std::mutex mutex_;  // of all below
  std::set<const CaseGuard*> guards_;
  std::set<sim::Signature> seen_;
  sim::TwoRunsStatistics two_runs_;
  std::uint64_t hash_ = 0;
  std::uint64_t steps_ = 0;
  sim::MarkCounts marks_{};
  EngineOutcome outcome_;
};

}  // namespace

EngineOutcome RunSwarm(const EngineTask& task) { return Swarm(task).Run(); }

}  // namespace framefence::cli
