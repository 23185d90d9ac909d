#include "targets/relay/edge/owner_directory.h"

#include <algorithm>
#include <limits>

namespace relay::edge {
namespace {

// A lease is taken for no longer than this, whatever is offered.
constexpr std::chrono::microseconds kLeaseMax = std::chrono::hours(1);
constexpr int kRenewalsTried = 4;

}  // namespace

void OwnerDirectory::Reset(const EdgeOptions& options) {
  options_ = options;
  halted_ = false;
  order_ = integrations_invalidated_ = 0;
  rows_.assign(options.cameras, Row{});
  accounts_invalidated_.assign(options.accounts, 0);
  batches_.assign(std::size_t{options.connections} * options.pipeline_depth, Batch{});
  renewals_.Reset(options.cameras);
  first_asks_.Reset(options.cameras);
  lapse_timers_.Reset(options.cameras);
  renew_timers_.Reset(options.cameras);
  retry_timers_.Reset(options.cameras);
}

// --- asking

void OwnerDirectory::Ask(Camera camera, Time now) {
  Row& row = rows_[camera.value];
  if (row.queued || row.batch != kNone) return;
  Queue& queue = row.held ? renewals_ : first_asks_;
  if (queue.size() == 0) {
    queue.since = now;
    queue.waits_for_room = false;
  }
  row.queued = true;
  queue.Add(camera);
  if (queued() >= options_.owners_per_batch) SendQueued(now);
}

void OwnerDirectory::Want(Camera camera, Time now) {
  rows_[camera.value].wanted = true;
  // It may have been nobody's wish when it was time.
  if (Holds(camera) && !IsToBeRenewed(camera)) Ask(camera, now);
}

std::optional<Time> OwnerDirectory::DueOf(const Queue& queue) const {
  if (queue.size() == 0) return std::nullopt;
  return Later(queue.since, queue.waits_for_room ? options_.request_timeout : options_.batch_wait);
}

void OwnerDirectory::OnRoom(Time now) {
  const auto is_ready = [&](const Queue& queue) {
    return queue.size() != 0 && (queue.waits_for_room || *DueOf(queue) <= now);
  };
  if (is_ready(renewals_) || is_ready(first_asks_) || queued() >= options_.owners_per_batch)
    SendQueued(now);
}

// Without room they wait for it, up to a request's time.
void OwnerDirectory::SendQueued(Time now) {
  while (queued() != 0 && SendBatch(now)) continue;
  renewals_.waits_for_room = first_asks_.waits_for_room = true;
}

// As many as the batch still takes; answers how many those are.
std::uint32_t OwnerDirectory::Fill(const Queue& queue, OwnersRequest& request) const {
  const auto taken = static_cast<std::uint32_t>(request.cameras.size());
  const std::uint32_t count = std::min(queue.size(), options_.owners_per_batch - taken);
  for (std::uint32_t i = 0; i < count; ++i) request.cameras.Add(queue[i]);
  return count;
}

// False: there is no room for it now.
bool OwnerDirectory::SendBatch(Time now) {
  const auto batch =
      std::ranges::find_if(batches_, [](const Batch& place) { return !place.in_flight; });
  if (batch == batches_.end()) return false;
  const auto index = static_cast<std::uint32_t>(batch - batches_.begin());
  OwnersRequest request;
  const std::uint32_t renewals = Fill(renewals_, request);
  const std::uint32_t first_asks = Fill(first_asks_, request);
  const Errand errand{Errand::Kind::kOwners, index, batch->generation + 1};
  // Its place in the order is taken before it is sent: what comes after may overtake it.
  const Order asked = ++order_;
  if (pool_.Send(request, errand, now).status != Status::kOk) return false;
  *batch = {true, errand.generation, asked, request.cameras};
  for (const Camera camera : request.cameras) {
    rows_[camera.value].queued = false;
    rows_[camera.value].batch = index;
  }
  renewals_.RemoveFirst(renewals);
  first_asks_.RemoveFirst(first_asks);
  if (renewals != 0) renewals_.since = now;
  if (first_asks != 0) first_asks_.since = now;
  return true;
}

// The origin is not to be had: who asked is told so.
void OwnerDirectory::RefuseQueued(Queue& queue, Time now) {
  for (std::uint32_t count = queue.size(); count != 0; --count) {
    const Camera camera = queue[0];
    queue.RemoveFirst(1);
    rows_[camera.value].queued = false;
    End(camera, LookUp::kUnanswered, now);
  }
}

// --- answers

void OwnerDirectory::OnReply(const Errand& errand, const OwnersReply& reply, Time sent, Time now) {
  Batch& batch = batches_[errand.subject];
  if (!batch.in_flight || batch.generation != errand.generation) return;
  const std::chrono::microseconds lease = std::min(reply.lease, kLeaseMax);
  const Time until = Later(sent, std::max(lease, options_.lease_margin) - options_.lease_margin);
  for (const OwnerEntry& entry : reply.entries) {
    const bool asked_for =
        entry.camera.value < rows_.size() && rows_[entry.camera.value].batch == errand.subject;
    if (!asked_for) {
      ++counters_.foreign_entries;
      continue;
    }
    rows_[entry.camera.value].batch = kNone;
    End(entry.camera, Apply(entry, batch.asked, until, now), now);
  }
  OnFailed(errand, now);
}

// Of what is left of a batch, nothing is known.
void OwnerDirectory::OnFailed(const Errand& errand, Time now) {
  Batch& batch = batches_[errand.subject];
  if (!batch.in_flight || batch.generation != errand.generation) return;
  for (const Camera camera : batch.cameras) {
    if (rows_[camera.value].batch != errand.subject) continue;
    rows_[camera.value].batch = kNone;
    End(camera, LookUp::kUnanswered, now);
  }
  batch.in_flight = false;
}

// A renewal that failed is tried again while the lease lasts.
void OwnerDirectory::End(Camera camera, LookUp result, Time now) {
  counters_.look_ups.Count(result);
  if (result != LookUp::kHeld && Holds(camera))
    retry_timers_.Set(camera.value, Later(now, options_.renew_before / kRenewalsTried));
  listener_.OnLookedUp(camera, result);
}

LookUp OwnerDirectory::Apply(const OwnerEntry& entry, Order asked, Time until, Time now) {
  const Camera camera = entry.camera;
  if (entry.outcome == Outcome::kShed) return LookUp::kShed;
  // Newer than what is held, if anything is.
  if (entry.outcome != Outcome::kOk) {
    if (Holds(camera)) Unhold(camera);
    return LookUp::kNotFound;
  }
  if (until <= now || !core_.state().aliases.Has(entry.owner, entry.name)) return LookUp::kRefused;
  if (IsOvertaken(entry, asked)) return LookUp::kInvalidated;
  if (!BindHere(entry)) return LookUp::kRefused;
  OpenIntegrations(entry.owner, entry.open_integrations);
  rows_[camera.value].origin_epoch = entry.binding_epoch;
  Hold(camera, until);
  return LookUp::kHeld;
}

bool OwnerDirectory::IsOvertaken(const OwnerEntry& entry, Order asked) const {
  return asked < rows_[entry.camera.value].invalidated ||
         asked < accounts_invalidated_[entry.owner.value] || asked < integrations_invalidated_;
}

// The core's binding of the camera is what the entry says. One that was so already is not made anew:
// a renewal ends nobody's viewer session.
bool OwnerDirectory::BindHere(const OwnerEntry& entry) {
  const Camera camera = entry.camera;
  const auto bound = core_.state().cameras.Read(camera);
  if (Holds(camera) && bound.owner == entry.owner && bound.name == entry.name &&
      rows_[camera.value].origin_epoch == entry.binding_epoch)
    return true;
  if (Holds(camera)) Unhold(camera);
  // What is bound must be possible to unbind.
  const Epoch epoch = core_.state().cameras.Read(camera).binding_epoch;
  if (epoch.IsLast() || epoch.Next().IsLast()) return false;
  Status status = core_.Bind(camera, entry.owner, entry.name);
  if (status == Status::kNameTaken) {
    // The origin, later, calls this camera so: the invalidation of the other is still on its way.
    Unhold(core_.state().aliases.Read(entry.owner, entry.name).camera);
    status = core_.Bind(camera, entry.owner, entry.name);
  }
  return status == Status::kOk;
}

void OwnerDirectory::OpenIntegrations(Account owner, std::uint64_t open_integrations) {
  for (std::uint32_t i = 0; i < options_.integrations; ++i) {
    const Integration integration(i);
    const bool linked = core_.state().links.Read(owner, integration).active;
    if ((open_integrations >> i & 1) == 0) {
      if (linked) Must(core_.Unlink(owner, integration));
      continue;
    }
    if (core_.state().integrations.Read(integration).suspended) Must(core_.Restore(integration));
    if (!linked) Must(core_.Link(owner, integration));
  }
}

// --- leases

// A renewal that was overtaken by a later one makes the lease no shorter: both were promised.
void OwnerDirectory::Hold(Camera camera, Time until) {
  Row& row = rows_[camera.value];
  if (row.held && until < row.until) until = row.until;
  row.held = true;
  row.until = until;
  lapse_timers_.Set(camera.value, until);
  retry_timers_.Clear(camera.value);
  const auto ahead = static_cast<std::uint64_t>(options_.renew_before.count());
  renew_timers_.Set(camera.value, Time(until.value - std::min(until.value, ahead)));
}

void OwnerDirectory::Unhold(Camera camera) {
  rows_[camera.value].held = false;
  lapse_timers_.Clear(camera.value);
  renew_timers_.Clear(camera.value);
  retry_timers_.Clear(camera.value);
  Must(core_.Unbind(camera));
  listener_.OnUnheld(camera);
}

void OwnerDirectory::Lapse(Time now) {
  while (const auto camera = lapse_timers_.PopDue(now)) {
    ++counters_.leases_lapsed;
    Unhold(Camera(*camera));
  }
}

void OwnerDirectory::OnInvalidation(const Invalidation& what, Time) {
  using Kind = Invalidation::Kind;
  counters_.invalidations.Count(what.kind);
  const Order when = ++order_;
  switch (what.kind) {
    case Kind::kCamera:
      if (what.camera.value >= rows_.size()) return;
      rows_[what.camera.value].invalidated = when;
      if (Holds(what.camera)) Unhold(what.camera);
      return;
    case Kind::kAccount:
      if (what.account.value >= accounts_invalidated_.size()) return;
      accounts_invalidated_[what.account.value] = when;
      Must(core_.RevokeAccount(what.account));
      return;
    case Kind::kLink:
      if (!core_.state().links.Has(what.account, what.integration)) return;
      accounts_invalidated_[what.account.value] = when;
      Must(core_.Unlink(what.account, what.integration));
      return;
    case Kind::kIntegration:
      if (!core_.state().integrations.Has(what.integration)) return;
      integrations_invalidated_ = when;
      Must(core_.Suspend(what.integration));
      return;
  }
}

// --- time

void OwnerDirectory::AdvanceTo(Time now) {
  Lapse(now);
  for (DeadlineQueue* timers : {&renew_timers_, &retry_timers_}) {
    while (const auto camera = timers->PopDue(now)) {
      if (rows_[*camera].wanted) Ask(Camera(*camera), now);
    }
  }
  OnRoom(now);
  for (Queue* queue : {&renewals_, &first_asks_}) {
    const auto due = DueOf(*queue);
    if (due && *due <= now) RefuseQueued(*queue, now);
  }
}

std::optional<Time> OwnerDirectory::next_timer() const {
  return Soonest({lapse_timers_.next(), renew_timers_.next(), retry_timers_.next(),
                  DueOf(renewals_), DueOf(first_asks_)});
}

}  // namespace relay::edge
