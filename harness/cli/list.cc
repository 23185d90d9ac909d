// framefence list: what there is to choose from.
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "harness/cases/describe.h"
#include "harness/cli/commands.h"
#include "harness/cli/engine.h"
#include "harness/cli/program.h"
#include "harness/net/presets.h"
#include "harness/report/words.h"
#include "harness/sim/marks.h"

namespace framefence::cli {
namespace {

// By what the harness itself judges a property (two_runs.h, World::CheckLiveness).
std::string_view HarnessJudge(oracle::Property property) {
  switch (property) {
    case oracle::Property::kIso007:
    case oracle::Property::kIso009:
      return "two runs";
    case oracle::Property::kIso008:
      return "oracle, once the network has healed";
    default:
      return "oracle";
  }
}

void ListProperties() {
  const std::span<const std::string_view> more = ThisProgram().also_judged_by;
  for (int number = 1; number <= report::kPropertyCount; ++number) {
    const oracle::Property property = report::PropertyAt(number);
    const std::string_view also =
        more.empty() ? std::string_view() : more[static_cast<std::size_t>(number) - 1];
    fmt::print("{}  {} ({}{}{})\n", oracle::ToString(property), report::Statement(property),
               HarnessJudge(property), also.empty() ? "" : ", ", also);
  }
}

void ListTargets() {
  std::size_t width = 8;
  for (const contract::Target& target : ThisProgram().targets)
    width = std::max(width, target.name.size());
  for (const contract::Target& target : ThisProgram().targets) {
    std::string engines;
    for (const EngineInfo& engine : Engines()) {
      if (engine.any_target) engines += (engines.empty() ? "" : ", ") + std::string(engine.name);
    }
    for (const std::string_view engine : target.engines)
      engines += (engines.empty() ? "" : ", ") + std::string(engine);
    fmt::print("{:{}}  {}\n{:{}}  engines: {}\n", target.name, width, target.summary, "", width,
               engines);
  }
}

void ListPresets() {
  std::size_t number = 0;
  for (const net::Preset& preset : net::Presets())
    fmt::print("{:>2}  {:<13}  {}\n{:19}source: {}\n", number++, preset.name, preset.what, "",
               preset.source);
}

}  // namespace

std::string Listable(const std::string& last) {
  return std::string("targets, ") + (ThisProgram().leaks != nullptr ? "leaks, " : "") +
         "properties, engines, presets, steps, marks " + last + " dictionary";
}

ExitStatus List(const std::string& what) {
  if (what == "targets") {
    ListTargets();
  } else if (what == "leaks" && ThisProgram().leaks != nullptr) {
    ThisProgram().leaks->list();
  } else if (what == "properties") {
    ListProperties();
  } else if (what == "engines") {
    for (const EngineInfo& engine : Engines())
      fmt::print("{:10}  {}\n", engine.name, engine.summary);
  } else if (what == "presets") {
    ListPresets();
  } else if (what == "steps") {
    fmt::print("{}", cases::DescribeFormat());
  } else if (what == "marks") {
    for (int i = 0; i < sim::kMarkCount; ++i) {
      const auto mark = static_cast<sim::Mark>(i);
      fmt::print("{:18}  {}\n", sim::NameOf(mark), sim::Describe(mark));
    }
  } else if (what == "dictionary") {
    fmt::print("{}", cases::FuzzDictionary());
  } else {
    return UsageError({"cannot list '" + what + "'; there are " + Listable("and")});
  }
  return kExitPass;
}

}  // namespace framefence::cli
