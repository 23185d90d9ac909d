#include "harness/sim/verdict.h"

#include <array>

namespace framefence::sim {

std::string_view ToString(Verdict verdict) {
  static constexpr std::array<std::string_view, 5> kNames = {"pass", "violation", "liveness",
                                                             "crash", "inconclusive"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Verdict VerdictOf(const World& world) {
  if (!world.oracle().violations().empty()) return Verdict::kViolation;
  return world.exhausted() ? Verdict::kInconclusive : Verdict::kPass;
}

Signature SignatureOf(const oracle::Violation& violation) {
  return {violation.violation_class, violation.property, violation.observation};
}

}  // namespace framefence::sim
