// What is known of a case when the system under test takes the process down with it, or never comes
// back: the case itself, in a file, and a line to replay it.
//
// A crash in this process cannot be survived, for whatever the system has overwritten may be ours. It
// is said, kept and ends the program with kExitCrash; the campaign's report is lost.
#ifndef FRAMEFENCE_HARNESS_CLI_CASE_GUARD_H_
#define FRAMEFENCE_HARNESS_CLI_CASE_GUARD_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/cases/case.h"

namespace framefence::cli {

// One for each thread that plays cases, made and used by that thread; EndIfOverdue()
// is for any.
class CaseGuard {
 public:
  // `folder`: where case.bin goes, made when it is needed; `replay`: the command that is given the
  // file.
  CaseGuard(std::string folder, std::string replay);
  ~CaseGuard();
  CaseGuard(const CaseGuard&) = delete;
  CaseGuard& operator=(const CaseGuard&) = delete;

  // Between the two the case is being played.
  void Enter(const cases::Case& played);
  void Leave() { entered_ms_ = 0; }

  // Ends the program, as after a crash, if the case has been played for so long.
  void EndIfOverdue(std::chrono::milliseconds limit) const;

  // Ends the program with kExitInconclusive, for the system under test cannot be judged: `why` in a few
  // words. The case that this thread is playing is kept, if it is.
  [[noreturn]] static void EndUnjudged(const char* why);

 private:
  friend void OnFatalSignal(int);
  [[noreturn]] void End(const char* what, int status) const;

  std::string folder_, file_, message_;
  std::vector<std::byte> bytes_;
  std::vector<std::byte> stack_ = std::vector<std::byte>(64 * 1024);  // of the signal handler
  std::atomic<std::int64_t> entered_ms_{0};  // on the steady clock; 0: nothing is being played
};

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_CASE_GUARD_H_
