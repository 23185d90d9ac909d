#include "targets/relay/edge/relay_source.h"

namespace relay::edge {
namespace {

Outcome OutcomeOf(Status status) {
  switch (status) {
    case Status::kOk:
      return Outcome::kOk;
    case Status::kUnknownId:
    case Status::kNotFound:
      return Outcome::kNotFound;
    case Status::kForeignSlot:
    case Status::kStaleBinding:
      return Outcome::kStaleBinding;
    default:
      return Outcome::kNoStill;
  }
}

}  // namespace

OwnerEntry RelaySource::FindOwner(Camera camera) {
  const Core::State& state = relay_.core().state();
  OwnerEntry entry{.camera = camera, .outcome = Outcome::kNotFound};
  if (!state.cameras.Has(camera)) return entry;
  const auto record = state.cameras.Read(camera);
  if (!record.bound) return entry;
  return {camera,      Outcome::kOk,         record.owner,
          record.name, record.binding_epoch, OpenIntegrationsOf(record.owner)};
}

std::uint64_t RelaySource::OpenIntegrationsOf(Account account) const {
  const Core::State& state = relay_.core().state();
  std::uint64_t open_integrations = 0;
  for (std::uint32_t i = 0; i < kIntegrationsMax && state.integrations.Has(Integration(i)); ++i) {
    const bool open = state.links.Read(account, Integration(i)).active &&
                      !state.integrations.Read(Integration(i)).suspended;
    open_integrations |= std::uint64_t{open} << i;
  }
  return open_integrations;
}

// A still of another binding than the one asked for is none that the edge may have.
StillReply RelaySource::FindStill(const StillRequest& request, Time now) {
  const OwnerEntry owner = FindOwner(request.camera);
  StillReply reply{
      .outcome = owner.outcome, .camera = request.camera, .binding_epoch = request.binding_epoch};
  if (reply.outcome != Outcome::kOk) return reply;
  if (owner.binding_epoch != request.binding_epoch) {
    reply.outcome = Outcome::kStaleBinding;
    return reply;
  }
  const auto still = relay_.LastStill(request.camera, now);
  reply.outcome = OutcomeOf(still.status);
  if (still.status != Status::kOk) return reply;
  reply.binding_epoch = still.value.binding_epoch;
  reply.age = std::chrono::microseconds(now.value - still.value.arrived_at.value);
  reply.picture = still.value.access_unit;
  return reply;
}

}  // namespace relay::edge
