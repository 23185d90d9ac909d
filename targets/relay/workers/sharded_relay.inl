// The sharded relay's operations. Contracts in sharded_relay.h.
#include <algorithm>
#include <chrono>
#include <utility>

#include "targets/planted/planted.h"
#include "targets/relay/workers/sharded_relay.h"

namespace relay {

using leaks::Leak;
using leaks::planted;
using leaks::Triggered;

// All of it under its worker's gate.
template <class Sync>
struct alignas(kCacheLineBytes) BasicShardedRelay<Sync>::Shard {
  Shard(Transport& own, std::uint32_t shard, const Numbering& numbering,
        std::span<Mailbox<Sync>> mailboxes, MailListener* listener)
      : transport(own, shard, numbering, mailboxes, listener), relay(transport), number(shard) {}

  // The latest time that was seen here.
  Time At(Time now) { return latest = std::max(latest, now); }

  // Who waits for room in a mailbox is let try again after each interval.
  void AdvanceTo(Time now, std::chrono::microseconds interval) {
    relay.AdvanceTo(At(now));
    if (!transport.waits() || latest < Later(retried_at, interval)) return;
    retried_at = latest;
    transport.RetryWaiting([this](ViewerHandle local) { relay.OnWritable(local, latest); });
  }
  std::optional<Time> NextTimer(std::chrono::microseconds interval) const {
    const auto retry =
        transport.waits() ? std::optional(Later(retried_at, interval)) : std::nullopt;
    return Soonest({relay.NextTimer(), retry});
  }

  void Observe(EventObserver* observer) {
    transport.Observe(observer);
    relay.Observe(observer == nullptr ? nullptr : &transport);
  }

  // Where its open sessions are, of so many places.
  std::vector<SavedHome> Homes(std::uint32_t places) const {
    std::vector<SavedHome> homes;
    for (std::uint32_t i = 0; i < places; ++i) {
      const auto& record = relay.core().state().viewers.Read(Viewer(i));
      if (!record.open) continue;
      const ViewerHandle local{Viewer(i), record.generation};
      homes.push_back({local.viewer, local.generation, transport.WorkerOf(local)});
    }
    return homes;
  }
  Status Resume(const Options& options, const SavedShard& saved, Time now) {
    latest = now;
    if (const Status status = relay.Resume(options, saved.bytes(), now); status != Status::kOk)
      return status;
    const auto& sessions = saved.state().template Table<SavedSession>();
    for (std::size_t i = 0; i < sessions.size(); ++i)
      transport.Resume(saved.homes()[i], sessions[i].grant.expires_at);
    return Status::kOk;
  }

  ShardTransport<Sync> transport;
  Relay relay;
  Time latest{};
  Time retried_at{};
  const std::uint32_t number;
};

template <class Sync>
BasicShardedRelay<Sync>::BasicShardedRelay(std::span<Transport* const> transports,
                                           MailListener* listener)
    : transports_(transports.begin(), transports.end()),
      listener_(listener),
      turnstile_(workers()),
      observers_(workers()) {}

template <class Sync>
BasicShardedRelay<Sync>::~BasicShardedRelay() = default;

template <class Sync>
Status BasicShardedRelay<Sync>::Reset(const Options& options, std::size_t mailbox_bytes) {
  return Begin([&] { return Build(options, mailbox_bytes, nullptr, Time()); });
}

// Starts a deployment, which may take more memory than there is.
template <class Sync>
template <class Start>
Status BasicShardedRelay<Sync>::Begin(Start&& start) {
  try {
    return start();
  } catch (const std::bad_alloc&) {
    return Status::kNoCapacity;
  }
}

// A new deployment, or one that goes on where `saved` ends, in the place of the one before. saved: was
// checked with the same options and time, or is null.
template <class Sync>
Status BasicShardedRelay<Sync>::Build(const Options& options, std::size_t mailbox_bytes,
                                      const SavedShards* saved, Time now) {
  const std::uint32_t count = workers();
  if (count == 0 || count > kWorkersMax || options.viewers == 0 || options.ports == 0)
    return Status::kMalformed;
  const Numbering numbering = Numbering::Of(options, count);
  if (!numbering.Fits()) return Status::kTooLarge;
  if (mailbox_bytes > kMailboxBytesMax) return Status::kNoCapacity;
  std::unique_ptr<Mailbox<Sync>[]> mailboxes(new Mailbox<Sync>[std::size_t{count} * count]);
  std::vector<std::unique_ptr<Shard>> shards;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::span own(&mailboxes[std::size_t{i} * count], count);
    shards.push_back(std::make_unique<Shard>(*transports_[i], i, numbering, own, listener_));
    Shard& shard = *shards.back();
    Options of_shard = options;
    of_shard.shard = static_cast<std::uint16_t>(i);
    const Status status =
        saved == nullptr ? shard.relay.Reset(of_shard) : shard.Resume(of_shard, (*saved)[i], now);
    if (status != Status::kOk) return status;
    shard.Observe(observers_[i]);
  }
  const std::size_t payload_max = std::max(options.packet_bytes_max, options.still_bytes_max);
  for (std::uint32_t i = 0; i < count * count; ++i) {
    if (i / count != i % count) mailboxes[i].Reset(mailbox_bytes, payload_max);
  }
  options_ = options;
  numbering_ = numbering;
  shards_ = std::move(shards);
  mailboxes_ = std::move(mailboxes);
  return Status::kOk;
}

// --- upgrades

// The whole at one time, the latest that any shard has seen.
template <class Sync>
std::vector<std::byte> BasicShardedRelay<Sync>::Save(Time now) {
  const typename Turnstile<Sync>::Hold hold(turnstile_, AllGates(workers()));
  for (const auto& shard : shards_) now = shard->At(now);
  ShardsWriter writer(workers(), now);
  for (const auto& shard : shards_) {
    shard->At(now);
    writer.Add(shard->relay.Save(now), shard->Homes(options_.viewers));
  }
  return writer.Seal(options_.secret);
}

// All is checked, in all shards, before any of them is resumed.
template <class Sync>
Status BasicShardedRelay<Sync>::Resume(const Options& options, std::span<const std::byte> saved,
                                       Time now, std::size_t mailbox_bytes) {
  return Begin([&] {
    const Answer<SavedShards> read = SavedShards::Read(saved, options.secret);
    if (read.status != Status::kOk) return read.status;
    const Status status = read.value.Check(options, workers(), now);
    return status == Status::kOk ? Build(options, mailbox_bytes, &read.value, now) : status;
  });
}

template <class Sync>
Mailbox<Sync>& BasicShardedRelay<Sync>::MailboxTo(std::uint32_t worker, std::uint32_t from_shard) {
  return mailboxes_[std::size_t{from_shard} * workers() + worker];
}

// Does some work in a shard, under its gate and those that are named.
template <class Sync>
template <class Work>
auto BasicShardedRelay<Sync>::In(std::uint32_t shard, Time now, Work&& work, Gates also) {
  const typename Turnstile<Sync>::Hold hold(turnstile_, GateOf(shard) | also);
  Shard& in = *shards_[shard];
  const auto answer = work(in, in.At(now));
  in.transport.Publish();
  return answer;
}

// --- the directory

template <class Sync>
template <class Change>
Status BasicShardedRelay<Sync>::Apply(Change&& change, std::optional<Integration> restored) {
  const typename Turnstile<Sync>::Hold hold(turnstile_, AllGates(workers()));
  Status status = Status::kOk;
  for (const auto& shard : shards_) {
    status = change(shard->relay);  // the same in each
    shard->transport.Publish();
  }
  if (status != Status::kOk) return status;
  for (const auto& shard : shards_) shard->transport.counters.struck += StrikeAll(*shard, restored);
  return status;
}

// Strikes what the shard's core does not lend any more. All that waits was admitted before this
// change: after a Restore() nothing of it is for that integration. REQUIRES: all gates are held.
template <class Sync>
std::uint64_t BasicShardedRelay<Sync>::StrikeAll(Shard& shard,
                                                 std::optional<Integration> restored) {
  const Core& core = shard.relay.core();
  const auto is_right = [&](const Addressee& addressee) {
    const ViewerHandle local = numbering_.ToLocal(addressee.to);
    if (core.CheckViewer(local.viewer, local.generation, shard.latest) != Status::kOk) return false;
    const Grant& grant = core.state().viewers.Read(local.viewer).grant;
    return !(restored && grant.via_integration && grant.integration == *restored);
  };
  const auto is_lent = [&](const Addressee& addressee) {
    const bool lent = is_right(addressee);
    if (planted(Leak::kChangeLeavesMail)) {
      Triggered(Leak::kChangeLeavesMail, !lent);
      return true;
    }
    if (planted(Leak::kChangeStrikesAllMail)) {
      Triggered(Leak::kChangeStrikesAllMail, lent);
      return false;
    }
    return lent;
  };
  std::uint64_t struck = 0;
  for (std::uint32_t worker = 0; worker < workers(); ++worker) {
    if (worker != shard.number) struck += MailboxTo(worker, shard.number).Strike(is_lent);
  }
  return struck;
}

template <class Sync>
Status BasicShardedRelay<Sync>::Bind(Camera camera, Account account, Name name) {
  return Apply([&](Relay& relay) { return relay.Bind(camera, account, name); });
}
template <class Sync>
Status BasicShardedRelay<Sync>::Unbind(Camera camera) {
  return Apply([&](Relay& relay) { return relay.Unbind(camera); });
}
template <class Sync>
Status BasicShardedRelay<Sync>::RevokeAccount(Account account) {
  return Apply([&](Relay& relay) { return relay.RevokeAccount(account); });
}
template <class Sync>
Status BasicShardedRelay<Sync>::Link(Account account, Integration integration) {
  return Apply([&](Relay& relay) { return relay.Link(account, integration); });
}
template <class Sync>
Status BasicShardedRelay<Sync>::Unlink(Account account, Integration integration) {
  return Apply([&](Relay& relay) { return relay.Unlink(account, integration); });
}
template <class Sync>
Status BasicShardedRelay<Sync>::Suspend(Integration integration) {
  return Apply([&](Relay& relay) { return relay.Suspend(integration); });
}
template <class Sync>
Status BasicShardedRelay<Sync>::Restore(Integration integration) {
  return Apply([&](Relay& relay) { return relay.Restore(integration); }, integration);
}

// --- publisher sessions

template <class Sync>
Answer<Port> BasicShardedRelay<Sync>::StartPublisher(Camera camera, Source source,
                                                     const PublisherStreams& streams, Time now) {
  const std::uint32_t owner = numbering_.ShardOf(camera);
  Answer<Port> answer = In(owner, now, [&](Shard& shard, Time at) {
    return shard.relay.StartPublisher(camera, source, streams, at);
  });
  if (answer.status == Status::kOk) answer.value = numbering_.ToGlobal(answer.value, owner);
  return answer;
}

template <class Sync>
Status BasicShardedRelay<Sync>::StopPublisher(Port port) {
  const std::uint32_t owner = numbering_.ShardOf(port);
  return In(owner, Time(), [&](Shard& shard, Time) {
    return shard.relay.StopPublisher(numbering_.ToLocal(port, owner));
  });
}

// --- the doors

// Every shard gives the same grant; accounts take their turns.
template <class Sync>
Answer<Token> BasicShardedRelay<Sync>::IssueAppToken(Account account, Name name, Time now) {
  return In(account.value % workers(), now,
            [&](Shard& shard, Time at) { return shard.relay.IssueAppToken(account, name, at); });
}
template <class Sync>
Answer<Token> BasicShardedRelay<Sync>::IssueIntegrationToken(Account account, Name name,
                                                             Integration integration, Time now) {
  return In(account.value % workers(), now, [&](Shard& shard, Time at) {
    return shard.relay.IssueIntegrationToken(account, name, integration, at);
  });
}

// Only the camera's shard knows whether it publishes. Where the name leads to another camera by the
// time that it is asked, it says that the device is offline, and so it is to who asks then.
template <class Sync>
std::string BasicShardedRelay<Sync>::HandleStreamRequest(std::string_view json, Account account,
                                                         Integration integration, Time now) {
  std::uint32_t owner = account.value % workers();
  const Answer<StreamRequest> request = ParseStreamRequest(json, options_.stream_protocol);
  if (request.status == Status::kOk) {
    const auto token = IssueIntegrationToken(account, request.value.name, integration, now);
    if (token.status == Status::kOk) {
      const Answer<Grant> grant = VerifyToken(token.value.text(), options_.secret);
      owner = numbering_.ShardOf(grant.value.camera);
    }
  }
  return In(owner, now, [&](Shard& shard, Time at) {
    return shard.relay.AnswerStreamRequest(request, account, integration, at);
  });
}

// --- viewer sessions

// What is no token is refused by one shard or another, and counted there.
template <class Sync>
Answer<ViewerHandle> BasicShardedRelay<Sync>::OpenViewer(std::uint32_t worker,
                                                         std::string_view token, Time now) {
  if (worker >= workers()) return {Status::kUnknownId};
  const Answer<Grant> grant = VerifyToken(token, options_.secret);
  const std::uint32_t owner =
      grant.status == Status::kOk ? numbering_.ShardOf(grant.value.camera) : worker;
  return In(owner, now, [&](Shard& shard, Time at) {
    shard.transport.SetNext(worker, grant.value.expires_at);
    Answer<ViewerHandle> answer = shard.relay.OpenViewer(token, at);
    if (answer.status == Status::kOk) answer.value = shard.transport.ToGlobal(answer.value);
    return answer;
  });
}

// Does some work for a session in its shard. kUnknownId; kNoSession where its place has one on another
// worker.
template <class Sync>
template <class Work>
Status BasicShardedRelay<Sync>::For(ViewerHandle viewer, Time now, Work&& work, Gates also) {
  if (!numbering_.Has(viewer)) return Status::kUnknownId;
  const auto checked = [&](Shard& shard, Time at) {
    const ViewerHandle local = numbering_.ToLocal(viewer);
    if (shard.transport.WorkerOf(local) != numbering_.WorkerOf(viewer)) return Status::kNoSession;
    return work(shard, local, at);
  };
  return In(numbering_.ShardOf(viewer), now, checked, also);
}

template <class Sync>
Status BasicShardedRelay<Sync>::CloseViewer(ViewerHandle viewer, Time now) {
  const std::uint32_t worker = numbering_.WorkerOf(viewer);
  const auto close = [&](Shard& shard, ViewerHandle local, Time at) {
    const Status status = shard.relay.CloseViewer(local, at);
    shard.transport.Publish();  // what is struck must have been posted
    if (worker != shard.number) {
      shard.transport.counters.struck +=
          MailboxTo(worker, shard.number).Strike([&](const Addressee& addressee) {
            return addressee.to != viewer || planted(Leak::kMailNamesThePlace) ||
                   planted(Leak::kMailIsOfItsSession);
          });
    }
    return status;
  };
  return For(viewer, now, close, GateOf(worker));
}

template <class Sync>
Status BasicShardedRelay<Sync>::OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost,
                                             Time now) {
  return For(viewer, now, [&](Shard& shard, ViewerHandle local, Time at) {
    return shard.relay.OnLossReport(local, fraction_lost, at);
  });
}

template <class Sync>
Status BasicShardedRelay<Sync>::OnWritable(ViewerHandle viewer, Time now) {
  const auto accept = [](Shard& shard, ViewerHandle local, Time at) {
    shard.transport.Accept(local);
    return shard.relay.OnWritable(local, at);
  };
  // The worker may be between what its transport refused and noting that down.
  return For(viewer, now, accept, GateOf(numbering_.WorkerOf(viewer)));
}

template <class Sync>
Status BasicShardedRelay<Sync>::OnViewerDatagram(ViewerHandle viewer,
                                                 std::span<const std::byte> datagram, Time now) {
  return For(viewer, now, [&](Shard& shard, ViewerHandle local, Time at) {
    return shard.relay.OnViewerDatagram(local, datagram, at);
  });
}

// --- the workers' own work

template <class Sync>
BasicShardedRelay<Sync>::Batch::Batch(BasicShardedRelay& relay, std::uint32_t worker)
    : hold_(relay.turnstile_, GateOf(worker)),
      relay_(relay),
      shard_(*relay.shards_[worker]),
      worker_(worker) {}

template <class Sync>
BasicShardedRelay<Sync>::Batch::~Batch() {
  shard_.transport.Publish();
}

template <class Sync>
Status BasicShardedRelay<Sync>::Batch::OnDatagram(Port port, Source source,
                                                  std::span<const std::byte> datagram, Time now) {
  const Port local = relay_.numbering_.ToLocal(port, worker_);
  return shard_.relay.OnDatagram(local, source, datagram, shard_.At(now));
}

template <class Sync>
Status BasicShardedRelay<Sync>::Batch::OnStream(Port port, Source source,
                                                std::span<const std::byte> piece, Time now) {
  const Port local = relay_.numbering_.ToLocal(port, worker_);
  return shard_.relay.OnStream(local, source, piece, shard_.At(now));
}

template <class Sync>
void BasicShardedRelay<Sync>::Batch::Poll(Time now) {
  const Time at = shard_.At(now);
  Transport& out = *relay_.transports_[worker_];
  MailCounters& counters = shard_.transport.counters;
  for (std::uint32_t from = 0; from < relay_.workers(); ++from) {
    if (from == worker_) continue;
    // Of that shard, the notes of what is refused here and no more: its gate is not held.
    ShardTransport<Sync>& shard = relay_.shards_[from]->transport;
    const auto send = [&](MailKind kind, std::span<const std::byte> payload,
                          const Addressee& addressee) {
      ViewerHandle to = addressee.to;
      if ((planted(Leak::kMailNamesThePlace) || planted(Leak::kMailIsOfItsSession)) &&
          !LookUpPlace(*relay_.shards_[from], to))
        return;
      if (addressee.expires_at <= at) {
        ++counters.expired;
        return;
      }
      const ViewerHandle local = relay_.numbering_.ToLocal(to);
      bool sent = false;
      if (kind == MailKind::kStill) {
        sent = out.SendStill(to, payload);
      } else if (!shard.IsRefused(local)) {
        sent = out.SendPacket(to, addressee.header, payload);
        if (!sent) shard.Refuse(local);
      }
      ++(sent ? counters.sent : counters.full);
    };
    relay_.MailboxTo(worker_, from).Drain(send);
  }
}

// Of planted leaks: whose a place is by now. False: nobody's that it should go to.
template <class Sync>
bool BasicShardedRelay<Sync>::Batch::LookUpPlace(const Shard& shard, ViewerHandle& to) const {
  const ViewerHandle local = relay_.numbering_.ToLocal(to);
  const auto& record = shard.relay.core().state().viewers.Read(local.viewer);
  const bool same = record.generation == local.generation;
  const ViewerHandle now{local.viewer, record.generation};
  if (!record.open || shard.transport.WorkerOf(now) != worker_) return false;
  if (planted(Leak::kMailIsOfItsSession)) return same;
  Triggered(Leak::kMailNamesThePlace, !same);
  to.generation = record.generation;
  return true;
}

template <class Sync>
void BasicShardedRelay<Sync>::Batch::AdvanceTo(Time now) {
  shard_.AdvanceTo(now, relay_.options_.pacing_interval);
}

template <class Sync>
std::optional<Time> BasicShardedRelay<Sync>::Batch::NextTimer() const {
  return shard_.NextTimer(relay_.options_.pacing_interval);
}

// --- counters and events

template <class Sync>
void BasicShardedRelay<Sync>::Observe(std::uint32_t worker, EventObserver* observer) {
  const typename Turnstile<Sync>::Hold hold(turnstile_, GateOf(worker));
  observers_[worker] = observer;
  shards_[worker]->Observe(observer);
}

template <class Sync>
Counters BasicShardedRelay<Sync>::CountersOf(std::uint32_t worker) {
  return In(worker, Time(), [](Shard& shard, Time) { return shard.relay.counters(); });
}

template <class Sync>
MailCounters BasicShardedRelay<Sync>::MailCountersOf(std::uint32_t worker) {
  return In(worker, Time(), [](Shard& shard, Time) { return shard.transport.counters; });
}

}  // namespace relay
