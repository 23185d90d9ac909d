// The systems that this checkout binds to the contract.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_TARGETS_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_TARGETS_H_

#include <span>
#include <string_view>

#include "harness/contract/target.h"

namespace adapters {

// The relay is the first.
std::span<const framefence::contract::Target> Targets();

// Null when there is none of that name.
const framefence::contract::Target* FindTarget(std::string_view name);

}  // namespace adapters

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_TARGETS_H_
