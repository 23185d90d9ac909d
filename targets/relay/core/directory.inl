// The decision core's directory: bindings, accounts, integrations and links. Contracts in decision_core.h.
#include "targets/relay/core/decision_core.h"

namespace relay::core {

template <class M>
Status DecisionCore<M>::MoveBindingEpoch(CameraRecord<M>& camera) const {
  if (camera.binding_epoch.IsLast()) return Status::kExhausted;
  camera.binding_epoch = camera.binding_epoch.Next();
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::Bind(Camera camera, Account account, Name name) {
  if (!state_.cameras.Has(camera) || !state_.aliases.Has(account, name)) return Status::kUnknownId;
  const Camera namesake = state_.aliases.Read(account, name).camera;
  if (namesake != camera) {
    const CameraRecord<M> other = state_.cameras.Read(namesake);
    if (other.bound && other.owner == account && other.name == name) return Status::kNameTaken;
  }
  CameraRecord<M> record = state_.cameras.Read(camera);
  if (const Status status = MoveBindingEpoch(record); status != Status::kOk) return status;
  record.bound = Bool(true);
  record.owner = account;
  record.name = name;
  state_.cameras.Write(camera, record);
  state_.aliases.Write(account, name, AliasRecord<M>{camera});
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::Unbind(Camera camera) {
  if (!state_.cameras.Has(camera)) return Status::kUnknownId;
  CameraRecord<M> record = state_.cameras.Read(camera);
  if (const Status status = MoveBindingEpoch(record); status != Status::kOk) return status;
  record.bound = Bool(false);
  state_.cameras.Write(camera, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::RevokeAccount(Account account) {
  if (!state_.accounts.Has(account)) return Status::kUnknownId;
  AccountRecord<M> record = state_.accounts.Read(account);
  if (record.access_epoch.IsLast()) return Status::kExhausted;
  record.access_epoch = record.access_epoch.Next();
  state_.accounts.Write(account, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::Link(Account account, Integration integration) {
  if (!state_.links.Has(account, integration)) return Status::kUnknownId;
  LinkRecord<M> record = state_.links.Read(account, integration);
  record.active = Bool(true);
  state_.links.Write(account, integration, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::Unlink(Account account, Integration integration) {
  if (!state_.links.Has(account, integration)) return Status::kUnknownId;
  LinkRecord<M> record = state_.links.Read(account, integration);
  if (record.epoch.IsLast()) return Status::kExhausted;
  record.active = Bool(false);
  record.epoch = record.epoch.Next();
  state_.links.Write(account, integration, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::Suspend(Integration integration) {
  if (!state_.integrations.Has(integration)) return Status::kUnknownId;
  IntegrationRecord<M> record = state_.integrations.Read(integration);
  if (record.epoch.IsLast()) return Status::kExhausted;
  record.suspended = Bool(true);
  record.epoch = record.epoch.Next();
  state_.integrations.Write(integration, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::Restore(Integration integration) {
  if (!state_.integrations.Has(integration)) return Status::kUnknownId;
  IntegrationRecord<M> record = state_.integrations.Read(integration);
  record.suspended = Bool(false);
  record.restored_ticket = state_.next_ticket;
  state_.integrations.Write(integration, record);
  return Status::kOk;
}

}  // namespace relay::core
