// framefence list: what there is to choose from.
#include <fmt/core.h>

#include <array>
#include <string_view>

#include "harness/cases/describe.h"
#include "harness/cli/commands.h"
#include "harness/cli/engine.h"
#include "harness/cli/program.h"
#include "harness/report/words.h"
#include "targets/planted/catalogue.h"

namespace framefence::cli {
namespace {

// By what each property is judged, in order.
constexpr std::array<std::string_view, report::kPropertyCount> kJudgedBy = {
    "oracle, RapidCheck, proof",
    "oracle, RapidCheck, proof",
    "oracle, RapidCheck, proof",
    "oracle, RapidCheck, proof",
    "oracle, proof",
    "oracle",
    "not judged yet",
    "RapidCheck, in part",
    "not judged yet",
    "oracle, proof"};

void ListProperties() {
  for (int number = 1; number <= report::kPropertyCount; ++number) {
    const oracle::Property property = report::PropertyAt(number);
    fmt::print("{}  {} ({})\n", oracle::ToString(property), report::Statement(property),
               kJudgedBy[static_cast<std::size_t>(number) - 1]);
  }
}

void ListLeaks() {
  for (const leaks::Entry& entry : leaks::Catalogue()) {
    fmt::print("{:8}  {}\n", entry.id, entry.mechanism);
    if (entry.is_twin()) {
      fmt::print("{:8}  looks like the one above, and is correct\n\n", "");
    } else {
      fmt::print("{:8}  trigger: {}; breaks {}\n{:8}  evidence: {}\n", "", entry.trigger,
                 entry.breaks, "", entry.evidence);
    }
  }
}

}  // namespace

ExitStatus List(const std::string& what) {
  if (what == "targets") {
    for (const adapters::Target& target : adapters::Targets()) {
      fmt::print("{:8}  {}\n{:8}  engines: swarm", target.name, target.summary, "");
      for (const std::string_view engine : target.engines) fmt::print(", {}", engine);
      fmt::print("\n");
    }
  } else if (what == "leaks") {
    ListLeaks();
  } else if (what == "properties") {
    ListProperties();
  } else if (what == "engines") {
    for (const EngineInfo& engine : Engines())
      fmt::print("{:10}  {}\n", engine.name, engine.summary);
  } else if (what == "steps") {
    fmt::print("{}", cases::DescribeFormat());
  } else if (what == "dictionary") {
    fmt::print("{}", cases::FuzzDictionary());
  } else {
    return UsageError({"cannot list '" + what +
                       "'; there are targets, leaks, properties, engines, steps and dictionary"});
  }
  return kExitPass;
}

}  // namespace framefence::cli
