// The inductive invariant: how what the decision core remembers agrees with what is true, conjunct
// by conjunct.
//
// One source serves the proof (any index, over symbols) and run time (each index, over words). Each
// function speaks of one index of one table, or of one thing that the core has handed out, and
// calls
//   emit(Conjunct, M::Bool)
// for each conjunct at that index.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_INVARIANT_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_INVARIANT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "properties/invariants/spec.h"

namespace framefence::proofs {

enum class Conjunct : std::uint8_t {
  kOwnerIsTrue,
  kNameIsOneCamera,
  kAliasIsKnown,
  kResolutionIsKnown,
  kResolutionIsOfItsAccount,
  kResolutionIsNotOfTheFuture,
  kResolutionIsOwnedWhileCurrent,
  kDoorIsTrue,
  kRestoreIsPast,
  kLinkIsTrue,
  kPortIsKnown,
  kPortIsItsSenders,
  kPortCountsItsBinding,
  kPortIsItsUplinks,
  kPortKnowsWhetherItHasItsSsrc,
  kSlotIsItsCameras,
  kSlotCountsItsBinding,
  kSlotIsAsOldAsItSays,
  kSlotIsPast,
  kSlotKnowsRestores,
  kSlotAgreesWithAdmissions,
  kSlotWasWritten,
  kPlaceIsTrue,
  kGrantNamesItsAccount,
  kGrantNamesItsCamera,
  kGrantNamesItsDoor,
  kGrantExpiresAsPromised,
  kGrantIsKnown,
  kGrantCountsItsBinding,
  kGrantCountsSignOuts,
  kGrantCountsSuspensions,
  kGrantCountsUnlinks,
  kPromiseIsOwnedWhileCurrent,
  kPromiseIsOpenWhileCurrent,
  kSessionIsCounted,
  kAdmissionIsItsSenders,
  kAdmissionIsAsOldAsItSays,
  kAdmissionCountsItsBinding,
  kAdmissionIsPast,
  kAdmissionKnowsRestores,
  kAdmissionsAgree,
  kFillingIsKnown,
  kStillAgeIsTheBound,
};
inline constexpr std::size_t kConjunctCount = 43;
std::string_view ToString(Conjunct conjunct);

// A counter that the core copied, and the count at the time, agree with both as they are now: the
// copy is not from the future, and is current exactly if no event was counted since. It needs no
// translation between words and counts.
template <class Counter, class Count>
auto Tracks(const Counter& copy, const Count& count_then, const Counter& now,
            const Count& count_now) {
  return All(copy <= now, count_then <= count_now, Same(copy == now, count_then == count_now));
}

template <class M>
class Invariant {
 public:
  using Bool = typename M::Bool;

  explicit Invariant(const World<M>& world) : core_(world.core.state()), spec_(world.spec) {}

  template <class Emit>
  void ForAll(const Emit& emit) const {
    emit(Conjunct::kStillAgeIsTheBound, core_.still_age_max == spec_.still_age_max);
  }
  template <class Emit>
  void ForCamera(typename M::Camera camera, const Emit& emit) const;
  template <class Emit>
  void ForAlias(typename M::Account account, typename M::Name name, const Emit& emit) const {
    emit(Conjunct::kAliasIsKnown, IsKnown(core_.aliases.Read(account, name).camera));
  }
  template <class Emit>
  void ForResolution(typename M::Account key, typename M::Name name, const Emit& emit) const;
  template <class Emit>
  void ForIntegration(typename M::Integration integration, const Emit& emit) const;
  template <class Emit>
  void ForLink(typename M::Account account, typename M::Integration integration,
               const Emit& emit) const {
    emit(Conjunct::kLinkIsTrue, Same(core_.links.Read(account, integration).active,
                                     spec_.ties.Read(account, integration).linked));
  }
  template <class Emit>
  void ForPort(typename M::Port port, const Emit& emit) const;
  template <class Emit>
  void ForSlot(typename M::Slot slot, const Emit& emit) const;
  template <class Emit>
  void ForSlotAndIntegration(typename M::Slot slot, typename M::Integration integration,
                             const Emit& emit) const;
  template <class Emit>
  void ForViewer(typename M::Viewer viewer, const Emit& emit) const;

  template <class Emit>
  void ForGrant(const IssuedGrant<M>& issued, const Emit& emit) const {
    ForGrantUnder(Bool(true), issued.token, issued.promised, emit);
  }
  template <class Emit>
  void ForSession(const IssuedSession<M>& issued, const Emit& emit) const {
    emit(Conjunct::kSessionIsCounted,
         Tracks(issued.generation, issued.number, core_.viewers.Read(issued.viewer).generation,
                spec_.places.Read(issued.viewer).sessions));
  }
  template <class Emit>
  void ForAdmission(const IssuedAdmission<M>& issued, const Emit& emit) const;
  template <class Emit>
  void ForAdmissionAndIntegration(const IssuedAdmission<M>& issued,
                                  typename M::Integration integration, const Emit& emit) const {
    const auto door = core_.integrations.Read(integration);
    emit(Conjunct::kAdmissionKnowsRestores,
         Same(issued.admission.ticket() < door.restored_ticket,
              issued.order < spec_.doors.Read(integration).restored_at));
  }
  template <class Emit>
  void ForAdmissions(const IssuedAdmission<M>& a, const IssuedAdmission<M>& b,
                     const Emit& emit) const {
    emit(Conjunct::kAdmissionsAgree, Agree(a.camera, a.admission.binding_epoch(), a.binding,
                                           b.camera, b.admission.binding_epoch(), b.binding));
  }
  template <class Emit>
  void ForSlotAndAdmission(typename M::Slot slot, const IssuedAdmission<M>& issued,
                           const Emit& emit) const {
    const auto content = spec_.contents.Read(slot);
    emit(Conjunct::kSlotAgreesWithAdmissions,
         Agree(content.camera, core_.slots.Read(slot).binding_epoch, content.binding, issued.camera,
               issued.admission.binding_epoch(), issued.binding));
  }
  template <class Emit>
  void ForFilling(const IssuedFilling<M>& issued, const Emit& emit) const {
    const auto slot = issued.answer.filling.slot();
    emit(Conjunct::kFillingIsKnown, core_.slots.Has(slot));
  }

 private:
  Bool IsKnown(typename M::Camera camera) const { return core_.cameras.Has(camera); }
  // For the grant in a viewer's place, which counts only while the place is open.
  template <class Emit>
  void ForGrantUnder(const Bool& condition, const relay::core::Grant<M>& token,
                     const Entitlement<M>& promised, const Emit& emit) const;
  // A frame of the camera, admitted in that binding: copy and count agree with the camera's own.
  Bool BindingTracks(typename M::Camera camera, typename M::Epoch epoch,
                     typename M::Count count) const {
    return Tracks(epoch, count, core_.cameras.Read(camera).binding_epoch,
                  spec_.bindings.Read(camera).moves);
  }
  // Two copies of one camera's binding are equal exactly if they are of the same binding, current
  // or not.
  static Bool Agree(typename M::Camera camera_a, typename M::Epoch epoch_a,
                    typename M::Count binding_a, typename M::Camera camera_b,
                    typename M::Epoch epoch_b, typename M::Count binding_b) {
    return Implies(camera_a == camera_b, Same(epoch_a == epoch_b, binding_a == binding_b));
  }

  const typename relay::core::DecisionCore<M>::State& core_;
  const Spec<M>& spec_;
};

// --- the directory

template <class M>
template <class Emit>
void Invariant<M>::ForCamera(typename M::Camera camera, const Emit& emit) const {
  const auto record = core_.cameras.Read(camera);
  const auto truth = spec_.bindings.Read(camera);
  emit(Conjunct::kOwnerIsTrue,
       All(Same(record.bound, truth.bound),
           Implies(record.bound, All(record.owner == truth.owner, record.name == truth.name))));
  emit(Conjunct::kNameIsOneCamera,
       Implies(record.bound, core_.aliases.Read(record.owner, record.name).camera == camera));
}

template <class M>
template <class Emit>
void Invariant<M>::ForResolution(typename M::Account key, typename M::Name name,
                                 const Emit& emit) const {
  const auto entry = core_.resolutions.Read(key, name);
  const auto epoch = core_.cameras.Read(entry.camera).binding_epoch;
  const auto truth = spec_.bindings.Read(entry.camera);
  emit(Conjunct::kResolutionIsKnown,
       Implies(entry.filled, And(IsKnown(entry.camera), core_.accounts.Has(entry.account))));
  emit(Conjunct::kResolutionIsOfItsAccount, Implies(entry.filled, entry.account == key));
  emit(Conjunct::kResolutionIsNotOfTheFuture, Implies(entry.filled, entry.binding_epoch <= epoch));
  emit(Conjunct::kResolutionIsOwnedWhileCurrent,
       Implies(And(entry.filled, entry.binding_epoch == epoch),
               All(truth.bound, truth.owner == entry.account, truth.name == name)));
}

template <class M>
template <class Emit>
void Invariant<M>::ForIntegration(typename M::Integration integration, const Emit& emit) const {
  const auto record = core_.integrations.Read(integration);
  const auto truth = spec_.doors.Read(integration);
  emit(Conjunct::kDoorIsTrue, Same(record.suspended, truth.suspended));
  emit(Conjunct::kRestoreIsPast,
       And(record.restored_ticket <= core_.next_ticket, truth.restored_at <= spec_.admissions));
}

// --- publishing

template <class M>
template <class Emit>
void Invariant<M>::ForPort(typename M::Port port, const Emit& emit) const {
  const auto record = core_.ports.Read(port);
  const auto sender = spec_.senders.Read(record.source);
  emit(Conjunct::kPortIsKnown, Implies(record.leased, IsKnown(record.camera)));
  emit(Conjunct::kPortIsItsSenders, Implies(record.leased, sender.camera == record.camera));
  emit(Conjunct::kPortCountsItsBinding,
       Implies(record.leased, BindingTracks(record.camera, record.binding_epoch, sender.binding)));
  const auto uplink = spec_.uplinks.Read(port);
  emit(Conjunct::kPortIsItsUplinks, Implies(record.leased, record.camera == uplink.camera));
  emit(Conjunct::kPortKnowsWhetherItHasItsSsrc,
       Implies(record.leased, Same(record.ssrc_known, uplink.ssrc_known)));
}

template <class M>
template <class Emit>
void Invariant<M>::ForSlot(typename M::Slot slot, const Emit& emit) const {
  const auto record = core_.slots.Read(slot);
  const auto content = spec_.contents.Read(slot);
  emit(Conjunct::kSlotIsItsCameras, record.camera == content.camera);
  emit(Conjunct::kSlotCountsItsBinding,
       BindingTracks(record.camera, record.binding_epoch, content.binding));
  emit(Conjunct::kSlotIsAsOldAsItSays,
       Implies(record.filled, record.arrived_at == content.arrived_at));
  emit(Conjunct::kSlotIsPast, Implies(record.filled, And(record.ticket < core_.next_ticket,
                                                         content.order < spec_.admissions)));
  emit(Conjunct::kSlotWasWritten, Implies(record.filled, record.length <= content.written));
}

template <class M>
template <class Emit>
void Invariant<M>::ForSlotAndIntegration(typename M::Slot slot, typename M::Integration integration,
                                         const Emit& emit) const {
  const auto record = core_.slots.Read(slot);
  emit(Conjunct::kSlotKnowsRestores,
       Implies(record.filled,
               Same(record.ticket < core_.integrations.Read(integration).restored_ticket,
                    spec_.contents.Read(slot).order < spec_.doors.Read(integration).restored_at)));
}

template <class M>
template <class Emit>
void Invariant<M>::ForAdmission(const IssuedAdmission<M>& issued, const Emit& emit) const {
  const auto& admission = issued.admission;
  emit(Conjunct::kAdmissionIsItsSenders, admission.camera() == issued.camera);
  emit(Conjunct::kAdmissionIsAsOldAsItSays, admission.arrived_at() == issued.arrived_at);
  emit(Conjunct::kAdmissionCountsItsBinding,
       BindingTracks(admission.camera(), admission.binding_epoch(), issued.binding));
  emit(Conjunct::kAdmissionIsPast,
       And(admission.ticket() < core_.next_ticket, issued.order < spec_.admissions));
}

// --- viewing

template <class M>
template <class Emit>
void Invariant<M>::ForViewer(typename M::Viewer viewer, const Emit& emit) const {
  const auto record = core_.viewers.Read(viewer);
  const auto place = spec_.places.Read(viewer);
  emit(Conjunct::kPlaceIsTrue, Same(record.open, place.open));
  ForGrantUnder(record.open, record.grant, place.promised, emit);
}

template <class M>
template <class Emit>
void Invariant<M>::ForGrantUnder(const Bool& condition, const relay::core::Grant<M>& token,
                                 const Entitlement<M>& promised, const Emit& emit) const {
  const auto given = [&](Conjunct conjunct, const Bool& holds) {
    emit(conjunct, Implies(condition, holds));
  };
  const Bool by_door = token.via_integration;
  const auto truth = spec_.bindings.Read(promised.camera);
  const auto door = spec_.doors.Read(promised.integration);
  const auto link = core_.links.Read(token.account, token.integration);
  given(Conjunct::kGrantNamesItsAccount, token.account == promised.account);
  given(Conjunct::kGrantNamesItsCamera, token.camera == promised.camera);
  given(Conjunct::kGrantNamesItsDoor,
        All(Same(by_door, promised.via_integration),
            Implies(by_door, token.integration == promised.integration)));
  given(Conjunct::kGrantExpiresAsPromised, token.expires_at == promised.expires_at);
  given(Conjunct::kGrantIsKnown, All(IsKnown(token.camera), core_.accounts.Has(token.account),
                                     Implies(by_door, core_.integrations.Has(token.integration))));
  given(Conjunct::kGrantCountsItsBinding,
        BindingTracks(token.camera, token.binding_epoch, promised.binding));
  given(Conjunct::kGrantCountsSignOuts, Tracks(token.access_epoch, promised.sign_outs,
                                               core_.accounts.Read(token.account).access_epoch,
                                               spec_.households.Read(token.account).sign_outs));
  given(Conjunct::kGrantCountsSuspensions,
        Implies(by_door, Tracks(token.integration_epoch, promised.suspensions,
                                core_.integrations.Read(token.integration).epoch,
                                spec_.doors.Read(token.integration).suspensions)));
  given(Conjunct::kGrantCountsUnlinks,
        Implies(by_door, Tracks(token.link_epoch, promised.unlinks, link.epoch,
                                spec_.ties.Read(token.account, token.integration).unlinks)));
  given(
      Conjunct::kPromiseIsOwnedWhileCurrent,
      Implies(promised.binding == truth.moves, And(truth.bound, truth.owner == promised.account)));
  given(Conjunct::kPromiseIsOpenWhileCurrent,
        Implies(And(promised.via_integration, promised.suspensions == door.suspensions),
                !door.suspended));
}

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_INVARIANT_H_
