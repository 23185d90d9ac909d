// Contracts in sharded_relay_adapter.h.
#include <algorithm>
#include <mutex>
#include <utility>

#include "harness/base/check.h"
#include "targets/adapters/sharded_relay_adapter.h"

namespace adapters {

// --- what waits for a worker

template <class Crew>
auto ShardedRelayAdapter<Crew>::UploadQueue::Push() -> Upload& {
  if (empty()) taken = count = 0;
  if (count == uploads.size()) uploads.emplace_back();
  return uploads[count++];
}

// What came before an integration was restored must not be served to it afterwards (ISO-004), and the relay goes
// by when it is given a datagram: who holds some back throws them away. A byte stream without one of its
// pieces is of no use: it is a broken connection.
template <class Crew>
bool ShardedRelayAdapter<Crew>::TakeUpload(std::uint32_t worker) {
  const Lock lock(mutex_);
  UploadQueue& queue = uploads_[worker];
  while (!queue.empty()) {
    Upload& upload = taken_[worker];
    queue.Take(upload);
    const bool broken = upload.piece && std::ranges::count(broken_, upload.source) != 0;
    if (upload.restores == restores_ && !broken) return true;
    if (upload.piece && !broken) broken_.push_back(upload.source);
  }
  return false;
}

// --- the workers

// A batch: some packets, so that a change waits for no more.
template <class Crew>
void ShardedRelayAdapter<Crew>::TakeTurn(std::uint32_t worker) {
  constexpr int kUploadsOfBatch = 4;
  const Upload& upload = taken_[worker];
  typename Relay::Batch batch(serving(), worker);
  const relay::Time now = [&] {
    const Lock lock(mutex_);
    return now_;
  }();
  for (int i = 0; i < kUploadsOfBatch && TakeUpload(worker); ++i) {
    if (upload.piece) {
      batch.OnStream(upload.port, upload.source, upload.bytes, now);
    } else {
      batch.OnDatagram(upload.port, upload.source, upload.bytes, now);
    }
  }
  batch.Poll(now);
  batch.AdvanceTo(now);
  const auto timer = batch.NextTimer();
  const Lock lock(mutex_);
  timers_[worker] = timer;
  if (!uploads_[worker].empty()) crew_.Wake(worker);
}

// --- a case

template <class Crew>
ShardedRelayAdapter<Crew>::ShardedRelayAdapter()
    : exits_(kWorkers, Exit<typename Crew::Mutex>(sessions_, mutex_)),
      crew_(
          kWorkers, [this](std::uint32_t worker) { TakeTurn(worker); }, mutex_) {
  relay::MailListener* const listener = this;
  std::array<relay::Transport*, kWorkers> transports;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) transports[worker] = &exits_[worker];
  for (auto& relay : relays_) relay = std::make_unique<Relay>(transports, listener);
  // libsodium draws from the machine once, when a process's first relay is made: not within a case.
  static_cast<void>(relay::Relay(exits_[0]));
}

template <class Crew>
ShardedRelayAdapter<Crew>::~ShardedRelayAdapter() {
  Quiesce();
}

template <class Crew>
framefence::contract::Capabilities ShardedRelayAdapter<Crew>::capabilities() const {
  framefence::contract::Capabilities capabilities = RelayCapabilities();
  capabilities.schedules = true;
  return capabilities;
}

// Ends what the case before left unfinished, and shows it to nobody.
template <class Crew>
void ShardedRelayAdapter<Crew>::Quiesce() {
  for (auto& exit : exits_) exit.Observe(nullptr);
  crew_.BeginCase({}, nullptr);
  const Call call(*this, now_);
  crew_.Drain();
}

template <class Crew>
void ShardedRelayAdapter<Crew>::Reset(const framefence::contract::Deployment& deployment,
                                      framefence::contract::Observer& observer) {
  Quiesce();
  observer_ = &observer;
  now_ = {};
  timers_.fill(std::nullopt);
  broken_.clear();
  // Each shard has as many places and ports as the deployment.
  sessions_.Reset(std::size_t{kWorkers} * kWorkers * deployment.viewers);
  caller_.Reset(deployment, std::size_t{kWorkers} * deployment.publishers);
  options_ = OptionsOf(deployment);
  FRAMEFENCE_CHECK(serving().Reset(options_, kMailboxBytes) == relay::Status::kOk);
  Observe(serving());
  for (auto& exit : exits_) exit.Observe(&observer);
  crew_.BeginCase(deployment.schedule, &observer);
}

template <class Crew>
void ShardedRelayAdapter<Crew>::Observe(Relay& relay) {
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
    relay.Observe(worker, &exits_[worker]);
}

template <class Crew>
void ShardedRelayAdapter<Crew>::FollowHandovers(
    std::span<const framefence::contract::StepHandover> handovers) {
  crew_.BeginStep(handovers);
}

// --- calls

// What a call changes in a shard, its worker's timer for instance, the worker sees in its next turn.
template <class Crew>
void ShardedRelayAdapter<Crew>::WakeAll() {
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) crew_.Wake(worker);
}

template <class Crew>
void ShardedRelayAdapter<Crew>::Submit(const framefence::contract::Request& request,
                                       framefence::VirtualTime now) {
  const bool restores = request.operation == framefence::contract::Operation::kRestore;
  restores_ += restores ? 1 : 0;  // before the call: what it meets on its way is thrown away too
  const Call call(*this, TimeOf(now));
  WakeAll();
  framefence::contract::Ack ack{.number = request.number};
  ack.status = ToContract(request.operation == framefence::contract::Operation::kUpgrade
                              ? Upgrade(TimeOf(now))
                              : caller_.Perform(serving(), request, TimeOf(now), ack));
  const Lock lock(mutex_);
  observer_->OnAck(ack);
}

// As an embedder does: the workers end what they are at, and the next process has none in a call yet.
template <class Crew>
relay::Status ShardedRelayAdapter<Crew>::Upgrade(relay::Time now) {
  crew_.Drain();
  Relay& next = *relays_[1 - serving_];
  const relay::Status status = next.Resume(options_, serving().Save(now), now, kMailboxBytes);
  if (status != relay::Status::kOk) return status;
  Observe(next);
  serving_ = 1 - serving_;
  WakeAll();
  return status;
}

template <class Crew>
void ShardedRelayAdapter<Crew>::Receive(framefence::contract::IngestPort port,
                                        framefence::contract::SourceAddress from,
                                        std::span<const std::byte> bytes, bool piece,
                                        framefence::VirtualTime now) {
  const Call call(*this, TimeOf(now));
  const std::uint32_t worker = serving().WorkerOf(relay::Port(port));
  {
    const Lock lock(mutex_);
    Upload& upload = uploads_[worker].Push();
    upload.port = relay::Port(port);
    upload.source = relay::Source(from);
    upload.piece = piece;
    upload.restores = restores_;
    upload.bytes.assign(bytes.begin(), bytes.end());
  }
  crew_.Wake(worker);
}

template <class Crew>
void ShardedRelayAdapter<Crew>::Ingest(framefence::contract::IngestPort port,
                                       framefence::contract::SourceAddress from,
                                       std::span<const std::byte> datagram,
                                       framefence::VirtualTime now) {
  Receive(port, from, datagram, /*piece=*/false, now);
}

template <class Crew>
void ShardedRelayAdapter<Crew>::IngestStream(framefence::contract::IngestPort port,
                                             framefence::contract::SourceAddress from,
                                             std::span<const std::byte> piece,
                                             framefence::VirtualTime now) {
  Receive(port, from, piece, /*piece=*/true, now);
}

template <class Crew>
void ShardedRelayAdapter<Crew>::OnViewerFeedback(framefence::ViewerId viewer,
                                                 std::span<const std::byte> rtcp,
                                                 framefence::VirtualTime now) {
  const Call call(*this, TimeOf(now));
  WakeAll();
  caller_.OnViewerDatagram(serving(), viewer, rtcp, TimeOf(now));
}

template <class Crew>
void ShardedRelayAdapter<Crew>::OnWritable(framefence::ViewerId viewer,
                                           framefence::VirtualTime now) {
  const Call call(*this, TimeOf(now));
  WakeAll();
  caller_.OnWritable(serving(), viewer, TimeOf(now));
}

// --- time

template <class Crew>
void ShardedRelayAdapter<Crew>::AdvanceTo(framefence::VirtualTime now) {
  const Call call(*this, TimeOf(now));
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
    const auto timer = [&] {
      const Lock lock(mutex_);
      return timers_[worker];
    }();
    if (timer && *timer <= TimeOf(now)) crew_.Wake(worker);
  }
  crew_.Drain();
  const Lock lock(mutex_);
  for (const UploadQueue& queue : uploads_) FRAMEFENCE_CHECK(queue.empty());
}

// Outside of calls all is the caller's.
template <class Crew>
std::optional<framefence::VirtualTime> ShardedRelayAdapter<Crew>::NextTimer() const {
  std::optional<relay::Time> soonest;
  for (const auto& timer : timers_) {
    if (timer && (!soonest || *timer < *soonest)) soonest = timer;
  }
  return ToVirtualTime(soonest);
}

}  // namespace adapters
