#include "harness/cli/test_bed.h"

#include "harness/sim/written_schedule.h"

namespace framefence::cli {

bool SameFinding(const CaseOutcome& a, const CaseOutcome& b) {
  if (a.verdict != b.verdict || a.violations.empty() != b.violations.empty()) return false;
  return a.violations.empty() ||
         sim::SignatureOf(a.violations.front()) == sim::SignatureOf(b.violations.front());
}

TestBed::TestBed(const contract::Target& target, std::span<const media::Footage> clips,
                 const sim::Recordings& recordings)
    : system_(target.make()), world_(*system_), player_(world_) {
  world_.UseFootage(clips);
  world_.UseRecordings(recordings);
}

CaseOutcome TestBed::Run(const cases::Case& played, bool stop_at_violation) {
  player_.Play(played, stop_at_violation);
  const auto violations = player_.violations();
  return {.verdict = player_.verdict(),
          .violations = {violations.begin(), violations.end()},
          .trace_hash = player_.trace_hash()};
}

cases::MinimizeResult TestBed::Minimize(
    const cases::Case& found, const cases::MinimizeLimits& limits,
    const std::function<bool(const cases::MinimizeProgress&)>& on_progress,
    const std::function<void(const cases::Case&)>& on_smaller) {
  const CaseOutcome wanted = Run(found);
  const auto still_fails = [&](const cases::Case& smaller) {
    const bool fails = SameFinding(Run(smaller), wanted);
    if (fails && on_smaller) on_smaller(smaller);
    return fails;
  };
  const bool drawn = found.options.schedule != cases::WorldOptions{}.schedule;
  if (!drawn) return cases::Minimize(found, still_fails, limits, on_progress);
  std::uint64_t spent = 0;
  auto written = Written(found, wanted);
  if (!written) {  // too long, as a rule: so it is made smaller as it is
    const auto smaller =
        cases::Minimize(found, still_fails, {limits.executions_max / 2}, on_progress);
    spent = smaller.executions;
    written = Written(smaller.smallest, wanted);
    if (!written) return smaller;
  }
  auto result =
      cases::Minimize(*written, still_fails, {limits.executions_max - spent}, on_progress);
  result.executions += spent;
  return result;
}

// None: it cannot be written, or is another finding then.
std::optional<cases::Case> TestBed::Written(const cases::Case& found, const CaseOutcome& wanted) {
  Run(found);
  auto written = sim::WriteSchedule(found, world_.handovers());
  if (written && !SameFinding(Run(*written), wanted)) return std::nullopt;
  return written;
}

}  // namespace framefence::cli
