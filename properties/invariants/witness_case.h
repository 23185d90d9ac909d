// From a sequence of the core's operations to what happens outside of the system that makes it run
// them.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_WITNESS_CASE_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_WITNESS_CASE_H_

#include <span>
#include <vector>

#include "harness/cases/case.h"
#include "properties/invariants/search.h"

namespace framefence::proofs {

// Cases of a whole system with a deployment like the search's, each of which may make it run these
// operations. The core's operations are finer than what happens outside, so none of them must: a
// system that judges more than its core does, or in another order, may refuse. Several, because
// what ends a publisher session may be a BYE, or silence for too long.
std::vector<cases::Case> CasesOf(std::span<const Operation> witness);

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_WITNESS_CASE_H_
