#include "properties/invariants/native_replay.h"

#include "targets/relay/core/native_machine.h"

namespace framefence::proofs {
namespace {

struct M : relay::core::NativeMachine {
  using Count = relay::core::Word<struct CountTag, std::uint64_t>;
};

World<M> MakeWorld() {
  World<M> world;
  auto& state = world.core.state();
  state.Reset({.accounts = 2,
               .cameras = 2,
               .names = 1,
               .integrations = 1,
               .ports = 1,
               .slots = 1,
               .viewers = 1});
  auto& spec = world.spec;
  spec.bindings.Reset(2);
  spec.households.Reset(2);
  spec.doors.Reset(1);
  spec.ties.Reset(2, 1);
  spec.senders.Reset(4);
  spec.uplinks.Reset(1);
  spec.contents.Reset(1);
  spec.places.Reset(1);
  for (std::uint32_t source = 0; source < 4; ++source) {
    spec.senders.Write(M::Source(source), {M::Camera(source % 2), M::Count(1 + source / 2)});
  }
  return world;
}

}  // namespace

std::string_view BrokenNatively(std::span<const Operation> operations) {
  World<M> world = MakeWorld();
  Arguments<M> arguments;
  for (const Operation& operation : operations) {
    SetArguments(operation, arguments);
    Step<M> step(world, arguments);
    if (!step.Assumed(operation.kind)) return {};
    const Outcome<M> outcome = step.Take(operation.kind);
    if (outcome.status != relay::Status::kOk) return {};
    if (&operation == &operations.back()) {
      for (std::size_t i = 0; i < outcome.claim_count; ++i) {
        if (!outcome.claims[i].holds) return outcome.claims[i].property;
      }
    }
    if (outcome.grant) arguments.grant = *outcome.grant;
    if (outcome.session) arguments.session = *outcome.session;
    if (outcome.admission) arguments.admission = *outcome.admission;
    if (outcome.filling) arguments.filling = *outcome.filling;
  }
  return {};
}

}  // namespace framefence::proofs
