// The connectives that specifications are written in. They evaluate both sides, so that over a
// symbolic machine they build one formula where && and || would ask for a decision.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_LOGIC_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_LOGIC_H_

namespace framefence::proofs {

constexpr bool And(bool a, bool b) { return a && b; }
constexpr bool Or(bool a, bool b) { return a || b; }
constexpr bool Implies(bool a, bool b) { return !a || b; }
constexpr bool Same(bool a, bool b) { return a == b; }

// And() of one or more, found by argument-dependent lookup for machines that have their own.
template <class Bool, class... More>
Bool All(const Bool& first, const More&... more) {
  if constexpr (sizeof...(more) == 0) {
    return first;
  } else {
    return And(first, All(more...));
  }
}

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_LOGIC_H_
