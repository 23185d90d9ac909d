// framefence list: what there is to choose from.
#include <fmt/core.h>

#include <array>
#include <string_view>

#include "harness/cases/describe.h"
#include "harness/cli/commands.h"
#include "harness/cli/engine.h"
#include "harness/cli/program.h"
#include "targets/planted/catalogue.h"

namespace framefence::cli {
namespace {

struct PropertyText {
  std::string_view id;
  std::string_view text;
  std::string_view judged_by;
};

constexpr std::array<PropertyText, 10> kProperties = {{
    {"ISO-001",
     "every byte delivered on a viewer session was published by the camera that the session is for",
     "oracle, proof"},
    {"ISO-002", "... in the binding epoch that the session was opened in", "oracle, proof"},
    {"ISO-003",
     "once close, revoke, unlink or rebind has returned, the session receives nothing more",
     "oracle, proof"},
    {"ISO-004",
     "nothing while the integration is suspended; after a restore nothing from before it",
     "oracle, proof"},
    {"ISO-005", "a still is never older than its bound, and never outlives its entitlement",
     "oracle, proof"},
    {"ISO-006", "a delivered access unit is exactly one published access unit", "oracle"},
    {"ISO-007", "a viewer session's transcript does not depend on other accounts",
     "not judged yet"},
    {"ISO-008", "once the network heals, entitled frames arrive within a bound", "not judged yet"},
    {"ISO-009", "metadata of other accounts is not revealed", "not judged yet"},
    {"ISO-010", "a recycled buffer never shows what it held before", "oracle, proof"},
}};

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
    for (const adapters::Target& target : adapters::Targets())
      fmt::print("{:8}  {}\n", target.name, target.summary);
  } else if (what == "leaks") {
    ListLeaks();
  } else if (what == "properties") {
    for (const PropertyText& row : kProperties)
      fmt::print("{}  {} ({})\n", row.id, row.text, row.judged_by);
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
