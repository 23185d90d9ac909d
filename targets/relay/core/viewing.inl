// The decision core's viewer sessions: grants, and the guards before any byte is lent. Contracts in decision_core.h.
#include "targets/relay/core/decision_core.h"

namespace relay::core {

// --- grants

template <class M>
Answer<ResolutionRecord<M>> DecisionCore<M>::Resolve(Account account, Name name) {
  const bool key_omits_account =
      planted(Leak::kResolutionKeyOmitsAccount) || planted(Leak::kResolutionHitChecksAccount);
  const Account key = key_omits_account ? Account{} : account;
  const ResolutionRecord<M> known = state_.resolutions.Read(key, name);
  if (known.filled && state_.cameras.Read(known.camera).binding_epoch == known.binding_epoch) {
    if (!planted(Leak::kResolutionHitChecksAccount) || known.account == account) {
      if (planted(Leak::kResolutionKeyOmitsAccount)) {
        Triggered(Leak::kResolutionKeyOmitsAccount, static_cast<bool>(known.account != account));
      }
      return {Status::kOk, known};
    }
  }
  const Camera camera = state_.aliases.Read(account, name).camera;
  const CameraRecord<M> record = state_.cameras.Read(camera);
  if (!record.bound || record.owner != account || record.name != name) return {Status::kNotFound};
  const ResolutionRecord<M> found{Bool(true), account, camera, record.binding_epoch};
  state_.resolutions.Write(key, name, found);
  return {Status::kOk, found};
}

template <class M>
Answer<Grant<M>> DecisionCore<M>::GrantApp(Account account, Name name, Time expires_at) {
  if (!state_.aliases.Has(account, name)) return {Status::kUnknownId};
  const Answer<ResolutionRecord<M>> resolved = Resolve(account, name);
  if (resolved.status != Status::kOk) return {resolved.status};
  Grant<M> grant;
  grant.account = resolved.value.account;
  grant.camera = resolved.value.camera;
  grant.binding_epoch = resolved.value.binding_epoch;
  grant.access_epoch = state_.accounts.Read(grant.account).access_epoch;
  grant.expires_at = expires_at;
  return {Status::kOk, grant};
}

template <class M>
Answer<Grant<M>> DecisionCore<M>::GrantIntegration(Account account, Name name,
                                                   Integration integration, Time expires_at) {
  if (!state_.links.Has(account, integration)) return {Status::kUnknownId};
  const LinkRecord<M> link = state_.links.Read(account, integration);
  if (!link.active) return {Status::kNotLinked};
  const IntegrationRecord<M> door = state_.integrations.Read(integration);
  if (door.suspended) return {Status::kSuspended};
  Answer<Grant<M>> answer = GrantApp(account, name, expires_at);
  if (answer.status != Status::kOk) return answer;
  answer.value.via_integration = Bool(true);
  answer.value.integration = integration;
  answer.value.integration_epoch = door.epoch;
  answer.value.link_epoch = link.epoch;
  return answer;
}

template <class M>
Status DecisionCore<M>::Check(const Grant<M>& grant, Time now) const {
  if (state_.cameras.Read(grant.camera).binding_epoch != grant.binding_epoch)
    return Status::kStaleBinding;
  if (state_.accounts.Read(grant.account).access_epoch != grant.access_epoch)
    return Status::kRevoked;
  if (grant.expires_at <= now) return Status::kExpired;
  if (grant.via_integration) {
    if (state_.integrations.Read(grant.integration).epoch != grant.integration_epoch)
      return Status::kSuspended;
    if (state_.links.Read(grant.account, grant.integration).epoch != grant.link_epoch)
      return Status::kNotLinked;
  }
  return Status::kOk;
}

// --- sessions

template <class M>
Answer<typename M::Generation> DecisionCore<M>::OpenViewer(Viewer viewer, const Grant<M>& grant,
                                                           Time now) {
  if (!state_.viewers.Has(viewer)) return {Status::kUnknownId};
  const ViewerRecord<M> before = state_.viewers.Read(viewer);
  if (before.open) return {Status::kBusy};
  if (before.generation.IsLast()) return {Status::kExhausted};
  if (const Status status = Check(grant, now); status != Status::kOk) return {status};
  const Generation generation = before.generation.Next();
  state_.viewers.Write(viewer, ViewerRecord<M>{Bool(true), generation, grant});
  return {Status::kOk, generation};
}

template <class M>
Status DecisionCore<M>::CloseViewer(Viewer viewer, Generation generation) {
  if (!state_.viewers.Has(viewer)) return Status::kUnknownId;
  ViewerRecord<M> record = state_.viewers.Read(viewer);
  if (!record.open || record.generation != generation) return Status::kNoSession;
  record.open = Bool(false);
  state_.viewers.Write(viewer, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::CheckViewer(Viewer viewer, Generation generation, Time now) const {
  if (!state_.viewers.Has(viewer)) return Status::kUnknownId;
  const auto& record = state_.viewers.Read(viewer);
  if (!record.open || record.generation != generation) return Status::kNoSession;
  return Check(record.grant, now);
}

// --- leases

template <class M>
Status DecisionCore<M>::CheckOwner(const SlotRecord<M>& slot, const Grant<M>& grant) const {
  if (slot.camera != grant.camera || slot.binding_epoch != grant.binding_epoch)
    return Status::kForeignSlot;
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::CheckStillOwner(const SlotRecord<M>& slot, const Grant<M>& grant) const {
  if (planted(Leak::kStillFallbackSkipsOwner)) {
    Triggered(Leak::kStillFallbackSkipsOwner, CheckOwner(slot, grant) != Status::kOk);
    return Status::kOk;
  }
  if (planted(Leak::kStillOwnerFromDirectory)) {
    // The grant's own epoch is not compared: Check() has just found it equal to the directory's.
    if (slot.camera != grant.camera) return Status::kForeignSlot;
    if (slot.binding_epoch != state_.cameras.Read(slot.camera).binding_epoch)
      return Status::kForeignSlot;
    return Status::kOk;
  }
  return CheckOwner(slot, grant);
}

template <class M>
Status DecisionCore<M>::CheckRestore(const SlotRecord<M>& slot, const Grant<M>& grant) const {
  if (grant.via_integration &&
      slot.ticket < state_.integrations.Read(grant.integration).restored_ticket) {
    return Status::kBeforeRestore;
  }
  return Status::kOk;
}

template <class M>
LeaseAnswer<M> DecisionCore<M>::LendPacket(Viewer viewer, Generation generation, Slot slot,
                                           Time now) const {
  Status status = CheckFilled(viewer, generation, slot, now);
  if (status != Status::kOk) return Refused(status);
  const auto& held = state_.slots.Read(slot);
  const auto& grant = state_.viewers.Read(viewer).grant;
  status = CheckOwner(held, grant);
  if (status == Status::kOk) status = CheckRestore(held, grant);
  return status == Status::kOk ? Lend(slot, held) : Refused(status);
}

template <class M>
LeaseAnswer<M> DecisionCore<M>::LendStill(Viewer viewer, Generation generation, Slot slot,
                                          Time now) const {
  Status status = CheckFilled(viewer, generation, slot, now);
  if (status != Status::kOk) return Refused(status);
  const auto& held = state_.slots.Read(slot);
  const auto& grant = state_.viewers.Read(viewer).grant;
  status = CheckStillOwner(held, grant);
  if (status == Status::kOk) status = CheckRestore(held, grant);
  if (status == Status::kOk) status = CheckAge(held, now);
  return status == Status::kOk ? Lend(slot, held) : Refused(status);
}

template <class M>
LeaseAnswer<M> DecisionCore<M>::LendStillOfBinding(Camera camera, Slot slot, Time now) const {
  if (!state_.cameras.Has(camera) || !state_.slots.Has(slot)) return Refused(Status::kUnknownId);
  const CameraRecord<M> record = state_.cameras.Read(camera);
  if (!record.bound) return Refused(Status::kNotFound);
  const auto& held = state_.slots.Read(slot);
  if (!held.filled) return Refused(Status::kNotFilled);
  if (held.camera != camera || held.binding_epoch != record.binding_epoch)
    return Refused(Status::kForeignSlot);
  const Status status = CheckAge(held, now);
  return status == Status::kOk ? Lend(slot, held) : Refused(status);
}

// A clock that ran backwards makes no still young.
template <class M>
Status DecisionCore<M>::CheckAge(const SlotRecord<M>& still, Time now) const {
  if (now < still.arrived_at || state_.still_age_max < now.Since(still.arrived_at))
    return Status::kTooOld;
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::CheckFilled(Viewer viewer, Generation generation, Slot slot,
                                    Time now) const {
  if (const Status status = CheckViewer(viewer, generation, now); status != Status::kOk)
    return status;
  if (!state_.slots.Has(slot)) return Status::kUnknownId;
  return state_.slots.Read(slot).filled ? Status::kOk : Status::kNotFilled;
}

template <class M>
LeaseAnswer<M> DecisionCore<M>::Refused(Status status) {
  LeaseAnswer<M> answer;
  answer.status = status;
  return answer;
}

template <class M>
LeaseAnswer<M> DecisionCore<M>::Lend(Slot slot, const SlotRecord<M>& held) {
  LeaseAnswer<M> answer;
  answer.lease.slot_ = slot;
  answer.lease.length_ = held.length;
  return answer;
}

}  // namespace relay::core
