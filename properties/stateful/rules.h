// What must hold after each step. Each rule answers what is wrong, in a sentence, or nothing.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_RULES_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_RULES_H_

#include <optional>
#include <string>

#include "properties/stateful/model.h"
#include "properties/stateful/rig.h"

namespace framefence::stateful {

// The model before the step and after it, and what the instruments saw of it.
struct Observed {
  const Model& before;
  const Model& after;
  const Rig& rig;
};

using Rule = std::optional<std::string> (*)(const Observed& observed);

// The oracle has no objection.
std::optional<std::string> IsolationHolds(const Observed& observed);
// Each request is answered within its step, and granted or refused as the model says.
std::optional<std::string> AnswersAreTheModels(const Observed& observed);
// Nothing at all is sent to a viewer place that had no right before the step and has none after it.
std::optional<std::string> TheUnentitledReceiveNothing(const Observed& observed);
// Where the model is certain of it, a viewer receives the frames of its camera: each one, once, as
// published, at once.
std::optional<std::string> EveryFrameIsServed(const Observed& observed);
// A display under loss is never without a still for longer than was promised.
std::optional<std::string> StillsAreServed(const Observed& observed);

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_RULES_H_
