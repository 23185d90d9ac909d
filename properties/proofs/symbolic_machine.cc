#include "properties/proofs/symbolic_machine.h"

namespace framefence::proofs {

SymbolicBool::operator bool() const {
  PathExplorer* const explorer = PathExplorer::Current();
  if (explorer != nullptr) return explorer->Decide(term_);
  const z3::expr simple = term_.simplify();
  FRAMEFENCE_CHECK(simple.is_true() || simple.is_false());
  return simple.is_true();
}

}  // namespace framefence::proofs
