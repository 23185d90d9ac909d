// How far long work has come: one line on a terminal, rewritten in place; nothing at all in a pipe.
#ifndef FRAMEFENCE_HARNESS_REPORT_PROGRESS_H_
#define FRAMEFENCE_HARNESS_REPORT_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace framefence::report {

struct ProgressState {
  std::string_view phase;          // "hunting"
  std::uint64_t done = 0;          // in this phase
  std::string_view unit;           // "cases"
  std::optional<double> fraction;  // of the phase, 0 to 1; none where the end is not known
};

// Whether it is a terminal that knows escape sequences.
bool IsTerminal(std::FILE* file);

// "hunting  1,204,331 cases  40,144/s  12 s left", at most `columns` wide.
std::string ProgressLine(const ProgressState& state, double elapsed_seconds, std::size_t columns);

// Any thread may call any member. Show() costs a test in a pipe, and reading a clock on a terminal.
class Progress {
 public:
  // Shows on `terminal` if that is one that can erase a line. It outlives the progress.
  explicit Progress(std::FILE* terminal = stderr);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { Erase(); }

  // Rewrites the line, at most ten times a second; a new phase is shown at once and starts the rate
  // and the time left anew.
  void Show(const ProgressState& state);

  // Takes the line away, until the next Show(). To be called before anything else is written.
  void Erase();

  // Erases, then writes `text` to `out`: nothing comes between.
  void Print(std::FILE* out, std::string_view text);

 private:
  using Clock = std::chrono::steady_clock;

  void EraseLocked();

  std::FILE* const terminal_;
  const bool active_;
  std::mutex mutex_;
  std::string phase_;
  Clock::time_point phase_began_;
  Clock::time_point next_rewrite_;
  bool shown_ = false;
};

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_PROGRESS_H_
