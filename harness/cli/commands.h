// The commands of every program. Each takes its options and answers an exit status (exit_status.h).
#ifndef FRAMEFENCE_HARNESS_CLI_COMMANDS_H_
#define FRAMEFENCE_HARNESS_CLI_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/exit_status.h"

namespace framefence::cli {

// What most commands share.
struct Common {
  std::string target;
  std::vector<std::string> leaks;    // by id; empty: none
  std::vector<std::string> footage;  // .h264 files or folders of them; empty: the program's
  std::string error_pattern;         // files of recorded networks; empty: none
  std::string delivery_trace;
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
  double seconds = 0;  // 0: for as long as it takes
};

struct ShowOptions {
  std::string path;
  bool binary = false;
};

ExitStatus Hunt(const HuntOptions& options);
ExitStatus Replay(const ReplayOptions& options);
ExitStatus Show(const ShowOptions& options);
ExitStatus Minimize(const MinimizeOptions& options);
ExitStatus List(const std::string& what);
// "targets, ..., steps or dictionary": what there is to list; `last` is the last conjunction.
std::string Listable(const std::string& last);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_COMMANDS_H_
