// framefence minimize: the smallest case with the same verdict.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>

#include "harness/base/files.h"
#include "harness/cases/text.h"
#include "harness/cli/case_files.h"
#include "harness/cli/commands.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"
#include "harness/cli/test_bed.h"
#include "harness/report/progress.h"
#include "harness/report/words.h"

namespace framefence::cli {
namespace {

using Clock = std::chrono::steady_clock;

Outcome WriteCase(const std::string& path, const cases::Case& written) {
  return path.ends_with(".txt") ? WriteFileWhole(path, cases::WriteText(written))
                                : WriteFileWhole(path, cases::EncodeCase(written));
}

// Writes the smallest case so far, once a second: who is ended, by whatever, goes on from that.
class Keeper {
 public:
  explicit Keeper(const std::string& path) : path_(path) {}
  void Keep(const cases::Case& smaller) {
    if (path_.empty() || Clock::now() < next_) return;
    // A folder that has gone is told of at the end, by who writes the result.
    static_cast<void>(WriteCase(path_, smaller));
    next_ = Clock::now() + std::chrono::seconds(1);
  }

 private:
  const std::string& path_;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(1);
};

}  // namespace

ExitStatus Minimize(const MinimizeOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks, options.common.target); !chosen)
    return UsageError(chosen.error());
  const auto target = ChooseTarget(options.common.target);
  if (!target) return UsageError(target.error());
  const auto loaded = LoadCase(options.path);
  if (!loaded) return UsageError(loaded.error());
  const auto clips = LoadFootage(options.common.footage);
  if (!clips) return UsageError(clips.error());
  const auto recorded = LoadRecordings(options.common);
  if (!recorded) return UsageError(recorded.error());

  WarnIfWithoutFootage(options.path, *loaded, *clips);
  WarnIfWithoutRecordings(options.path, *loaded, recorded->recordings());
  TestBed bed(**target, *clips, recorded->recordings());
  const CaseOutcome before = bed.Run(*loaded);
  if (before.verdict == sim::Verdict::kPass) {
    return UsageError({"'" + options.path + "' passes" +
                       (ThisProgram().leaks != nullptr && options.common.leaks.empty()
                            ? " (no leak is planted; see --leak)"
                            : "") +
                       ": there is nothing to keep while making it smaller"});
  }
  const auto began = Clock::now();
  report::Progress progress;
  Keeper keeper(options.out);
  const auto goes_on = [&](const cases::MinimizeProgress& so_far) {
    progress.Show({"minimising", so_far.executions, "runs", std::nullopt});
    const std::chrono::duration<double> took = Clock::now() - began;
    return !Interrupted() && (options.seconds == 0 || took.count() < options.seconds);
  };
  const auto result = bed.Minimize(*loaded, {.executions_max = options.executions_max}, goes_on,
                                   [&](const cases::Case& smaller) { keeper.Keep(smaller); });
  progress.Erase();
  fmt::print(stderr, "{}: {} of {}, after {}{}\n", ThisProgram().name,
             report::Count(result.smallest.steps.size(), "step"),
             report::Count(loaded->steps.size()), report::Count(result.executions, "run"),
             result.is_minimal ? ", minimal" : ", cut short: perhaps not minimal");
  if (options.out.empty()) {
    std::fputs(cases::WriteText(result.smallest).c_str(), stdout);
  } else if (const auto written = WriteCase(options.out, result.smallest); !written) {
    return UsageError(written.error());
  } else if (!result.is_minimal) {
    fmt::print(stderr, "to go on: {} --out {}\n",
               CommandOf("minimize", {options.out}) + CommonFlags(options.common), options.out);
  }
  return ExitStatusOf(before.verdict);
}

}  // namespace framefence::cli
