// framefence minimize: the smallest case with the same verdict.
#include <fmt/core.h>

#include <cstdio>

#include "harness/base/files.h"
#include "harness/cases/text.h"
#include "harness/cli/case_files.h"
#include "harness/cli/commands.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"
#include "harness/cli/test_bed.h"
#include "harness/report/words.h"

namespace framefence::cli {

ExitStatus Minimize(const MinimizeOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks); !chosen)
    return UsageError(chosen.error());
  const auto target = ChooseTarget(options.common.target);
  if (!target) return UsageError(target.error());
  const auto loaded = LoadCase(options.path);
  if (!loaded) return UsageError(loaded.error());
  const auto clips = LoadFootage(options.common.footage);
  if (!clips) return UsageError(clips.error());

  WarnIfWithoutFootage(options.path, *loaded, *clips);
  TestBed bed(**target, *clips);
  const CaseOutcome before = bed.Run(*loaded);
  if (before.verdict == sim::Verdict::kPass) {
    return UsageError({"'" + options.path + "' passes" +
                       (ThisProgram().leaks != nullptr && options.common.leaks.empty()
                            ? " (no leak is planted; see --leak)"
                            : "") +
                       ": there is nothing to keep while making it smaller"});
  }
  const auto result = bed.Minimize(*loaded, {.executions_max = options.executions_max},
                                   [](const cases::MinimizeProgress&) { return !Interrupted(); });
  fmt::print(stderr, "{}: {} of {}, after {}{}\n", ThisProgram().name,
             report::Count(result.smallest.steps.size(), "step"),
             report::Count(loaded->steps.size()), report::Count(result.executions, "run"),
             result.is_minimal ? ", minimal" : ", cut short: perhaps not minimal");
  const std::string text = cases::WriteText(result.smallest);
  if (options.out.empty()) {
    std::fputs(text.c_str(), stdout);
  } else {
    const bool as_text = options.out.ends_with(".txt");
    const auto written = as_text ? WriteFileWhole(options.out, text)
                                 : WriteFileWhole(options.out, cases::EncodeCase(result.smallest));
    if (!written) return UsageError(written.error());
  }
  return ExitStatusOf(before.verdict);
}

}  // namespace framefence::cli
