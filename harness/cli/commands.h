// The program's commands. Each takes its options and answers an exit status (exit_status.h).
#ifndef FRAMEFENCE_HARNESS_CLI_COMMANDS_H_
#define FRAMEFENCE_HARNESS_CLI_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/exit_status.h"

namespace framefence::cli {

// What most commands share.
struct Common {
  std::string target = "relay";
  std::vector<std::string> leaks;    // by id; empty: the clean build
  std::vector<std::string> footage;  // .h264 files or folders of them; empty: the samples
};

struct HuntOptions {
  Common common;
  std::vector<std::string> engines = {"all"};
  double seconds = 60;
  std::uint64_t cases = 0;  // of the swarm; 0: as many as the time allows
  std::uint64_t seed = 1;
  unsigned jobs = 0;  // 0: one for each processor
  std::string out = "findings";
  std::string json;    // also here; empty: nowhere else
  bool first = false;  // stop at the first finding
  bool blind = false;  // with the oracle off: only crashes count
};

struct ReplayOptions {
  Common common;
  std::vector<std::string> paths;
  std::string trace;  // file; empty: none
};

struct MinimizeOptions {
  Common common;
  std::string path;
  std::string out;  // file; empty: standard output, as text
  std::uint64_t executions_max = 100'000;
};

struct ProveOptions {
  Common common;
  std::string out = "findings/prove";
  std::string json;
  bool cvc5 = false;  // ask the second solver too
};

struct IncidentOptions {
  std::uint32_t homes = 1044;
  std::uint64_t seed = 2019;
  std::string out = "findings/incident";
  std::vector<std::string> footage;
};

struct ScoreboardOptions {
  std::string target = "relay";
  std::vector<std::string> leaks;  // empty: all
  std::vector<std::string> engines = {"all"};
  unsigned trials = 3;
  double seconds = 10;  // of one trial
  std::string json;
};

ExitStatus Hunt(const HuntOptions& options);
ExitStatus Replay(const ReplayOptions& options);
ExitStatus Show(const std::string& path, bool binary);
ExitStatus Minimize(const MinimizeOptions& options);
ExitStatus Prove(const ProveOptions& options);
ExitStatus Incident(const IncidentOptions& options);
ExitStatus Scoreboard(const ScoreboardOptions& options);
ExitStatus List(const std::string& what);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_COMMANDS_H_
