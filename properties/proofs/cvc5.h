// The second witness: another solver's answers to the same questions, in SMT-LIB 2.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_CVC5_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_CVC5_H_

#include <string>
#include <vector>

namespace framefence::proofs {

enum class Answer { kSatisfiable, kUnsatisfiable, kUnknown };

// Runs the program `cvc5` (found by PATH) once on all scripts, each of which ends with one
// (check-sat). One answer a script; kUnknown where there is none within the time, and everywhere if
// the program cannot be run.
std::vector<Answer> AskCvc5(const std::vector<std::string>& scripts, unsigned milliseconds_max);

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_CVC5_H_
