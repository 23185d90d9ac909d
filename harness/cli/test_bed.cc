#include "harness/cli/test_bed.h"

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
  return cases::Minimize(found, still_fails, limits, on_progress);
}

}  // namespace framefence::cli
