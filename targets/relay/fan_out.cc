#include "targets/relay/fan_out.h"

#include <algorithm>
#include <bit>

namespace relay {
namespace {

constexpr std::uint32_t kLookedAtWhenFull = 64;
constexpr unsigned kSessionsAhead = 4;

}  // namespace

void FanOut::Reset(const Options& options) {
  options_ = options;
  sessions_.assign(options.viewers, Session{});
  next_.assign(options.viewers, kNone);
  places_.assign(options.viewers, Place{});
  feeds_.assign(options.cameras, Feed{});
  accounts_.assign(options.accounts, OfAccount{});
  free_.resize(options.viewers);
  for (std::uint32_t i = 0; i < options.viewers; ++i) free_[i] = options.viewers - 1 - i;
  still_timers_.Reset(options.viewers);
  pace_timers_.Reset(options.viewers);
  next_to_look_at_ = 0;
}

// --- sessions

Answer<ViewerHandle> FanOut::Open(const Grant& grant, const StreamIdentity& identity, Time now) {
  if (!HasShareLeft(grant.account, now)) return {Status::kNoCapacity};
  if (free_.empty()) DropSomeThatAreOver(now);
  if (free_.empty()) return {Status::kNoCapacity};
  const std::uint32_t place = free_.back();
  const auto opened = core_.OpenViewer(Viewer(place), grant, now);
  if (opened.status == Status::kExhausted) free_.pop_back();  // this place has had its last session
  if (opened.status != Status::kOk) return {opened.status};
  free_.pop_back();
  Session& session = sessions_[place];
  session = Session{};
  session.generation = opened.value;
  session.rewriter = RtpRewriter(identity);
  places_[place] = {.camera = grant.camera,
                    .fallback = feeds_[grant.camera.value].still,
                    .falls_back = grant.via_integration && options_.still_fallback};
  Enlist(place, grant.camera, grant.account);
  const ViewerHandle handle = HandleOf(place);
  Tell(EventKind::kViewerOpened, place);
  if (!feeds_[grant.camera.value].gop.empty()) GoLive(place, now);
  return {Status::kOk, handle};
}

Status FanOut::Close(ViewerHandle viewer, Time now) {
  const Status status = core_.CheckViewer(viewer.viewer, viewer.generation, now);
  if (status == Status::kUnknownId || status == Status::kNoSession) return status;
  End(viewer.viewer.value, status);
  return status == Status::kOk ? status : Status::kNoSession;
}

// kOk, kUnknownId or kNoSession: a session whose grant is void is dropped here.
Status FanOut::CheckOpen(ViewerHandle viewer, Time now) {
  const Status status = core_.CheckViewer(viewer.viewer, viewer.generation, now);
  if (status == Status::kOk || status == Status::kUnknownId || status == Status::kNoSession)
    return status;
  Drop(viewer.viewer.value, status);
  return Status::kNoSession;
}

Status FanOut::OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost, Time now) {
  const Status status = CheckOpen(viewer, now);
  if (status != Status::kOk) return status;
  const std::uint32_t index = viewer.viewer.value;
  Place& place = places_[index];
  if (!place.falls_back) return Status::kOk;
  const bool degraded = sessions_[index].mode == Mode::kDegraded;
  if (fraction_lost > options_.degrade_at) {
    place.recovering = false;
    place.slow = false;
    if (!degraded) Degrade(index, now);
  } else if (fraction_lost < options_.recover_at) {
    place.recovering = degraded;
  }
  return Status::kOk;
}

Status FanOut::OnWritable(ViewerHandle viewer, Time now) {
  const Status status = CheckOpen(viewer, now);
  if (status != Status::kOk) return status;
  const std::uint32_t place = viewer.viewer.value;
  Session& session = sessions_[place];
  if (!session.blocked) return Status::kOk;
  session.blocked = false;
  if (session.mode == Mode::kDegraded && places_[place].slow) places_[place].recovering = true;
  if (session.behind) SendQueued(place, now);
  return Status::kOk;
}

Answer<bool> FanOut::OnFeedback(ViewerHandle viewer, const RtcpCompound& said, Time now) {
  const Status status = CheckOpen(viewer, now);
  if (status != Status::kOk) return {status};
  const std::uint32_t place = viewer.viewer.value;
  const std::uint32_t ssrc = sessions_[place].rewriter.ssrc();
  for (const ReportBlock& block : said.report_blocks) {
    if (block.ssrc != ssrc) continue;
    const Status reported = OnLossReport(viewer, block.fraction_lost, now);
    if (reported != Status::kOk) return {reported};
  }
  for (const Nack& nack : said.nacks) {
    if (nack.media_ssrc == ssrc && !SendAgain(place, nack, now)) return {Status::kNoSession};
  }
  const bool wants_picture = std::find(said.picture_requests.begin(), said.picture_requests.end(),
                                       ssrc) != said.picture_requests.end();
  return {Status::kOk, wants_picture};
}

// False: the session is over, and gone.
bool FanOut::SendAgain(std::uint32_t place, const Nack& nack, Time now) {
  const std::uint32_t numbers = std::uint32_t{nack.following} << 1 | 1;
  for (std::uint32_t rest = numbers; rest != 0; rest &= rest - 1) {
    const Session& session = sessions_[place];
    if (session.mode != Mode::kLive) return true;
    const auto source =
        session.rewriter.SourceOf(static_cast<std::uint16_t>(nack.first + std::countr_zero(rest)));
    if (!source) continue;
    const Slot slot = store_.PacketSlot(feeds_[places_[place].camera.value].port, *source);
    if (!MaySend(place, now)) return true;  // it may ask once more
    if (SendPacket(place, *source, slot, Sending::kAgain, now) == Sent::kSessionOver) return false;
  }
  return true;
}

void FanOut::Degrade(std::uint32_t place, Time now) {
  ++counters_.sessions_degraded;
  Session& session = sessions_[place];
  session.mode = Mode::kDegraded;
  session.behind = false;
  pace_timers_.Clear(place);
  Tell(EventKind::kDegraded, place);
  ServeStill(place, now);
}

void FanOut::Enlist(std::uint32_t place, Camera camera, Account account) {
  Feed& feed = feeds_[camera.value];
  next_[place] = feed.first_viewer;
  if (feed.first_viewer != kNone) places_[feed.first_viewer].previous = place;
  feed.first_viewer = place;
  OfAccount& own = accounts_[account.value];
  places_[place].next_of_account = own.first;
  if (own.first != kNone) places_[own.first].previous_of_account = place;
  own.first = place;
  ++own.sessions;
}

// REQUIRES: it was enlisted so, and the core has it open.
void FanOut::Delist(std::uint32_t place) {
  const Place& rest = places_[place];
  const std::uint32_t next = next_[place];
  if (next != kNone) places_[next].previous = rest.previous;
  if (rest.previous != kNone) {
    next_[rest.previous] = next;
  } else {
    feeds_[rest.camera.value].first_viewer = next;
  }
  OfAccount& own = accounts_[core_.state().viewers.Read(Viewer(place)).grant.account.value];
  if (own.look_at == place) own.look_at = rest.next_of_account;
  if (rest.next_of_account != kNone)
    places_[rest.next_of_account].previous_of_account = rest.previous_of_account;
  if (rest.previous_of_account != kNone) {
    places_[rest.previous_of_account].next_of_account = rest.next_of_account;
  } else {
    own.first = rest.next_of_account;
  }
  --own.sessions;
}

// The session's grant turned out to be void.
void FanOut::Drop(std::uint32_t place, Status why) {
  ++counters_.sessions_dropped;
  End(place, why);
}

// REQUIRES: the place has a session.
void FanOut::End(std::uint32_t place, Status why) {
  Tell(EventKind::kViewerEnded, place, why);
  still_timers_.Clear(place);
  pace_timers_.Clear(place);
  Delist(place);
  core_.CloseViewer(Viewer(place), sessions_[place].generation);
  free_.push_back(place);
}

// Where it is used up, its own sessions that are over make room: nobody else's matter. Each opening
// looks at some, so that what it costs does not grow with the share.
bool FanOut::HasShareLeft(Account account, Time now) {
  const std::uint32_t share = options_.viewers_per_account;
  OfAccount& own = accounts_[account.value];
  if (share == 0 || own.sessions < share) return true;
  for (std::uint32_t i = std::min(own.sessions, kLookedAtWhenFull); i > 0; --i) {
    const std::uint32_t place = own.look_at != kNone ? own.look_at : own.first;
    own.look_at = places_[place].next_of_account;
    const Status status = core_.CheckViewer(Viewer(place), sessions_[place].generation, now);
    if (status != Status::kOk) Drop(place, status);
  }
  return own.sessions < share;
}

// Sessions whose camera sends nothing are not noticed by any lend: when places are short, each
// opening looks at some.
void FanOut::DropSomeThatAreOver(Time now) {
  const auto places = static_cast<std::uint32_t>(sessions_.size());
  for (std::uint32_t i = 0; i < std::min(places, kLookedAtWhenFull); ++i) {
    const std::uint32_t place = next_to_look_at_;
    next_to_look_at_ = (place + 1) % places;
    const ViewerHandle handle = HandleOf(place);
    const Status status = core_.CheckViewer(handle.viewer, handle.generation, now);
    if (status != Status::kOk && status != Status::kNoSession) Drop(place, status);
  }
}

// --- packets

// visit(place) may end that session, and no other.
template <class Visit>
void FanOut::ForEachSession(const Feed& feed, const Visit& visit) {
  std::uint32_t ahead = feed.first_viewer;
  const auto look_ahead = [&] {
    __builtin_prefetch(&sessions_[ahead], 1);
    core_.state().viewers.Prefetch(Viewer(ahead));
    ahead = next_[ahead];
  };
  for (unsigned i = 0; i < kSessionsAhead && ahead != kNone; ++i) look_ahead();
  for (std::uint32_t place = feed.first_viewer; place != kNone;) {
    const std::uint32_t next = next_[place];
    if (ahead != kNone) look_ahead();
    visit(place);
    place = next;
  }
}

void FanOut::OnPublisherStarted(Camera camera, Port port) {
  events_.Tell({.kind = EventKind::kPublisherStarted, .camera = camera, .port = port});
  Feed& feed = feeds_[camera.value];
  feed.publishing = true;
  feed.port = port;
  for (std::uint32_t place = feed.first_viewer; place != kNone; place = next_[place]) {
    Session& session = sessions_[place];
    if (session.mode == Mode::kLive) session.mode = Mode::kAwaitingIdr;
    session.behind = false;
    pace_timers_.Clear(place);
  }
}

void FanOut::OnPublisherStopped(Camera camera) {
  Feed& feed = feeds_[camera.value];
  events_.Tell({.kind = EventKind::kPublisherStopped, .camera = camera, .port = feed.port});
  feed.publishing = false;
  feed.gop = {};
  feed.still = kNoSlot;
}

void FanOut::OnGopLost(Camera camera) {
  events_.Tell({.kind = EventKind::kGopLost, .camera = camera});
  feeds_[camera.value].gop = {};
}

void FanOut::OnPacket(Camera camera, const ReleasedPacket& packet, Time now) {
  const ExtendedSequence sequence = packet.sequence;
  const bool gop_begins = packet.gop_begins;
  Feed& feed = feeds_[camera.value];
  feed.gop = packet.gop;
  feed.end = sequence + 1;
  if (gop_begins) events_.Tell({.kind = EventKind::kGopBegan, .camera = camera});
  const Slot slot = store_.PacketSlot(feed.port, sequence);
  ForEachSession(feed, [&](std::uint32_t place) {
    const Session& session = sessions_[place];
    if (session.mode == Mode::kLive) {
      if (gop_begins && !session.behind)
        places_[place].overflows = 0;  // it kept up with the last one
      if (session.behind || !MaySend(place, now) ||
          SendPacket(place, sequence, slot, Sending::kFirst, now) == Sent::kNotNow)
        Queue(place, packet, now);
    } else if (gop_begins && (session.mode == Mode::kAwaitingIdr || places_[place].recovering)) {
      if (session.blocked) {
        MissPicture(place, now);
      } else {
        GoLive(place, now);
      }
    }
  });
}

// The camera's newest packet waits with those before it, if the session is not too far behind.
void FanOut::Queue(std::uint32_t place, const ReleasedPacket& packet, Time now) {
  Session& session = sessions_[place];
  if (!session.behind) {
    session.behind = true;
    places_[place].queued = packet.sequence;
  } else if (IsTooFarBehind(place, packet)) {
    ++counters_.queues_overflowed;
    Tell(EventKind::kQueueOverflowed, place);
    MissPicture(place, now);
  }
}

// Where a packet that waits could be overwritten, by those in the reorder window for instance; and where it is slow.
// No sign of that is what lay in the GOP cache when it went live, nor that an access unit is larger than its pace.
bool FanOut::IsTooFarBehind(std::uint32_t place, const ReleasedPacket& packet) const {
  const std::uint32_t room = std::max(1U, options_.gop_packets_max - options_.reorder_packets_max);
  const Place& rest = places_[place];
  if (packet.sequence - rest.queued >= room) return true;
  return rest.queued >= rest.live_from &&
         packet.unit_begin >= rest.queued + options_.queue_packets_max;
}

// The session is shown nothing until the next picture that decodes on its own; where that happens
// again and again, it is shown stills. Here it is asked whether it is over: no lend asks while it is
// sent nothing.
void FanOut::MissPicture(std::uint32_t place, Time now) {
  Session& session = sessions_[place];
  const Status status = core_.CheckViewer(Viewer(place), session.generation, now);
  if (status != Status::kOk) return Drop(place, status);
  Place& rest = places_[place];
  rest.overflows = static_cast<std::uint8_t>(std::min<int>(rest.overflows + 1, 255));
  session.behind = false;
  pace_timers_.Clear(place);
  if (session.mode == Mode::kLive) session.mode = Mode::kAwaitingIdr;
  if (session.mode == Mode::kAwaitingIdr && rest.falls_back &&
      rest.overflows >= options_.overflows_to_stills) {
    rest.slow = true;
    rest.recovering = !session.blocked;  // what its pace held up may go on with the next picture
    Degrade(place, now);
  }
}

void FanOut::GoLive(std::uint32_t place, Time now) {
  Session& session = sessions_[place];
  if (session.mode == Mode::kDegraded) ++counters_.sessions_recovered;
  Tell(EventKind::kWentLive, place);
  session.mode = Mode::kLive;
  session.behind = true;
  places_[place].recovering = false;
  const Feed& feed = feeds_[places_[place].camera.value];
  places_[place].queued = feed.gop.begin;
  places_[place].live_from = feed.gop.end;
  session.rewriter.Restart(feed.payload_type);
  still_timers_.Clear(place);
  SendQueued(place, now);
}

// REQUIRES: the session is behind.
void FanOut::SendQueued(std::uint32_t place, Time now) {
  Place& rest = places_[place];
  const Feed& feed = feeds_[rest.camera.value];
  for (; rest.queued < feed.end; ++rest.queued) {
    if (!MaySend(place, now)) return;
    const Slot slot = store_.PacketSlot(feed.port, rest.queued);
    if (SendPacket(place, rest.queued, slot, Sending::kFirst, now) != Sent::kSent) return;
  }
  sessions_[place].behind = false;
}

// A timer makes up for what is put off for its pace, OnWritable() for what the transport holds up.
void FanOut::PutOff(std::uint32_t place, Time now) {
  if (sessions_[place].blocked) return;
  if (pace_timers_.Has(place)) return;
  ++counters_.sends_paced;
  pace_timers_.Set(place, Later(now, options_.pacing_interval));
}

FanOut::Sent FanOut::SendPacket(std::uint32_t place, ExtendedSequence sequence, Slot slot,
                                Sending sending, Time now) {
  const ViewerHandle handle = HandleOf(place);
  const auto lent = core_.LendPacket(handle.viewer, handle.generation, slot, now);
  counters_.packet_lends.Count(lent.status);
  if (lent.status != Status::kOk) {
    if (!EndsSession(lent.status)) return Sent::kSent;
    Drop(place, lent.status);
    return Sent::kSessionOver;
  }
  const StoredPacket packet = ReadPacket(store_.Bytes(lent.lease));
  // Lost: its slot still holds an older one.
  if (packet.sequence != sequence) return Sent::kSent;
  Session& session = sessions_[place];
  const RtpRewriter::Header header = sending == Sending::kFirst
                                         ? session.rewriter.Rewrite(packet, now)
                                         : session.rewriter.Repeat(packet);
  if (!transport_.SendPacket(handle, header, packet.payload)) {
    ++counters_.sends_refused;
    session.blocked = true;
    return Sent::kNotNow;
  }
  if (sending == Sending::kAgain) ++counters_.packets_sent_again;
  session.pacer.OnSent(header.size() + packet.payload.size());
  return Sent::kSent;
}

// --- stills

void FanOut::OnStill(Camera camera, Slot slot, Time now) {
  events_.Tell({.kind = EventKind::kStillCompleted, .camera = camera});
  Feed& feed = feeds_[camera.value];
  feed.still = slot;
  ForEachSession(feed, [&](std::uint32_t place) {
    places_[place].fallback = slot;
    if (sessions_[place].mode == Mode::kDegraded) ServeStill(place, now);
  });
}

Answer<LentStill> FanOut::LastStill(Camera camera, Time now) const {
  if (camera.value >= feeds_.size()) return {Status::kUnknownId};
  const Slot slot = feeds_[camera.value].still;
  if (slot == kNoSlot) return {Status::kNotFilled};
  const auto lent = core_.LendStillOfBinding(camera, slot, now);
  if (lent.status != Status::kOk) return {lent.status};
  const auto& held = core_.state().slots.Read(slot);
  return {Status::kOk, {held.binding_epoch, held.arrived_at, store_.Bytes(lent.lease)}};
}

void FanOut::AdvanceTo(Time now) {
  while (const auto place = still_timers_.PopDue(now)) ServeStill(*place, now);
  while (const auto place = pace_timers_.PopDue(now)) {
    if (sessions_[*place].behind) SendQueued(*place, now);
  }
}

// Sends the still that the session remembers, where the core still lends it.
void FanOut::ServeStill(std::uint32_t place, Time now) {
  still_timers_.Set(place, Later(now, options_.still_interval));
  const Status status = SendStill(place, now);
  if (EndsSession(status)) Drop(place, status);
}

Status FanOut::SendStill(std::uint32_t place, Time now) {
  const ViewerHandle handle = HandleOf(place);
  const Slot slot = places_[place].fallback;
  if (slot == kNoSlot) {
    const Status status = core_.CheckViewer(handle.viewer, handle.generation, now);
    return status == Status::kOk ? Status::kNotFilled : status;
  }
  const auto lent = core_.LendStill(handle.viewer, handle.generation, slot, now);
  counters_.still_lends.Count(lent.status);
  if (lent.status == Status::kOk && !transport_.SendStill(handle, store_.Bytes(lent.lease)))
    ++counters_.sends_refused;
  return lent.status;
}

}  // namespace relay
