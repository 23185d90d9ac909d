// Whose camera is whose, as far as an edge knows: look-ups at the origin, held under leases, and told
// to the edge's own decision core in the core's own operations.
//
// How no answer outlives what it says
//   1. An entry is held until its lease is over (Gray and Cheriton, "Leases", SOSP 1989), counted
//      from when the look-up was SENT, on the edge's clock: the origin counts from when it came,
//      which is later. While it holds, the origin acknowledges no change that it concerns before this
//      edge has confirmed the invalidation. When it is over the camera is unbound here: every grant,
//      fetch and still of it is void, as after any Unbind().
//   2. The entry binds the camera in the core. Epochs are the edge's own: they count what this edge
//      was told, and no two tellings of different things share one.
//   3. All that happens has a place in one order. An answer that was asked for before an invalidation
//      of its camera, its owner, or any integration is dropped, though it comes after: the fill in
//      flight loses the race, whichever connection it came on.
//   4. An answer says which camera it is of. What it does not say of a camera that was asked for is
//      a refusal; what it says of any other is not heard.
//   5. Renewals go before the look-ups of cameras that are not held, whoever asks for those and for how
//      many: no load of other accounts makes a lease lapse (ISO-007).
//   6. Whatever fails, the answer is no: shed, timed out, out of range, spent epochs. Where the core
//      itself cannot withdraw any more, the edge halts until it is Reset().
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_OWNER_DIRECTORY_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_OWNER_DIRECTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "targets/relay/deadline_queue.h"
#include "targets/relay/edge/connection_pool.h"
#include "targets/relay/edge/edge_counters.h"
#include "targets/relay/edge/edge_options.h"
#include "targets/relay/edge/wire.h"
#include "targets/relay/types.h"

namespace relay::edge {

// REQUIRES: no call back into the directory but Forgo().
class OwnerListener {
 public:
  // A look-up has ended. kHeld: the camera can be granted now.
  virtual void OnLookedUp(Camera camera, LookUp result) = 0;
  // The camera is nobody's here any more; the core knows already.
  virtual void OnUnheld(Camera camera) = 0;

 protected:
  ~OwnerListener() = default;
};

class OwnerDirectory {
 public:
  OwnerDirectory(Core& core, ConnectionPool& pool, OwnerListener& listener, EdgeCounters& counters)
      : core_(core), pool_(pool), listener_(listener), counters_(counters) {}

  // REQUIRES: the core's tables are Reset() to the same options.
  void Reset(const EdgeOptions& options);

  // Takes back what is over by `now`. REQUIRES: called before the core is asked anything at `now`.
  void Lapse(Time now);
  // Sends batches that have waited, and renews leases that are wanted.
  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const;

  // An operation of the core was refused that had to succeed: nothing may be granted or lent.
  bool halted() const { return halted_; }

  // REQUIRES (all): the camera is below options.cameras.
  bool Holds(Camera camera) const { return rows_[camera.value].held; }
  Epoch OriginEpoch(Camera camera) const { return rows_[camera.value].origin_epoch; }
  // Looks the owner up, unless that is under way: one look-up for all who ask.
  void Ask(Camera camera, Time now);
  // From now on its lease is renewed before it is over; and no longer.
  void Want(Camera camera, Time now);
  void Forgo(Camera camera) { rows_[camera.value].wanted = false; }

  // --- what the pool brings ---
  void OnReply(const Errand& errand, const OwnersReply& reply, Time sent, Time now);
  void OnFailed(const Errand& errand, Time now);
  void OnInvalidation(const Invalidation& invalidation, Time now);
  void OnRoom(Time now);

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  using Order = std::uint64_t;

  struct Row {
    Order invalidated = 0;  // when last
    Time until{};           // held: the end of the lease
    Epoch origin_epoch{};
    std::uint32_t batch = kNone;  // that asks for it
    bool queued = false;          // to be asked for
    bool held = false;
    bool wanted = false;
  };
  struct Batch {
    bool in_flight = false;
    std::uint32_t generation = 0;
    Order asked = 0;
    FixedList<Camera, kOwnersPerBatch> cameras;
  };

  // Cameras to be asked for, the first to be asked for first: a ring.
  class Queue {
   public:
    void Reset(std::uint32_t cameras) {
      ring_.assign(cameras, Camera());
      first_ = size_ = 0;
    }
    std::uint32_t size() const { return size_; }
    Camera operator[](std::uint32_t i) const { return ring_[(first_ + i) % ring_.size()]; }
    // REQUIRES: it is not queued yet.
    void Add(Camera camera) {
      ring_[(first_ + size_) % ring_.size()] = camera;
      ++size_;
    }
    void RemoveFirst(std::uint32_t count) {
      first_ = static_cast<std::uint32_t>((first_ + count) % ring_.size());
      size_ -= count;
    }
    // Where it is not empty:
    Time since{};                 // when the first began to wait, or the one before it was sent
    bool waits_for_room = false;  // else for others to go with

   private:
    std::vector<Camera> ring_;
    std::uint32_t first_ = 0;
    std::uint32_t size_ = 0;
  };

  std::uint32_t queued() const { return renewals_.size() + first_asks_.size(); }
  // When the queue is sent, or refused; none: it is empty.
  std::optional<Time> DueOf(const Queue& queue) const;
  void SendQueued(Time now);
  bool SendBatch(Time now);
  std::uint32_t Fill(const Queue& queue, OwnersRequest& request) const;
  void RefuseQueued(Queue& queue, Time now);
  LookUp Apply(const OwnerEntry& entry, Order asked, Time until, Time now);
  bool IsOvertaken(const OwnerEntry& entry, Order asked) const;
  bool BindHere(const OwnerEntry& entry);
  void OpenIntegrations(Account owner, std::uint64_t open_integrations);
  bool IsToBeRenewed(Camera camera) const {
    return renew_timers_.Has(camera.value) || retry_timers_.Has(camera.value);
  }
  void Hold(Camera camera, Time until);
  void Unhold(Camera camera);
  void End(Camera camera, LookUp result, Time now);
  void Must(Status status) { halted_ = halted_ || status != Status::kOk; }

  Core& core_;
  ConnectionPool& pool_;
  OwnerListener& listener_;
  EdgeCounters& counters_;
  EdgeOptions options_;
  bool halted_ = false;
  Order order_ = 0;
  std::vector<Row> rows_;                    // by camera
  std::vector<Order> accounts_invalidated_;  // by account
  Order integrations_invalidated_ = 0;
  std::vector<Batch> batches_;
  // A camera is in one of them at most.
  Queue renewals_;              // of cameras that were held when it was asked for them
  Queue first_asks_;            // of all others
  DeadlineQueue lapse_timers_;  // by camera: the end of its lease
  DeadlineQueue renew_timers_;  // by camera
  DeadlineQueue retry_timers_;  // by camera: its renewal failed
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_OWNER_DIRECTORY_H_
