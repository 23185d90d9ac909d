// The relay without isolation, to be timed beside the real one: every guard of the core that a
// packet passes is taken out, and with it every record that only a guard reads. Whoever holds a
// slot's number is lent it.
//
// It cannot be had by mistake. Its sources are compiled into bench_isolation and there is no
// library of them; what they define is called unguarded_relay, so that code that says `relay` never
// means it; ci/check-layering lets no other folder include this file. Included first, before any
// header of the relay: after one it does not compile.
#ifndef FRAMEFENCE_TARGETS_RELAY_ISOLATION_UNGUARDED_H_
#define FRAMEFENCE_TARGETS_RELAY_ISOLATION_UNGUARDED_H_

#define relay unguarded_relay

#include "targets/relay/types.h"

namespace relay::core {

using UnguardedCore = DecisionCore<NativeMachine>;

// --- per datagram

template <>
inline AdmissionAnswer<NativeMachine> UnguardedCore::Admit(Port, Source, Ssrc, Time) {
  return {};
}
template <>
inline FillingAnswer<NativeMachine> UnguardedCore::BeginFill(const Admission<NativeMachine>&,
                                                             Slot slot) {
  FillingAnswer<NativeMachine> answer;
  answer.filling.slot_ = slot;
  return answer;
}
// The length alone is no guard: without it nobody knows what to send.
template <>
inline Status UnguardedCore::Commit(const Filling<NativeMachine>& filling,
                                    const Admission<NativeMachine>&, Length length) {
  const_cast<SlotRecord<NativeMachine>&>(state_.slots.Read(filling.slot())).length = length;
  return Status::kOk;
}

// --- per packet and viewer

template <>
inline LeaseAnswer<NativeMachine> UnguardedCore::LendPacket(Viewer, Generation, Slot slot,
                                                            Time) const {
  return Lend(slot, state_.slots.Read(slot));
}

}  // namespace relay::core

#endif  // FRAMEFENCE_TARGETS_RELAY_ISOLATION_UNGUARDED_H_
