#include "targets/relay/edge/still_cache.h"

#include <cstring>
#include <limits>

namespace relay::edge {
namespace {

constexpr Time kForever{std::numeric_limits<std::uint64_t>::max()};

// What the core knows the sender of a picture by: whose it says that the picture is.
Source SourceOf(Camera camera, Epoch origin_epoch) {
  return Source(std::uint64_t{camera.value} << 32 | origin_epoch.value);
}

Status StatusOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return Status::kOk;
    case Outcome::kNotFound:
      return Status::kNotFound;
    case Outcome::kStaleBinding:
      return Status::kStaleBinding;
    case Outcome::kNoStill:
      return Status::kNotFilled;
    case Outcome::kShed:
      break;
  }
  return Status::kNoCapacity;
}

}  // namespace

void StillCache::Reset(const EdgeOptions& options) {
  options_ = options;
  places_.assign(options.partitions, Place{});
  free_.resize(options.partitions);
  for (std::uint32_t i = 0; i < options.partitions; ++i) free_[i] = options.partitions - 1 - i;
  queue_timers_.Reset(options.partitions);
}

Answer<Port> StillCache::Take(Camera camera, Epoch origin_epoch) {
  if (free_.empty()) return {Status::kNoCapacity};
  const Port port(free_.back());
  free_.pop_back();
  Place& place = places_[port.value];
  const std::uint32_t fetch = place.fetch;
  place = Place{};
  place.fetch = fetch;  // goes on: an earlier camera's fetch is never taken for a later one's
  place.taken = true;
  place.camera = camera;
  place.origin_epoch = origin_epoch;
  return {Status::kOk, port};
}

void StillCache::GiveBack(Port port) {
  Place& place = places_[port.value];
  if (place.fetching) {
    pool_.GiveUp(place.request);
    EndFetch(port);
  }
  queue_timers_.Clear(port.value);
  place.taken = place.has_still = false;
  free_.push_back(port.value);
}

std::optional<Slot> StillCache::still(Port port) const {
  const Place& place = places_[port.value];
  if (!place.has_still) return std::nullopt;
  return store_.StillSlot(port, place.side);
}

// --- fetching

Status StillCache::Fetch(Port port, Time now) {
  const Place& place = places_[port.value];
  if (place.fetching || queue_timers_.Has(port.value)) return Status::kBusy;
  if (now < place.not_before) return Status::kNotFilled;
  if (!SendFetch(port, now)) queue_timers_.Set(port.value, Later(now, options_.request_timeout));
  return Status::kBusy;
}

void StillCache::Revalidate(Port port, Time now) {
  const Place& place = places_[port.value];
  if (now < Later(place.fetched_at, options_.still_fresh)) return;
  if (place.fetching || queue_timers_.Has(port.value) || now < place.not_before) return;
  ++counters_.revalidations;
  Fetch(port, now);
}

// False: there is no room for it now.
bool StillCache::SendFetch(Port port, Time now) {
  Place& place = places_[port.value];
  ++place.fetch;
  const Errand errand{Errand::Kind::kStill, port.value, place.fetch};
  const StillRequest request{place.camera, place.origin_epoch};
  const auto sent = pool_.Send(request, errand, now);
  if (sent.status != Status::kOk) return false;
  ++counters_.fetches;
  place.fetching = true;
  place.request = sent.value;
  core_.StartPublisher(port, place.camera, SourceOf(place.camera, place.origin_epoch),
                       Ssrc(place.fetch));
  return true;
}

void StillCache::EndFetch(Port port) {
  places_[port.value].fetching = false;
  core_.StopPublisher(port);
}

void StillCache::OnReply(const Errand& errand, const StillReply& reply, Time sent, Time now) {
  const Port port(errand.subject);
  Place& place = places_[port.value];
  counters_.fetch_outcomes.Count(reply.outcome);
  const Status status = Fill(errand, reply, sent);
  counters_.fills.Count(status);
  if (!place.fetching || place.fetch != errand.generation) return;
  EndFetch(port);
  if (status == Status::kOk) {
    place.fetched_at = sent;
  } else {
    place.not_before = Later(now, options_.retry_wait);
  }
  listener_.OnFetched(port, status, now);
}

// Puts the picture where nobody is lent from, and then lends from there.
Status StillCache::Fill(const Errand& errand, const StillReply& reply, Time sent) {
  if (reply.outcome != Outcome::kOk) return StatusOf(reply.outcome);
  const auto age = static_cast<std::uint64_t>(reply.age.count());
  if (sent.value < age) return Status::kTooOld;
  if (reply.picture.size() > options_.still_bytes_max) return Status::kTooLarge;
  const Port port(errand.subject);
  const auto admitted = core_.Admit(port, SourceOf(reply.camera, reply.binding_epoch),
                                    Ssrc(errand.generation), Time(sent.value - age));
  if (admitted.status != Status::kOk) return admitted.status;
  Place& place = places_[port.value];
  const std::uint32_t side = 1U - place.side;
  const auto filling = core_.BeginFill(admitted.admission, store_.StillSlot(port, side));
  if (filling.status != Status::kOk) return filling.status;
  std::memcpy(store_.Space(filling.filling).data(), reply.picture.data(), reply.picture.size());
  const Length length(static_cast<std::uint32_t>(reply.picture.size()));
  const Status status = core_.Commit(filling.filling, admitted.admission, length);
  if (status != Status::kOk) return status;
  place.side = static_cast<std::uint8_t>(side);
  place.has_still = true;
  return Status::kOk;
}

void StillCache::OnFailed(const Errand& errand, Time now) {
  const Port port(errand.subject);
  Place& place = places_[port.value];
  if (!place.fetching || place.fetch != errand.generation) return;
  EndFetch(port);
  place.not_before = Later(now, options_.retry_wait);
  listener_.OnFetched(port, Status::kNotFilled, now);
}

void StillCache::OnRoom(Time now) {
  while (queue_timers_.next() && pool_.MakeRoom(now)) {
    const Port port(*queue_timers_.PopDue(kForever));
    if (SendFetch(port, now)) continue;
    places_[port.value].not_before = Later(now, options_.retry_wait);
    listener_.OnFetched(port, Status::kNotFilled, now);
  }
}

void StillCache::AdvanceTo(Time now) {
  while (const auto port = queue_timers_.PopDue(now)) {
    places_[*port].not_before = Later(now, options_.retry_wait);
    listener_.OnFetched(Port(*port), Status::kNotFilled, now);
  }
}

}  // namespace relay::edge
