// Child processes: engines that are programs of their own.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_CHILD_PROCESS_H_
#define FRAMEFENCE_TARGETS_PROGRAM_CHILD_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace framefence::cli {

struct ChildCommand {
  std::vector<std::string> argv;         // argv[0]: the program's path
  std::vector<std::string> environment;  // "NAME=value", added to ours
  std::filesystem::path log;             // standard output and error go here
};

struct ChildExit {
  int status = 0;        // exit status, or 128 + the signal that ended it
  bool stopped = false;  // we ended it: time was up, or Ctrl-C
  double seconds = 0;
};

// Starts the program in a process group of its own, so that what it starts ends with it, and waits.
// `keep_going` is asked some ten times a second with the seconds since the start; when it says no,
// the group gets SIGINT, after 5 s SIGKILL. Error: the program cannot be started.
Result<ChildExit> RunChild(const ChildCommand& command,
                           const std::function<bool(double)>& keep_going);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_CHILD_PROCESS_H_
