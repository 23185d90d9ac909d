// The steps. Contracts in operations.h and in the decision core's header.
#include "properties/invariants/operations.h"

namespace framefence::proofs {

template <class M>
typename M::Bool Step<M>::Assumed(OperationKind kind) const {
  switch (kind) {
    case OperationKind::kStartPublisher:
    case OperationKind::kStartProbation: {
      // The publisher was authenticated: the address is that camera's, as it is bound now.
      const auto sender = spec_.senders.Read(args_.source);
      return All(sender.camera == args_.camera,
                 sender.binding == spec_.bindings.Read(args_.camera).moves);
    }
    case OperationKind::kWriteBytes:
      // Bytes are added, by the holder of the slot's latest filling.
      return All(args_.filling.answer.filling.slot() == args_.slot,
                 args_.filling.number == spec_.contents.Read(args_.slot).fills,
                 spec_.contents.Read(args_.slot).written <= args_.length);
    case OperationKind::kCommit: {
      const auto content = spec_.contents.Read(args_.filling.answer.filling.slot());
      const Bool latest = args_.filling.number == content.fills;
      const Bool same_stream =
          All(args_.admission.camera == content.camera, args_.admission.binding == content.binding);
      // So much was written; and two fillings of a slot for one binding are not open at once.
      return All(Implies(latest, args_.length <= content.written), Or(latest, !same_stream));
    }
    default:
      return Bool(true);
  }
}

template <class M>
Outcome<M> Step<M>::Take(OperationKind kind) {
  switch (kind) {
    case OperationKind::kStartPublisher:
      TakeStart(true);
      break;
    case OperationKind::kStartProbation:
      TakeStart(false);
      break;
    case OperationKind::kLatchSsrc:
      TakeLatch();
      break;
    case OperationKind::kStopPublisher:
      TakeStop();
      break;
    case OperationKind::kCheckPublisher:
      TakeCheckPublisher();
      break;
    case OperationKind::kWriteBytes: {
      auto content = spec_.contents.Read(args_.slot);
      content.written = args_.length;
      spec_.contents.Write(args_.slot, content);
      break;
    }
    case OperationKind::kAdmit:
      TakeAdmit();
      break;
    case OperationKind::kBeginFill:
      TakeBeginFill();
      break;
    case OperationKind::kCommit:
      TakeCommit();
      break;
    case OperationKind::kGrantApp:
      TakeGrant(false);
      break;
    case OperationKind::kGrantIntegration:
      TakeGrant(true);
      break;
    case OperationKind::kOpenViewer:
      TakeOpen();
      break;
    case OperationKind::kCloseViewer:
      TakeClose();
      break;
    case OperationKind::kLendPacket:
      TakeLend(false);
      break;
    case OperationKind::kLendStill:
      TakeLend(true);
      break;
    case OperationKind::kLendStillOfBinding:
      TakeLendOfBinding();
      break;
    case OperationKind::kCheckViewer:
      outcome_.status = core_.CheckViewer(args_.viewer, args_.generation, args_.now);
      if (outcome_.status == Status::kOk) ClaimServed();
      break;
    default:
      outcome_.status = Withdraw(kind);
      if (outcome_.status == Status::kOk) {
        MoveSpec(kind);
        outcome_.Add("ISO-003", "every promise concerned is void on return",
                     Implies(Concerned(kind), Withdrawn(spec_, args_.grant.promised)));
      }
      break;
  }
  return outcome_;
}

// --- the directory

template <class M>
relay::Status Step<M>::Withdraw(OperationKind kind) {
  switch (kind) {
    case OperationKind::kBind:
      return core_.Bind(args_.camera, args_.account, args_.name);
    case OperationKind::kUnbind:
      return core_.Unbind(args_.camera);
    case OperationKind::kRevokeAccount:
      return core_.RevokeAccount(args_.account);
    case OperationKind::kLink:
      return core_.Link(args_.account, args_.integration);
    case OperationKind::kUnlink:
      return core_.Unlink(args_.account, args_.integration);
    case OperationKind::kSuspend:
      return core_.Suspend(args_.integration);
    default:
      return core_.Restore(args_.integration);
  }
}

template <class M>
typename M::Bool Step<M>::Concerned(OperationKind kind) const {
  const Entitlement<M>& promised = args_.grant.promised;
  const Bool door = And(promised.via_integration, promised.integration == args_.integration);
  switch (kind) {
    case OperationKind::kBind:
    case OperationKind::kUnbind:
      return promised.camera == args_.camera;
    case OperationKind::kRevokeAccount:
      return promised.account == args_.account;
    case OperationKind::kUnlink:
      return And(door, promised.account == args_.account);
    case OperationKind::kSuspend:
      return door;
    default:
      return Bool(false);  // Link and Restore withdraw nothing
  }
}

template <class M>
void Step<M>::MoveSpec(OperationKind kind) {
  auto binding = spec_.bindings.Read(args_.camera);
  auto household = spec_.households.Read(args_.account);
  auto door = spec_.doors.Read(args_.integration);
  auto tie = spec_.ties.Read(args_.account, args_.integration);
  switch (kind) {
    case OperationKind::kBind:
      binding = {Bool(true), args_.account, args_.name, binding.moves.Next()};
      return spec_.bindings.Write(args_.camera, binding);
    case OperationKind::kUnbind:
      binding.bound = Bool(false);
      binding.moves = binding.moves.Next();
      return spec_.bindings.Write(args_.camera, binding);
    case OperationKind::kRevokeAccount:
      household.sign_outs = household.sign_outs.Next();
      return spec_.households.Write(args_.account, household);
    case OperationKind::kLink:
      tie.linked = Bool(true);
      return spec_.ties.Write(args_.account, args_.integration, tie);
    case OperationKind::kUnlink:
      tie = {Bool(false), tie.unlinks.Next()};
      return spec_.ties.Write(args_.account, args_.integration, tie);
    case OperationKind::kSuspend:
      door.suspended = Bool(true);
      door.suspensions = door.suspensions.Next();
      return spec_.doors.Write(args_.integration, door);
    default:
      door.suspended = Bool(false);
      door.restored_at = spec_.admissions;
      return spec_.doors.Write(args_.integration, door);
  }
}

// --- publishing

template <class M>
void Step<M>::TakeStart(bool ssrc_known) {
  outcome_.status = ssrc_known
                        ? core_.StartPublisher(args_.port, args_.camera, args_.source, args_.ssrc)
                        : core_.StartProbation(args_.port, args_.camera, args_.source);
  if (outcome_.status != Status::kOk) return;
  spec_.uplinks.Write(args_.port, Uplink<M>{args_.camera, Bool(ssrc_known)});
}

template <class M>
void Step<M>::TakeLatch() {
  outcome_.status = core_.LatchSsrc(args_.port, args_.source, args_.ssrc);
  if (outcome_.status != Status::kOk) return;
  auto uplink = spec_.uplinks.Read(args_.port);
  ClaimItsUplink();
  outcome_.Add("ISO-001", "a publisher session gets one SSRC", !uplink.ssrc_known);
  uplink.ssrc_known = Bool(true);
  spec_.uplinks.Write(args_.port, uplink);
}

template <class M>
void Step<M>::TakeStop() {
  outcome_.status = core_.StopPublisher(args_.port);
  if (outcome_.status == Status::kOk) spec_.uplinks.Write(args_.port, Uplink<M>{});
}

template <class M>
void Step<M>::TakeCheckPublisher() {
  outcome_.status = core_.CheckPublisher(args_.port, args_.source);
  if (outcome_.status == Status::kOk) ClaimItsUplink();
}

// Of a port whose publisher the core holds `args_.source` to be.
template <class M>
void Step<M>::ClaimItsUplink() {
  const auto sender = spec_.senders.Read(args_.source);
  outcome_.Add("ISO-001", "a port listens to the camera that has it",
               sender.camera == spec_.uplinks.Read(args_.port).camera);
  outcome_.Add("ISO-002", "a port listens to its camera as it is bound now",
               sender.binding == spec_.bindings.Read(sender.camera).moves);
}

template <class M>
void Step<M>::TakeAdmit() {
  const auto answer = core_.Admit(args_.port, args_.source, args_.ssrc, args_.now);
  outcome_.status = answer.status;
  if (answer.status != Status::kOk) return;
  const auto sender = spec_.senders.Read(args_.source);
  outcome_.Add("ISO-001", "a datagram is admitted for the camera that sent it",
               answer.admission.camera() == sender.camera);
  outcome_.Add("ISO-002", "a datagram is admitted for the binding that it was sent in",
               sender.binding == spec_.bindings.Read(sender.camera).moves);
  outcome_.Add("ISO-001", "nothing is admitted before its publisher's SSRC is known",
               spec_.uplinks.Read(args_.port).ssrc_known);
  outcome_.admission = IssuedAdmission<M>{answer.admission, sender.camera, sender.binding,
                                          spec_.admissions, args_.now};
  spec_.admissions = spec_.admissions.Next();
}

template <class M>
void Step<M>::TakeBeginFill() {
  const auto answer = core_.BeginFill(args_.admission.admission, args_.slot);
  outcome_.status = answer.status;
  if (answer.status != Status::kOk) return;
  const auto fills = spec_.contents.Read(args_.slot).fills.Next();
  spec_.contents.Write(
      args_.slot, Content<M>{args_.admission.camera, args_.admission.binding, args_.admission.order,
                             args_.admission.arrived_at, typename M::Length{}, fills});
  outcome_.filling = IssuedFilling<M>{answer, fills};
}

template <class M>
void Step<M>::TakeCommit() {
  const auto& filling = args_.filling.answer.filling;
  outcome_.status = core_.Commit(filling, args_.admission.admission, args_.length);
  if (outcome_.status != Status::kOk) return;
  auto content = spec_.contents.Read(filling.slot());
  content.order = args_.admission.order;
  content.arrived_at = args_.admission.arrived_at;
  spec_.contents.Write(filling.slot(), content);
}

// --- viewing

template <class M>
void Step<M>::TakeGrant(bool via_integration) {
  const auto answer = via_integration ? core_.GrantIntegration(args_.account, args_.name,
                                                               args_.integration, args_.expires_at)
                                      : core_.GrantApp(args_.account, args_.name, args_.expires_at);
  outcome_.status = answer.status;
  if (answer.status != Status::kOk) return;
  const auto camera = answer.value.camera;
  const auto binding = spec_.bindings.Read(camera);
  const auto other = spec_.bindings.Read(args_.camera);
  outcome_.Add("ISO-001", "an account is promised a camera of its own",
               All(binding.bound, binding.owner == args_.account));
  outcome_.Add("ISO-001", "an account is promised the camera that it calls so",
               All(binding.name == args_.name,
                   Implies(All(other.bound, other.owner == args_.account, other.name == args_.name),
                           args_.camera == camera)));
  Entitlement<M> promised;
  promised.account = args_.account;
  promised.camera = camera;
  promised.binding = binding.moves;
  promised.sign_outs = spec_.households.Read(args_.account).sign_outs;
  promised.expires_at = args_.expires_at;
  if (via_integration) {
    const auto door = spec_.doors.Read(args_.integration);
    const auto tie = spec_.ties.Read(args_.account, args_.integration);
    outcome_.Add("ISO-004", "a suspended or unlinked integration is promised nothing",
                 All(!door.suspended, tie.linked));
    promised.via_integration = Bool(true);
    promised.integration = args_.integration;
    promised.suspensions = door.suspensions;
    promised.unlinks = tie.unlinks;
  }
  outcome_.grant = IssuedGrant<M>{answer.value, promised};
}

template <class M>
void Step<M>::TakeOpen() {
  const auto answer = core_.OpenViewer(args_.viewer, args_.grant.token, args_.now);
  outcome_.status = answer.status;
  if (answer.status != Status::kOk) return;
  auto place = spec_.places.Read(args_.viewer);
  outcome_.Add("ISO-003", "a session does not take an open one's place", !place.open);
  place = {Bool(true), place.sessions.Next(), args_.grant.promised};
  spec_.places.Write(args_.viewer, place);
  outcome_.session = IssuedSession<M>{args_.viewer, answer.value, place.sessions};
  ClaimEntitled(args_.grant.promised);
}

template <class M>
void Step<M>::TakeClose() {
  outcome_.status = core_.CloseViewer(args_.viewer, args_.generation);
  if (outcome_.status != Status::kOk) return;
  auto place = spec_.places.Read(args_.viewer);
  place.open = Bool(false);
  spec_.places.Write(args_.viewer, place);
  outcome_.Add("ISO-003", "the session is closed on return",
               Implies(IsAskedFor(args_.session), Closed(spec_, args_.session)));
}

// Of a handle that the core holds good; `args_.session` is any session that was ever opened.
template <class M>
void Step<M>::ClaimServed() {
  ClaimEntitled(spec_.places.Read(args_.viewer).promised);
  outcome_.Add("ISO-003", "a closed session's handle reaches no other session",
               Implies(IsAskedFor(args_.session), !Closed(spec_, args_.session)));
}

template <class M>
typename M::Bool Step<M>::IsAskedFor(const IssuedSession<M>& session) const {
  return And(session.viewer == args_.viewer, session.generation == args_.generation);
}

// Of a session that the core opens or holds good.
template <class M>
void Step<M>::ClaimEntitled(const Entitlement<M>& promised) {
  const auto place = spec_.places.Read(args_.viewer);
  const auto binding = spec_.bindings.Read(promised.camera);
  const auto door = spec_.doors.Read(promised.integration);
  outcome_.Add("ISO-001", "the session's camera is its account's",
               All(binding.bound, binding.owner == promised.account));
  outcome_.Add("ISO-003", "the session is open and no right that it rests on was withdrawn",
               All(place.open, !Withdrawn(spec_, promised)));
  outcome_.Add("ISO-004", "a suspended integration's session is not served",
               Implies(promised.via_integration, !door.suspended));
  outcome_.Add("ISO-005", "the entitlement's time is not over", args_.now < promised.expires_at);
}

template <class M>
void Step<M>::TakeLend(bool still) {
  const auto answer = still
                          ? core_.LendStill(args_.viewer, args_.generation, args_.slot, args_.now)
                          : core_.LendPacket(args_.viewer, args_.generation, args_.slot, args_.now);
  outcome_.status = answer.status;
  if (answer.status != Status::kOk) return;
  const Entitlement<M> promised = spec_.places.Read(args_.viewer).promised;
  const auto content = spec_.contents.Read(answer.lease.slot());
  const auto door = spec_.doors.Read(promised.integration);
  ClaimServed();
  outcome_.Add("ISO-001", "the bytes are of the camera that the session is for",
               content.camera == promised.camera);
  outcome_.Add("ISO-002", "the bytes are of the binding that the session was opened in",
               content.binding == promised.binding);
  outcome_.Add("ISO-004", "nothing admitted before the restore is served",
               Implies(promised.via_integration, door.restored_at <= content.order));
  if (still) ClaimYoung(content);
  outcome_.Add("ISO-010", "only bytes written since the filling began are shown",
               answer.lease.length() <= content.written);
}

template <class M>
void Step<M>::TakeLendOfBinding() {
  const auto answer = core_.LendStillOfBinding(args_.camera, args_.slot, args_.now);
  outcome_.status = answer.status;
  if (answer.status != Status::kOk) return;
  const auto content = spec_.contents.Read(answer.lease.slot());
  const auto binding = spec_.bindings.Read(args_.camera);
  outcome_.Add("ISO-001", "the still is of the camera that was asked for",
               All(binding.bound, content.camera == args_.camera));
  outcome_.Add("ISO-002", "the still is of the camera's binding now",
               content.binding == binding.moves);
  ClaimYoung(content);
  outcome_.Add("ISO-010", "only bytes written since the filling began are shown",
               answer.lease.length() <= content.written);
}

template <class M>
void Step<M>::ClaimYoung(const Content<M>& still) {
  outcome_.Add(
      "ISO-005", "the still is not older than its bound",
      All(still.arrived_at <= args_.now, args_.now.Since(still.arrived_at) <= spec_.still_age_max));
}

}  // namespace framefence::proofs
