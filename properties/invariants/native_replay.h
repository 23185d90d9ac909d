// A found sequence of operations, once more over the words that ship.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_NATIVE_REPLAY_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_NATIVE_REPLAY_H_

#include <span>
#include <string_view>

#include "properties/invariants/search.h"

namespace framefence::proofs {

// Runs the operations on a native core in a deployment like the search's. Returns the property that
// the last one's answer breaks; empty if none does, or if an operation before it is refused or
// breaks its own contract.
std::string_view BrokenNatively(std::span<const Operation> operations);

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_NATIVE_REPLAY_H_
