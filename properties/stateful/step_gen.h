// Draws the next step of a case, knowing the model: sequences that mean something are the likely
// ones, all are possible.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_STEP_GEN_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_STEP_GEN_H_

#include <cstdint>
#include <vector>

#include "harness/base/prng.h"
#include "harness/cases/options.h"
#include "harness/cases/step.h"
#include "harness/contract/system_under_test.h"
#include "properties/stateful/model.h"

namespace framefence::stateful {

// What life is like in a property's worlds: how often operations of a kind are drawn, against 40
// for frames. Where rights end as often as they begin nothing is ever delivered, and there is
// nothing to judge.
struct Climate {
  std::uint32_t network = 2;    // weather, path, drop
  std::uint32_t directory = 2;  // bind, link, restore
  std::uint32_t ends = 1;       // unbind, revoke, unlink, suspend
  std::uint32_t reports = 6;    // receiver reports
  std::uint32_t displays = 2;   // of four viewer sessions, how many come through an integration
};

// A small world: two or three accounts, so that names, ports and places are fought for.
cases::WorldOptions DrawOptions(Prng& prng);

// Operations that the system lacks are not drawn.
cases::Step DrawStep(Prng& prng, const Climate& climate, const contract::Capabilities& capabilities,
                     const Model& model);

// Steps that are simpler in one field, the simplest first.
std::vector<cases::Step> Simpler(const cases::Step& step);

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_STEP_GEN_H_
