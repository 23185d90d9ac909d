#include "harness/oracle/entitlements.h"

#include <algorithm>

namespace framefence::oracle {
namespace {

using contract::AccessPath;
using contract::Operation;
using contract::Request;
using contract::Status;

bool Gives(Operation operation) {
  return operation == Operation::kBind || operation == Operation::kLink ||
         operation == Operation::kRestore;
}

}  // namespace

const Entitlement* ViewerPlace::Session(contract::RequestNumber number) const {
  for (auto session = sessions.rbegin(); session != sessions.rend(); ++session) {
    if (session->opened_by == number) return &*session;
  }
  return nullptr;
}

void Entitlements::Reset(const contract::Deployment& deployment) {
  deployment_ = deployment;
  bindings_.Resize(deployment.cameras);
  for (Binding& binding : bindings_) {
    binding.owner.reset();
    binding.name.reset();
    binding.owners.clear();
  }
  integrations_.assign(deployment.integrations, {});
  linked_.assign(std::size_t{deployment.accounts} * deployment.integrations, 0);
  places_.Resize(deployment.viewers);
  for (ViewerPlace& place : places_) {
    place.sessions.clear();
    place.ever.clear();
  }
  tokens_.fill({});
  last_promise_ = 0;
  grants_awaited_ = 0;
}

void Entitlements::OnRequest(const Request& request, EventNumber event) {
  if (Gives(request.operation)) ++grants_awaited_;
  if (request.operation == Operation::kOpenViewer) Open(request);
  if (request.operation == Operation::kIssueToken) Issue(request);
  if (request.operation == Operation::kPresentToken) Present(request);
  if (request.operation == Operation::kRestore &&
      request.integration.value < integrations_.size()) {
    integrations_[request.integration.value].restore_requested = event;
  }
}

void Entitlements::OnAck(const Request& request, const contract::Ack& ack, VirtualTime now) {
  if (Gives(request.operation)) --grants_awaited_;
  if (request.operation == Operation::kOpenViewer || request.operation == Operation::kPresentToken)
    return AnswerOpen(request, ack.status, now);
  if (request.operation == Operation::kIssueToken) return AnswerIssue(request, ack.status, now);
  if (ack.status != Status::kOk) return;
  switch (request.operation) {
    case Operation::kBind:
      return Bind(request);
    case Operation::kUnbind:
      return Unbind(request);
    case Operation::kCloseViewer:
      if (request.viewer.value >= places_.size()) return;
      return Take(request.number, End::kClosed, [&](const ViewerPlace* place, const Entitlement&) {
        return place == &places_[request.viewer.value];
      });
    case Operation::kRevokeAccount:
      return Take(request.number, End::kRevoked,
                  [&](const ViewerPlace*, const Entitlement& entitlement) {
                    return entitlement.account == request.account;
                  });
    case Operation::kLink:
      return SetLinked(request, true);
    case Operation::kUnlink:
      return SetLinked(request, false);
    case Operation::kSuspend:
      if (request.integration.value >= integrations_.size()) return;
      integrations_[request.integration.value].suspended = true;
      return Take(request.number, End::kSuspended,
                  [&](const ViewerPlace*, const Entitlement& entitlement) {
                    return entitlement.path == AccessPath::kIntegration &&
                           entitlement.integration == request.integration;
                  });
    case Operation::kRestore:
      return Restore(request);
    case Operation::kStartPublisher:
    case Operation::kStopPublisher:
    case Operation::kReportLoss:
    case Operation::kOpenViewer:
    case Operation::kIssueToken:
    case Operation::kPresentToken:
    case Operation::kUpgrade:  // whoever serves, the rights are the same
      return;
  }
}

BindingEpoch Entitlements::epoch_of(CameraId camera) const {
  if (camera.value >= bindings_.size()) return {};
  return BindingEpoch(static_cast<std::uint32_t>(bindings_[camera.value].owners.size()));
}

std::optional<AccountId> Entitlements::OwnerIn(CameraId camera, BindingEpoch epoch) const {
  if (epoch.value == 0 || epoch > epoch_of(camera)) return std::nullopt;
  return bindings_[camera.value].owners[epoch.value - 1];
}

void Entitlements::OnDamaged(ViewerId viewer, contract::RequestNumber session) {
  if (viewer.value >= places_.size()) return;
  for (Entitlement& candidate : places_[viewer.value].sessions) {
    if (candidate.opened_by == session) candidate.damaged = true;
  }
}

const ViewerPlace& Entitlements::place(ViewerId viewer) const {
  return viewer.value < places_.size() ? places_[viewer.value] : nowhere_;
}

void Entitlements::Bind(const Request& request) {
  if (request.camera.value >= bindings_.size()) return;
  for (Binding& other :
       bindings_) {  // a correct system refuses a name in use; of another the latest counts
    if (other.owner == request.account && other.name == request.name) other.name.reset();
  }
  Binding& binding = bindings_[request.camera.value];
  binding.owner = request.account;
  binding.name = request.name;
  binding.owners.push_back(request.account);
  Take(request.number, End::kRebound, [&](const ViewerPlace*, const Entitlement& entitlement) {
    return entitlement.resolved && entitlement.grant.camera == request.camera;
  });
  ResolveAgainAfter(request.number);
}

void Entitlements::Unbind(const Request& request) {
  if (request.camera.value >= bindings_.size()) return;
  Binding& binding = bindings_[request.camera.value];
  binding.owner.reset();
  binding.name.reset();
  Take(request.number, End::kRebound, [&](const ViewerPlace*, const Entitlement& entitlement) {
    return entitlement.resolved && entitlement.grant.camera == request.camera;
  });
}

void Entitlements::SetLinked(const Request& request, bool linked) {
  if (request.account.value >= deployment_.accounts ||
      request.integration.value >= deployment_.integrations) {
    return;
  }
  linked_[std::size_t{request.account.value} * deployment_.integrations +
          request.integration.value] = linked;
  if (linked) return ResolveAgainAfter(request.number);
  Take(request.number, End::kUnlinked, [&](const ViewerPlace*, const Entitlement& entitlement) {
    return entitlement.path == AccessPath::kIntegration && entitlement.account == request.account &&
           entitlement.integration == request.integration;
  });
}

void Entitlements::Restore(const Request& request) {
  if (request.integration.value >= integrations_.size()) return;
  Integration& integration = integrations_[request.integration.value];
  if (!integration.suspended) return;
  integration.suspended = false;
  integration.restored = integration.restore_requested;
  ResolveAgainAfter(request.number);
}

void Entitlements::Open(const Request& request) {
  Entitlement session{.account = request.account,
                      .name = request.name,
                      .path = request.path,
                      .integration = request.integration,
                      .opened_by = request.number,
                      .promised_by = request.number};
  Resolve(session);
  AddSession(request.viewer, session);
  last_promise_ = request.number;
}

void Entitlements::Issue(const Request& request) {
  if (request.token >= tokens_.size()) return;
  Entitlement& token = tokens_[request.token];
  token = {.account = request.account,
           .name = request.name,
           .path = request.path,
           .integration = request.integration,
           .promised_by = request.number};
  Resolve(token);
  last_promise_ = request.number;
}

// What the token was worth goes over to the session; a forged one is worth nothing.
void Entitlements::Present(const Request& request) {
  Entitlement session{.taken = true};
  if (request.token < tokens_.size() && !request.forged) session = tokens_[request.token];
  session.opened_by = request.number;
  AddSession(request.viewer, session);
}

void Entitlements::AddSession(ViewerId viewer, const Entitlement& session) {
  if (viewer.value >= places_.size()) return;
  ViewerPlace& place = places_[viewer.value];
  place.sessions.push_back(session);
  Remember(place, session);
}

void Entitlements::AnswerOpen(const Request& request, Status status, VirtualTime now) {
  if (request.viewer.value >= places_.size()) return;
  for (Entitlement& session : places_[request.viewer.value].sessions) {
    if (session.opened_by != request.number) continue;
    if (session.promised_by == request.number) session.expires = now + deployment_.token_lifetime;
    if (status == Status::kOk) return;
    session.end = End::kNeverBegan;
    session.taken = true;
  }
}

void Entitlements::AnswerIssue(const Request& request, Status status, VirtualTime now) {
  if (request.token >= tokens_.size()) return;
  Entitlement& token = tokens_[request.token];
  if (token.promised_by != request.number) return;  // another has its number since
  token.expires = now + deployment_.token_lifetime;
  if (status == Status::kOk) return;
  token.end = End::kNeverBegan;
  token.taken = true;
}

void Entitlements::Resolve(Entitlement& entitlement) const {
  entitlement.resolved = false;
  entitlement.end = End::kNeverBegan;
  const auto binding =
      std::find_if(bindings_.begin(), bindings_.end(), [&](const Binding& candidate) {
        return candidate.owner == entitlement.account && candidate.name == entitlement.name;
      });
  if (binding == bindings_.end()) return;
  entitlement.resolved = true;
  const CameraId camera(static_cast<std::uint32_t>(binding - bindings_.begin()));
  entitlement.grant = {.camera = camera, .epoch = epoch_of(camera)};
  entitlement.end = End::kNot;
  if (entitlement.path == AccessPath::kApp) return;
  if (!IsLinked(entitlement.account, entitlement.integration)) {
    entitlement.end = End::kUnlinked;
    return;
  }
  const Integration& integration = integrations_[entitlement.integration.value];
  entitlement.grant.fresh_after = integration.restored;
  if (integration.suspended) entitlement.end = End::kSuspended;
}

void Entitlements::ResolveAgainAfter(contract::RequestNumber number) {
  if (last_promise_ < number) return;
  ForEach([&](ViewerPlace* place, Entitlement& entitlement) {
    if (entitlement.promised_by <= number || entitlement.taken) return;
    Resolve(entitlement);
    if (place != nullptr) Remember(*place, entitlement);
  });
}

template <class Each>
void Entitlements::ForEach(const Each& each) {
  for (ViewerPlace& place : places_) {
    for (Entitlement& session : place.sessions) each(&place, session);
  }
  for (Entitlement& token : tokens_) each(nullptr, token);
}

bool Entitlements::IsLinked(AccountId account, IntegrationId integration) const {
  return account.value < deployment_.accounts && integration.value < deployment_.integrations &&
         linked_[std::size_t{account.value} * deployment_.integrations + integration.value] != 0;
}

template <class Affected>
void Entitlements::Take(contract::RequestNumber number, End end, const Affected& affected) {
  ForEach([&](const ViewerPlace* place, Entitlement& entitlement) {
    const auto since = end == End::kClosed ? entitlement.opened_by : entitlement.promised_by;
    if (since >= number || entitlement.taken || !affected(place, entitlement)) return;
    entitlement.taken = true;  // also a right that it has not yet, but awaits
    if (entitlement.end == End::kNot) entitlement.end = end;
  });
}

void Entitlements::Remember(ViewerPlace& place, const Entitlement& entitlement) {
  if (!entitlement.resolved) return;
  const Grant& grant = entitlement.grant;
  const bool known = std::any_of(place.ever.begin(), place.ever.end(), [&](const Grant& had) {
    return had.camera == grant.camera && had.epoch == grant.epoch;
  });
  if (!known) place.ever.push_back({.camera = grant.camera, .epoch = grant.epoch});
}

}  // namespace framefence::oracle
