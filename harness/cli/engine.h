// What can look for leaks. An engine gets a time and a seed, and says what it did and found.
#ifndef FRAMEFENCE_HARNESS_CLI_ENGINE_H_
#define FRAMEFENCE_HARNESS_CLI_ENGINE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/cases/case.h"
#include "harness/contract/target.h"
#include "harness/media/footage.h"
#include "harness/report/campaign.h"
#include "harness/report/progress.h"
#include "harness/sim/path_change.h"

namespace framefence::cli {

struct EngineTask {
  const contract::Target* target = nullptr;
  std::span<const media::Footage> clips;
  sim::Recordings recordings;
  std::vector<std::string> leaks;  // by id; already planted in this process
  double seconds = 10;
  std::uint64_t cases_max = 0;  // of the swarm; 0: bounded by time alone
  std::uint64_t seed = 1;
  unsigned jobs = 1;
  bool blind = false;                               // the oracle's verdict is ignored
  bool ask_cvc5 = false;                            // the proof asks its second solver too
  std::chrono::milliseconds case_time_max{60'000};  // then it hangs; milliseconds are usual
  bool stop_at_first = false;                    // the first finding ends the engine (scoreboard)
  std::filesystem::path scratch;                 // a folder of the engine's own, which exists
  std::filesystem::path crash_folder = "crash";  // where a case goes that takes the process down
  std::filesystem::path diverged_folder = "nondeterminism";  // and one that gave two traces
  std::string replay = "framefence replay";                  // what plays such cases again
  report::Progress* progress = nullptr;
};

// A case that an engine says violates or crashes, before anybody has minimised it.
struct RawFinding {
  cases::Case found;
  double seconds = 0;
  std::uint64_t executions = 0;
  // Of a crash, which happens only in the engine's own process:
  std::string crashed_program;  // the line to replay it with, but for the file; empty: it violates
  std::string crash_log = {};
  std::vector<oracle::Violation> violations = {};  // as the engine saw them, if it can tell
  std::string repeat = {};  // plays all that was played before it too; empty: cannot be had
};

struct EngineOutcome {
  report::EngineRun run;
  std::vector<RawFinding> findings;  // distinct by signature, as far as the engine can tell
  std::uint64_t trace_hash = 0;      // swarm only
  std::uint64_t trace_hash_cases = 0;
};

struct EngineInfo {
  std::string_view name;
  std::string_view summary;
  double share = 0;         // of a campaign's time; the proof takes what it needs
  bool any_target = false;  // else only on targets that name it (contract::Target)
  EngineOutcome (*run)(const EngineTask& task) = nullptr;
};

EngineOutcome RunSwarm(const EngineTask& task);
inline constexpr EngineInfo kSwarmEngine{
    "swarm", "seeded cases, each drawn from a random part of all that can happen", 0.4, true,
    RunSwarm};
// What a program has that brings no engines of its own.
inline constexpr EngineInfo kSwarmAlone[] = {kSwarmEngine};

// This program's, in the order in which a campaign runs them.
std::span<const EngineInfo> Engines();
const EngineInfo* FindEngine(std::string_view name);
std::string KnownEngines();  // "all, swarm": the names that ChooseEngines() knows
// Those of the names, "all" for each, in the order of Engines(). Error: an unknown name.
Result<std::vector<const EngineInfo*>> ChooseEngines(const std::vector<std::string>& names);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_ENGINE_H_
