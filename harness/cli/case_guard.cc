#include "harness/cli/case_guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <utility>

#include "harness/cli/exit_status.h"

namespace framefence::cli {
namespace {

thread_local const CaseGuard* current = nullptr;

constexpr int kFatalSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// All that follows a fatal signal may call only what is safe there (signal-safety(7)).
void Say(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;  // nobody is left to tell
}

}  // namespace

void OnFatalSignal(int number) {
  const CaseGuard* guard = current;
  if (guard != nullptr && guard->entered_ms_ != 0) guard->End("crashed", kExitCrash);
  std::signal(number, SIG_DFL);
  std::raise(number);
}

CaseGuard::CaseGuard(std::string folder, std::string replay)
    : folder_(std::move(folder)),
      file_(folder_ + "/case.bin"),
      message_(" in this case; it is kept:\n  " + replay + " " + file_ + "\n") {
  current = this;
  struct sigaction action = {};
  action.sa_handler = OnFatalSignal;
  action.sa_flags = SA_NODEFER | SA_ONSTACK;  // the stack may be what ran out
  const stack_t stack = {.ss_sp = stack_.data(), .ss_flags = 0, .ss_size = stack_.size()};
  ::sigaltstack(&stack, nullptr);
  for (const int number : kFatalSignals) ::sigaction(number, &action, nullptr);
}

CaseGuard::~CaseGuard() {
  const stack_t none = {.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  ::sigaltstack(&none, nullptr);
  current = nullptr;
}

void CaseGuard::Enter(const cases::Case& played) {
  bytes_ = cases::EncodeCase(played);
  entered_ms_ = NowMs();
}

void CaseGuard::EndIfOverdue(std::chrono::milliseconds limit) const {
  const std::int64_t entered = entered_ms_;
  if (entered != 0 && NowMs() - entered > limit.count()) End("did not come back", kExitCrash);
}

void CaseGuard::EndUnjudged(const char* why) {
  if (current != nullptr && current->entered_ms_ != 0) current->End(why, kExitInconclusive);
  ::_exit(kExitInconclusive);
}

void CaseGuard::End(const char* what, int status) const {
  ::mkdir(folder_.c_str(), 0777);
  const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const bool kept = file >= 0 && ::write(file, bytes_.data(), bytes_.size()) ==
                                     static_cast<ssize_t>(bytes_.size());
  Say("\nframefence: the system under test ");
  Say(what);
  Say(kept ? message_.c_str() : ", and its case could not be written\n");
  ::_exit(status);
}

}  // namespace framefence::cli
