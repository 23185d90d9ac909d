// An edge relay: shows viewers near it the stills of cameras whose publishers are at an origin far
// away.
//
// A library like the relay itself: whoever embeds it brings the byte streams to the origin, the way
// to the viewers, and the time. Who may be shown what is decided by a decision core (core/) of the
// edge's own; this folder tells it what the origin says and moves bytes.
//
//   - Times are microseconds on any one clock and never go backwards from call to call. AdvanceTo()
//     is called when NextTimer() says.
//   - A change of rights at the origin binds here before the origin acknowledges it (origin.h).
//   - Without the origin, the edge serves on for as long as its leases and its stills last, and then
//     refuses.
//   - What one account does never evicts another's stills. Capacity is shared: viewer places,
//     partitions, and turns on the connections; who comes when they are taken is refused or waits.
//   - In the steady state nothing allocates. Not thread-safe.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_RELAY_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_RELAY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "targets/relay/edge/connection_pool.h"
#include "targets/relay/edge/edge_counters.h"
#include "targets/relay/edge/edge_options.h"
#include "targets/relay/edge/owner_directory.h"
#include "targets/relay/edge/still_cache.h"
#include "targets/relay/edge/stream_transport.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/types.h"

namespace relay::edge {

// What viewers asked for, as it comes: stills, and why there is none. Supplied by whoever embeds the
// edge. Spans are valid during the call only.
// REQUIRES: an implementation does not call the edge back from inside these.
class ViewerAnswers {
 public:
  // One access unit, as the origin's Transport::SendStill() has it.
  virtual void SendStill(ViewerHandle to, std::span<const std::byte> access_unit) = 0;
  // There will be no still for the session's RequestStill(): kNotFilled (none came), kTooOld, what
  // the origin said, or that the edge could not take it (kNoCapacity, kTooLarge, kForeignSource); or
  // why the session's grant is void, and then it is over.
  virtual void OnStillRefused(ViewerHandle to, Status status) = 0;
  // An owner look-up has ended. kHeld: OpenViewer() has an answer now. Not for viewers' eyes: it says
  // whether there is such a camera.
  virtual void OnOwner(Camera camera, LookUp result) = 0;

 protected:
  ~ViewerAnswers() = default;
};

class EdgeRelay final : private ReplySink, private OwnerListener, private StillListener {
 public:
  // Both outlive the edge. Nothing but Reset() may be called before Reset() has answered kOk.
  EdgeRelay(StreamTransport& transport, ViewerAnswers& answers);
  EdgeRelay(const EdgeRelay&) = delete;
  EdgeRelay& operator=(const EdgeRelay&) = delete;

  // A new edge that knows nothing and has no connections; the transport is not told of those before.
  // kMalformed: options out of their ranges. kTooLarge: more slots than can be numbered. On both,
  // nothing changed. Allocates only to grow.
  Status Reset(const EdgeOptions& options);

  // --- viewer sessions ---

  // What the authenticated account asks for; without an integration, by the app's way.
  struct Wish {
    Account account{};
    Camera camera{};
    std::optional<Integration> integration;
  };
  // kBusy: the camera's owner is being looked up; OnOwner() follows, and then the caller asks
  // again. kUnknownId, kNotFound (the camera is not the account's), kNotLinked, kSuspended,
  // kNoCapacity, kExhausted.
  Answer<ViewerHandle> OpenViewer(const Wish& wish, Time now);
  // kUnknownId, kNoSession.
  Status CloseViewer(ViewerHandle viewer, Time now);
  // Shows the session one still of its camera. kOk: ViewerAnswers::SendStill() was called before this
  // returned. kBusy: one is being fetched; SendStill() or OnStillRefused() follows. kNotFilled: none
  // is to be had now. kUnknownId, kNoSession, or why the session's grant is void, which ends it.
  Status RequestStill(ViewerHandle viewer, Time now);

  // --- what the transport reports; of connections that were given up, nothing is heard ---
  void OnOpened(Connection connection, Time now);
  void OnBytes(Connection connection, std::span<const std::byte> bytes, Time now);
  void OnClosed(Connection connection, Time now);

  // --- time ---
  void AdvanceTo(Time now);
  std::optional<Time> NextTimer() const;

  const EdgeCounters& counters() const { return counters_; }
  // Whom it may show what. To write there is for tests, of epochs that are spent.
  Core& core() { return core_; }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  struct Session {
    std::uint32_t next = kNone;  // of the same camera
    std::uint32_t previous = kNone;
    Generation generation{};
    Camera camera{};
    bool waits = false;  // for the camera's fetch
  };
  struct View {
    std::uint32_t first_viewer = kNone;
    std::uint32_t port = kNone;  // its place in the still cache: while there are viewers
  };

  Answer<ViewerHandle> Open(const Wish& wish, Time now);
  Answer<ViewerHandle> Admit(const Grant& grant, Time now);
  Answer<Grant> GrantOf(const Wish& wish, Time now);
  Status Show(std::uint32_t place, Time now);
  void Refuse(std::uint32_t place, Status status);
  ViewerHandle HandleOf(std::uint32_t place) const {
    return {Viewer(place), sessions_[place].generation};
  }
  void Enlist(std::uint32_t place, Camera camera);
  void Drop(std::uint32_t place);
  void Vacate(Camera camera);
  void DropSomeThatAreOver(Time now);

  void OnReply(const Errand& errand, const Message& reply, Time sent, Time now) override;
  void OnFailed(const Errand& errand, Time now) override;
  void OnInvalidation(const Invalidation& invalidation, Time now) override;
  void OnRoom(Time now) override;
  void OnLookedUp(Camera camera, LookUp result) override;
  void OnUnheld(Camera camera) override;
  void OnFetched(Port port, Status status, Time now) override;

  ViewerAnswers& answers_;
  EdgeOptions options_;
  EdgeCounters counters_;
  Core core_;
  FrameStore store_;
  ConnectionPool pool_;
  OwnerDirectory directory_;
  StillCache cache_;
  std::vector<Session> sessions_;  // by viewer
  std::vector<View> views_;        // by camera
  std::vector<Camera> cameras_of_ports_;
  std::vector<std::uint32_t> free_;  // viewer places, the last used one last
  std::uint32_t next_to_look_at_ = 0;
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_RELAY_H_
