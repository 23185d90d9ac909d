// What a run of one case came to.
#ifndef FRAMEFENCE_HARNESS_SIM_VERDICT_H_
#define FRAMEFENCE_HARNESS_SIM_VERDICT_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "harness/oracle/violation.h"
#include "harness/sim/world.h"

namespace framefence::sim {

enum class Verdict : std::uint8_t {
  kPass,
  kViolation,     // isolation is broken
  kLiveness,      // entitled frames did not come
  kCrash,         // the system under test ended
  kInconclusive,  // cut short before it could be judged
};
std::string_view ToString(Verdict verdict);

Verdict VerdictOf(std::span<const oracle::Violation> violations, bool exhausted);
Verdict VerdictOf(const World& world);

// What makes two violations the same finding for a person: class, property, and where it was seen.
// Minimising keeps it; a campaign reports each once.
struct Signature {
  oracle::ViolationClass violation_class = oracle::ViolationClass::kCrossAccount;
  oracle::Property property = oracle::Property::kIso001;
  oracle::Observation observation = oracle::Observation::kRtp;
  friend auto operator<=>(const Signature&, const Signature&) = default;
};
Signature SignatureOf(const oracle::Violation& violation);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_VERDICT_H_
