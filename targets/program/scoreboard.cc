// framefence scoreboard: every engine on every leak and every twin.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/base/files.h"
#include "harness/cli/engine.h"
#include "harness/cli/hunt.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/report/words.h"
#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"
#include "targets/program/commands.h"
#include "targets/program/leak_choice.h"

namespace framefence::cli {
namespace {

struct ScoreboardOptions {
  std::vector<std::string> leaks;  // empty: all
  std::vector<std::string> engines = {"all"};
  unsigned trials = 3;
  double seconds = 10;  // of one trial
  std::string json;
};

// One engine on one leak, over all trials.
struct Cell {
  std::string leak;
  std::string engine;
  bool blind = false;
  unsigned trials = 0;
  unsigned detected = 0;
  unsigned skipped = 0;
  unsigned failed = 0;
  std::vector<double> seconds;               // to detection
  std::vector<std::uint64_t> executions;     // to detection
  std::size_t steps_min = 0;                 // of the minimised case; 0: none
  std::uint64_t reached = 0, triggered = 0;  // of engines in this process
};

template <class T>
T MedianOf(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? T{} : values[values.size() / 2];
}

void CountCanaries(leaks::Leak leak, Cell& cell) {
  const leaks::Canary canary = leaks::CanaryOf(leak);
  cell.reached += canary.reached;
  cell.triggered += canary.triggered;
}

Outcome PlayTrial(const ScoreboardOptions& options, const leaks::Entry& leak, unsigned trial,
                  Cell& cell) {
  leaks::Plant(leak.mask());
  const CampaignPlan plan{
      .common = {.target = std::string(leak.target()), .leaks = {std::string(leak.id)}},
      .engines = {cell.engine},
      .seconds = options.seconds,
      .seed = trial + 1,
      .blind = cell.blind,
      .stop_at_first = true};
  const auto campaign = RunCampaign(plan);
  if (!campaign) return campaign.error();
  CountCanaries(leak.leak, cell);
  ++cell.trials;
  bool refuted = false;
  for (const report::EngineRun& run : campaign->engines) {
    cell.skipped += run.ran ? 0 : 1;
    cell.failed += run.failed ? 1 : 0;
    if (report::CountConditions(run).refuted == 0) continue;
    refuted = true;
    ++cell.detected;
    cell.seconds.push_back(run.seconds);
  }
  if (!refuted && !campaign->findings.empty()) {  // of what is refuted, a finding only shows it
    ++cell.detected;
    cell.seconds.push_back(campaign->findings.front().seconds);
    cell.executions.push_back(campaign->findings.front().executions);
  }
  for (const report::Finding& finding : campaign->findings) {
    const std::size_t steps = finding.minimized.steps.size();
    cell.steps_min = cell.steps_min == 0 ? steps : std::min(cell.steps_min, steps);
  }
  return Unit{};
}

void PrintCell(const Cell& cell) {
  const std::string engine = cell.engine + (cell.blind ? " (blind)" : "");
  if (cell.skipped == cell.trials) {
    fmt::print("{:8} {:18} skipped: not built, or not for this target\n", cell.leak, engine);
    return;
  }
  std::string detail;
  if (!cell.seconds.empty()) detail = fmt::format("median {:.2f} s", MedianOf(cell.seconds));
  if (!cell.executions.empty()) detail += ", " + report::Count(MedianOf(cell.executions), "case");
  if (cell.steps_min != 0) detail += ", smallest case " + report::Count(cell.steps_min, "step");
  if (cell.reached != 0)
    detail += fmt::format(", reached {}, triggered {}", report::Count(cell.reached),
                          report::Count(cell.triggered));
  if (cell.failed != 0) detail += ", engine FAILED " + report::Count(cell.failed, "time");
  fmt::print("{:8} {:18} detected {}/{}  {}\n", cell.leak, engine, cell.detected, cell.trials,
             detail);
  std::fflush(stdout);
}

nlohmann::ordered_json JsonOf(const Cell& cell) {
  return {
      {"leak", cell.leak},           {"engine", cell.engine},     {"blind", cell.blind},
      {"trials", cell.trials},       {"detected", cell.detected}, {"skipped", cell.skipped},
      {"failed", cell.failed},       {"seconds", cell.seconds},   {"executions", cell.executions},
      {"steps_min", cell.steps_min}, {"reached", cell.reached},   {"triggered", cell.triggered}};
}

std::vector<Cell> PlanOf(const std::vector<const EngineInfo*>& engines, const leaks::Entry& leak) {
  std::vector<Cell> cells;
  for (const EngineInfo* engine : engines) {
    cells.push_back({.leak = std::string(leak.id), .engine = std::string(engine->name)});
    // The same fuzzer with the oracle off: crashes and sanitizers only.
    if (engine->name == "libfuzzer" && !leak.is_twin()) {
      cells.push_back(
          {.leak = std::string(leak.id), .engine = std::string(engine->name), .blind = true});
    }
  }
  return cells;
}

// A leak must be found by some engine with its eyes open, and by none blind, for none is a memory
// error; a twin by none; no engine may fail.
bool AsExpected(const leaks::Entry& leak, const std::vector<Cell>& cells) {
  unsigned detected = 0, failed = 0, blind = 0;
  for (const Cell& cell : cells) {
    (cell.blind ? blind : detected) += cell.detected;
    failed += cell.failed;
  }
  return failed == 0 && blind == 0 && (leak.is_twin() ? detected == 0 : detected != 0);
}

ExitStatus Scoreboard(const ScoreboardOptions& options) {
  std::vector<const leaks::Entry*> chosen;
  for (const std::string& id : options.leaks) {
    const auto leak = LeakCalled(id);
    if (!leak) return UsageError(leak.error());
    chosen.push_back(*leak);
  }
  const auto engines = ChooseEngines(options.engines);
  if (!engines) return UsageError(engines.error());
  if (chosen.empty()) {
    for (const leaks::Entry& entry : leaks::Catalogue()) chosen.push_back(&entry);
  }
  if (const auto planted = ChooseLeaks({std::string(chosen.front()->id)}, chosen.front()->target());
      !planted)
    return UsageError(planted.error());

  nlohmann::ordered_json table = nlohmann::ordered_json::array();
  unsigned unexpected = 0;
  for (const leaks::Entry* leak : chosen) {
    std::vector<Cell> cells = PlanOf(*engines, *leak);
    for (Cell& cell : cells) {
      for (unsigned trial = 0; trial < options.trials && !Interrupted(); ++trial) {
        if (const auto played = PlayTrial(options, *leak, trial, cell); !played)
          return UsageError(played.error());
      }
      PrintCell(cell);
      table.push_back(JsonOf(cell));
    }
    if (!AsExpected(*leak, cells)) {
      ++unexpected;
      fmt::print("{:8} NOT as it should be\n", leak->id);
    }
    if (Interrupted()) break;
  }
  if (!options.json.empty()) {
    if (const auto written = WriteFileWhole(options.json, table.dump(2) + "\n"); !written)
      return UsageError(written.error());
  }
  if (Interrupted()) return kExitInconclusive;
  return unexpected == 0 ? kExitPass : kExitViolation;
}

}  // namespace

Command AddScoreboard(CLI::App& app) {
  const auto given = std::make_shared<ScoreboardOptions>();
  ScoreboardOptions& options = *given;
  CLI::App* scoreboard =
      app.add_subcommand("scoreboard", "every engine on every leak and every twin");
  AddNames(*scoreboard, "leak", options.leaks,
           "only this one, by id (see: framefence list leaks); may be repeated");
  AddNames(*scoreboard, "engine", options.engines, "only this one; may be repeated")
      ->default_str("all");
  Bound(scoreboard->add_option("--trials", options.trials, "seeds for each pair")
            ->type_name("NUMBER")
            ->capture_default_str(),
        1, 1000);
  Bound(scoreboard->add_option("--seconds", options.seconds, "for each trial")
            ->type_name("SECONDS")
            ->capture_default_str(),
        0.1, 1e6);
  AddJson(*scoreboard, options.json, "write the table here");
  return {scoreboard, [given] { return Scoreboard(*given); }};
}

}  // namespace framefence::cli
