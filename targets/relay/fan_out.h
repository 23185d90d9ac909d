// The receiving side: viewer sessions, and what each of them is sent.
//
// A session is sent packets while it is live: first the GOP cache, then each packet as it is
// released. Where its pace or its transport holds it up it falls behind: its queue is a place in the
// camera's GOP cache, without a copy. One that falls too far behind waits for the next IDR. Under
// loss, and where it misses one IDR after the other, one that came through an integration falls back
// to stills until it recovers, and is live again from the next IDR on.
//
// The session remembers the slot of the still that it would fall back to. That number is a hint,
// like every slot number here: the slot may hold another camera's still by the time that it is
// needed. What may be shown is decided by the core, each time, and only its Lease leads to bytes.
#ifndef FRAMEFENCE_TARGETS_RELAY_FAN_OUT_H_
#define FRAMEFENCE_TARGETS_RELAY_FAN_OUT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "targets/relay/core/large_vector.h"
#include "targets/relay/counters.h"
#include "targets/relay/deadline_queue.h"
#include "targets/relay/events.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/gop_cache.h"
#include "targets/relay/options.h"
#include "targets/relay/pacer.h"
#include "targets/relay/rtcp.h"
#include "targets/relay/rtp_rewriter.h"
#include "targets/relay/saved_state.h"
#include "targets/relay/transport.h"
#include "targets/relay/types.h"

namespace relay {

struct LentStill {
  Machine::Epoch binding_epoch{};
  Time arrived_at{};
  std::span<const std::byte> access_unit;  // Annex B
};

class FanOut {
 public:
  FanOut(Core& core, const FrameStore& store, Transport& transport, Counters& counters,
         const EventHook& events)
      : core_(core), store_(store), transport_(transport), counters_(counters), events_(events) {}

  void Reset(const Options& options);

  // A session on a grant that the core gave; its stream begins at `identity`. kNoCapacity, or what
  // the core says.
  Answer<ViewerHandle> Open(const Grant& grant, const StreamIdentity& identity, Time now);

  // Both: kNoSession also where the session's grant is void, whether that was noticed before or
  // not.
  Status Close(ViewerHandle viewer, Time now);
  Status OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost, Time now);
  // The transport, which refused something for it, takes more again.
  Status OnWritable(ViewerHandle viewer, Time now);

  // What a viewer says of its own stream in RTCP: its loss, and packets that it wants again. What it
  // says of any other is passed over. The value: whether it wants a picture that decodes on its own.
  // Statuses as above.
  Answer<bool> OnFeedback(ViewerHandle viewer, const RtcpCompound& said, Time now);
  bool HasPictureFor(Camera camera) const { return !feeds_[camera.value].gop.empty(); }
  // REQUIRES: the session is open.
  Camera CameraOf(ViewerHandle viewer) const { return places_[viewer.viewer.value].camera; }

  // --- what publisher sessions tell ---
  void OnPublisherStarted(Camera camera, Port port);
  void OnPublisherStopped(Camera camera);
  // What the packets of its publisher session are, before the first of them.
  void OnPayloadType(Camera camera, std::uint8_t payload_type) {
    feeds_[camera.value].payload_type = payload_type;
  }
  // Says that the next packet is the camera's.
  void Prefetch(Camera camera) const { __builtin_prefetch(&feeds_[camera.value], 1); }
  // The camera's GOP cache had to give up its packets.
  void OnGopLost(Camera camera);
  // The next packet in order is committed.
  struct ReleasedPacket {
    ExtendedSequence sequence = 0;
    ExtendedSequence unit_begin = 0;  // of its access unit
    Gop gop;                          // which includes it
    bool gop_begins = false;          // with its access unit
  };
  void OnPacket(Camera camera, const ReleasedPacket& packet, Time now);
  // A new last good still is committed.
  void OnStill(Camera camera, Slot slot, Time now);

  // Contract in relay.h.
  Answer<LentStill> LastStill(Camera camera, Time now) const;

  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const {
    return Soonest({still_timers_.next(), pace_timers_.next()});
  }

  // --- upgrades ---
  // The session in the place. REQUIRES: the core has it open.
  SavedSession Save(Viewer viewer) const;
  // Goes on with a session that the core has open. REQUIRES: since Reset() there were only these;
  // FindFreePlaces() after the last of them, before anything else.
  void Resume(const SavedSession& saved);
  void FindFreePlaces();
  bool HasViewersOf(Camera camera) const { return feeds_[camera.value].first_viewer != kNone; }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr Slot kNoSlot{~std::uint32_t{0}};

  enum class Mode : std::uint8_t { kAwaitingIdr, kLive, kDegraded };

  // What each packet looks at, in a cache line: of many sessions each packet finds its own cold.
  struct alignas(kCacheLineBytes) Session {
    Generation generation{};
    RtpRewriter rewriter;
    Pacer pacer;
    Mode mode = Mode::kAwaitingIdr;
    bool behind = false;   // live, and what is next for it is not the camera's newest packet
    bool blocked = false;  // by the transport
  };
  static_assert(sizeof(Session) == kCacheLineBytes);

  // The rest of a session.
  struct Place {
    std::uint32_t previous = kNone;  // of the same camera
    std::uint32_t next_of_account = kNone;
    std::uint32_t previous_of_account = kNone;
    Camera camera{};
    ExtendedSequence queued = 0;     // where it is behind: the first packet that it was not sent
    ExtendedSequence live_from = 0;  // after the GOP that it went live with
    Slot fallback = kNoSlot;
    std::uint8_t overflows = 0;  // in a row
    bool falls_back = false;     // to stills
    bool slow = false;           // what it was degraded for; else loss
    bool recovering = false;     // degraded until the next IDR
  };

  // The sessions of one account.
  struct OfAccount {
    std::uint32_t first = kNone;
    std::uint32_t look_at = kNone;  // by HasShareLeft(), next; kNone: the first
    std::uint32_t sessions = 0;
  };

  // What a camera's publisher session has for its viewers.
  struct Feed {
    std::uint32_t first_viewer = kNone;
    bool publishing = false;
    std::uint8_t payload_type = 0;
    Port port{};
    ExtendedSequence end = 0;  // after the newest packet
    Gop gop;
    Slot still = kNoSlot;
  };

  ViewerHandle HandleOf(std::uint32_t place) const {
    return {Viewer(place), sessions_[place].generation};
  }
  Status CheckOpen(ViewerHandle viewer, Time now);

  enum class Sending : bool { kFirst, kAgain };
  // kSent also where there was nothing to send: what was lost on the way here.
  enum class Sent : std::uint8_t { kSent, kNotNow, kSessionOver };

  // Whether the session's transport and its pace allow a packet now. Inline: one for each packet and viewer.
  bool MaySend(std::uint32_t place, Time now) {
    Session& session = sessions_[place];
    if (!session.blocked &&
        session.pacer.HasRoom(options_.pacing_bytes, options_.pacing_interval, now)) [[likely]]
      return true;
    PutOff(place, now);
    return false;
  }
  void PutOff(std::uint32_t place, Time now);
  Sent SendPacket(std::uint32_t place, ExtendedSequence sequence, Slot slot, Sending sending,
                  Time now);
  void Queue(std::uint32_t place, const ReleasedPacket& packet, Time now);
  bool IsTooFarBehind(std::uint32_t place, const ReleasedPacket& packet) const;
  void SendQueued(std::uint32_t place, Time now);
  void MissPicture(std::uint32_t place, Time now);
  bool SendAgain(std::uint32_t place, const Nack& nack, Time now);
  Status SendStill(std::uint32_t place, Time now);
  void ServeStill(std::uint32_t place, Time now);
  void GoLive(std::uint32_t place, Time now);
  void Degrade(std::uint32_t place, Time now);
  bool HasShareLeft(Account account, Time now);
  // Walks a camera's sessions, and has what each packet looks at of the next few on its way: they lie
  // anywhere.
  template <class Visit>
  void ForEachSession(const Feed& feed, const Visit& visit);
  void Enlist(std::uint32_t place, Camera camera, Account account);
  void Delist(std::uint32_t place);
  void End(std::uint32_t place, Status why);
  void Drop(std::uint32_t place, Status why);
  void DropSomeThatAreOver(Time now);
  void Tell(EventKind kind, std::uint32_t place, Status why = Status::kOk) const {
    events_.Tell(
        {.kind = kind, .camera = places_[place].camera, .viewer = HandleOf(place), .why = why});
  }

  Core& core_;
  const FrameStore& store_;
  Transport& transport_;
  Counters& counters_;
  const EventHook& events_;
  Options options_;
  core::LargeVector<Session> sessions_;  // by viewer
  // By viewer: the next of the same camera, so dense that all are at hand.
  core::LargeVector<std::uint32_t> next_;
  core::LargeVector<Place> places_;  // by viewer
  core::LargeVector<Feed> feeds_;    // by camera
  std::vector<OfAccount> accounts_;
  std::vector<std::uint32_t> free_;    // places without a session, the last used one last
  DeadlineQueue still_timers_;         // of degraded sessions
  DeadlineQueue pace_timers_;          // of sessions that are paced
  std::uint32_t next_to_look_at_ = 0;  // for DropSomeThatAreOver()
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_FAN_OUT_H_
