// An edge's connections to its origin: requests are pipelined on them, and each reply goes to who
// asked for it.
//
// How a reply never goes to another's asker
//   1. A connection keeps its requests in the order in which they were sent. A reply is to the
//      first of them that is not answered, and says so: with any other id the connection is closed.
//   2. A request that timed out or was given up keeps its turn: its reply is read and dropped. A
//      connection does not become free by being asked nothing more.
//   3. A connection whose origin owes a reply for too long is asked nothing new, and then closed;
//      with it fall all its requests. A new connection has a new generation, and nothing that is
//      reported of an earlier one is read.
//   4. The asker is told by its Errand, which no byte that came from the network can change.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_CONNECTION_POOL_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_CONNECTION_POOL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "targets/relay/deadline_queue.h"
#include "targets/relay/edge/edge_counters.h"
#include "targets/relay/edge/edge_options.h"
#include "targets/relay/edge/stream_transport.h"
#include "targets/relay/edge/wire.h"
#include "targets/relay/types.h"

namespace relay::edge {

// Who asked, and for what: the asker's own words.
struct Errand {
  enum class Kind : std::uint8_t { kStill, kOwners };
  Kind kind = Kind::kStill;
  std::uint32_t subject = 0;     // a partition, or a batch
  std::uint32_t generation = 0;  // which of the subject's requests
};

// One request that was sent: where, and its place in the order there.
struct RequestHandle {
  Connection connection;
  RequestId id = 0;  // 0: none
};

// REQUIRES: none of these calls the pool's On...() or AdvanceTo().
class ReplySink {
 public:
  // Exactly one of these two follows each request, unless it is given up. A reply is of the type
  // that its request asks for; `sent` is when that was.
  virtual void OnReply(const Errand& errand, const Message& reply, Time sent, Time now) = 0;
  virtual void OnFailed(const Errand& errand, Time now) = 0;
  // The origin is told that it is done when this returns.
  virtual void OnInvalidation(const Invalidation& invalidation, Time now) = 0;
  // There may be room for requests again.
  virtual void OnRoom(Time now) = 0;

 protected:
  ~ReplySink() = default;
};

class ConnectionPool {
 public:
  ConnectionPool(StreamTransport& transport, ReplySink& sink, EdgeCounters& counters)
      : transport_(transport), sink_(sink), counters_(counters) {}

  // All connections closed; the transport is not told of those before. Allocates only to grow.
  void Reset(const EdgeOptions& options);

  // kNoCapacity: not now; OnRoom() will follow, if the origin is there. Opens connections as they
  // are needed.
  Answer<RequestHandle> Send(const Body& body, const Errand& errand, Time now);
  // Whether Send() would find room. Where it would not, a connection is opened, if one may be: who
  // waits for room asks by this, again at each OnRoom().
  bool MakeRoom(Time now);
  // Nothing follows the request any more. Of one that has ended: nothing happens.
  void GiveUp(const RequestHandle& request);

  void OnOpened(Connection connection, Time now);
  void OnBytes(Connection connection, std::span<const std::byte> bytes, Time now);
  void OnClosed(Connection connection, Time now);

  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const { return timers_.next(); }

 private:
  struct Flight {
    Errand errand;
    Time sent{};
    bool given_up = false;
  };
  enum class State : std::uint8_t { kClosed, kOpening, kOpen };
  struct Link {
    State state = State::kClosed;
    std::uint32_t generation = 0;
    RequestId first = 1;      // the first request that is not answered
    std::uint32_t count = 0;  // of those
    Time open_after{};        // closed: not opened again before
    FrameReader reader;
  };

  Connection ConnectionOf(std::uint32_t place) const { return {place, links_[place].generation}; }
  bool IsCurrent(Connection connection) const {
    return connection.place < links_.size() &&
           links_[connection.place].generation == connection.generation;
  }
  Flight& FlightOf(std::uint32_t place, RequestId id) {
    return flights_[std::size_t{place} * options_.pipeline_depth + id % options_.pipeline_depth];
  }

  std::optional<std::uint32_t> Choose(Time now);
  bool OwesReply(std::uint32_t place, Time now);
  void OpenOne(Time now);
  bool SendOn(std::uint32_t place, const Message& message);
  bool OnMessage(std::uint32_t place, const Message& message, Time now);
  bool OnReply(std::uint32_t place, const Message& reply, Time now);
  void Confirm(std::uint32_t place, const Invalidation& invalidation, Time now);
  void Lose(std::uint32_t place, Time now);
  void CloseFor(std::uint64_t& reason, std::uint32_t place, Time now);
  void FailOverdue(std::uint32_t place, Time now);
  void Arm(std::uint32_t place);

  StreamTransport& transport_;
  ReplySink& sink_;
  EdgeCounters& counters_;
  EdgeOptions options_;
  // Of all places, and through Reset(): what is still reported of an earlier connection is of none later.
  std::uint32_t last_generation_ = 0;
  std::vector<Link> links_;
  std::vector<Flight> flights_;  // pipeline_depth for each link, by id modulo that
  std::vector<std::byte> out_;   // the frame that is being sent
  // By link: when it may be opened again, has been opening for too long, or a request has waited
  // for too long.
  DeadlineQueue timers_;
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_CONNECTION_POOL_H_
