// A system under test as a program lists it: by name, and how one is made.
#ifndef FRAMEFENCE_HARNESS_CONTRACT_TARGET_H_
#define FRAMEFENCE_HARNESS_CONTRACT_TARGET_H_

#include <memory>
#include <span>
#include <string_view>

#include "harness/contract/system_under_test.h"

namespace framefence::contract {

struct Target {
  std::string_view name;
  std::string_view summary;  // one line
  // A new one, for a thread of its own: two share nothing that changes.
  std::unique_ptr<SystemUnderTest> (*make)() = nullptr;
  // The engines that are built for this target and no other. The swarm needs nothing built: it plays
  // cases on any target.
  std::span<const std::string_view> engines = {};
};

// Target::make of a system with a default constructor.
template <class System>
std::unique_ptr<SystemUnderTest> Make() {
  return std::make_unique<System>();
}

}  // namespace framefence::contract

#endif  // FRAMEFENCE_HARNESS_CONTRACT_TARGET_H_
