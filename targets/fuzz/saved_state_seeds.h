// The seeds of fuzz_saved_state: what relays have saved.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SAVED_STATE_SEEDS_H_
#define FRAMEFENCE_TARGETS_FUZZ_SAVED_STATE_SEEDS_H_

#include <vector>

#include "targets/fuzz/parser_seeds.h"

namespace fuzz {

void AddSavedStates(std::vector<ParserSeed>& seeds);

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SAVED_STATE_SEEDS_H_
