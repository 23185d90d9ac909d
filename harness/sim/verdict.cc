#include "harness/sim/verdict.h"

#include <algorithm>
#include <array>

namespace framefence::sim {

std::string_view ToString(Verdict verdict) {
  static constexpr std::array<std::string_view, 5> kNames = {"pass", "violation", "liveness",
                                                             "crash", "inconclusive"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Verdict VerdictOf(std::span<const oracle::Violation> violations, bool exhausted) {
  const bool leaks = std::ranges::any_of(violations, [](const oracle::Violation& violation) {
    return violation.property != oracle::Property::kIso008;
  });
  if (leaks) return Verdict::kViolation;
  if (!violations.empty()) return Verdict::kLiveness;
  return exhausted ? Verdict::kInconclusive : Verdict::kPass;
}

Verdict VerdictOf(const World& world) {
  return VerdictOf(world.oracle().violations(), world.exhausted());
}

Signature SignatureOf(const oracle::Violation& violation) {
  return {violation.violation_class, violation.property, violation.observation};
}

}  // namespace framefence::sim
