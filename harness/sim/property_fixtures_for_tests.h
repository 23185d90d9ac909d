// For each property a system that breaks it and no other, and what to do for it to show.
//
// A row names its judge, so that a property that takes more than one run joins as a row, too.
#ifndef FRAMEFENCE_HARNESS_SIM_PROPERTY_FIXTURES_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SIM_PROPERTY_FIXTURES_FOR_TESTS_H_

#include <set>
#include <vector>

#include "harness/oracle/violation.h"
#include "harness/sim/action.h"
#include "harness/sim/small_relay_for_tests.h"
#include "harness/sim/world.h"

namespace framefence::sim::testing {

struct Judged {
  std::set<oracle::Property> broken;
  std::uint64_t deliveries = 0;  // a system that delivers nothing breaks nothing
};

struct PropertyFixture {
  oracle::Property property;
  Flaw flaw;
  std::vector<Action> actions;
  Judged (*judge)(Flaw flaw, const std::vector<Action>& actions);
};

// By the oracle, in one run.
inline Judged JudgeByOracle(Flaw flaw, const std::vector<Action>& actions) {
  SmallRelay relay(flaw);
  World world(relay);
  Judged judged;
  world.oracle().on_violation = [&](const oracle::Violation& violation) {
    judged.broken.insert(violation.property);
  };
  world.Begin({});
  for (const Action& action : actions) world.Apply(action);
  world.Finish();
  judged.deliveries = world.counters().packets_delivered;
  return judged;
}

// Camera i is account i's, and is called i % 2. Viewers open by name.
inline std::vector<PropertyFixture> PropertyFixtures() {
  using oracle::Property;
  const auto publish = [](std::uint32_t camera) {
    return Action{.kind = ActionKind::kPublish, .camera = CameraId(camera)};
  };
  const auto frame = [](std::uint32_t camera, std::uint32_t bytes = 100) {
    return Action{.kind = ActionKind::kFrame, .camera = CameraId(camera), .bytes = bytes};
  };
  const auto open = [](std::uint32_t account, contract::Path path = contract::Path::kApp) {
    return Action{.kind = ActionKind::kOpen,
                  .account = AccountId(account),
                  .camera = CameraId(account),
                  .path = path};
  };
  const auto wait = [](VirtualDuration duration) {
    return Action{.kind = ActionKind::kAdvance, .duration = duration};
  };
  const Action idr{.kind = ActionKind::kFrame, .idr = true, .bytes = 100};
  const Action rebind{.kind = ActionKind::kBind, .account = AccountId(2)};
  const Action close{.kind = ActionKind::kClose};
  const Action suspend{.kind = ActionKind::kSuspend};
  const VirtualDuration too_long = std::chrono::seconds(11);
  return {
      // Account 3 calls its camera as account 1 does.
      {Property::kIso001,
       Flaw::kNamesOfAllAccounts,
       {publish(1), publish(3), open(3), frame(1), frame(3)},
       JudgeByOracle},
      // Account 2 has had camera 0 since.
      {Property::kIso002,
       Flaw::kStillOutlivesBinding,
       {publish(0), idr, frame(0), rebind, open(2), publish(0), frame(0)},
       JudgeByOracle},
      {Property::kIso003,
       Flaw::kCloseForgotten,
       {publish(0), open(0), frame(0), close, frame(0)},
       JudgeByOracle},
      {Property::kIso004,
       Flaw::kSuspensionForgotten,
       {publish(0), open(0, contract::Path::kIntegration), frame(0), suspend, frame(0)},
       JudgeByOracle},
      {Property::kIso005,
       Flaw::kStillOfAnyAge,
       {publish(0), idr, frame(0), open(0), wait(too_long), open(0)},
       JudgeByOracle},
      {Property::kIso006,
       Flaw::kStillCutShort,
       {publish(0), idr, frame(0), open(0)},
       JudgeByOracle},
      // The padding of the second frame's packet lies where the first one's slice was.
      {Property::kIso010,
       Flaw::kPaddingLeftAsItIs,
       {publish(0), open(0), frame(0, 110), frame(0, 50)},
       JudgeByOracle},
  };
}

}  // namespace framefence::sim::testing

#endif  // FRAMEFENCE_HARNESS_SIM_PROPERTY_FIXTURES_FOR_TESTS_H_
