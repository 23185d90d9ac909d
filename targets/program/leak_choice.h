// The leak catalogue, as the command line knows it.
#ifndef FRAMEFENCE_TARGETS_PROGRAM_LEAK_CHOICE_H_
#define FRAMEFENCE_TARGETS_PROGRAM_LEAK_CHOICE_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "targets/planted/catalogue.h"

namespace framefence::cli {

// Error: says which there are.
Result<const leaks::Entry*> LeakCalled(const std::string& id);

// Plants the leaks. They exist only in the planted build: the clean program replaces itself by it,
// and does not return. Error: an unknown id, one that this target does not have, or the
// planted program is not there.
Outcome PlantLeaks(const std::vector<std::string>& ids, std::string_view target);

void ListLeaks();

// "FRAMEFENCE_LEAK=A3,B5", as fuzz_session and the RapidCheck suite read it; empty where none is.
std::string LeakEnvironment(const std::vector<std::string>& ids);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_TARGETS_PROGRAM_LEAK_CHOICE_H_
