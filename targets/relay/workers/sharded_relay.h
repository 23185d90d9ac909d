// The relay over several threads: cameras are sharded over workers, viewers of any camera are on any
// worker.
//
// A worker is a thread of the embedder's with a Transport of its own. Worker i owns shard i, a Relay
// of the cameras c with c modulo workers = i: their packets, ports and viewer sessions, and every
// decision to lend. What a shard lends to a viewer on another worker goes there by mailbox.
//
// How a change of rights binds on return
//   1. Every shard holds all of the directory. A change holds every gate (turnstile.h) and is made
//      in all shards, in one order: their records and epochs stay equal. A batch of a worker's work
//      lies wholly before the change, or wholly after it.
//   2. A shard posts only what its core has just lent, and publishes before it leaves its gate. Before
//      a change leaves the gates, it strikes from every mailbox what its shard's core lends no more.
//      So whenever no change is under way, all that waits is lent still: a worker may send it under
//      its own gate alone, and looks only at what comes to pass without a change, expiry.
//   3. CloseViewer() does the same for the one mailbox that can hold something for the session.
// A change costs what the mailboxes can hold, a constant, whatever the number of sessions, and waits
// for each worker's batch. Directory changes are rare; to bound how often an account may make them
// is the embedder's.
//
// Who is held up
//   A viewer whose mailbox has no room, or whose worker's transport refused a packet, waits as one on
//   its camera's own worker does: in the camera's GOP cache, and only there (fan_out.h). A change has
//   nothing to strike of it: what it waits for is lent anew when it is sent. Lost is what was in the
//   mailbox when the transport refused; the viewer may ask for it again (NACK).
//
// Not ours to give: cameras of one shard share its thread, and what they have for viewers on another
// worker shares one mailbox of bounded size. Where that is full, all of them wait, whosever they are,
// and are tried again each pacing_interval; nobody on the shard's own worker, or on a third, notices.
//
//   - Batch: by the worker's thread. All else: by any thread that holds no Batch.
//   - Worker i's transport is called by one thread at a time, each call after those before it, by
//     whoever has entered worker i's gate: a Batch, or a call that opens or serves a viewer.
//   - Times are of one clock. Where threads come later than they looked at it, a shard goes by the
//     latest time that it has seen.
//   - Cost: a directory, 60 bytes a camera and 28 a place beyond one Relay's, for each worker.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_SHARDED_RELAY_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_SHARDED_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/relay/relay.h"
#include "targets/relay/workers/mailbox.h"
#include "targets/relay/workers/saved_shards.h"
#include "targets/relay/workers/shard_transport.h"
#include "targets/relay/workers/sync.h"
#include "targets/relay/workers/turnstile.h"

namespace relay {

inline constexpr std::size_t kMailboxBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMailboxBytesMax = std::size_t{1} << 32;

template <class Sync>
class BasicShardedRelay {
  struct Shard;

 public:
  // One worker for each transport; they and the listener, if there is one, outlive the relay. Nothing
  // but Reset() and Resume() may be called before one of them has answered kOk.
  explicit BasicShardedRelay(std::span<Transport* const> transports,
                             MailListener* listener = nullptr);
  BasicShardedRelay(const BasicShardedRelay&) = delete;
  BasicShardedRelay& operator=(const BasicShardedRelay&) = delete;
  ~BasicShardedRelay();

  // A new, empty deployment. `options` as for a Relay, but ports and viewers, and the bounds of memory
  // and accounts' shares, are those of each shard, and shard is overwritten. mailbox_bytes: of each of
  // the mailboxes, one from every worker to every other; more where two of the largest payloads need
  // it. kMalformed: also no worker, more than kWorkersMax, or no ports or viewers. kTooLarge: also
  // where viewers cannot be numbered. kNoCapacity: memory, or more than kMailboxBytesMax. On all, the
  // deployment before is unchanged; it is held until the new one is whole. Allocates. REQUIRES: no
  // other thread is in a call.
  Status Reset(const Options& options, std::size_t mailbox_bytes = kMailboxBytes);

  // --- upgrades; what is saved, and how: saved_shards.h ---

  // All shards' state at one time, sealed as one: as Relay::Save(). Holds every gate. What waits for a
  // worker's Poll() is not in it, and so lost, as frames are: Poll() at each worker before, and not
  // after. Allocates.
  std::vector<std::byte> Save(Time now);

  // As Reset(), but goes on where Save() ended, under the same secret and with as many workers: as
  // Relay::Resume(), and with its statuses. Sessions stay on their workers; handles and ports keep
  // their numbers. kMalformed also: of another number of workers, or shards that are not of one
  // deployment. On all but kOk the deployment before is unchanged. REQUIRES: as Relay::Resume(), and
  // Reset().
  Status Resume(const Options& options, std::span<const std::byte> saved, Time now,
                std::size_t mailbox_bytes = kMailboxBytes);

  std::uint32_t workers() const { return static_cast<std::uint32_t>(transports_.size()); }
  // Whose Batch a port's datagrams belong in. REQUIRES: StartPublisher() gave the port.
  std::uint32_t WorkerOf(Port port) const { return numbering_.ShardOf(port); }

  // --- the directory; contracts in core/decision_core.h ---

  Status Bind(Camera camera, Account account, Name name);
  Status Unbind(Camera camera);
  Status RevokeAccount(Account account);
  Status Link(Account account, Integration integration);
  Status Unlink(Account account, Integration integration);
  Status Suspend(Integration integration);
  Status Restore(Integration integration);

  // --- publisher sessions, doors and viewer sessions; contracts in relay.h ---

  Answer<Port> StartPublisher(Camera camera, Source source, const PublisherStreams& streams,
                              Time now);
  Status StopPublisher(Port port);

  // Good at every worker.
  Answer<Token> IssueAppToken(Account account, Name name, Time now);
  Answer<Token> IssueIntegrationToken(Account account, Name name, Integration integration,
                                      Time now);
  std::string HandleStreamRequest(std::string_view json, Account account, Integration integration,
                                  Time now);

  // The viewer is on `worker`: its packets leave by that worker's transport. What it is sent at once
  // may wait for that worker's Batch::Poll(). kUnknownId also: no such worker.
  Answer<ViewerHandle> OpenViewer(std::uint32_t worker, std::string_view token, Time now);
  Status CloseViewer(ViewerHandle viewer, Time now);
  Status OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost, Time now);
  Status OnWritable(ViewerHandle viewer, Time now);
  Status OnViewerDatagram(ViewerHandle viewer, std::span<const std::byte> datagram, Time now);

  // --- the workers' own work ---

  // A worker's turn, from its construction, which waits while a change is under way, to its end. A
  // change waits for it, so it is short: some packets, not all there are. REQUIRES: worker <
  // workers(); the thread holds no other.
  class Batch {
   public:
    Batch(BasicShardedRelay& relay, std::uint32_t worker);
    // What was posted is seen by the other workers from here on.
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    // Contracts in relay.h. kUnknownId also: the port is another worker's.
    Status OnDatagram(Port port, Source source, std::span<const std::byte> datagram, Time now);
    Status OnStream(Port port, Source source, std::span<const std::byte> piece, Time now);
    // Sends what other workers have for viewers on this one.
    void Poll(Time now);
    void AdvanceTo(Time now);
    std::optional<Time> NextTimer() const;

   private:
    bool LookUpPlace(const Shard& shard, ViewerHandle& to) const;

    typename Turnstile<Sync>::Hold hold_;
    BasicShardedRelay& relay_;
    Shard& shard_;
    const std::uint32_t worker_;
  };

  // Tells `observer` what happens to the cameras of the worker's shard and to their viewers, wherever
  // those are, as Relay::Observe() does; handles and ports are the deployment's. It is called by
  // whoever has entered that worker's gate, one at a time; and of deployments to come too. REQUIRES:
  // worker < workers(); it does not call the relay back.
  void Observe(std::uint32_t worker, EventObserver* observer);

  // REQUIRES: worker < workers().
  Counters CountersOf(std::uint32_t worker);
  MailCounters MailCountersOf(std::uint32_t worker);

 private:
  template <class Start>
  Status Begin(Start&& start);
  Status Build(const Options& options, std::size_t mailbox_bytes, const SavedShards* saved,
               Time now);
  template <class Change>
  Status Apply(Change&& change, std::optional<Integration> restored = std::nullopt);
  template <class Work>
  auto In(std::uint32_t shard, Time now, Work&& work, Gates also = {});
  template <class Work>
  Status For(ViewerHandle viewer, Time now, Work&& work, Gates also = {});
  std::uint64_t StrikeAll(Shard& shard, std::optional<Integration> restored);
  Mailbox<Sync>& MailboxTo(std::uint32_t worker, std::uint32_t from_shard);

  const std::vector<Transport*> transports_;
  MailListener* const listener_;
  Turnstile<Sync> turnstile_;
  std::vector<EventObserver*> observers_;  // by worker, each under its gate; may be null
  // Constant but in Reset().
  Options options_;
  Numbering numbering_;
  std::unique_ptr<Mailbox<Sync>[]> mailboxes_;  // by shard, then by worker
  std::vector<std::unique_ptr<Shard>> shards_;
};

using ShardedRelay = BasicShardedRelay<StdSync>;

}  // namespace relay

#include "targets/relay/workers/sharded_relay.inl"

namespace relay {
extern template class BasicShardedRelay<StdSync>;
}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_SHARDED_RELAY_H_
