// The proof that the decision core keeps every home's picture at home, about the source that ships.
//
// Each operation is run over symbols, along every path that it has, in any state of any deployment
// that satisfies the invariant (properties/invariants), and what must follow is given to Z3. See
// properties/SOUNDNESS.md for what that shows.
//
// Conjuncts of the invariant that an operation does not preserve are dropped until the rest is
// inductive (Flanagan and Leino, "Houdini, an Annotation Assistant for ESC/Java", FME 2001); what
// the core answers must follow from that rest.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_PROOF_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_PROOF_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/invariants/invariant.h"
#include "properties/invariants/search.h"

namespace framefence::proofs {

enum class Obligation : std::uint8_t {
  kInitiation,    // the conjunct holds of the state that a deployment begins in
  kConsecution,   // the operation keeps the conjunct, at any index
  kClaim,         // the core's answer is right
  kPermanence,    // what was void before is void after
  kRange,         // no record outside the deployment is touched
  kCoverage,      // the paths are all that there are
  kReachability,  // the status can be answered: nothing above is proved for want of a way to get
                  // there
};
std::string_view ToString(Obligation obligation);

enum class Verdict : std::uint8_t { kProved, kRefuted, kUnknown };
std::string_view ToString(Verdict verdict);

// One line of a counterexample: "slots[0].camera" = "1".
struct Assignment {
  std::string name;
  std::string value;
};

struct Condition {
  std::string operation;  // "LendStill", or "initial state"
  Obligation obligation = Obligation::kClaim;
  std::string name;       // the property ("ISO-001"), the conjunct or the status
  std::string says;       // what is claimed, in words; else empty
  std::size_t paths = 0;  // of the operation, that it speaks of
  Verdict result = Verdict::kUnknown;
  double milliseconds = 0;
  std::vector<Assignment> counterexample;  // where refuted: arguments, and the state before
  std::optional<Verdict> cvc5;             // the second witness's result, if it was asked
};

struct DroppedConjunct {
  Conjunct conjunct;
  std::string operation;  // that breaks it
};

struct Report {
  std::vector<Condition> conditions;
  std::vector<DroppedConjunct> dropped;  // of the clean core: none
  // If something is refuted: what a search of a tiny deployment made of it. Its witness is the
  // shortest sequence of operations that ends in a wrong lease; without one, the counterexamples
  // were not shown to be reachable.
  std::optional<SearchReport> shown;
  double milliseconds = 0;

  // Every condition is proved, and no witness disagrees.
  bool Holds() const;
};

struct Options {
  // Far above what any takes (1 s): a busy machine must not turn what holds into `unknown`.
  unsigned condition_milliseconds_max = 100'000;
  std::vector<Conjunct> without;  // left out of the invariant from the beginning
  bool ask_cvc5 = false;          // as a second witness: needs the program `cvc5`
  // Proved, beside the initial state; empty: all. Of a chosen few, what holds is that they keep
  // their claims and the invariant if all the others keep it.
  std::vector<OperationKind> operations;
  std::function<void(std::size_t done, std::size_t total)>
      progress;  // called after each condition, one call at a time
};

// Proves the core as it is built here, with the leaks that are planted at the time (leaks::Plant).
// Not thread-safe.
Report Prove(const Options& options);

// The conjuncts without which, one at a time, every other condition is proved all the same. Of the
// clean core: none. What does not hold as it is has no redundant parts.
std::vector<Conjunct> FindRedundantConjuncts(const Options& options);

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_PROOF_H_
