#include "targets/relay/edge/origin.h"

#include <algorithm>
#include <variant>

namespace relay::edge {
namespace {

bool IsInRange(const OriginOptions& options) {
  return options.integrations <= kDoorsMax && options.edges <= kEdgesMax &&
         options.lease.count() > 0 && options.changes_max >= 1 && options.window.count() > 0 &&
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
    edge.in_window = 0;
  }
  pending_.assign(options.changes_max, Pending{});
  free_.resize(options.changes_max);
  for (std::uint32_t i = 0; i < options.changes_max; ++i) free_[i] = options.changes_max - 1 - i;
  deadlines_.Reset(options.changes_max);
  doors_open_at_.assign(options.integrations, Time());
  out_.resize(FrameBytesMax(options.still_bytes_max));
  return Status::kOk;
}

// --- requests

Status Origin::OnOpened(Connection connection, EdgeId edge, Time now) {
  AdvanceTo(now);
  if (connection.place >= links_.size() || edge >= edges_.size()) return Status::kUnknownId;
  Link& link = links_[connection.place];
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
  const auto parsed =
      links_[connection.place].reader.Push(bytes, [&](std::span<const std::byte> frame) {
        return OnFrame(connection.place, frame, now) && IsCurrent(connection);
      });
  if (parsed == WireParse::kOk || !IsCurrent(connection)) return;
  counters_.frames.Count(parsed);
  CloseFor(counters_.connections_distrusted, connection.place);
}

// False: the connection is closed for it.
bool Origin::OnFrame(std::uint32_t place, std::span<const std::byte> frame, Time now) {
  Message message;
  const WireParse parsed = ParseFrame(frame, message);
  counters_.frames.Count(parsed);
  bool good = parsed == WireParse::kOk;
  if (good) {
    if (const auto* confirmation = std::get_if<Confirmation>(&message.body)) {
      OnConfirmation(links_[place].edge, *confirmation);
      return true;
    }
    good = std::holds_alternative<StillRequest>(message.body) ||
           std::holds_alternative<OwnersRequest>(message.body);
  }
  if (good) return Reply(place, message, now);
  CloseFor(counters_.connections_distrusted, place);
  return false;
}

bool Origin::Reply(std::uint32_t place, const Message& request, Time now) {
  Message reply{request.id, {}};
  if (const auto* still = std::get_if<StillRequest>(&request.body)) {
    reply.body = AnswerStill(*still, now);
  } else {
    // On the way that the reply takes, and before it.
    if (!TellAgainOn(place)) {
      TellAgain(links_[place].edge);
      return false;
    }
    reply.body = AnswerOwners(links_[place].edge, std::get<OwnersRequest>(request.body), now);
  }
  if (Send(place, reply)) return true;
  CloseFor(counters_.connections_lost, place);
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

OwnersReply Origin::AnswerOwners(EdgeId edge, const OwnersRequest& request, Time now) {
  OwnersReply reply;
  reply.lease = options_.lease;
  for (const Camera camera : request.cameras) {
    const OwnerEntry entry = AnswerOwner(edge, camera, now);
    counters_.owners.Count(entry.outcome);
    reply.entries.Add(entry);
  }
  return reply;
}

// What is answered with kOk is leased: the edge is told when it is so no more.
OwnerEntry Origin::AnswerOwner(EdgeId id, Camera camera, Time now) {
  Edge& edge = edges_[id];
  if (IsShed(edge, now)) return {camera, Outcome::kShed, {}, {}, {}, 0};
  if (camera.value >= options_.cameras) return {camera, Outcome::kNotFound, {}, {}, {}, 0};
  OwnerEntry entry = source_.FindOwner(camera);
  if (entry.outcome != Outcome::kOk || entry.owner.value >= options_.accounts)
    return {camera, Outcome::kNotFound, {}, {}, {}, 0};
  if (OwesConfirmation(id, entry)) return {camera, Outcome::kShed, {}, {}, {}, 0};
  for (std::uint32_t i = 0; i < options_.integrations; ++i) {
    if (now < doors_open_at_[i]) entry.doors &= ~(std::uint64_t{1} << i);
  }
  const Time until = Later(now, options_.lease);
  edge.cameras[camera.value] = edge.accounts[entry.owner.value] = edge.any = until;
  return entry;
}

bool Origin::IsShed(Edge& edge, Time now) {
  if (Later(edge.window_begins, options_.window) <= now) {
    edge.window_begins = now;
    edge.in_window = 0;
  }
  if (edge.in_window == options_.owners_per_window) return true;
  ++edge.in_window;
  return false;
}

bool Origin::Send(std::uint32_t place, const Message& message) {
  const std::size_t size = WriteFrame(message, out_);
  return size != 0 && transport_.Send(ConnectionOf(place), std::span(out_).first(size));
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

void Origin::CloseFor(std::uint64_t& reason, std::uint32_t place) {
  ++reason;
  transport_.Close(ConnectionOf(place));
  Lose(place);
}

void Origin::Lose(std::uint32_t place) {
  links_[place].open = false;
  TellAgain(links_[place].edge);
}

// --- changes

Status Origin::CheckRestore(Integration integration) const {
  if (integration.value >= doors_open_at_.size()) return Status::kUnknownId;
  const bool is_settled = std::ranges::none_of(pending_, [&](const Pending& pending) {
    return pending.edges != 0 && pending.what.kind == Invalidation::Kind::kIntegration &&
           pending.what.integration == integration;
  });
  return is_settled ? Status::kOk : Status::kBusy;
}

// Until a still from before the restore is too old even for an edge that counts to the bound itself.
void Origin::KeepDoorShut(Integration integration, Time now) {
  doors_open_at_[integration.value] =
      Later(now, options_.still_age_max + std::chrono::microseconds(1));
}

Origin::Changed Origin::Tell(const Invalidation& what, Time now) {
  Pending pending{what, 0, now};
  pending.what.change = ++last_change_;
  for (EdgeId edge = 0; edge < edges_.size(); ++edge) {
    const Time until = LeaseThatConcerns(edges_[edge], what);
    if (until <= now) continue;
    pending.edges |= std::uint64_t{1} << edge;
    pending.deadline = std::max(pending.deadline, until);
  }
  if (pending.edges == 0) return {last_change_, true};
  const std::uint32_t place = free_.back();
  free_.pop_back();
  pending_[place] = pending;
  deadlines_.Set(place, pending.deadline);
  for (EdgeId edge = 0; edge < edges_.size(); ++edge) {
    if ((pending.edges >> edge & 1) != 0) TellEdge(edge, pending.what);
  }
  return {last_change_, false};
}

// When the last lease ends by which the edge could act on what was before the change.
Time Origin::LeaseThatConcerns(const Edge& edge, const Invalidation& what) const {
  switch (what.kind) {
    case Invalidation::Kind::kCamera:
      return what.camera.value < edge.cameras.size() ? edge.cameras[what.camera.value] : Time();
    case Invalidation::Kind::kAccount:
    case Invalidation::Kind::kLink:
      return what.account.value < edge.accounts.size() ? edge.accounts[what.account.value] : Time();
    case Invalidation::Kind::kIntegration:
      break;
  }
  return edge.any;
}

// Whether the edge may not have heard of a change that the entry's lease would let it act against.
bool Origin::OwesConfirmation(EdgeId edge, const OwnerEntry& entry) const {
  if (free_.size() == pending_.size()) return false;
  return std::ranges::any_of(pending_, [&](const Pending& pending) {
    if (!IsOwedBy(edge, pending)) return false;
    switch (pending.what.kind) {
      case Invalidation::Kind::kCamera:
        return pending.what.camera == entry.camera;
      case Invalidation::Kind::kAccount:
      case Invalidation::Kind::kLink:
        return pending.what.account == entry.owner;
      case Invalidation::Kind::kIntegration:
        break;
    }
    return true;
  });
}

// Tells the edge, on any connection that takes it, what it has not confirmed; with none, it is told
// when it opens one.
void Origin::TellAgain(EdgeId edge) {
  for (std::uint32_t place = 0; place < links_.size(); ++place) {
    if (links_[place].open && links_[place].edge == edge && TellAgainOn(place)) return;
  }
}

// Which of them the edge has heard is not known. False: the connection is closed.
bool Origin::TellAgainOn(std::uint32_t place) {
  for (const Pending& pending : pending_) {
    if (!IsOwedBy(links_[place].edge, pending)) continue;
    if (!TellOn(place, pending.what)) return false;
  }
  return true;
}

bool Origin::TellOn(std::uint32_t place, const Invalidation& what) {
  if (Send(place, {0, what})) {
    ++counters_.invalidations_sent;
    return true;
  }
  ++counters_.connections_lost;
  transport_.Close(ConnectionOf(place));
  links_[place].open = false;
  return false;
}

// Only what is new, unless a connection turns out to be lost, and what it carried with it.
void Origin::TellEdge(EdgeId edge, const Invalidation& what) {
  for (std::uint32_t place = 0; place < links_.size(); ++place) {
    if (!links_[place].open || links_[place].edge != edge) continue;
    if (!TellOn(place, what)) TellAgain(edge);
    return;
  }
}

void Origin::OnConfirmation(EdgeId edge, const Confirmation& confirmation) {
  const auto confirmed = std::ranges::find_if(pending_, [&](const Pending& pending) {
    return pending.edges != 0 && pending.what.change == confirmation.change;
  });
  if (confirmed == pending_.end() || !IsOwedBy(edge, *confirmed)) {
    ++counters_.foreign_confirmations;
    return;
  }
  ++counters_.confirmations;
  confirmed->edges &= ~(std::uint64_t{1} << edge);
  if (confirmed->edges != 0) return;
  Settle(static_cast<std::uint32_t>(confirmed - pending_.begin()),
         counters_.settled_by_confirmation);
}

void Origin::Settle(std::uint32_t place, std::uint64_t& how) {
  ++how;
  pending_[place].edges = 0;
  deadlines_.Clear(place);
  free_.push_back(place);
  events_.OnSettled(pending_[place].what.change);
}

// --- time

void Origin::AdvanceTo(Time now) {
  while (const auto place = deadlines_.PopDue(now)) Settle(*place, counters_.settled_by_lease);
}

std::optional<Time> Origin::NextTimer() const { return deadlines_.next(); }

}  // namespace relay::edge
