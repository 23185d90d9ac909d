// An edge's stills: one place for each camera that has viewer sessions here, filled from the origin.
//
// How a still goes to its own camera's viewers and to nobody else
//   1. To the decision core a fetch is a publisher session of the camera, on the port that is the
//      place's: begun when the request is sent, ended with the reply, or when it is given up. So the
//      core judges a reply as it judges a datagram: it is the camera's if the camera is still bound
//      as it was when the fetch began, if the reply says that it is this camera's picture of this
//      binding (its source), and if it answers this fetch and no earlier one (its SSRC).
//   2. One fetch at a time for a place serves all who wait there. A place is of one camera in one
//      binding: whoever may be shown a still of the one fetch may be shown it by the core's own rule,
//      which is asked for each of them again.
//   3. Its time of admission is when the request was sent less the age that the reply says: no later
//      than the camera published it. The core's bound (ISO-005) counts from there, however stale a
//      still is served while another is fetched.
//   4. Places are given at admission and taken back when the camera's last viewer session ends or its
//      lease does; no load on one camera takes another's (ISO-007). Who needs one when all are taken
//      is refused.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_STILL_CACHE_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_STILL_CACHE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "targets/relay/deadline_queue.h"
#include "targets/relay/edge/connection_pool.h"
#include "targets/relay/edge/edge_counters.h"
#include "targets/relay/edge/edge_options.h"
#include "targets/relay/edge/wire.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/types.h"

namespace relay::edge {

// REQUIRES: no call back into the cache but GiveBack().
class StillListener {
 public:
  // The fetch that was under way for the place has ended. kOk: the slot holds a still now; else none came.
  virtual void OnFetched(Port place, Status status, Time now) = 0;

 protected:
  ~StillListener() = default;
};

class StillCache {
 public:
  StillCache(Core& core, FrameStore& store, ConnectionPool& pool, StillListener& listener,
             EdgeCounters& counters)
      : core_(core), store_(store), pool_(pool), listener_(listener), counters_(counters) {}

  // REQUIRES: core and store are Reset() for as many ports as there are partitions.
  void Reset(const EdgeOptions& options);

  // A place for the camera, in the binding that the origin calls so; kNoCapacity.
  Answer<Port> Take(Camera camera, Epoch origin_epoch);
  // REQUIRES: taken. What was being fetched for it comes to nothing, and OnFetched() does not follow.
  void GiveBack(Port place);

  // The slot to lend from, if a still was ever put into one for this place.
  std::optional<Slot> still(Port place) const;

  // Fetches a still unless one is being fetched. kBusy: OnFetched() follows; kNotFilled: not now, the last attempt has
  // just failed.
  Status Fetch(Port place, Time now);
  // Fetches one in the background if the place's is no longer fresh.
  void Revalidate(Port place, Time now);

  // --- what the pool brings ---
  void OnReply(const Errand& errand, const StillReply& reply, Time sent, Time now);
  void OnFailed(const Errand& errand, Time now);
  void OnRoom(Time now);

  // Fails fetches that have waited too long for room.
  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const { return queue_timers_.next(); }

 private:
  struct Place {
    bool taken = false;
    bool fetching = false;  // its request is under way
    bool has_still = false;
    std::uint8_t side = 0;    // of the two slots, the one with the still
    std::uint32_t fetch = 0;  // counts the fetches: which of them is under way
    Camera camera{};
    Epoch origin_epoch{};
    RequestHandle request;
    Time fetched_at{};  // when the still that is held was asked for
    Time not_before{};  // the next fetch
  };

  bool SendFetch(Port port, Time now);
  Status Fill(const Errand& errand, const StillReply& reply, Time sent);
  void EndFetch(Port port);

  Core& core_;
  FrameStore& store_;
  ConnectionPool& pool_;
  StillListener& listener_;
  EdgeCounters& counters_;
  EdgeOptions options_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;  // the last used one last
  DeadlineQueue queue_timers_;       // by place: waits for room in the pool, until then
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_STILL_CACHE_H_
