// framefence replay: cases, or a whole crash corpus, once more.
#include <fmt/core.h>

#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "harness/base/files.h"
#include "harness/cli/case_files.h"
#include "harness/cli/commands.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"
#include "harness/cli/test_bed.h"
#include "harness/report/escape.h"
#include "harness/report/trace_json.h"
#include "harness/report/words.h"
#include "harness/sim/divergence.h"

namespace framefence::cli {
namespace {

namespace fs = std::filesystem;

// Writes every event to a file: as lines, or as JSON for a browser where the file is called so.
class TraceFile final : public sim::TraceSink {
 public:
  static Result<std::unique_ptr<TraceFile>> Create(const fs::path& path, std::string_view system) {
    auto file = WholeFile::Create(path);
    if (!file) return file.error();
    return std::unique_ptr<TraceFile>(new TraceFile(
        std::move(*file), path.extension() == ".json" ? std::optional(system) : std::nullopt));
  }
  void OnEvent(const sim::TraceEvent& event) override {
    if (json_) return json_->OnEvent(event);
    file_.Append(report::PrintableLine(ToLine(event)));
    file_.Append("\n");
  }
  Outcome Commit() {
    if (json_) json_->Finish();
    return file_.Commit();
  }

 private:
  TraceFile(WholeFile file, std::optional<std::string_view> json) : file_(std::move(file)) {
    if (json) {
      json_.emplace(*json, [this](std::string_view text) { file_.Append(text); });
    } else {
      file_.Append(sim::TraceLegend());
    }
  }

  WholeFile file_;
  std::optional<report::TraceJson> json_;
};

void PrintOutcome(const fs::path& path, const cases::Case& played, const CaseOutcome& outcome) {
  fmt::print("{}: {}, {}, trace hash {:016x}\n", path.string(), ToString(outcome.verdict),
             report::Count(played.steps.size(), "step"), outcome.trace_hash);
  for (const oracle::Violation& violation : outcome.violations) {
    fmt::print("  {}\n", Describe(violation));
    if (violation.parting) fmt::print("{}", report::PartingText(*violation.parting));
  }
}

// The graver of two: a corpus that crashes is worse than one that violates.
ExitStatus Worse(ExitStatus a, ExitStatus b) {
  static const std::map<ExitStatus, int> kGravity = {{kExitPass, 0},     {kExitInconclusive, 1},
                                                     {kExitLiveness, 2}, {kExitViolation, 3},
                                                     {kExitCrash, 4},    {kExitUsage, 5}};
  return kGravity.at(a) >= kGravity.at(b) ? a : b;
}

}  // namespace

ExitStatus Replay(const ReplayOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks, options.common.target); !chosen)
    return UsageError(chosen.error());
  const auto target = ChooseTarget(options.common.target);
  if (!target) return UsageError(target.error());
  const auto paths = CasePaths(options.paths);
  if (!paths) return UsageError(paths.error());
  if (!options.trace.empty() && paths->size() != 1) return UsageError({"--trace is for one case"});
  const auto clips = LoadFootage(options.common.footage);
  if (!clips) return UsageError(clips.error());
  const auto recorded = LoadRecordings(options.common);
  if (!recorded) return UsageError(recorded.error());

  TestBed bed(**target, *clips, recorded->recordings());
  sim::Replayer replayer((*target)->make, *clips, recorded->recordings());
  std::unique_ptr<TraceFile> trace;
  if (!options.trace.empty()) {
    auto created = TraceFile::Create(options.trace, (*target)->name);
    if (!created) return UsageError(created.error());
    trace = std::move(*created);
    bed.world().UseTrace(trace.get());
  }
  ExitStatus status = kExitPass;
  std::size_t replayed = 0, failed = 0;
  for (const fs::path& path : *paths) {
    if (Interrupted()) break;
    const auto loaded = LoadCase(path);
    if (!loaded) {
      status = Worse(status, UsageError(loaded.error()));
      continue;
    }
    WarnIfWithoutFootage(path, *loaded, *clips);
    WarnIfWithoutRecordings(path, *loaded, recorded->recordings());
    CaseOutcome outcome = bed.Run(*loaded, /*stop_at_violation=*/false);
    const auto divergence = replayer.Replay(bed.player(), *loaded, /*stop_at_violation=*/false);
    if (divergence && outcome.verdict == sim::Verdict::kPass)
      outcome.verdict = sim::Verdict::kInconclusive;
    PrintOutcome(path, *loaded, outcome);
    if (divergence)
      fmt::print("  nondeterminism: played twice it gave two traces\n{}\n", Describe(*divergence));
    ++replayed;
    if (outcome.verdict != sim::Verdict::kPass) ++failed;
    status = Worse(status, ExitStatusOf(outcome.verdict));
  }
  if (paths->size() > 1)
    fmt::print("{} replayed, {} failed\n", report::Count(replayed, "case"), report::Count(failed));
  if (trace && replayed != 0) {
    if (const auto written = trace->Commit(); !written) return UsageError(written.error());
  }
  return Interrupted() ? Worse(status, kExitInconclusive) : status;
}

}  // namespace framefence::cli
