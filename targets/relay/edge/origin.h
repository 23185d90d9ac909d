// The origin's side of edge relays: answers their requests, and holds back the acknowledgement of a
// change of rights until no edge acts on what was before.
//
// How a revoke binds at every edge once it is acknowledged
//   1. An owner look-up that is answered with kOk is a lease (Gray and Cheriton, "Leases", SOSP 1989):
//      until it is over, by this clock, the edge is told of every change that concerns it.
//   2. Change() applies a change at the source first, so that no lease is given on what was before;
//      then it tells the edges that hold a lease which the change concerns. The change is settled
//      when each of them has confirmed, or when the last of those leases is over, whoever is silent.
//      What asked for the change is told that it is done when it is settled, not before.
//   3. An edge counts its lease from when it asked, which is before this origin answered: an edge that
//      is cut off has stopped before the origin stops waiting for it.
//   4. No lease is given or renewed to an edge that has not confirmed a change which the lease
//      concerns: it would outlast the wait for the one before, and the edge, which finds its entry
//      unchanged, would go on. It is told that change again, before the refusal, on the connection
//      that it asked on.
//   5. An edge whose connection is lost is told again on another. To be told twice voids more, never
//      less.
//   6. Each camera, account, link and integration has a place of its own for a change that is not
//      settled: however many changes one account makes, and however many an edge holds up, no other's
//      is refused (ISO-007). A second change of the same thing takes the place of the first, which is
//      settled with it: edges are told of the second, and to confirm that is to act on both.
//   7. Renewals are counted apart from the look-ups of cameras that the edge has no lease on: strangers'
//      load sheds no renewal.
//
// Widening changes (Link, a new camera's first Bind) need no settling: an edge learns of them when it
// looks up next. Restore() is one of them, with a wait: edges hold stills from before it for as long
// as a still may be shown.
//
// In the steady state nothing allocates. Not thread-safe.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_ORIGIN_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_ORIGIN_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "targets/relay/counters.h"
#include "targets/relay/deadline_queue.h"
#include "targets/relay/edge/edge_options.h"
#include "targets/relay/edge/stream_transport.h"
#include "targets/relay/edge/wire.h"
#include "targets/relay/types.h"

namespace relay::edge {

// Where the origin has its answers from: a relay that cameras publish to.
class OriginSource {
 public:
  // Fills in owner, name, binding epoch, and for each integration whether it is linked and not
  // suspended; or another outcome: kNotFound.
  virtual OwnerEntry FindOwner(Camera camera) = 0;

  // The camera's last good still, in the binding epoch that is asked for: kNotFound,
  // kStaleBinding, kNoStill. The bytes are valid until the next call.
  virtual StillReply FindStill(const StillRequest& request, Time now) = 0;

 protected:
  ~OriginSource() = default;
};

class OriginEvents {
 public:
  // Every edge acts on the change, or on nothing: it can be acknowledged, and with it each change
  // whose place it took.
  virtual void OnSettled(std::uint64_t change) = 0;

 protected:
  ~OriginEvents() = default;
};

struct OriginCounters {
  Tally<WireParse, kWireParseCount> frames;
  Tally<Outcome, kOutcomeCount> stills;
  Tally<Outcome, kOutcomeCount> owners;
  std::uint64_t connections_distrusted = 0;
  std::uint64_t connections_lost = 0;
  std::uint64_t stale_events = 0;  // of connections that were given up before
  std::uint64_t invalidations_sent = 0;
  std::uint64_t confirmations = 0;
  std::uint64_t foreign_confirmations = 0;  // of nothing that the edge was told
  std::uint64_t settled_by_confirmation = 0;
  std::uint64_t settled_by_lease = 0;  // an edge was silent until its lease was over
};

class Origin {
 public:
  using EdgeId = std::uint32_t;

  // All outlive the origin. Nothing but Reset() may be called before Reset() has answered kOk.
  Origin(StreamTransport& transport, OriginSource& source, OriginEvents& events)
      : transport_(transport), source_(source), events_(events) {}
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  // A new origin. REQUIRES: no edge holds a lease of an earlier one: a lease's length has passed since
  // it answered, or edges are Reset() too. kMalformed: options out of their ranges; nothing changed.
  // Allocates only to grow.
  Status Reset(const OriginOptions& options);

  // --- changes of rights ---

  struct Changed {
    bool settled = false;      // already; else OnSettled(number) follows
    std::uint64_t number = 0;  // not settled: never given twice
    // Not 0: the change whose place this one takes, and which is settled with it.
    std::uint64_t replaces = 0;
  };
  // Applies `change`, which answers a Status, and tells edges what is void by it. The status is what
  // `change` answered; where that is not kOk nothing was told.
  template <class Change>
  Answer<Changed> Apply(const Invalidation& what, Time now, Change&& change) {
    AdvanceTo(now);
    const Status status = change();
    if (status != Status::kOk) return {status};
    return {Status::kOk, Tell(what, now)};
  }
  // Applies `change`, which restores the integration. kUnknownId; kBusy: its suspension is not settled
  // yet, nothing was applied; else what `change` answered. REQUIRES: it is suspended.
  template <class Change>
  Status Restore(Integration integration, Time now, Change&& change) {
    AdvanceTo(now);
    Status status = CheckRestore(integration);
    if (status == Status::kOk) status = change();
    if (status == Status::kOk) KeepShut(integration, now);
    return status;
  }

  // --- what the transport reports ---

  // A connection that is known to be that edge's. kUnknownId: no such edge, or no such place.
  Status OnOpened(Connection connection, EdgeId edge, Time now);
  void OnBytes(Connection connection, std::span<const std::byte> bytes, Time now);
  void OnClosed(Connection connection, Time now);

  // --- time ---
  void AdvanceTo(Time now);
  std::optional<Time> NextTimer() const;

  const OriginCounters& counters() const { return counters_; }

 private:
  struct Link {
    bool open = false;
    std::uint32_t generation = 0;
    EdgeId edge = 0;
    FrameReader reader;
  };
  // Leases by their ends, on this clock.
  struct Edge {
    std::vector<Time> cameras;
    std::vector<Time> accounts;  // the last of the account's cameras
    Time any{};                  // the last of all
    Time window_begins{};
    std::uint32_t renewals_in_window = 0;
    std::uint32_t first_asks_in_window = 0;
    std::uint32_t owes = 0;  // confirmations
  };
  // The change of one thing that is not settled.
  struct Pending {
    Invalidation what;
    std::uint64_t edges = 0;       // bit i: edge i has not confirmed; 0: there is no such change
    std::uint32_t at = 0;          // its index in unsettled_
    std::uint64_t told_again = 0;  // for which request last
  };

  bool IsCurrent(Connection connection) const {
    return connection.place < links_.size() && links_[connection.place].open &&
           links_[connection.place].generation == connection.generation;
  }
  Connection ConnectionOf(std::uint32_t place) const { return {place, links_[place].generation}; }

  bool OnMessage(std::uint32_t link, const Message& message, Time now);
  bool Reply(std::uint32_t link, const Message& request, Time now);
  StillReply AnswerStill(const StillRequest& request, Time now);
  OwnersReply AnswerOwners(std::uint32_t link, const OwnersRequest& request, Time now);
  OwnerEntry AnswerOwner(std::uint32_t link, Camera camera, Time now);
  bool IsShed(Edge& edge, bool renews, Time now);
  bool Send(std::uint32_t link, const Message& message);
  void CloseFor(std::uint64_t& reason, std::uint32_t link);
  void Lose(std::uint32_t link);

  Status CheckRestore(Integration integration) const;
  void KeepShut(Integration integration, Time now);
  Changed Tell(const Invalidation& what, Time now);
  Time LeaseThatConcerns(const Edge& edge, const Invalidation& what) const;
  // Where pending_ has the change of that thing. REQUIRES: the ids are within the options.
  std::uint32_t PlaceOf(const Invalidation& what) const;
  std::uint32_t PlaceOf(Camera camera) const { return camera.value; }
  std::uint32_t PlaceOf(Account account) const { return options_.cameras + account.value; }
  std::uint32_t PlaceOf(Integration integration) const {
    return options_.cameras + options_.accounts + integration.value;
  }
  std::uint32_t PlaceOf(Account account, Integration integration) const {
    return PlaceOf(Integration(options_.integrations)) + account.value * options_.integrations +
           integration.value;
  }
  static bool IsOwedBy(EdgeId edge, const Pending& pending) {
    return (pending.edges >> edge & 1) != 0;
  }
  void SetOwing(std::uint32_t place, std::uint64_t edges);
  bool OwesConfirmation(std::uint32_t link, const OwnerEntry& entry);
  bool Owes(std::uint32_t link, std::uint32_t place);
  void TellEdge(EdgeId edge, const Invalidation& what);
  void TellAgain(EdgeId edge);
  bool TellAgainOn(std::uint32_t link);
  bool TellOn(std::uint32_t link, const Invalidation& what);
  void OnConfirmation(EdgeId edge, const Confirmation& confirmation);
  void Settle(std::uint32_t place, std::uint64_t& how);

  StreamTransport& transport_;
  OriginSource& source_;
  OriginEvents& events_;
  OriginOptions options_;
  OriginCounters counters_;
  std::vector<Link> links_;
  std::vector<Edge> edges_;
  std::vector<Pending> pending_;            // by thing, see PlaceOf()
  std::vector<std::uint32_t> unsettled_;    // those of pending_ that some edge has not confirmed
  DeadlineQueue deadlines_;                 // of those: the end of the last lease that it concerns
  std::vector<Time> integrations_open_at_;  // by integration: not before, since it was restored
  std::uint64_t changes_ = 0;
  std::uint64_t requests_ = 0;
  std::vector<std::byte> out_;
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_ORIGIN_H_
