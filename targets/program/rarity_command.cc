// framefence rarity: how many leaks there are per camera-hour on a network, and how sure that is.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/base/files.h"
#include "harness/cli/hunt.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/report/words.h"
#include "targets/program/commands.h"
#include "targets/program/rarity.h"

namespace framefence::cli {
namespace {

struct RarityOptions {
  std::string target;
  std::vector<std::string> leaks;
  std::string network = "incident-2020";
  RarityPlan plan;
  std::string json;  // empty: nowhere
};

Result<const net::Preset*> NetworkCalled(const std::string& name) {
  if (const net::Preset* preset = net::FindPreset(name)) return preset;
  std::string names;
  for (const net::Preset& preset : net::Presets())
    names += (names.empty() ? "" : ", ") + std::string(preset.name);
  return Error{"no network is called '" + name + "'; there are " + names};
}

nlohmann::ordered_json JsonOf(const RarityOptions& options, const Rarity& rarity) {
  const RarityPlan& plan = options.plan;
  const PlainRate& plain = rarity.plain;
  nlohmann::ordered_json json = {{"command", CommandLine()},
                                 {"target", options.target},
                                 {"leaks", options.leaks},
                                 {"network", plan.network->name},
                                 {"homes", plan.homes},
                                 {"outages_per_hour", plan.outages_per_hour},
                                 {"seed", plan.seed},
                                 {"confidence", plan.confidence},
                                 {"runs_repeat", rarity.repeats},
                                 {"plain",
                                  {{"leaks", plain.leaks},
                                   {"runs", plain.runs},
                                   {"camera_hours", plain.camera_hours},
                                   {"seconds", plain.seconds},
                                   {"leaks_per_camera_hour", plain.rate},
                                   {"low", plain.interval.low},
                                   {"high", plain.interval.high}}}};
  if (rarity.split) {
    const SplitRate& split = *rarity.split;
    json["splitting"] = {{"replications", split.replications},
                         {"effort", plan.effort},
                         {"levels", split.levels},
                         {"camera_hours", split.camera_hours},
                         {"seconds", split.seconds},
                         {"leaks_per_camera_hour", split.rate.mean},
                         {"low", split.rate.interval.low},
                         {"high", split.rate.interval.high},
                         {"effective_replications", split.rate.effective},
                         {"gain", split.gain}};
  }
  return json;
}

ExitStatus MeasureAndTell(RarityOptions& options) {
  const auto network = NetworkCalled(options.network);
  if (!network) return UsageError(network.error());
  options.plan.network = *network;
  if (options.plan.replications == 1)
    return UsageError(
        Error{"--replications: one says nothing of how sure it is: 0, or 2 and more"});
  const auto target = ChooseTarget(options.target);
  if (!target) return UsageError(target.error());
  if (const auto writable = CheckJson(options.json); !writable) return UsageError(writable.error());
  if (const auto planted = ChooseLeaks(options.leaks, options.target); !planted)
    return UsageError(planted.error());
  fmt::print("{}, {}: {}\nruns of {} s, seed {}\n", options.target,
             options.leaks.empty() ? "nothing planted" : "planted" + LeakFlags(options.leaks),
             TownText(options.plan), kTownRun.count(), options.plan.seed);
  std::fflush(stdout);
  report::Progress progress;
  const Rarity rarity = MeasureRarity(**target, options.plan, progress);
  fmt::print("{}again: {}\n", RarityText(rarity, options.plan), CommandLine());
  if (!options.json.empty()) {
    const std::string text = JsonOf(options, rarity).dump(2) + "\n";
    if (const auto written = WriteFileWhole(options.json, text); !written)
      return UsageError(written.error());
  }
  if (!rarity.repeats) fmt::print("the same seeds did not give the same run: nothing here holds\n");
  if (Interrupted()) fmt::print("interrupted: behind this are fewer runs than were asked for\n");
  if (!rarity.repeats || Interrupted()) return kExitInconclusive;
  const bool leaked = rarity.plain.leaks != 0 || (rarity.split && rarity.split->rate.mean > 0);
  return leaked ? kExitViolation : kExitPass;
}

}  // namespace

Command AddRarity(CLI::App& app) {
  const auto given = std::make_shared<RarityOptions>();
  RarityOptions& options = *given;
  RarityPlan& plan = options.plan;
  CLI::App* rarity = app.add_subcommand(
      "rarity", "how many leaks there are per camera-hour on a network, and how sure that is");
  AddTarget(*rarity, options.target);
  AddNames(*rarity, "leak", options.leaks,
           "plant this one, by id (see: framefence list leaks); may be repeated");
  rarity->add_option("--network", options.network, "whose losses (see: framefence list presets)")
      ->type_name("NAME")
      ->capture_default_str();
  const auto number = [rarity](const char* name, auto& value, const char* help, double least,
                               double most) {
    Bound(rarity->add_option(name, value, help)->type_name("NUMBER")->capture_default_str(), least,
          most);
  };
  number("--homes", plan.homes, "homes in the town", 2, 64);
  number("--outages-per-hour", plan.outages_per_hour, "how often each camera is cut off", 0, 600);
  number("--hours", plan.camera_hours, "camera-hours of plain sampling", 0.01, 1e6);
  number("--replications", plan.replications, "independent estimates by splitting; 0: none", 0,
         10'000);
  number("--effort", plan.effort, "runs from each level of a replication", 10, 100'000);
  number("--confidence", plan.confidence, "of the intervals", 0.5, 0.9999);
  AddSeed(*rarity, plan.seed);
  AddJson(*rarity, options.json, "write the figures here");
  return {rarity, [given] { return MeasureAndTell(*given); }};
}

}  // namespace framefence::cli
