#include "targets/relay/fan_out.h"

#include <algorithm>
#include <bit>

namespace relay {
namespace {

constexpr std::uint32_t kLookedAtWhenFull = 64;

// Whether a refusal says that the session is over, rather than that this slot is not for it.
bool IsOver(Status status) {
  switch (status) {
    case Status::kUnknownId:
    case Status::kNoSession:
    case Status::kStaleBinding:
    case Status::kRevoked:
    case Status::kNotLinked:
    case Status::kSuspended:
    case Status::kExpired:
      return true;
    default:
      return false;
  }
}

}  // namespace

void FanOut::Reset(const Options& options) {
  options_ = options;
  sessions_.assign(options.viewers, Session{});
  feeds_.assign(options.cameras, Feed{});
  free_.resize(options.viewers);
  for (std::uint32_t i = 0; i < options.viewers; ++i) free_[i] = options.viewers - 1 - i;
  still_timers_.Reset(options.viewers);
  next_to_look_at_ = 0;
}

// --- sessions

Answer<ViewerHandle> FanOut::Open(const Grant& grant, const StreamIdentity& identity, Time now) {
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
  session.falls_back = grant.via_integration && options_.still_fallback;
  session.rewriter = RtpRewriter(identity);
  session.fallback = feeds_[grant.camera.value].still;
  Enlist(place, grant.camera);
  const ViewerHandle handle = HandleOf(place);
  if (!feeds_[grant.camera.value].gop.empty()) GoLive(place, now);
  return {Status::kOk, handle};
}

Status FanOut::Close(ViewerHandle viewer, Time now) {
  const Status status = core_.CheckViewer(viewer.viewer, viewer.generation, now);
  if (status == Status::kUnknownId || status == Status::kNoSession) return status;
  Drop(viewer.viewer.value);
  return status == Status::kOk ? status : Status::kNoSession;
}

// kOk, kUnknownId or kNoSession: a session whose grant is void is dropped here.
Status FanOut::CheckOpen(ViewerHandle viewer, Time now) {
  const Status status = core_.CheckViewer(viewer.viewer, viewer.generation, now);
  if (status == Status::kOk || status == Status::kUnknownId || status == Status::kNoSession)
    return status;
  ++counters_.sessions_dropped;
  Drop(viewer.viewer.value);
  return Status::kNoSession;
}

Status FanOut::OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost, Time now) {
  const Status status = CheckOpen(viewer, now);
  if (status != Status::kOk) return status;
  const std::uint32_t place = viewer.viewer.value;
  Session& session = sessions_[place];
  if (!session.falls_back) return Status::kOk;
  if (fraction_lost > options_.degrade_at) {
    session.recovering = false;
    if (session.mode != Mode::kDegraded) Degrade(place, now);
  } else if (fraction_lost < options_.recover_at) {
    session.recovering = session.mode == Mode::kDegraded;
  }
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
    const Slot slot = store_.PacketSlot(feeds_[session.camera.value].port, *source);
    if (!SendPacket(place, *source, slot, Sending::kAgain, now)) return false;
  }
  return true;
}

void FanOut::Degrade(std::uint32_t place, Time now) {
  ++counters_.sessions_degraded;
  Session& session = sessions_[place];
  session.mode = Mode::kDegraded;
  // Without a still from its camera now, what it remembers has to do.
  const Slot still = feeds_[session.camera.value].still;
  if (still != kNoSlot) session.fallback = still;
  ServeStill(place, now);
}

void FanOut::Enlist(std::uint32_t place, Camera camera) {
  Session& session = sessions_[place];
  Feed& feed = feeds_[camera.value];
  session.camera = camera;
  session.next = feed.first_viewer;
  if (session.next != kNone) sessions_[session.next].previous = place;
  feed.first_viewer = place;
}

// REQUIRES: the place has a session.
void FanOut::Drop(std::uint32_t place) {
  Session& session = sessions_[place];
  core_.CloseViewer(Viewer(place), session.generation);
  still_timers_.Clear(place);
  if (session.next != kNone) sessions_[session.next].previous = session.previous;
  if (session.previous != kNone) {
    sessions_[session.previous].next = session.next;
  } else {
    feeds_[session.camera.value].first_viewer = session.next;
  }
  free_.push_back(place);
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
    if (status == Status::kOk || status == Status::kNoSession) continue;
    ++counters_.sessions_dropped;
    Drop(place);
  }
}

// --- packets

void FanOut::OnPublisherStarted(Camera camera, Port port) {
  Feed& feed = feeds_[camera.value];
  feed.publishing = true;
  feed.port = port;
  for (std::uint32_t place = feed.first_viewer; place != kNone; place = sessions_[place].next) {
    if (sessions_[place].mode == Mode::kLive) sessions_[place].mode = Mode::kAwaitingIdr;
  }
}

void FanOut::OnPublisherStopped(Camera camera) {
  Feed& feed = feeds_[camera.value];
  feed.publishing = false;
  feed.gop = {};
  feed.still = kNoSlot;
}

void FanOut::OnPacket(Camera camera, ExtendedSequence sequence, const Gop& gop, bool gop_begins,
                      Time now) {
  Feed& feed = feeds_[camera.value];
  feed.gop = gop;
  const Slot slot = store_.PacketSlot(feed.port, sequence);
  for (std::uint32_t place = feed.first_viewer; place != kNone;) {
    const Session& session = sessions_[place];
    const std::uint32_t next = session.next;  // the session may be dropped below
    if (next != kNone) {
      __builtin_prefetch(&sessions_[next]);
      core_.state().viewers.Prefetch(Viewer(next));
    }
    if (session.mode == Mode::kLive) {
      SendPacket(place, sequence, slot, Sending::kFirst, now);
    } else if (gop_begins && (session.mode == Mode::kAwaitingIdr || session.recovering)) {
      GoLive(place, now);
    }
    place = next;
  }
}

void FanOut::GoLive(std::uint32_t place, Time now) {
  Session& session = sessions_[place];
  if (session.mode == Mode::kDegraded) ++counters_.sessions_recovered;
  session.mode = Mode::kLive;
  session.recovering = false;
  const Feed& feed = feeds_[session.camera.value];
  session.rewriter.Restart(feed.payload_type);
  still_timers_.Clear(place);
  for (ExtendedSequence sequence = feed.gop.begin; sequence != feed.gop.end; ++sequence) {
    const Slot slot = store_.PacketSlot(feed.port, sequence);
    if (!SendPacket(place, sequence, slot, Sending::kFirst, now)) return;
  }
}

// False: the session is over, and gone.
bool FanOut::SendPacket(std::uint32_t place, ExtendedSequence sequence, Slot slot, Sending sending,
                        Time now) {
  const ViewerHandle handle = HandleOf(place);
  const auto lent = core_.LendPacket(handle.viewer, handle.generation, slot, now);
  counters_.packet_lends.Count(lent.status);
  if (lent.status != Status::kOk) {
    if (!IsOver(lent.status)) return true;
    ++counters_.sessions_dropped;
    Drop(place);
    return false;
  }
  const StoredPacket packet = ReadPacket(store_.Bytes(lent.lease));
  // Lost: its slot still holds an older one.
  if (packet.sequence != sequence) return true;
  RtpRewriter& rewriter = sessions_[place].rewriter;
  if (sending == Sending::kAgain) ++counters_.packets_sent_again;
  const RtpRewriter::Header header =
      sending == Sending::kFirst ? rewriter.Rewrite(packet, now) : rewriter.Repeat(packet);
  transport_.SendPacket(handle, header, packet.payload);
  return true;
}

// --- stills

void FanOut::OnStill(Camera camera, Slot slot, Time now) {
  Feed& feed = feeds_[camera.value];
  feed.still = slot;
  for (std::uint32_t place = feed.first_viewer; place != kNone;) {
    Session& session = sessions_[place];
    const std::uint32_t next = session.next;
    session.fallback = slot;
    if (session.mode == Mode::kDegraded) ServeStill(place, now);
    place = next;
  }
}

void FanOut::AdvanceTo(Time now) {
  while (const auto place = still_timers_.PopDue(now)) ServeStill(*place, now);
}

// Sends the still that the session remembers. Where that is not to be had any more, forgets it and
// looks for one from its camera's publisher session now; else nothing is sent.
void FanOut::ServeStill(std::uint32_t place, Time now) {
  Session& session = sessions_[place];
  still_timers_.Set(place, Later(now, options_.still_interval));
  Status status = SendStill(place, now);
  if (status != Status::kOk && !IsOver(status)) {
    const Slot remembered = session.fallback;
    session.fallback = feeds_[session.camera.value].still;
    if (session.fallback != remembered) status = SendStill(place, now);
  }
  if (!IsOver(status)) return;
  ++counters_.sessions_dropped;
  Drop(place);
}

Status FanOut::SendStill(std::uint32_t place, Time now) {
  const ViewerHandle handle = HandleOf(place);
  const Slot slot = sessions_[place].fallback;
  if (slot == kNoSlot) {
    const Status status = core_.CheckViewer(handle.viewer, handle.generation, now);
    return status == Status::kOk ? Status::kNotFilled : status;
  }
  const auto lent = core_.LendStill(handle.viewer, handle.generation, slot, now);
  counters_.still_lends.Count(lent.status);
  if (lent.status == Status::kOk) transport_.SendStill(handle, store_.Bytes(lent.lease));
  return lent.status;
}

}  // namespace relay
