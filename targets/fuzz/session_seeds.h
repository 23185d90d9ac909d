// Where fuzz_session starts from: small cases, each of which makes one mechanism of the relay run.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_SEEDS_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_SEEDS_H_

#include <span>
#include <string_view>

namespace fuzz {

struct SessionSeed {
  std::string_view name;   // what it makes run
  std::string_view steps;  // in text form, without the first line
};

std::span<const SessionSeed> SessionSeeds();

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_SEEDS_H_
