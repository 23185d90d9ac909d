// Worlds and arguments over symbols: any state of any deployment, anything that was handed out
// before.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_SYMBOLIC_WORLD_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_SYMBOLIC_WORLD_H_

#include <z3++.h>

#include <string>

#include "properties/invariants/operations.h"
#include "properties/proofs/symbolic_machine.h"

namespace framefence::proofs {

using SymbolicWorld = World<SymbolicMachine>;
using SymbolicArguments = Arguments<SymbolicMachine>;

// The symbol of that name.
template <class Word>
Word Symbol(const std::string& name) {
  return Word(Context().constant(name.c_str(), Word::Sort()));
}

// Any state whatever, of any deployment.
SymbolicWorld AnyWorld();

// The state that a deployment begins in. `any` gives what never changes: sizes, senders, the bound
// on a still's age.
SymbolicWorld InitialWorld(const SymbolicWorld& any);

// What is known of every deployment.
z3::expr Deployment(const SymbolicWorld& world);

// Any arguments; symbols begin with `prefix`. `condition` gets what the core ensures of what it
// hands out.
struct AnyArguments {
  SymbolicArguments values;
  z3::expr condition;
};
AnyArguments MakeAnyArguments(const std::string& prefix);

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_SYMBOLIC_WORLD_H_
