#include "targets/relay/edge/connection_pool.h"

#include <algorithm>
#include <limits>
#include <variant>

#include "targets/relay/edge/read_messages.h"

namespace relay::edge {
namespace {

// A connection that has had so many requests is opened anew: ids do not wrap on one.
constexpr RequestId kLastFirst = std::numeric_limits<RequestId>::max() / 2;

Errand::Kind KindOf(const Message& reply) {
  return std::holds_alternative<StillReply>(reply.body) ? Errand::Kind::kStill
                                                        : Errand::Kind::kOwners;
}

}  // namespace

void ConnectionPool::Reset(const EdgeOptions& options) {
  options_ = options;
  links_.resize(options.connections);
  for (Link& link : links_) {
    link.state = State::kClosed;
    link.generation = ++last_generation_;
    link.first = 1;
    link.count = 0;
    link.open_after = Time();
  }
  flights_.assign(std::size_t{options.connections} * options.pipeline_depth, Flight{});
  const std::size_t frame_bytes_max = FrameBytesMax(options.still_bytes_max);
  for (Link& link : links_) link.reader.Reset(frame_bytes_max);
  out_.resize(FrameBytesMax(0));
  timers_.Reset(options.connections);
}

// --- requests

Answer<RequestHandle> ConnectionPool::Send(const Body& body, const Errand& errand, Time now) {
  const std::optional<std::uint32_t> place = Choose(now);
  if (!place || links_[*place].count != 0) OpenOne(now);
  if (!place) return {Status::kNoCapacity};
  Link& link = links_[*place];
  const Message message{link.first + link.count, body};
  if (!SendOn(*place, message)) {
    CloseFor(counters_.connections_lost, *place, now);
    return {Status::kNoCapacity};
  }
  FlightOf(*place, message.id) = {errand, now, false};
  ++link.count;
  Arm(*place);
  return {Status::kOk, {ConnectionOf(*place), message.id}};
}

bool ConnectionPool::MakeRoom(Time now) {
  if (Choose(now)) return true;
  OpenOne(now);
  return false;
}

// The open connection with the fewest requests, of those with room that owe nothing for too long.
std::optional<std::uint32_t> ConnectionPool::Choose(Time now) {
  std::optional<std::uint32_t> chosen;
  for (std::uint32_t place = 0; place < links_.size(); ++place) {
    const Link& link = links_[place];
    if (link.state != State::kOpen || link.count == options_.pipeline_depth) continue;
    if (OwesReply(place, now)) continue;
    if (link.first >= kLastFirst) {
      if (link.count == 0) CloseFor(counters_.connections_lost, place, now);
      continue;
    }
    if (!chosen || link.count < links_[*chosen].count) chosen = place;
  }
  return chosen;
}

bool ConnectionPool::OwesReply(std::uint32_t place, Time now) {
  const Link& link = links_[place];
  return link.count != 0 &&
         Later(FlightOf(place, link.first).sent, options_.request_timeout) <= now;
}

// One at a time, so that a burst does not open them all.
void ConnectionPool::OpenOne(Time now) {
  std::optional<std::uint32_t> closed;
  for (std::uint32_t place = 0; place < links_.size(); ++place) {
    if (links_[place].state == State::kOpening) return;
    if (links_[place].state == State::kClosed && links_[place].open_after <= now && !closed)
      closed = place;
  }
  if (!closed) return;
  links_[*closed].state = State::kOpening;
  timers_.Set(*closed, Later(now, options_.open_timeout));
  transport_.Open(ConnectionOf(*closed));
}

bool ConnectionPool::SendOn(std::uint32_t place, const Message& message) {
  const std::size_t size = WriteFrame(message, out_);
  return transport_.Send(ConnectionOf(place), std::span(out_).first(size));
}

void ConnectionPool::GiveUp(const RequestHandle& request) {
  if (request.id == 0 || !IsCurrent(request.connection)) return;
  const Link& link = links_[request.connection.place];
  if (request.id < link.first || request.id >= link.first + link.count) return;
  Flight& flight = FlightOf(request.connection.place, request.id);
  if (flight.given_up) return;
  counters_.requests.Count(Ending::kGivenUp);
  flight.given_up = true;
  Arm(request.connection.place);
}

// --- what the network brings

void ConnectionPool::OnOpened(Connection connection, Time now) {
  if (!IsCurrent(connection) || links_[connection.place].state != State::kOpening) {
    ++counters_.stale_events;
    return;
  }
  ++counters_.connections_opened;
  Link& link = links_[connection.place];
  link.state = State::kOpen;
  timers_.Clear(connection.place);
  link.reader.Reset(FrameBytesMax(options_.still_bytes_max));
  sink_.OnRoom(now);
}

void ConnectionPool::OnBytes(Connection connection, std::span<const std::byte> bytes, Time now) {
  if (!IsCurrent(connection) || links_[connection.place].state != State::kOpen) {
    ++counters_.stale_events;
    return;
  }
  const bool good = ReadMessages(
      links_[connection.place].reader, bytes, counters_.frames, [&](const Message& message) {
        return OnMessage(connection.place, message, now) && IsCurrent(connection);
      });
  if (!good) CloseFor(counters_.connections_distrusted, connection.place, now);
}

// False: the connection is closed for it.
bool ConnectionPool::OnMessage(std::uint32_t place, const Message& message, Time now) {
  if (const auto* invalidation = std::get_if<Invalidation>(&message.body)) {
    Confirm(place, *invalidation, now);
    return true;
  }
  if (std::holds_alternative<StillReply>(message.body) ||
      std::holds_alternative<OwnersReply>(message.body))
    return OnReply(place, message, now);
  CloseFor(counters_.connections_distrusted, place, now);
  return false;
}

bool ConnectionPool::OnReply(std::uint32_t place, const Message& reply, Time now) {
  Link& link = links_[place];
  const Flight flight = FlightOf(place, link.first);
  if (link.count == 0 || reply.id != link.first || KindOf(reply) != flight.errand.kind) {
    ++counters_.foreign_replies;
    CloseFor(counters_.connections_distrusted, place, now);
    return false;
  }
  ++link.first;
  --link.count;
  Arm(place);
  if (flight.given_up) {
    ++counters_.replies_drained;
  } else {
    counters_.requests.Count(Ending::kAnswered);
    sink_.OnReply(flight.errand, reply, flight.sent, now);
  }
  sink_.OnRoom(now);
  return true;
}

void ConnectionPool::Confirm(std::uint32_t place, const Invalidation& invalidation, Time now) {
  const Connection connection = ConnectionOf(place);
  sink_.OnInvalidation(invalidation, now);
  if (!IsCurrent(connection)) return;
  if (!SendOn(place, {0, Confirmation{invalidation.change}}))
    CloseFor(counters_.connections_lost, place, now);
}

void ConnectionPool::OnClosed(Connection connection, Time now) {
  if (!IsCurrent(connection) || links_[connection.place].state == State::kClosed) {
    ++counters_.stale_events;
    return;
  }
  ++counters_.connections_lost;
  Lose(connection.place, now);
}

void ConnectionPool::CloseFor(std::uint64_t& reason, std::uint32_t place, Time now) {
  ++reason;
  transport_.Close(ConnectionOf(place));
  Lose(place, now);
}

// Its askers are told when the place is free already: they may send.
void ConnectionPool::Lose(std::uint32_t place, Time now) {
  Link& link = links_[place];
  const RequestId first = link.first;
  const RequestId end = first + link.count;
  link.state = State::kClosed;
  link.generation = ++last_generation_;
  link.first = 1;
  link.count = 0;
  link.open_after = Later(now, options_.retry_wait);
  timers_.Set(place, link.open_after);
  for (RequestId id = first; id != end; ++id) {
    const Flight flight = FlightOf(place, id);
    if (flight.given_up) continue;
    counters_.requests.Count(Ending::kConnectionLost);
    sink_.OnFailed(flight.errand, now);
  }
}

// --- time

void ConnectionPool::AdvanceTo(Time now) {
  while (const auto place = timers_.PopDue(now)) {
    const Link& link = links_[*place];
    if (link.state == State::kClosed) {
      sink_.OnRoom(now);
      continue;
    }
    if (link.state == State::kOpening) {
      CloseFor(counters_.connections_lost, *place, now);
      continue;
    }
    if (link.count == 0) continue;
    const auto patience = options_.request_timeout + options_.drain_wait;
    if (Later(FlightOf(*place, link.first).sent, patience) <= now) {
      CloseFor(counters_.connections_lost, *place, now);
    } else {
      FailOverdue(*place, now);
    }
  }
}

void ConnectionPool::FailOverdue(std::uint32_t place, Time now) {
  const Link& link = links_[place];
  for (RequestId id = link.first; id != link.first + link.count; ++id) {
    Flight& flight = FlightOf(place, id);
    if (flight.given_up || now < Later(flight.sent, options_.request_timeout)) continue;
    flight.given_up = true;
    counters_.requests.Count(Ending::kTimedOut);
    sink_.OnFailed(flight.errand, now);
  }
  Arm(place);
}

// Requests are in the order of their sending: the first that is not given up is due first.
void ConnectionPool::Arm(std::uint32_t place) {
  const Link& link = links_[place];
  timers_.Clear(place);
  if (link.count == 0) return;
  const Time last =
      Later(FlightOf(place, link.first).sent, options_.request_timeout + options_.drain_wait);
  Time due = last;
  for (RequestId id = link.first; id != link.first + link.count; ++id) {
    const Flight& flight = FlightOf(place, id);
    if (flight.given_up) continue;
    due = std::min(due, Later(flight.sent, options_.request_timeout));
    break;
  }
  timers_.Set(place, due);
}

}  // namespace relay::edge
