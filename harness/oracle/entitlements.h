// Who may receive what: a dumb directory, derived from requests and acknowledgements alone.
//
//   - A request that gives a right (bind, link, restore, open) gives it from the request on, for a
//     system may use it before it says so; if the Ack is not kOk, it never did.
//   - A request that takes a right (bind, unbind, close, revoke, unlink, suspend) takes it at its
//     Ack, from the viewer sessions whose open was requested before it, also where they await it
//     still. Of those opened between the request and its Ack the order is the system's own affair.
//   - Operations cost loops over the cameras or the viewers; queries cost nothing.
#ifndef FRAMEFENCE_HARNESS_ORACLE_ENTITLEMENTS_H_
#define FRAMEFENCE_HARNESS_ORACLE_ENTITLEMENTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"
#include "harness/contract/system_under_test.h"
#include "harness/oracle/reused_vector.h"
#include "harness/oracle/violation.h"

namespace framefence::oracle {

// Counts what the oracle is told, so that two things at one virtual time still have an order.
using EventNumber = std::uint64_t;

// Pictures of `camera` in `epoch` whose last packet entered the system after event `fresh_after`.
struct Grant {
  CameraId camera;
  BindingEpoch epoch;
  EventNumber fresh_after = 0;
};

// What a viewer session may receive.
struct Entitlement {
  AccountId account;
  NameId name;
  contract::AccessPath path = contract::AccessPath::kApp;
  IntegrationId integration;
  contract::RequestNumber opened_by = 0;  // the session's own number
  // The request by which the right was promised: that one, or the one that issued its token.
  contract::RequestNumber promised_by = 0;
  VirtualTime expires = VirtualTime::max();
  bool resolved = false;  // `grant` says what the name meant
  bool taken = false;     // a right once taken does not come back
  bool damaged = false;   // by the network, on the way to the viewer
  End end = End::kNeverBegan;
  Grant grant;

  End EndAt(VirtualTime now) const {
    return end == End::kNot && now > expires ? End::kExpired : end;
  }
};

// A place for viewer sessions, one after the other: while one opens, the one before may still be
// served.
struct ViewerPlace {
  std::vector<Entitlement> sessions;  // in the order of their requests
  std::vector<Grant> ever;            // all rights that they had, for what is still on its way

  // nullptr where there is none.
  const Entitlement* Session(contract::RequestNumber number) const;
};

class Entitlements {
 public:
  void Reset(const contract::Deployment& deployment);

  void OnRequest(const contract::Request& request, EventNumber event);
  void OnAck(const contract::Request& request, const contract::Ack& ack, VirtualTime now);

  // 0 where the camera was never bound.
  BindingEpoch epoch_of(CameraId camera) const;

  // None where the camera was not bound in that epoch.
  std::optional<AccountId> OwnerIn(CameraId camera, BindingEpoch epoch) const;

  // The network damaged a packet of that session on its way to the viewer.
  void OnDamaged(ViewerId viewer, contract::RequestNumber session);

  // A place that is not of this deployment is one that never was opened.
  const ViewerPlace& place(ViewerId viewer) const;

  // Some right has been requested and not yet acknowledged.
  bool AwaitsGrant() const { return grants_awaited_ > 0; }

 private:
  struct Binding {
    std::optional<AccountId> owner;  // now
    std::optional<NameId> name;
    std::vector<AccountId> owners;  // by epoch, from 1 on
  };
  struct Integration {
    bool suspended = false;
    EventNumber restore_requested = 0;
    EventNumber restored =
        0;  // the event of the request for the last restore that ended a suspension
  };

  void Bind(const contract::Request& request);
  void Unbind(const contract::Request& request);
  void SetLinked(const contract::Request& request, bool linked);
  void Restore(const contract::Request& request);
  void Open(const contract::Request& request);
  void Issue(const contract::Request& request);
  void Present(const contract::Request& request);
  void AnswerOpen(const contract::Request& request, contract::Status status, VirtualTime now);
  void AnswerIssue(const contract::Request& request, contract::Status status, VirtualTime now);
  void AddSession(ViewerId viewer, const Entitlement& session);
  // Calls each(place or nullptr, entitlement) for all sessions and tokens.
  template <class Each>
  void ForEach(const Each& each);

  void Resolve(Entitlement& entitlement) const;
  void ResolveAgainAfter(contract::RequestNumber number);
  bool IsLinked(AccountId account, IntegrationId integration) const;

  // Ends the viewer sessions opened, or promised, before `number` that `affected` names, and voids
  // the tokens.
  template <class Affected>
  void Take(contract::RequestNumber number, End end, const Affected& affected);

  static void Remember(ViewerPlace& place, const Entitlement& entitlement);

  contract::Deployment deployment_;
  ReusedVector<Binding> bindings_;         // by camera
  std::vector<Integration> integrations_;  // by integration
  std::vector<std::uint8_t> linked_;       // by account, then integration
  ReusedVector<ViewerPlace> places_;       // by viewer
  std::array<Entitlement, contract::kTokensMax> tokens_;
  ViewerPlace nowhere_;
  contract::RequestNumber last_promise_ = 0;
  int grants_awaited_ = 0;
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_ENTITLEMENTS_H_
