// The systems that Framefence can be pointed at, by name.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_TARGETS_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_TARGETS_H_

#include <memory>
#include <span>
#include <string_view>

#include "harness/contract/system_under_test.h"

namespace adapters {

struct Target {
  std::string_view name;
  std::string_view summary;
  // The engines that are built for this target and no other (`framefence list engines`). The swarm
  // needs nothing built: it plays cases on any target.
  std::span<const std::string_view> engines;
  std::unique_ptr<framefence::contract::SystemUnderTest> (*make)();
};

std::span<const Target> Targets();

// Null when there is none of that name.
const Target* FindTarget(std::string_view name);

}  // namespace adapters

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_TARGETS_H_
