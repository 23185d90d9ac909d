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

namespace framefence::cli {
namespace {

namespace fs = std::filesystem;

Result<std::vector<const EngineInfo*>> ChooseEngines(const std::vector<std::string>& names) {
  std::vector<const EngineInfo*> chosen;
  for (const EngineInfo& engine : Engines()) {
    const auto wanted = [&](const std::string& name) {
      return name == engine.name || name == "all";
    };
    if (std::any_of(names.begin(), names.end(), wanted)) chosen.push_back(&engine);
  }
  for (const std::string& name : names) {
    if (name != "all" && FindEngine(name) == nullptr) {
      return Error{"no engine is called '" + name +
                   "'; there are all, proof, swarm, properties, libfuzzer and afl"};
    }
  }
  return chosen;
}

// Works where the engines work; is gone when the campaign is over.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "framefence.XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
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

void PrintHeading(const report::Campaign& campaign, const std::vector<const EngineInfo*>& engines) {
  std::string names;
  for (const EngineInfo* engine : engines)
    names += (names.empty() ? "" : ", ") + std::string(engine->name);
  fmt::print("{}\ntarget {}, {}, seed {}, {:g} s, {} jobs, engines: {}\n", campaign.version,
             campaign.target,
             campaign.leaks.empty() ? "no leak planted" : "planted" + LeakFlags(campaign.leaks),
             campaign.seed, campaign.seconds, campaign.jobs, names);
  std::fflush(stdout);
}

// By what ran: the oracle, behind every engine but the proof, judges one more than the proof.
std::vector<std::string> PropertiesJudged(const report::Campaign& campaign, bool blind) {
  bool proof = false, oracle = false;
  for (const report::EngineRun& run : campaign.engines) {
    if (!report::JudgedSomething(run)) continue;
    (run.conditions.empty() ? oracle : proof) = true;
  }
  oracle = oracle && !blind;
  if (!proof && !oracle) return {};
  std::vector<std::string> judged = {"ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-005"};
  if (oracle) judged.emplace_back("ISO-006");
  judged.emplace_back("ISO-010");
  return judged;
}

}  // namespace

Result<report::Campaign> RunCampaign(const CampaignPlan& plan) {
  const auto engines = ChooseEngines(plan.engines);
  if (!engines) return engines.error();
  const auto target = ChooseTarget(plan.common.target);
  if (!target) return target.error();
  const auto clips = LoadFootage(plan.common.footage);
  if (!clips) return clips.error();
  const Scratch scratch;
  if (scratch.path().empty()) return Error{"cannot create a temporary folder"};

  report::Campaign campaign;
  campaign.target = plan.common.target;
  campaign.leaks = plan.common.leaks;
  campaign.seed = plan.seed;
  campaign.seconds = plan.seconds;
  campaign.jobs = plan.jobs != 0 ? plan.jobs : std::max(1U, std::thread::hardware_concurrency());
  campaign.command_line = CommandLine();
  campaign.version = VersionText();
  if (plan.print) PrintHeading(campaign, *engines);

  report::Progress progress;
  double shares = 0;
  for (const EngineInfo* engine : *engines) shares += IsFor(*engine, **target) ? engine->share : 0;
  FindingBook book(**target, *clips, plan, campaign);
  for (const EngineInfo* engine : *engines) {
    if (Interrupted()) break;
    const fs::path folder = scratch.path() / engine->name;
    fs::create_directories(folder);
    EngineTask task{.target = *target,
                    .clips = *clips,
                    .leaks = plan.common.leaks,
                    .seconds = shares > 0 ? plan.seconds * engine->share / shares : plan.seconds,
                    .cases_max = plan.cases,
                    .seed = plan.seed,
                    .jobs = campaign.jobs,
                    .blind = plan.blind,
                    .ask_cvc5 = plan.ask_cvc5,
                    .stop_at_first = plan.stop_at_first,
                    .scratch = folder,
                    .progress = plan.print ? &progress : nullptr};
    EngineOutcome outcome = RunOn(*engine, task);
    progress.Erase();
    if (outcome.trace_hash_cases != 0) {
      campaign.trace_hash = outcome.trace_hash;
      campaign.trace_hash_cases = outcome.trace_hash_cases;
    }
    for (const RawFinding& raw : outcome.findings) {
      const report::Finding* finding = book.Add(raw, outcome.run.name);
      if (finding != nullptr && plan.print)
        fmt::print("\n{}", report::FindingText(*finding, fs::path(plan.out) / finding->id));
    }
    campaign.engines.push_back(std::move(outcome.run));
  }
  campaign.properties_judged = PropertiesJudged(campaign, plan.blind);
  campaign.interrupted = Interrupted();
  return campaign;
}

ExitStatus Hunt(const HuntOptions& options) {
  if (const auto chosen = ChooseLeaks(options.common.leaks); !chosen)
    return UsageError(chosen.error());
  if (const auto writable = report::CheckWritable(options.out); !writable)
    return UsageError(writable.error());
  const CampaignPlan plan{.common = options.common,
                          .engines = options.engines,
                          .seconds = options.seconds,
                          .cases = options.cases,
                          .seed = options.seed,
                          .jobs = options.jobs,
                          .blind = options.blind,
                          .out = options.out,
                          .print = true};
  const auto campaign = RunCampaign(plan);
  if (!campaign) return UsageError(campaign.error());
  if (const auto written = report::WriteCampaign(*campaign, options.out); !written)
    return UsageError(written.error());
  if (!options.json.empty()) {
    if (const auto written = WriteFileWhole(options.json, report::ReportJson(*campaign)); !written)
      return UsageError(written.error());
  }
  fmt::print("\n{}", report::SummaryText(*campaign));
  fmt::print("report: {}\n", (fs::path(options.out) / "report.html").string());
  return ExitStatusOf(report::VerdictOf(*campaign));
}

}  // namespace framefence::cli
