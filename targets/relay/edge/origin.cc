#include "targets/relay/edge/origin.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "targets/relay/edge/read_messages.h"

namespace relay::edge {
namespace {

bool IsInRange(const OriginOptions& options) {
  const std::uint64_t things = std::uint64_t{options.cameras} + options.accounts +
                               options.integrations +
                               std::uint64_t{options.accounts} * options.integrations;
  return things < std::numeric_limits<std::uint32_t>::max() &&
         options.integrations <= kIntegrationsMax && options.edges <= kEdgesMax &&
         options.lease.count() > 0 && options.window.count() > 0 &&
         options.still_age_max.count() >= 0;
}

}  // namespace

Status Origin::Reset(const OriginOptions& options) {
  if (!IsInRange(options)) return Status::kMalformed;
  options_ = options;
  counters_ = OriginCounters();
  links_.resize(options.connections);
  for (Link& link : links_) {
    link.open = false;
    link.reader.Reset(FrameBytesMax(0));
  }
  edges_.resize(options.edges);
  for (Edge& edge : edges_) {
    edge.cameras.assign(options.cameras, Time());
    edge.accounts.assign(options.accounts, Time());
    edge.any = edge.window_begins = Time();
    edge.renewals_in_window = edge.first_asks_in_window = edge.owes = 0;
  }
  const std::uint32_t places = PlaceOf(Account(options.accounts), Integration());
  pending_.assign(places, Pending{});
  unsettled_.clear();
  unsettled_.reserve(places);
  deadlines_.Reset(places);
  integrations_open_at_.assign(options.integrations, Time());
  out_.resize(FrameBytesMax(options.still_bytes_max));
  return Status::kOk;
}

// --- requests

Status Origin::OnOpened(Connection connection, EdgeId edge, Time now) {
  AdvanceTo(now);
  if (connection.place >= links_.size() || edge >= edges_.size()) return Status::kUnknownId;
  Link& link = links_[connection.place];
  if (link.open) Lose(connection.place);  // of its end nothing was reported yet
  link.open = true;
  link.generation = connection.generation;
  link.edge = edge;
  link.reader.Reset(FrameBytesMax(0));
  TellAgain(edge);
  return Status::kOk;
}

void Origin::OnBytes(Connection connection, std::span<const std::byte> bytes, Time now) {
  AdvanceTo(now);
  if (!IsCurrent(connection)) {
    ++counters_.stale_events;
    return;
  }
  const bool good = ReadMessages(
      links_[connection.place].reader, bytes, counters_.frames, [&](const Message& message) {
        return OnMessage(connection.place, message, now) && IsCurrent(connection);
      });
  if (!good) CloseFor(counters_.connections_distrusted, connection.place);
}

// False: the connection is closed for it.
bool Origin::OnMessage(std::uint32_t link, const Message& message, Time now) {
  if (const auto* confirmation = std::get_if<Confirmation>(&message.body)) {
    OnConfirmation(links_[link].edge, *confirmation);
    return true;
  }
  if (std::holds_alternative<StillRequest>(message.body) ||
      std::holds_alternative<OwnersRequest>(message.body))
    return Reply(link, message, now);
  CloseFor(counters_.connections_distrusted, link);
  return false;
}

bool Origin::Reply(std::uint32_t link, const Message& request, Time now) {
  ++requests_;
  Message reply{request.id, {}};
  if (const auto* still = std::get_if<StillRequest>(&request.body)) {
    reply.body = AnswerStill(*still, now);
  } else {
    reply.body = AnswerOwners(link, std::get<OwnersRequest>(request.body), now);
    if (!links_[link].open) {  // it did not take what had to be told before the reply
      TellAgain(links_[link].edge);
      return false;
    }
  }
  if (Send(link, reply)) return true;
  CloseFor(counters_.connections_lost, link);
  return false;
}

// Says whose picture it is by what the source says, not by what was asked for.
StillReply Origin::AnswerStill(const StillRequest& request, Time now) {
  StillReply reply{Outcome::kNotFound, request.camera, request.binding_epoch, {}, {}};
  if (request.camera.value < options_.cameras) reply = source_.FindStill(request, now);
  if (reply.outcome == Outcome::kOk &&
      (reply.picture.empty() || reply.picture.size() > options_.still_bytes_max))
    reply.outcome = Outcome::kNoStill;
  if (reply.outcome != Outcome::kOk) reply.picture = {};
  counters_.stills.Count(reply.outcome);
  return reply;
}

OwnersReply Origin::AnswerOwners(std::uint32_t link, const OwnersRequest& request, Time now) {
  OwnersReply reply;
  reply.lease = options_.lease;
  for (const Camera camera : request.cameras) {
    const OwnerEntry entry = AnswerOwner(link, camera, now);
    counters_.owners.Count(entry.outcome);
    reply.entries.Add(entry);
  }
  return reply;
}

// What is answered with kOk is leased: the edge is told when it is so no more.
OwnerEntry Origin::AnswerOwner(std::uint32_t link, Camera camera, Time now) {
  Edge& edge = edges_[links_[link].edge];
  const auto refuse = [&](Outcome why) { return OwnerEntry{camera, why, {}, {}, {}, 0}; };
  OwnerEntry entry = refuse(Outcome::kNotFound);
  if (camera.value < options_.cameras) entry = source_.FindOwner(camera);
  const bool found = entry.outcome == Outcome::kOk && entry.owner.value < options_.accounts;
  if (IsShed(edge, found && now < edge.cameras[camera.value], now)) return refuse(Outcome::kShed);
  if (!found) return refuse(Outcome::kNotFound);
  if (OwesConfirmation(link, entry)) return refuse(Outcome::kShed);
  std::uint64_t served = 0;
  for (std::uint32_t i = 0; i < options_.integrations; ++i) {
    if (integrations_open_at_[i] <= now) served |= std::uint64_t{1} << i;
  }
  entry.open_integrations &= served;
  const Time until = Later(now, options_.lease);
  edge.cameras[camera.value] = edge.accounts[entry.owner.value] = edge.any = until;
  return entry;
}

bool Origin::IsShed(Edge& edge, bool renews, Time now) {
  if (Later(edge.window_begins, options_.window) <= now) {
    edge.window_begins = now;
    edge.renewals_in_window = edge.first_asks_in_window = 0;
  }
  std::uint32_t& in_window = renews ? edge.renewals_in_window : edge.first_asks_in_window;
  if (in_window == options_.owners_per_window) return true;
  ++in_window;
  return false;
}

bool Origin::Send(std::uint32_t link, const Message& message) {
  const std::size_t size = WriteFrame(message, out_);
  return size != 0 && transport_.Send(ConnectionOf(link), std::span(out_).first(size));
}

// --- connections that end

void Origin::OnClosed(Connection connection, Time now) {
  AdvanceTo(now);
  if (!IsCurrent(connection)) {
    ++counters_.stale_events;
    return;
  }
  ++counters_.connections_lost;
  Lose(connection.place);
}

void Origin::CloseFor(std::uint64_t& reason, std::uint32_t link) {
  ++reason;
  transport_.Close(ConnectionOf(link));
  Lose(link);
}

void Origin::Lose(std::uint32_t link) {
  links_[link].open = false;
  TellAgain(links_[link].edge);
}

// --- changes

Status Origin::CheckRestore(Integration integration) const {
  if (integration.value >= integrations_open_at_.size()) return Status::kUnknownId;
  return pending_[PlaceOf(integration)].edges == 0 ? Status::kOk : Status::kBusy;
}

// Until a still from before the restore is too old even for an edge that counts to the bound itself.
void Origin::KeepShut(Integration integration, Time now) {
  integrations_open_at_[integration.value] =
      Later(now, options_.still_age_max + std::chrono::microseconds(1));
}

Origin::Changed Origin::Tell(const Invalidation& what, Time now) {
  std::uint64_t edges = 0;
  Time deadline = now;
  for (EdgeId edge = 0; edge < edges_.size(); ++edge) {
    const Time until = LeaseThatConcerns(edges_[edge], what);
    if (until <= now) continue;
    edges |= std::uint64_t{1} << edge;
    deadline = std::max(deadline, until);
  }
  // An earlier change of it that is not settled concerns these leases too: there is none then.
  if (edges == 0) return {.settled = true};
  const std::uint32_t place = PlaceOf(what);
  Pending& pending = pending_[place];
  const std::uint64_t earlier = pending.edges != 0 ? pending.what.change : 0;
  pending.what = what;
  // So that the number leads to the place.
  pending.what.change = ++changes_ * pending_.size() + place;
  SetOwing(place, edges);
  deadlines_.Set(place, deadline);
  const Invalidation told = pending.what;
  for (EdgeId edge = 0; edge < edges_.size(); ++edge) {
    if ((edges >> edge & 1) != 0) TellEdge(edge, told);
  }
  return {.number = told.change, .replaces = earlier};
}

std::uint32_t Origin::PlaceOf(const Invalidation& what) const {
  switch (what.kind) {
    case Invalidation::Kind::kCamera:
      return PlaceOf(what.camera);
    case Invalidation::Kind::kAccount:
      return PlaceOf(what.account);
    case Invalidation::Kind::kLink:
      return PlaceOf(what.account, what.integration);
    case Invalidation::Kind::kIntegration:
      break;
  }
  return PlaceOf(what.integration);
}

// When the last lease ends by which the edge could act on what was before the change.
Time Origin::LeaseThatConcerns(const Edge& edge, const Invalidation& what) const {
  // Through an integration beyond the options no edge serves.
  const bool is_served = what.integration.value < options_.integrations;
  switch (what.kind) {
    case Invalidation::Kind::kCamera:
      return what.camera.value < edge.cameras.size() ? edge.cameras[what.camera.value] : Time();
    case Invalidation::Kind::kLink:
      if (!is_served) return Time();
      [[fallthrough]];
    case Invalidation::Kind::kAccount:
      return what.account.value < edge.accounts.size() ? edge.accounts[what.account.value] : Time();
    case Invalidation::Kind::kIntegration:
      break;
  }
  return is_served ? edge.any : Time();
}

// Which edges have not confirmed the place's change. None: there is none any more.
void Origin::SetOwing(std::uint32_t place, std::uint64_t edges) {
  Pending& pending = pending_[place];
  for (EdgeId edge = 0; edge < edges_.size(); ++edge) {
    edges_[edge].owes -= static_cast<std::uint32_t>(pending.edges >> edge & 1);
    edges_[edge].owes += static_cast<std::uint32_t>(edges >> edge & 1);
  }
  if (pending.edges == 0 && edges != 0) {
    pending.at = static_cast<std::uint32_t>(unsettled_.size());
    unsettled_.push_back(place);
  } else if (pending.edges != 0 && edges == 0) {
    pending_[unsettled_.back()].at = pending.at;
    unsettled_[pending.at] = unsettled_.back();
    unsettled_.pop_back();
  }
  pending.edges = edges;
}

// Whether the edge may not have heard of a change that the entry's lease would let it act against. If
// so it is told again, on the way that the reply takes, and before it.
bool Origin::OwesConfirmation(std::uint32_t link, const OwnerEntry& entry) {
  if (edges_[links_[link].edge].owes == 0) return false;
  bool owes = Owes(link, PlaceOf(entry.camera));
  owes |= Owes(link, PlaceOf(entry.owner));
  for (std::uint32_t i = 0; i < options_.integrations; ++i) {
    owes |= Owes(link, PlaceOf(Integration(i)));
    owes |= Owes(link, PlaceOf(entry.owner, Integration(i)));
  }
  return owes;
}

bool Origin::Owes(std::uint32_t link, std::uint32_t place) {
  Pending& pending = pending_[place];
  if (!IsOwedBy(links_[link].edge, pending)) return false;
  const bool is_told = std::exchange(pending.told_again, requests_) == requests_;
  if (!is_told && links_[link].open) TellOn(link, pending.what);
  return true;
}

// Tells the edge, on any connection that takes it, what it has not confirmed; with none, it is told
// when it opens one.
void Origin::TellAgain(EdgeId edge) {
  if (edges_[edge].owes == 0) return;
  for (std::uint32_t link = 0; link < links_.size(); ++link) {
    if (links_[link].open && links_[link].edge == edge && TellAgainOn(link)) return;
  }
}

// Which of them the edge has heard is not known. False: the connection is closed.
bool Origin::TellAgainOn(std::uint32_t link) {
  for (const std::uint32_t unsettled : unsettled_) {
    const Pending& pending = pending_[unsettled];
    if (!IsOwedBy(links_[link].edge, pending)) continue;
    if (!TellOn(link, pending.what)) return false;
  }
  return true;
}

bool Origin::TellOn(std::uint32_t link, const Invalidation& what) {
  if (Send(link, {0, what})) {
    ++counters_.invalidations_sent;
    return true;
  }
  ++counters_.connections_lost;
  transport_.Close(ConnectionOf(link));
  links_[link].open = false;
  return false;
}

// Only what is new, unless a connection turns out to be lost, and what it carried with it.
void Origin::TellEdge(EdgeId edge, const Invalidation& what) {
  for (std::uint32_t link = 0; link < links_.size(); ++link) {
    if (!links_[link].open || links_[link].edge != edge) continue;
    if (!TellOn(link, what)) TellAgain(edge);
    return;
  }
}

void Origin::OnConfirmation(EdgeId edge, const Confirmation& confirmation) {
  const auto place =
      static_cast<std::uint32_t>(pending_.empty() ? 0 : confirmation.change % pending_.size());
  if (pending_.empty() || pending_[place].what.change != confirmation.change ||
      !IsOwedBy(edge, pending_[place])) {
    ++counters_.foreign_confirmations;
    return;
  }
  ++counters_.confirmations;
  const std::uint64_t edges = pending_[place].edges & ~(std::uint64_t{1} << edge);
  if (edges == 0) return Settle(place, counters_.settled_by_confirmation);
  SetOwing(place, edges);
}

void Origin::Settle(std::uint32_t place, std::uint64_t& how) {
  ++how;
  SetOwing(place, 0);
  deadlines_.Clear(place);
  events_.OnSettled(pending_[place].what.change);
}

// --- time

void Origin::AdvanceTo(Time now) {
  while (const auto place = deadlines_.PopDue(now)) Settle(*place, counters_.settled_by_lease);
}

std::optional<Time> Origin::NextTimer() const { return deadlines_.next(); }

}  // namespace relay::edge
