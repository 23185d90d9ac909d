// The properties, and how RapidCheck is asked for a sequence of steps that breaks one.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_SUITE_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_SUITE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/cases/case.h"
#include "harness/contract/system_under_test.h"
#include "properties/stateful/model.h"
#include "properties/stateful/rig.h"
#include "properties/stateful/rules.h"
#include "properties/stateful/step_gen.h"

namespace framefence::stateful {

// A property is a set of rules, looked for where life gives them something to say. All of them ask
// the oracle, too.
struct Property {
  std::string_view sentence;
  Climate climate;
  std::span<const Rule> rules;
};
std::span<const Property> Properties();

struct Counterexample {
  std::string_view sentence;  // the property
  std::string what;           // the rule's objection
  cases::Case shrunk;         // ends with the step that broke it
  std::string report;         // RapidCheck's own
};

class Suite {
 public:
  using Clock = std::chrono::steady_clock;

  // `system` outlives the suite. `blind`: no rule is asked, so that only a crash shows.
  Suite(contract::SystemUnderTest& system, const Promises& promises, bool blind = false);

  // Checks one property on `cases` sequences, a function of the seed, a share of which is played twice:
  // one that gives two traces is a counterexample too, of its own sentence. RapidCheck tells its listener
  // what reproduces a failure when the program ends, unless `quiet`. A counterexample is shrunk no
  // further than until `shrink_until`.
  std::optional<Counterexample> Check(const Property& property, std::uint64_t seed, int cases,
                                      bool quiet,
                                      Clock::time_point shrink_until = Clock::time_point::max());

  // Played so far, those of shrinking included.
  std::uint64_t cases() const { return cases_; }

 private:
  void CheckOnce(const Property& property);
  void PlayAgain();

  Rig rig_;
  Promises promises_;
  bool blind_;
  std::uint64_t cases_ = 0;
  Clock::time_point shrink_until_;
  std::optional<Counterexample> diverged_;  // the first case that gave two traces
  std::optional<Counterexample>
      failure_;  // the latest; RapidCheck keeps every smaller one that fails
};

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_SUITE_H_
