#include "targets/relay/edge/edge_relay.h"

#include <algorithm>
#include <limits>
#include <variant>

namespace relay::edge {
namespace {

constexpr std::uint32_t kLookedAtWhenFull = 64;

bool IsInRange(const EdgeOptions& options) {
  return options.cameras >= 1 && options.integrations <= kIntegrationsMax &&
         options.connections >= 1 && options.pipeline_depth >= 1 &&
         options.open_timeout.count() > 0 && options.owners_per_batch >= 1 &&
         options.owners_per_batch <= kOwnersPerBatch && options.request_timeout.count() > 0 &&
         options.drain_wait.count() >= 0 && options.retry_wait.count() > 0 &&
         options.batch_wait.count() >= 0 && options.lease_margin.count() >= 0 &&
         options.renew_before.count() > 0 && options.still_fresh.count() >= 0 &&
         options.still_age_max.count() >= 0 && options.viewer_lifetime.count() > 0;
}

// Of the relay's store, stills only.
Options StoreOptions(const EdgeOptions& options) {
  Options store;
  store.ports = options.partitions;
  store.gop_packets_max = 0;
  store.still_bytes_max = options.still_bytes_max;
  return store;
}

void ResetCore(const EdgeOptions& options, Core& core) {
  Core::State& state = core.state();
  state.Reset({.accounts = options.accounts,
               .cameras = options.cameras,
               .names = options.names,
               .integrations = options.integrations,
               .ports = options.partitions,
               .slots = FrameStore::SlotCount(StoreOptions(options)),
               .viewers = options.viewers});
  state.still_age_max = Later(Time(), options.still_age_max);
  state.first_still_slot = Slot();
}

}  // namespace

EdgeRelay::EdgeRelay(StreamTransport& transport, ViewerAnswers& answers)
    : answers_(answers),
      pool_(transport, *this, counters_),
      directory_(core_, pool_, *this, counters_),
      cache_(core_, store_, pool_, *this, counters_) {}

Status EdgeRelay::Reset(const EdgeOptions& options) {
  if (!IsInRange(options)) return Status::kMalformed;
  if (FrameStore::SlotCount(StoreOptions(options)) >= std::numeric_limits<std::uint32_t>::max())
    return Status::kTooLarge;
  options_ = options;
  counters_ = EdgeCounters();
  ResetCore(options, core_);
  store_.Reset(StoreOptions(options));
  pool_.Reset(options);
  directory_.Reset(options);
  cache_.Reset(options);
  sessions_.assign(options.viewers, Session{});
  views_.assign(options.cameras, View{});
  cameras_of_ports_.assign(options.partitions, Camera());
  free_.resize(options.viewers);
  for (std::uint32_t i = 0; i < options.viewers; ++i) free_[i] = options.viewers - 1 - i;
  next_to_look_at_ = 0;
  return Status::kOk;
}

// --- opening

Answer<ViewerHandle> EdgeRelay::OpenViewer(const Wish& wish, Time now) {
  directory_.Lapse(now);
  const Answer<ViewerHandle> answer = Open(wish, now);
  counters_.opens.Count(answer.status);
  return answer;
}

Answer<ViewerHandle> EdgeRelay::Open(const Wish& wish, Time now) {
  if (directory_.halted()) return {Status::kExhausted};
  if (!core_.state().cameras.Has(wish.camera) || !core_.state().accounts.Has(wish.account))
    return {Status::kUnknownId};
  if (!directory_.Holds(wish.camera)) {
    directory_.Ask(wish.camera, now);
    return {Status::kBusy};
  }
  const Answer<Grant> granted = GrantOf(wish, now);
  if (granted.status != Status::kOk) return {granted.status};
  return Admit(granted.value, now);
}

// The name that is asked for is the camera's owner's: to any other account it means another camera
// of theirs, or none.
Answer<Grant> EdgeRelay::GrantOf(const Wish& wish, Time now) {
  const Name name = core_.state().cameras.Read(wish.camera).name;
  const Time expires_at = Later(now, options_.viewer_lifetime);
  const Answer<Grant> granted =
      wish.integration ? core_.GrantIntegration(wish.account, name, *wish.integration, expires_at)
                       : core_.GrantApp(wish.account, name, expires_at);
  if (granted.status == Status::kOk && granted.value.camera != wish.camera)
    return {Status::kNotFound};
  return granted;
}

Answer<ViewerHandle> EdgeRelay::Admit(const Grant& grant, Time now) {
  if (free_.empty()) DropSomeThatAreOver(now);
  if (free_.empty()) return {Status::kNoCapacity};
  View& view = views_[grant.camera.value];
  const bool is_first = view.port == kNone;
  if (is_first) {
    const Answer<Port> taken = cache_.Take(grant.camera, directory_.OriginEpoch(grant.camera));
    if (taken.status != Status::kOk) return {taken.status};
    view.port = taken.value.value;
    cameras_of_ports_[view.port] = grant.camera;
  }
  const std::uint32_t place = free_.back();
  const auto opened = core_.OpenViewer(Viewer(place), grant, now);
  if (opened.status == Status::kExhausted) free_.pop_back();  // this place has had its last session
  if (opened.status != Status::kOk) {
    if (is_first) Vacate(grant.camera);
    return {opened.status};
  }
  free_.pop_back();
  sessions_[place] = Session{};
  sessions_[place].generation = opened.value;
  Enlist(place, grant.camera);
  if (is_first) directory_.Want(grant.camera, now);
  return {Status::kOk, HandleOf(place)};
}

void EdgeRelay::Enlist(std::uint32_t place, Camera camera) {
  Session& session = sessions_[place];
  View& view = views_[camera.value];
  session.camera = camera;
  session.next = view.first_viewer;
  if (session.next != kNone) sessions_[session.next].previous = place;
  view.first_viewer = place;
}

// --- ending

Status EdgeRelay::CloseViewer(ViewerHandle viewer, Time now) {
  directory_.Lapse(now);
  const Status status = core_.CheckViewer(viewer.viewer, viewer.generation, now);
  if (status == Status::kUnknownId || status == Status::kNoSession) return status;
  Drop(viewer.viewer.value);
  return status == Status::kOk ? status : Status::kNoSession;
}

// REQUIRES: the place has a session.
void EdgeRelay::Drop(std::uint32_t place) {
  Session& session = sessions_[place];
  core_.CloseViewer(Viewer(place), session.generation);
  View& view = views_[session.camera.value];
  if (session.next != kNone) sessions_[session.next].previous = session.previous;
  if (session.previous != kNone) {
    sessions_[session.previous].next = session.next;
  } else {
    view.first_viewer = session.next;
  }
  free_.push_back(place);
  if (view.first_viewer == kNone) Vacate(session.camera);
}

// The camera has no viewer sessions here: what is fetched or held for it goes.
void EdgeRelay::Vacate(Camera camera) {
  View& view = views_[camera.value];
  cache_.GiveBack(Port(view.port));
  view.port = kNone;
  directory_.Forgo(camera);
}

// Tells a session that waits why it waits in vain; one that is over goes.
void EdgeRelay::Refuse(std::uint32_t place, Status status) {
  if (sessions_[place].waits) answers_.OnStillRefused(HandleOf(place), status);
  sessions_[place].waits = false;
  if (!EndsSession(status)) return;
  ++counters_.sessions_dropped;
  Drop(place);
}

// A session that asks for nothing does not notice that it is over: when places are short, each
// opening looks at some.
void EdgeRelay::DropSomeThatAreOver(Time now) {
  const auto places = static_cast<std::uint32_t>(sessions_.size());
  for (std::uint32_t i = 0; i < std::min(places, kLookedAtWhenFull); ++i) {
    const std::uint32_t place = next_to_look_at_;
    next_to_look_at_ = (place + 1) % places;
    const ViewerHandle handle = HandleOf(place);
    const Status status = core_.CheckViewer(handle.viewer, handle.generation, now);
    if (status != Status::kOk && status != Status::kNoSession) Refuse(place, status);
  }
}

void EdgeRelay::OnUnheld(Camera camera) {
  for (std::uint32_t place = views_[camera.value].first_viewer; place != kNone;) {
    const std::uint32_t next = sessions_[place].next;
    Refuse(place, Status::kStaleBinding);
    place = next;
  }
}

// --- stills

Status EdgeRelay::RequestStill(ViewerHandle viewer, Time now) {
  directory_.Lapse(now);
  const Status open = core_.CheckViewer(viewer.viewer, viewer.generation, now);
  if (open == Status::kUnknownId || open == Status::kNoSession) return open;
  const std::uint32_t place = viewer.viewer.value;
  const Port port(views_[sessions_[place].camera.value].port);
  const Status shown = Show(place, now);
  if (shown == Status::kOk) {
    cache_.Revalidate(port, now);
  } else if (EndsSession(shown)) {
    Refuse(place, shown);
  } else {
    const Status fetched = cache_.Fetch(port, now);
    sessions_[place].waits = fetched == Status::kBusy;
    return fetched;
  }
  return shown;
}

Status EdgeRelay::Show(std::uint32_t place, Time now) {
  if (directory_.halted()) return Status::kExhausted;
  const ViewerHandle handle = HandleOf(place);
  const auto slot = cache_.still(Port(views_[sessions_[place].camera.value].port));
  if (!slot) {
    const Status status = core_.CheckViewer(handle.viewer, handle.generation, now);
    return status == Status::kOk ? Status::kNotFilled : status;
  }
  const auto lent = core_.LendStill(handle.viewer, handle.generation, *slot, now);
  counters_.still_lends.Count(lent.status);
  if (lent.status == Status::kOk) answers_.SendStill(handle, store_.Bytes(lent.lease));
  return lent.status;
}

void EdgeRelay::OnFetched(Port port, Status status, Time now) {
  const Camera camera = cameras_of_ports_[port.value];
  for (std::uint32_t place = views_[camera.value].first_viewer; place != kNone;) {
    const std::uint32_t next = sessions_[place].next;
    if (sessions_[place].waits) {
      const Status shown = status == Status::kOk ? Show(place, now) : status;
      if (shown == Status::kOk) {
        sessions_[place].waits = false;
      } else {
        Refuse(place, shown);
      }
    }
    place = next;
  }
}

// --- the origin

void EdgeRelay::OnOpened(Connection connection, Time now) {
  directory_.Lapse(now);
  pool_.OnOpened(connection, now);
}

void EdgeRelay::OnBytes(Connection connection, std::span<const std::byte> bytes, Time now) {
  directory_.Lapse(now);
  pool_.OnBytes(connection, bytes, now);
}

void EdgeRelay::OnClosed(Connection connection, Time now) {
  directory_.Lapse(now);
  pool_.OnClosed(connection, now);
}

void EdgeRelay::OnReply(const Errand& errand, const Message& reply, Time sent, Time now) {
  if (const auto* still = std::get_if<StillReply>(&reply.body)) {
    cache_.OnReply(errand, *still, sent, now);
  } else if (const auto* owners = std::get_if<OwnersReply>(&reply.body)) {
    directory_.OnReply(errand, *owners, sent, now);
  }
}

void EdgeRelay::OnFailed(const Errand& errand, Time now) {
  if (errand.kind == Errand::Kind::kStill) {
    cache_.OnFailed(errand, now);
  } else {
    directory_.OnFailed(errand, now);
  }
}

void EdgeRelay::OnInvalidation(const Invalidation& invalidation, Time now) {
  directory_.OnInvalidation(invalidation, now);
}

// Owners first: without them nobody is shown anything.
void EdgeRelay::OnRoom(Time now) {
  directory_.OnRoom(now);
  cache_.OnRoom(now);
}

void EdgeRelay::OnLookedUp(Camera camera, LookUp result) { answers_.OnOwner(camera, result); }

// --- time

void EdgeRelay::AdvanceTo(Time now) {
  directory_.Lapse(now);
  pool_.AdvanceTo(now);
  directory_.AdvanceTo(now);
  cache_.AdvanceTo(now);
}

std::optional<Time> EdgeRelay::NextTimer() const {
  return Soonest({pool_.next_timer(), directory_.next_timer(), cache_.next_timer()});
}

}  // namespace relay::edge
