// The specification: what is true of the world, in the words of the properties ISO-001 to ISO-010
// and independent of what the decision core remembers. It watches the core's answers (operations.h)
// and says what they should have been.
//
// Counts are unbounded (M::Count): a counter of the core that wraps no longer agrees with its
// count, and is found out.
//
// A machine for specifications is a machine for the core (targets/relay/core/native_machine.h) that
// also has
//   Count, an integer without bound as far as the use goes, with ==, <, <= and Next();
//   And, Or, Implies and Same over its Bool (logic.h).
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_SPEC_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_SPEC_H_

#include <tuple>

#include "properties/invariants/logic.h"
#include "targets/relay/core/decision_core.h"

namespace framefence::proofs {

// --- what is true

// Whose a camera is.
template <class M>
struct Binding {
  typename M::Bool bound{};
  typename M::Account owner{};
  typename M::Name name{};
  typename M::Count moves{};  // bindings and unbindings so far
  auto Fields() { return std::tie(bound, owner, name, moves); }
};

template <class M>
struct Household {
  typename M::Count sign_outs{};
  auto Fields() { return std::tie(sign_outs); }
};

template <class M>
struct Door {
  typename M::Bool suspended{};
  typename M::Count suspensions{};
  typename M::Count restored_at{};  // admissions before the last restore
  auto Fields() { return std::tie(suspended, suspensions, restored_at); }
};

template <class M>
struct Tie {
  typename M::Bool linked{};
  typename M::Count unlinks{};
  auto Fields() { return std::tie(linked, unlinks); }
};

// Who sends from a transport address. It never changes: an address is one camera's, in one of its
// bindings.
template <class M>
struct Sender {
  typename M::Camera camera{};
  typename M::Count binding{};
  auto Fields() { return std::tie(camera, binding); }
};

// Who has an ingest port, while somebody has.
template <class M>
struct Uplink {
  typename M::Camera camera{};
  typename M::Bool ssrc_known{};  // it was signalled, or latched since
  auto Fields() { return std::tie(camera, ssrc_known); }
};

// Whose bytes lie in a slot, since the last BeginFill().
template <class M>
struct Content {
  typename M::Camera camera{};
  typename M::Count binding{};
  typename M::Count order{};      // admissions before its first packet's
  typename M::Time arrived_at{};  // its first packet
  typename M::Length written{};   // bytes [0, written) are of this filling
  typename M::Count fills{};
  auto Fields() { return std::tie(camera, binding, order, arrived_at, written, fills); }
};

// What somebody was promised, and how often each right that it rests on had been withdrawn before.
template <class M>
struct Entitlement {
  typename M::Account account{};
  typename M::Camera camera{};
  typename M::Count binding{};
  typename M::Count sign_outs{};
  typename M::Bool via_integration{};
  typename M::Integration integration{};
  typename M::Count suspensions{};
  typename M::Count unlinks{};
  typename M::Time expires_at{};
  auto Fields() {
    return std::tie(account, camera, binding, sign_outs, via_integration, integration, suspensions,
                    unlinks, expires_at);
  }
};

// The latest viewer session in a place.
template <class M>
struct Place {
  typename M::Bool open{};
  typename M::Count sessions{};
  Entitlement<M> promised{};
  auto Fields() { return std::tuple_cat(std::tie(open, sessions), promised.Fields()); }
};

template <class M>
struct Spec {
  template <class Record, class... Keys>
  using Table = typename M::template Table<Record, Keys...>;

  Table<Binding<M>, typename M::Camera> bindings;
  Table<Household<M>, typename M::Account> households;
  Table<Door<M>, typename M::Integration> doors;
  Table<Tie<M>, typename M::Account, typename M::Integration> ties;
  Table<Sender<M>, typename M::Source> senders;
  Table<Uplink<M>, typename M::Port> uplinks;
  Table<Content<M>, typename M::Slot> contents;
  Table<Place<M>, typename M::Viewer> places;
  typename M::Count admissions{};
  typename M::Time still_age_max{};
};

template <class M>
struct World {
  relay::core::DecisionCore<M> core;
  Spec<M> spec;
};

// --- what the core has handed out, and what is true of it

template <class M>
struct IssuedGrant {
  relay::core::Grant<M> token{};
  Entitlement<M> promised{};
};

template <class M>
struct IssuedSession {
  typename M::Viewer viewer{};
  typename M::Generation generation{};
  typename M::Count number{};  // of the place's sessions, from 1
};

template <class M>
struct IssuedAdmission {
  relay::core::Admission<M> admission{};
  typename M::Camera camera{};  // who sent the datagram
  typename M::Count binding{};
  typename M::Count order{};
  typename M::Time arrived_at{};
};

template <class M>
struct IssuedFilling {
  relay::core::FillingAnswer<M> answer;  // whole, for a Filling alone cannot be made here
  typename M::Count number{};            // of the slot's fillings, from 1
};

// --- what a promise is worth

// Some right that the promise rests on has been withdrawn since. Counts only rise, so that it stays
// so.
template <class M>
typename M::Bool Withdrawn(const Spec<M>& spec, const Entitlement<M>& promised) {
  const auto binding_moved = promised.binding < spec.bindings.Read(promised.camera).moves;
  const auto signed_out = promised.sign_outs < spec.households.Read(promised.account).sign_outs;
  const auto suspended = promised.suspensions < spec.doors.Read(promised.integration).suspensions;
  const auto unlinked =
      promised.unlinks < spec.ties.Read(promised.account, promised.integration).unlinks;
  return Or(Or(binding_moved, signed_out), And(promised.via_integration, Or(suspended, unlinked)));
}

// The session has ended, or its place has been used again since.
template <class M>
typename M::Bool Closed(const Spec<M>& spec, const IssuedSession<M>& session) {
  const auto place = spec.places.Read(session.viewer);
  return Or(session.number < place.sessions, And(session.number == place.sessions, !place.open));
}

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_SPEC_H_
