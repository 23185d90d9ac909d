#include "harness/report/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "harness/report/escape.h"
#include "harness/report/words.h"

namespace framefence::report {
namespace {

constexpr std::chrono::milliseconds kRewriteInterval(100);
constexpr std::string_view kEraseLine = "\r\x1b[K";  // to the line's start; erase to its end

// One less than there are: a line that fills the last column may wrap.
std::size_t Columns(std::FILE* file) {
  winsize size{};
  const bool known = ::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return (known ? size.ws_col : 80U) - 1U;
}

// "12 s", "3 min 05 s", "2 h 07 min"
std::string Duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

// None where nothing can be said yet, or the end is further than any forecast is worth.
std::optional<double> SecondsLeft(const ProgressState& state, double elapsed_seconds) {
  constexpr double kSecondsMax = 100 * 3600;
  if (!state.fraction || !(*state.fraction > 0) || elapsed_seconds <= 0) return std::nullopt;
  const double fraction = std::min(*state.fraction, 1.0);
  const double left = elapsed_seconds * (1 - fraction) / fraction;
  return left < kSecondsMax ? std::optional(left) : std::nullopt;
}

// Cuts at the beginning of a character (RFC 3629); counts bytes, which are never fewer than columns
// for the scripts that phases are named in.
std::string Cut(std::string text, std::size_t columns) {
  if (text.size() <= columns) return text;
  while (columns > 0 && (static_cast<unsigned char>(text[columns]) & 0xc0U) == 0x80U) --columns;
  text.resize(columns);
  return text;
}

}  // namespace

bool IsTerminal(std::FILE* file) {
  const char* terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return ::isatty(::fileno(file)) == 1 && !is_dumb;
}

std::string ProgressLine(const ProgressState& state, double elapsed_seconds, std::size_t columns) {
  std::string line = fmt::format("{}  {} {}", PrintableLine(state.phase), Count(state.done),
                                 PrintableLine(state.unit));
  if (const std::string rate = Rate(state.done, elapsed_seconds); rate != "-")
    line += fmt::format("  {}/s", rate);
  if (const auto left = SecondsLeft(state, elapsed_seconds))
    line += fmt::format("  {} left", Duration(*left));
  return Cut(std::move(line), columns);
}

Progress::Progress(std::FILE* terminal) : terminal_(terminal), active_(IsTerminal(terminal)) {}

void Progress::Show(const ProgressState& state) {
  if (!active_) return;
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  const bool is_new_phase = state.phase != phase_;
  if (!is_new_phase && now < next_rewrite_) return;
  if (is_new_phase) {
    phase_ = state.phase;
    phase_began_ = now;
  }
  next_rewrite_ = now + kRewriteInterval;
  const double elapsed_seconds = std::chrono::duration<double>(now - phase_began_).count();
  fmt::print(terminal_, "{}{}", kEraseLine,
             ProgressLine(state, elapsed_seconds, Columns(terminal_)));
  std::fflush(terminal_);
  shown_ = true;
}

void Progress::Erase() {
  const std::lock_guard lock(mutex_);
  EraseLocked();
}

void Progress::Print(std::FILE* out, std::string_view text) {
  const std::lock_guard lock(mutex_);
  EraseLocked();
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

void Progress::EraseLocked() {
  if (!shown_) return;
  std::fwrite(kEraseLine.data(), 1, kEraseLine.size(), terminal_);
  std::fflush(terminal_);
  shown_ = false;
}

}  // namespace framefence::report
