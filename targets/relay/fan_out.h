// The receiving side: viewer sessions, and what each of them is sent.
//
// A session is sent packets while it is live: first the GOP cache, then each packet as it is
// released. Under loss, one that came through an integration falls back to stills until it
// recovers, and is live again from the next IDR on.
//
// The session remembers the slot of the still that it would fall back to. That number is a hint,
// like every slot number here: the slot may hold another camera's still by the time that it is
// needed. What may be shown is decided by the core, each time, and only its Lease leads to bytes.
#ifndef FRAMEFENCE_TARGETS_RELAY_FAN_OUT_H_
#define FRAMEFENCE_TARGETS_RELAY_FAN_OUT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "targets/relay/counters.h"
#include "targets/relay/deadline_queue.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/gop_cache.h"
#include "targets/relay/options.h"
#include "targets/relay/rtcp.h"
#include "targets/relay/rtp_rewriter.h"
#include "targets/relay/transport.h"
#include "targets/relay/types.h"

namespace relay {

class FanOut {
 public:
  FanOut(Core& core, const FrameStore& store, Transport& transport, Counters& counters)
      : core_(core), store_(store), transport_(transport), counters_(counters) {}

  void Reset(const Options& options);

  // A session on a grant that the core gave; its stream begins at `identity`. kNoCapacity, or what
  // the core says.
  Answer<ViewerHandle> Open(const Grant& grant, const StreamIdentity& identity, Time now);

  // Both: kNoSession also where the session's grant is void, whether that was noticed before or
  // not.
  Status Close(ViewerHandle viewer, Time now);
  Status OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost, Time now);

  // What a viewer says of its own stream in RTCP: its loss, and packets that it wants again. What it
  // says of any other is passed over. The value: whether it wants a picture that decodes on its own.
  // Statuses as above.
  Answer<bool> OnFeedback(ViewerHandle viewer, const RtcpCompound& said, Time now);
  bool HasPictureFor(Camera camera) const { return !feeds_[camera.value].gop.empty(); }
  // REQUIRES: the session is open.
  Camera CameraOf(ViewerHandle viewer) const { return sessions_[viewer.viewer.value].camera; }

  // --- what publisher sessions tell ---
  void OnPublisherStarted(Camera camera, Port port);
  void OnPublisherStopped(Camera camera);
  // What the packets of its publisher session are, before the first of them.
  void OnPayloadType(Camera camera, std::uint8_t payload_type) {
    feeds_[camera.value].payload_type = payload_type;
  }
  // The camera's GOP cache had to give up its packets.
  void OnGopLost(Camera camera) { feeds_[camera.value].gop = {}; }
  // The next packet in order is committed. `gop` includes it; `gop_begins`: with the access unit
  // that it is of.
  void OnPacket(Camera camera, ExtendedSequence sequence, const Gop& gop, bool gop_begins,
                Time now);
  // A new last good still is committed.
  void OnStill(Camera camera, Slot slot, Time now);

  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const { return still_timers_.next(); }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr Slot kNoSlot{~std::uint32_t{0}};

  enum class Mode : std::uint8_t { kAwaitingIdr, kLive, kDegraded };

  // A cache line: of many sessions each packet finds its own cold.
  struct alignas(64) Session {
    std::uint32_t next = kNone;  // of the same camera
    std::uint32_t previous = kNone;
    Generation generation{};
    Mode mode = Mode::kAwaitingIdr;
    bool falls_back = false;  // to stills, under loss
    bool recovering = false;  // degraded until the next IDR
    RtpRewriter rewriter;
    Camera camera{};
    Slot fallback = kNoSlot;
  };

  // What a camera's publisher session has for its viewers.
  struct Feed {
    std::uint32_t first_viewer = kNone;
    bool publishing = false;
    std::uint8_t payload_type = 0;
    Port port{};
    Gop gop;
    Slot still = kNoSlot;
  };

  ViewerHandle HandleOf(std::uint32_t place) const {
    return {Viewer(place), sessions_[place].generation};
  }
  Status CheckOpen(ViewerHandle viewer, Time now);

  enum class Sending : bool { kFirst, kAgain };

  bool SendPacket(std::uint32_t place, ExtendedSequence sequence, Slot slot, Sending sending,
                  Time now);
  bool SendAgain(std::uint32_t place, const Nack& nack, Time now);
  Status SendStill(std::uint32_t place, Time now);
  void ServeStill(std::uint32_t place, Time now);
  void GoLive(std::uint32_t place, Time now);
  void Degrade(std::uint32_t place, Time now);
  void Enlist(std::uint32_t place, Camera camera);
  void Drop(std::uint32_t place);
  void DropSomeThatAreOver(Time now);

  Core& core_;
  const FrameStore& store_;
  Transport& transport_;
  Counters& counters_;
  Options options_;
  std::vector<Session> sessions_;      // by viewer
  std::vector<Feed> feeds_;            // by camera
  std::vector<std::uint32_t> free_;    // places without a session, the last used one last
  DeadlineQueue still_timers_;         // of degraded sessions
  std::uint32_t next_to_look_at_ = 0;  // for DropSomeThatAreOver()
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_FAN_OUT_H_
