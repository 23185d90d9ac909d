// framefence hunt: the main job. Every engine gets its share of the time; what they find is
// minimised, played again, pictured and written down.
#include "harness/cli/hunt.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "harness/base/files.h"
#include "harness/cli/case_files.h"
#include "harness/cli/commands.h"
#include "harness/cli/engine.h"
#include "harness/cli/engine_run.h"
#include "harness/cli/finding.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"
#include "harness/report/findings.h"
#include "harness/report/json.h"
#include "harness/report/terminal.h"
#include "harness/report/words.h"

namespace framefence::cli {
namespace {

namespace fs = std::filesystem;

// Works where the engines work; is gone when the campaign is over.
class Scratch {
 public:
  Scratch() {
    std::error_code failure;
    std::string name = (fs::temp_directory_path(failure) / "framefence.XXXXXX").string();
    if (!failure && ::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// ", 30 s", ", the swarm 1,000 cases": what bounds the engines; the proof takes what it needs.
std::string Bounds(const CampaignPlan& plan, const std::vector<const EngineInfo*>& engines) {
  std::string bounds;
  const auto by_time = [&](const EngineInfo* engine) {
    return engine->share > 0 && (plan.cases == 0 || engine->name != "swarm");
  };
  if (std::ranges::any_of(engines, by_time)) bounds += fmt::format(", {:g} s", plan.seconds);
  if (plan.cases != 0) bounds += ", the swarm " + report::Count(plan.cases, "case");
  return bounds;
}

void PrintHeading(const report::Campaign& campaign, const std::vector<const EngineInfo*>& engines,
                  const std::string& bounds) {
  std::string names;
  for (const EngineInfo* engine : engines)
    names += (names.empty() ? "" : ", ") + std::string(engine->name);
  std::string planted = campaign.leaks.empty() ? "no leak planted" : "planted";
  planted = campaign.can_plant ? planted + LeakFlags(campaign.leaks) + ", " : "";
  fmt::print("{}\ntarget {}, {}seed {}{}, {}, footage: {}, engines: {}\n", campaign.version,
             campaign.target, planted, campaign.seed, bounds, report::Count(campaign.jobs, "job"),
             report::Footage(campaign), names);
  std::fflush(stdout);
}

void PrintEarlier(const std::string& out) {
  const std::size_t earlier = report::ListedFindings(out).size();
  if (earlier == 0) return;
  fmt::print("{} holds an earlier report; it and its {} will make way for this one's\n", out,
             report::Count(earlier, "finding"));
}

// By what ran: the oracle, behind every engine but the proof, judges ISO-006 too; two runs ISO-007 and
// ISO-009; ISO-008 is judged where a case came to have frames due.
std::vector<std::string> PropertiesJudged(const report::Campaign& campaign, bool blind) {
  bool proof = false, oracle = false, two_runs = false, liveness = false;
  for (const report::EngineRun& run : campaign.engines) {
    if (!report::JudgedSomething(run)) continue;
    two_runs = two_runs || (run.two_runs != 0 && !blind);
    const bool due =
        run.marks && (*run.marks)[static_cast<std::size_t>(sim::Mark::kFramesDue)] != 0;
    liveness = liveness || (due && !blind);
    (run.conditions.empty() ? oracle : proof) = true;
  }
  oracle = oracle && !blind;
  if (!proof && !oracle) return {};
  std::vector<std::string> judged = {"ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-005"};
  if (oracle) judged.emplace_back("ISO-006");
  if (two_runs) judged.emplace_back("ISO-007");
  if (liveness) judged.emplace_back("ISO-008");
  if (two_runs) judged.emplace_back("ISO-009");
  judged.emplace_back("ISO-010");
  return judged;
}

// A campaign while it runs.
class CampaignRun {
 public:
  // All outlive the run.
  CampaignRun(const CampaignPlan& plan, const std::vector<const EngineInfo*>& engines,
              const contract::Target& target, std::span<const media::Footage> clips,
              const sim::Recordings& recordings, const fs::path& scratch)
      : plan_(plan),
        engines_(engines),
        target_(target),
        clips_(clips),
        recordings_(recordings),
        scratch_(scratch),
        began_(Clock::now()),
        book_(target, clips, recordings, plan, campaign_) {
    for (const EngineInfo* engine : engines_)
      shares_ += IsFor(*engine, target_) ? engine->share : 0;
    Describe();
  }

  report::Campaign Run() {
    if (plan_.print) PrintEarlier(plan_.out);
    if (plan_.print) PrintHeading(campaign_, engines_, Bounds(plan_, engines_));
    for (const EngineInfo* engine : engines_) {
      if (Interrupted()) break;
      const bool over = plan_.stop_at_first && !campaign_.findings.empty();
      Take(over ? Skipped(engine->name, "the first finding ended the hunt")
                : RunOn(*engine, TaskOf(*engine)));
    }
    campaign_.properties_judged = PropertiesJudged(campaign_, plan_.blind);
    campaign_.interrupted = Interrupted();
    campaign_.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    return std::move(campaign_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void Describe() {
    campaign_.target = plan_.common.target;
    campaign_.can_plant = ThisProgram().leaks != nullptr;
    campaign_.leaks = plan_.common.leaks;
    campaign_.footage_clips = clips_.size();
    campaign_.footage_hash = HashOf(clips_);
    campaign_.seed = plan_.seed;
    campaign_.jobs =
        plan_.jobs != 0 ? plan_.jobs : std::max(1U, std::thread::hardware_concurrency());
    campaign_.command_line = CommandLine();
    campaign_.version = VersionText();
  }

  EngineTask TaskOf(const EngineInfo& engine) {
    const fs::path folder = scratch_ / engine.name;
    fs::create_directories(folder);
    return {.target = &target_,
            .clips = clips_,
            .recordings = recordings_,
            .leaks = plan_.common.leaks,
            .seconds = shares_ > 0 ? plan_.seconds * engine.share / shares_ : plan_.seconds,
            .cases_max = plan_.cases,
            .seed = plan_.seed,
            .jobs = campaign_.jobs,
            .blind = plan_.blind,
            .ask_cvc5 = plan_.ask_cvc5,
            .stop_at_first = plan_.stop_at_first,
            .scratch = folder,
            .crash_folder = fs::path(plan_.out) / "crash-swarm",
            .diverged_folder = fs::path(plan_.out) / "nondeterminism",
            .replay = CommandOf("replay", {}) + CommonFlags(plan_.common),
            .progress = plan_.print ? &progress_ : nullptr};
  }

  void Take(EngineOutcome outcome) {
    progress_.Erase();
    if (outcome.trace_hash_cases != 0) {
      campaign_.trace_hash = outcome.trace_hash;
      campaign_.trace_hash_cases = outcome.trace_hash_cases;
    }
    for (const RawFinding& raw : outcome.findings) {
      const report::Finding* finding = book_.Add(raw, outcome.run.name);
      if (finding == nullptr || !plan_.print) continue;
      fmt::print("\n{}", report::FindingText(*finding, fs::path(plan_.out) / finding->id,
                                             report::ColourOn(stdout)));
      std::fflush(stdout);
    }
    campaign_.engines.push_back(std::move(outcome.run));
  }

  const CampaignPlan& plan_;
  const std::vector<const EngineInfo*>& engines_;
  const contract::Target& target_;
  const std::span<const media::Footage> clips_;
  const sim::Recordings recordings_;
  const fs::path& scratch_;
  const Clock::time_point began_;
  double shares_ = 0;
  report::Progress progress_;
  report::Campaign campaign_;
  FindingBook book_;
};

}  // namespace

Result<report::Campaign> RunCampaign(const CampaignPlan& plan) {
  const auto engines = ChooseEngines(plan.engines);
  if (!engines) return engines.error();
  const auto target = ChooseTarget(plan.common.target);
  if (!target) return target.error();
  const auto clips = LoadFootage(plan.common.footage);
  if (!clips) return clips.error();
  const auto recorded = LoadRecordings(plan.common);
  if (!recorded) return recorded.error();
  const Scratch scratch;
  if (scratch.path().empty()) return Error{"cannot create a temporary folder"};
  return CampaignRun(plan, *engines, **target, *clips, recorded->recordings(), scratch.path())
      .Run();
}

ExitStatus Hunt(const HuntOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks, options.common.target); !chosen)
    return UsageError(chosen.error());
  if (const auto writable = CheckReports(options.out, options.json); !writable)
    return UsageError(writable.error());
  const CampaignPlan plan{.common = options.common,
                          .engines = options.engines,
                          .seconds = options.seconds,
                          .cases = options.cases,
                          .seed = options.seed,
                          .jobs = options.jobs,
                          .blind = options.blind,
                          .stop_at_first = options.first,
                          .out = options.out,
                          .print = true};
  const auto campaign = RunCampaign(plan);
  if (!campaign) return UsageError(campaign.error());
  return Finish(*campaign, options.out, options.json);
}

Outcome CheckReports(const std::string& out, const std::string& json) {
  if (Outcome writable = report::CheckWritable(out); !writable) return writable;
  return CheckJson(json);
}

Outcome CheckJson(const std::string& json) {
  if (json.empty()) return Unit{};
  std::error_code failure;
  if (fs::is_directory(json, failure)) return Error{"'" + json + "' is a folder"};
  const fs::path folder = fs::path(json).parent_path();
  return report::CheckWritable(folder.empty() ? fs::path(".") : folder);
}

ExitStatus Finish(const report::Campaign& campaign, const std::string& out,
                  const std::string& json) {
  if (const auto written = report::WriteCampaign(campaign, out); !written)
    return UsageError(written.error());
  if (!json.empty()) {
    if (const auto written = WriteFileWhole(json, report::ReportJson(campaign)); !written)
      return UsageError(written.error());
  }
  fmt::print("\n{}", report::SummaryText(campaign, report::ColourOn(stdout)));
  fmt::print("report: {}\n", (fs::path(out) / "report.html").string());
  return ExitStatusOf(report::VerdictOf(campaign));
}

}  // namespace framefence::cli
