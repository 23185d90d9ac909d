// The way out of one shard: to viewers on its own worker at once, to those on others by mailbox; and
// what it tells of, as the deployment calls it.
//
// A session on another worker is held up as one on its own is: SendPacket() answers false, and the
// session keeps its place in the stream until OnWritable(). Where its mailbox had no room, the shard
// sees to that itself: it looks from time to time whether there is some (RetryWaiting()). Where the
// worker's transport refused what came by mail, the worker notes it down (Refuse()), and it is
// whoever has the transport that says OnWritable().
//
// Memory order of such a note: relaxed. It says nothing of any other memory. It is stored under the
// gate of the session's worker, and cleared under that and the shard's: OnWritable() comes before the
// transport refused, or after that is noted. Where the shard sees it late it posts some more, which the
// worker does not send. Where two sessions of the place are noted, the last one
// is: the next packet of the other is refused, and it noted again.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_SHARD_TRANSPORT_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_SHARD_TRANSPORT_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "targets/relay/events.h"
#include "targets/relay/options.h"
#include "targets/relay/transport.h"
#include "targets/relay/workers/mailbox.h"
#include "targets/relay/workers/saved_shards.h"

namespace relay {

// What came of what went from worker to worker, since Reset(). Only ever counted up.
struct MailCounters {
  // By the worker that posts.
  std::uint64_t posted = 0;   // addressees of packets and stills
  std::uint64_t refused = 0;  // addressees for whom the mailbox had no room; packets are sent later
  std::uint64_t struck = 0;   // addressees that a change took out
  // By the worker that sends.
  std::uint64_t sent = 0;
  std::uint64_t expired = 0;  // not sent: the grant's time was over
  std::uint64_t full = 0;     // not sent: the worker's transport refused it, or a packet before it
};

// Is told that something waits for a worker's next Poll(), so that a worker without other work may
// sleep. Once a batch at most, after all of it can be seen; by whoever holds the gate of the worker
// that posted. REQUIRES: an implementation does not call the relay back.
class MailListener {
 public:
  virtual void OnMail(std::uint32_t worker) = 0;

 protected:
  ~MailListener() = default;
};

// How viewer sessions and ports are called in the deployment. A shard's own places begin at 0; the
// deployment's number says also which shard's it is, and on which worker the viewer is. A number does
// not depend on how many there are: an upgrade that makes room for more keeps all.
struct Numbering {
  std::uint32_t workers = 1;
  std::uint32_t viewers = 0;  // of a shard
  std::uint32_t ports = 0;    // of a shard

  static Numbering Of(const Options& options, std::uint32_t workers) {
    return {workers, options.viewers, options.ports};
  }
  // False: the numbers do not go so far.
  bool Fits() const {
    const std::uint64_t most =
        std::uint64_t{workers} * std::max(workers * std::uint64_t{viewers}, std::uint64_t{ports});
    return most < ~std::uint32_t{0};
  }

  std::uint32_t ShardOf(Camera camera) const { return camera.value % workers; }

  bool Has(ViewerHandle global) const { return ToLocal(global).viewer.value < viewers; }
  ViewerHandle ToGlobal(ViewerHandle local, std::uint32_t shard, std::uint32_t worker) const {
    return {Viewer((local.viewer.value * workers + worker) * workers + shard), local.generation};
  }
  ViewerHandle ToLocal(ViewerHandle global) const {
    return {Viewer(global.viewer.value / workers / workers), global.generation};
  }
  std::uint32_t ShardOf(ViewerHandle global) const { return global.viewer.value % workers; }
  std::uint32_t WorkerOf(ViewerHandle global) const {
    return global.viewer.value / workers % workers;
  }

  // A port's worker is its shard's.
  Port ToGlobal(Port local, std::uint32_t shard) const {
    return Port(local.value * workers + shard);
  }
  // Of another shard's port: none that there is.
  Port ToLocal(Port global, std::uint32_t shard) const {
    return ShardOf(global) == shard ? Port(global.value / workers) : Port(~std::uint32_t{0});
  }
  std::uint32_t ShardOf(Port global) const { return global.value % workers; }
};

// Used under the gate of its shard's worker only.
template <class Sync>
class ShardTransport final : public Transport, public EventObserver {
 public:
  // own: the way out of the shard's worker. mailboxes: from this shard, by the worker that they go
  // to. listener: may be null.
  ShardTransport(Transport& own, std::uint32_t shard, const Numbering& numbering,
                 std::span<Mailbox<Sync>> mailboxes, MailListener* listener)
      : own_(own),
        listener_(listener),
        mailboxes_(mailboxes),
        numbering_(numbering),
        shard_(shard),
        homes_(numbering.viewers),
        refusals_(numbering.viewers) {
    waiting_.reserve(numbering.viewers);
    retried_.reserve(numbering.viewers);
  }

  // On which worker the next session to be opened is, and until when its grant holds.
  void SetNext(std::uint32_t worker, Time expires_at) {
    next_ = {.worker = worker, .expires_at = expires_at};
  }
  // REQUIRES: the place has had a session.
  std::uint32_t WorkerOf(ViewerHandle local) const { return homes_[local.viewer.value].worker; }
  ViewerHandle ToGlobal(ViewerHandle local) {
    return numbering_.ToGlobal(local, shard_, HomeOf(local).worker);
  }

  // Goes on with a session, whose grant holds until then. REQUIRES: the deployment has the place.
  void Resume(const SavedHome& saved, Time expires_at) {
    homes_[saved.viewer.value] = {
        .generation = saved.generation, .worker = saved.worker, .expires_at = expires_at};
  }
  // Null: nobody.
  void Observe(EventObserver* observer) { observer_ = observer; }

  // Lets the other workers see all that was posted. REQUIRES: called before the gate is left.
  void Publish() {
    for (; posted_to_ != 0; posted_to_ &= posted_to_ - 1) {
      const auto worker = static_cast<std::uint32_t>(std::countr_zero(posted_to_));
      mailboxes_[worker].Publish();
      if (listener_ != nullptr) listener_->OnMail(worker);
    }
  }

  bool SendPacket(ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    const Home& home = HomeOf(to);
    const ViewerHandle global = numbering_.ToGlobal(to, shard_, home.worker);
    if (home.worker == shard_) return own_.SendPacket(global, header, payload);
    if (IsRefused(to)) return false;
    Addressee addressee{global, home.expires_at};
    std::ranges::copy(header, addressee.header.begin());
    if (Post(home.worker, MailKind::kPacket, payload, addressee)) return true;
    Wait(to.viewer);
    return false;
  }
  bool SendStill(ViewerHandle to, std::span<const std::byte> access_unit) override {
    const Home& home = HomeOf(to);
    const ViewerHandle global = numbering_.ToGlobal(to, shard_, home.worker);
    if (home.worker == shard_) return own_.SendStill(global, access_unit);
    return Post(home.worker, MailKind::kStill, access_unit, {global, home.expires_at});
  }
  void SendToPublisher(Port port, Source to, std::span<const std::byte> rtcp) override {
    own_.SendToPublisher(numbering_.ToGlobal(port, shard_), to, rtcp);
  }

  // --- what is held up

  bool waits() const { return !waiting_.empty(); }
  // Calls again(session) for each that waited for room where there is some now. Those that find none
  // again come after the others.
  template <class Again>
  void RetryWaiting(Again&& again) {
    std::uint64_t roomy = 0;  // workers, a bit each
    for (std::uint32_t worker = 0; worker < numbering_.workers; ++worker) {
      if (worker != shard_ && mailboxes_[worker].HasRoomForAny())
        roomy |= std::uint64_t{1} << worker;
    }
    std::swap(waiting_, retried_);
    for (const Viewer viewer : retried_) {
      Home& home = homes_[viewer.value];
      home.waits = 0;
      if (home.worker == shard_) continue;  // another session by now, which waits for none
      if ((roomy >> home.worker & 1) == 0) {
        Wait(viewer);
      } else {
        again(ViewerHandle{viewer, home.generation});
      }
    }
    retried_.clear();
  }

  // The session's worker has refused a packet for it. By who holds that worker's gate.
  void Refuse(ViewerHandle local) {
    refusals_[local.viewer.value].of.store(local.generation.value, std::memory_order_relaxed);
  }
  // By who holds the gate of the shard, or of the session's worker.
  bool IsRefused(ViewerHandle local) const {
    return refusals_[local.viewer.value].of.load(std::memory_order_relaxed) ==
           local.generation.value;
  }
  // It takes packets again.
  void Accept(ViewerHandle local) {
    if (IsRefused(local))
      refusals_[local.viewer.value].of.store(Generation().value, std::memory_order_relaxed);
  }

  // REQUIRES: somebody observes.
  void OnEvent(const Event& event) override {
    Event told = event;
    const bool of_port =
        event.kind == EventKind::kPublisherStarted || event.kind == EventKind::kPublisherStopped;
    if (of_port) told.port = numbering_.ToGlobal(event.port, shard_);
    if (event.viewer.generation != Generation()) told.viewer = ToGlobal(event.viewer);
    observer_->OnEvent(told);
  }

  MailCounters counters;

 private:
  // Where a place's session is.
  struct Home {
    Generation generation{};
    std::uint32_t worker : 31 = 0;
    std::uint32_t waits : 1 = 0;  // the place is in waiting_
    Time expires_at{};
  };
  // The place's session that was refused; 0: none.
  struct Refusal {
    typename Sync::template Atomic<std::uint32_t> of{0};
  };

  // A session that is not known yet is the one that is being opened.
  const Home& HomeOf(ViewerHandle local) {
    Home& home = homes_[local.viewer.value];
    if (home.generation != local.generation)
      home = {local.generation, next_.worker, home.waits, next_.expires_at};
    return home;
  }
  void Wait(Viewer viewer) {
    Home& home = homes_[viewer.value];
    if (home.waits) return;
    home.waits = 1;
    waiting_.push_back(viewer);
  }
  bool Post(std::uint32_t worker, MailKind kind, std::span<const std::byte> payload,
            const Addressee& addressee) {
    const bool posted = mailboxes_[worker].Post(kind, payload, addressee);
    posted_to_ |= std::uint64_t{1} << worker;
    ++(posted ? counters.posted : counters.refused);
    return posted;
  }

  Transport& own_;
  MailListener* const listener_;
  EventObserver* observer_ = nullptr;
  const std::span<Mailbox<Sync>> mailboxes_;
  const Numbering numbering_;
  const std::uint32_t shard_;
  std::uint64_t posted_to_ = 0;  // workers, a bit each
  Home next_;
  std::vector<Home> homes_;                // by the shard's viewer
  std::vector<Refusal> refusals_;          // likewise
  std::vector<Viewer> waiting_, retried_;  // for room in their mailboxes; at most all
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_SHARD_TRANSPORT_H_
