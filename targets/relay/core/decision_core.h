// The decision core: who may receive which bytes. Nothing else in the relay decides that.
//
// It is written once, over a machine policy (native_machine.h), and is proved on this very source
// (properties/proofs).
//
// How a frame stays at home
//   1. Every promise to a viewer is a Grant. It names the camera and repeats every epoch that the
//      promise rests on: the camera's binding, the account's access, and by the integration's door
//      the integration and the link.
//   2. To withdraw rights is to move an epoch on: O(1), whatever the number of sessions, and
//      effective on return, because Check() compares every epoch before any byte is lent. Nothing
//      is swept, so nothing is forgotten.
//   3. What a buffer holds is written in its slot: camera, binding, order and time of admission,
//      length. BeginFill() takes the slot from everybody before its first byte changes; Commit()
//      gives it back when its last byte is right.
//   4. Bytes are reached only through a Lease, and only the Lend...() operations make one: the
//      viewer's grant must be current (an edge's own core sees to its viewers'), and the slot must
//      hold that camera's frame of that binding. Where an index came from does not matter.
//   5. A datagram belongs to the camera whose publisher session leased the port, if it comes from
//      that publisher's source under its SSRC (RFC 3550 8.2); else to nobody. Where the SSRC was not
//      signalled it is latched, once, and from that source only.
//   6. An epoch, generation or ticket that would wrap refuses instead (kExhausted): equal epochs
//      mean the same epoch.
//
// Every operation reads and writes O(1) records, without loops. Not thread-safe: the owner
// serialises.
#ifndef FRAMEFENCE_TARGETS_RELAY_CORE_DECISION_CORE_H_
#define FRAMEFENCE_TARGETS_RELAY_CORE_DECISION_CORE_H_

#include "targets/planted/planted.h"
#include "targets/relay/core/records.h"
#include "targets/relay/core/status.h"

namespace relay::core {

using leaks::Leak;
using leaks::planted;
using leaks::Triggered;

template <class M>
class DecisionCore;
template <class M>
struct LeaseAnswer;
template <class M>
struct FillingAnswer;

// The right to show one slot's bytes [0, length) to one viewer, now. Made by DecisionCore only;
// used at once, not kept.
template <class M>
class Lease {
 public:
  typename M::Slot slot() const { return slot_; }
  typename M::Length length() const { return length_; }

 private:
  friend class DecisionCore<M>;
  friend struct LeaseAnswer<M>;
  Lease() = default;
  typename M::Slot slot_{};
  typename M::Length length_{};
};

// That a datagram was its publisher's: whose it is, and its place and time in the order of
// admission. Made by Admit() only.
template <class M>
class Admission {
 public:
  // None yet: of a default-made one nothing can be committed.
  Admission() = default;
  typename M::Camera camera() const { return camera_; }
  typename M::Epoch binding_epoch() const { return binding_epoch_; }
  typename M::Ticket ticket() const { return ticket_; }
  typename M::Time arrived_at() const { return arrived_at_; }

 private:
  friend class DecisionCore<M>;
  typename M::Camera camera_{};
  typename M::Epoch binding_epoch_{};
  typename M::Ticket ticket_{};
  typename M::Time arrived_at_{};
};

// The right to overwrite one slot's bytes, from BeginFill() to Commit().
template <class M>
class Filling {
 public:
  typename M::Slot slot() const { return slot_; }

 private:
  friend class DecisionCore<M>;
  friend struct FillingAnswer<M>;
  Filling() = default;
  typename M::Slot slot_{};
};

// A status, and where it is kOk the value.
template <class Value>
struct Answer {
  Status status = Status::kOk;
  Value value{};
};
template <class M>
struct LeaseAnswer {
  Status status = Status::kOk;
  Lease<M> lease;
};
template <class M>
struct AdmissionAnswer {
  Status status = Status::kOk;
  Admission<M> admission;
};
template <class M>
struct FillingAnswer {
  Status status = Status::kOk;
  Filling<M> filling;
};

template <class M>
class DecisionCore {
 public:
  using Bool = typename M::Bool;
  using Account = typename M::Account;
  using Camera = typename M::Camera;
  using Name = typename M::Name;
  using Integration = typename M::Integration;
  using Viewer = typename M::Viewer;
  using Port = typename M::Port;
  using Slot = typename M::Slot;
  using Generation = typename M::Generation;
  using Ticket = typename M::Ticket;
  using Time = typename M::Time;
  using Length = typename M::Length;
  using Source = typename M::Source;
  using Ssrc = typename M::Ssrc;
  template <class Record, class... Keys>
  using Table = typename M::template Table<Record, Keys...>;

  // How many there are of each.
  struct Sizes {
    std::size_t accounts = 0;
    std::size_t cameras = 0;
    std::size_t names = 0;  // of an account
    std::size_t integrations = 0;
    std::size_t ports = 0;
    std::size_t slots = 0;
    std::size_t viewers = 0;
  };

  struct State {
    // Makes all records new. Where a machine's tables are of a size.
    void Reset(const Sizes& sizes) {
      accounts.Reset(sizes.accounts);
      cameras.Reset(sizes.cameras);
      aliases.Reset(sizes.accounts, sizes.names);
      resolutions.Reset(sizes.accounts, sizes.names);
      integrations.Reset(sizes.integrations);
      links.Reset(sizes.accounts, sizes.integrations);
      ports.Reset(sizes.ports);
      slots.Reset(sizes.slots);
      viewers.Reset(sizes.viewers);
      next_ticket = Ticket();
    }

    Table<AccountRecord<M>, Account> accounts;
    Table<CameraRecord<M>, Camera> cameras;
    Table<AliasRecord<M>, Account, Name> aliases;
    Table<ResolutionRecord<M>, Account, Name> resolutions;
    Table<IntegrationRecord<M>, Integration> integrations;
    Table<LinkRecord<M>, Account, Integration> links;
    Table<PortRecord<M>, Port> ports;
    Table<SlotRecord<M>, Slot> slots;
    Table<ViewerRecord<M>, Viewer> viewers;
    Ticket next_ticket{};
    Time still_age_max{};  // constant; ISO-005's bound
    // Constant; the slots before it hold packets. Only a planted leak asks.
    Slot first_still_slot{};
  };

  State& state() { return state_; }
  const State& state() const { return state_; }

  // --- the directory

  // The camera is the account's, under that name, from now on. Every earlier grant, publisher
  // session and frame of the camera is void on return. kUnknownId, kNameTaken, kExhausted: nothing
  // changed.
  Status Bind(Camera camera, Account account, Name name);

  // The camera is nobody's. Void on return, as with Bind. kUnknownId, kExhausted.
  Status Unbind(Camera camera);

  // Every grant of the account is void on return. kUnknownId, kExhausted.
  Status RevokeAccount(Account account);

  // Grants through the integration may be given to the account. kUnknownId.
  Status Link(Account account, Integration integration);
  // Every grant of the account through the integration is void on return. kUnknownId, kExhausted.
  Status Unlink(Account account, Integration integration);

  // Every grant through the integration is void on return, and none is given. kUnknownId,
  // kExhausted.
  Status Suspend(Integration integration);
  // Grants may be given again; what was admitted before is never lent through it. kUnknownId.
  Status Restore(Integration integration);

  // --- publisher sessions

  // Leases a port to the camera's publisher at `source`, sending as `ssrc`. kUnknownId, kBusy (the
  // port is leased), kNotFound (the camera is bound to nobody).
  Status StartPublisher(Port port, Camera camera, Source source, Ssrc ssrc);
  // The same for a publisher whose SSRC is not known: nothing of its is admitted before LatchSsrc().
  Status StartProbation(Port port, Camera camera, Source source);
  // From now on the publisher sends as `ssrc`, until its session ends. Why just that SSRC, the caller
  // knows (RFC 3550 6.2.1); that it is the publisher who says so, is seen to here. kUnknownId,
  // kNoSession, kStaleBinding, kForeignSource, kBusy (it has its SSRC).
  Status LatchSsrc(Port port, Source source, Ssrc ssrc);
  // Ends the lease. kUnknownId, kNoSession (the port is not leased).
  Status StopPublisher(Port port);

  // Whether what comes to `port` from `source` is its publisher's: bytes that are no datagram yet,
  // of a stream. kUnknownId, kNoSession, kStaleBinding, kForeignSource.
  Status CheckPublisher(Port port, Source source) const;
  // Whether a datagram that came to `port` at `now` is its publisher's. As CheckPublisher(), and
  // kOnProbation, kForeignSource (another SSRC), kExhausted.
  AdmissionAnswer<M> Admit(Port port, Source source, Ssrc ssrc, Time now);

  // --- slots

  // From now on nobody is lent the slot; its bytes may be overwritten with what was admitted.
  // kUnknownId.
  FillingAnswer<M> BeginFill(const Admission<M>& admission, Slot slot);
  // The slot's first `length` bytes are one frame, or one packet of one, of which `first` was
  // admitted first. kForeignSlot: the slot was begun anew for another camera or binding since; it
  // stays with nobody.
  Status Commit(const Filling<M>& filling, const Admission<M>& first, Length length);

  // --- viewer sessions

  // Promises the account the camera that it calls `name`. kUnknownId, kNotFound, kNotLinked,
  // kSuspended.
  Answer<Grant<M>> GrantApp(Account account, Name name, Time expires_at);
  Answer<Grant<M>> GrantIntegration(Account account, Name name, Integration integration,
                                    Time expires_at);

  // Opens a viewer session on a grant that this core gave. kUnknownId, kBusy, kExhausted, or why
  // the grant is void.
  Answer<Generation> OpenViewer(Viewer viewer, const Grant<M>& grant, Time now);
  // Ends it: nothing is lent to it after return. kUnknownId, kNoSession.
  Status CloseViewer(Viewer viewer, Generation generation);

  // Whether the session may show the packet, or the still, in `slot` now. kUnknownId, kNoSession,
  // why its grant is void (kStaleBinding, kRevoked, kExpired, kSuspended, kNotLinked), kNotFilled,
  // kForeignSlot, kBeforeRestore, kTooOld (stills).
  LeaseAnswer<M> LendPacket(Viewer viewer, Generation generation, Slot slot, Time now) const;
  LeaseAnswer<M> LendStill(Viewer viewer, Generation generation, Slot slot, Time now) const;

  // Whether the still in `slot` is one of the camera, as it is bound now: for who serves it on and
  // decides by rights of its own to whom. kUnknownId, kNotFound (the camera is bound to nobody),
  // kNotFilled, kForeignSlot, kTooOld.
  LeaseAnswer<M> LendStillOfBinding(Camera camera, Slot slot, Time now) const;

  // kOk while the session is open and its grant current; else why not, as with LendPacket.
  Status CheckViewer(Viewer viewer, Generation generation, Time now) const;

 private:
  Answer<ResolutionRecord<M>> Resolve(Account account, Name name);
  Status Check(const Grant<M>& grant, Time now) const;
  Status CheckOwner(const SlotRecord<M>& slot, const Grant<M>& grant) const;
  Status CheckStillOwner(const SlotRecord<M>& slot, const Grant<M>& grant) const;
  Status CheckRestore(const SlotRecord<M>& slot, const Grant<M>& grant) const;
  Status CheckFilled(Viewer viewer, Generation generation, Slot slot, Time now) const;
  Status CheckAge(const SlotRecord<M>& still, Time now) const;
  static LeaseAnswer<M> Refused(Status status);
  static LeaseAnswer<M> Lend(Slot slot, const SlotRecord<M>& held);
  Status LeasePort(Port port, Camera camera, Source source, Bool ssrc_known, Ssrc ssrc);
  Status CheckSsrc(const PortRecord<M>& publisher, Ssrc ssrc) const;
  Status MoveBindingEpoch(CameraRecord<M>& camera) const;

  State state_;
};

}  // namespace relay::core

#include "targets/relay/core/directory.inl"
#include "targets/relay/core/publishing.inl"
#include "targets/relay/core/viewing.inl"

#endif  // FRAMEFENCE_TARGETS_RELAY_CORE_DECISION_CORE_H_
