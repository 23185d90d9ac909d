// One direction between two ends of the simulated network. The other direction is a link of its
// own: what fails one way only, or is slower one way, is set on that one (path.h has both).
#ifndef FRAMEFENCE_HARNESS_NET_LINK_H_
#define FRAMEFENCE_HARNESS_NET_LINK_H_

#include <cstdint>
#include <optional>

#include "harness/base/result.h"
#include "harness/base/virtual_time.h"
#include "harness/net/delay_model.h"
#include "harness/net/impairments.h"
#include "harness/net/loss_process.h"
#include "harness/net/queue_model.h"
#include "harness/net/weather.h"

namespace framefence::net {

struct LinkCounters {
  std::uint64_t offered = 0;      // == lost + dropped + blacked_out + queue_full + passed
  std::uint64_t lost = 0;         // by the loss model, or the weather
  std::uint64_t dropped = 0;      // by order of DropNext
  std::uint64_t blacked_out = 0;  // in an outage
  std::uint64_t queue_full = 0;
  std::uint64_t passed = 0;
  std::uint64_t overtaking = 0;  // of those passed; so are the next three
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t truncated = 0;
  friend bool operator==(const LinkCounters&, const LinkCounters&) = default;
};

// All that a link does to packets.
struct LinkOptions {
  LossModel loss;
  DelayOptions delay;
  QueueOptions queue;
  DamageOptions damage;
  Outage outage;
  Probability exposure = Probability::Always();  // how much of the weather's loss reaches it
  friend bool operator==(const LinkOptions&, const LinkOptions&) = default;
};

Outcome Validate(const LinkOptions& options);

// What becomes of one packet.
struct Fate {
  std::optional<VirtualTime> arrival;        // nothing: never
  std::optional<VirtualTime> copy;           // when a second copy arrives, with the same bytes
  std::uint32_t bytes = 0;                   // that arrive: fewer than were offered if cut short
  std::optional<std::uint32_t> flipped_bit;  // bit n is bit 7 - n % 8 of byte n / 8 < bytes
  friend bool operator==(const Fate&, const Fate&) = default;
};

// It does not hold packets, it says when they arrive. Without order to the contrary (keep_order,
// reordering) packets arrive in the order of their offers. A value: an array of them is a network.
// Offer and Send do not allocate, but for a queue that is longer than it ever was.
//
// A packet meets, in this order: a drop by order, an outage, the weather's loss, the loss model,
// the queue, latency and jitter, damage. Each packet uses up its draw of the loss model, whatever
// meets it before; all else is drawn by the packet's number (PacketDraws). So no setting or order
// changes what another packet draws.
class Link {
 public:
  static constexpr std::uint32_t kPacketBytesMax = Bottleneck::kPacketBytesMax;
  // The size that Offer() counts a packet for.
  static constexpr std::uint32_t kUsualBytes = 1200;

  Link() = default;
  // REQUIRES: latency >= 0, and no more than DelayOptions::kDelayMax.
  Link(LossProcess loss, VirtualDuration latency);
  // REQUIRES: Validate(options).
  Link(Prng prng, const LinkOptions& options);

  // As Link(LossProcess(losses), latency), in the room that it has.
  void Reset(const Prng& losses, VirtualDuration latency);

  // When a packet offered now arrives; nothing when it never does. For those who look at nothing
  // else of its fate. REQUIRES (both): now never falls where there is a queue or jitter.
  std::optional<VirtualTime> Offer(VirtualTime now) {
    if (!plain_) return OfferUnsized(now);
    ++counters_.offered;
    // A packet that is dropped by order still uses up its draw: the order changes no other packet's
    // fate.
    const bool lost = loss_.Lose();
    if (drop_next_ != 0) {
      --drop_next_;
      ++counters_.dropped;
      return std::nullopt;
    }
    // Without a branch, for no one can foresee which way it would go.
    const VirtualTime arrival = now + delay_.latency;
    counters_.lost += lost ? 1 : 0;
    counters_.passed += lost ? 0 : 1;
    latest_arrival_ = lost ? latest_arrival_ : arrival;
    return lost ? std::nullopt : std::optional(arrival);
  }
  // All of it. REQUIRES: bytes <= kPacketBytesMax.
  Fate Send(VirtualTime now, std::uint32_t bytes, const Conditions& conditions = {}) {
    if (!plain_ || conditions != Conditions{}) return SendThroughAll(now, bytes, conditions);
    const std::optional<VirtualTime> arrival = Offer(now);
    return {.arrival = arrival, .bytes = arrival ? bytes : 0};
  }

  // All of these hold from the next packet on. REQUIRES: what is set is valid.
  void Set(const LinkOptions& options);  // also starts the loss model again
  void SetLoss(const LossModel& model) { loss_.SetModel(model); }
  void SetDelay(const DelayOptions& options);
  void SetQueue(const QueueOptions& options);
  void SetDamage(const DamageOptions& options);
  void SetOutage(const Outage& outage);

  // All that it draws from the next packet on comes from here; what it is in the middle of goes on.
  void Reseed(const Prng& prng) {
    loss_.Reseed(prng);
    draws_ = PacketDraws(loss_.SeedForOthers());
  }

  // Exactly the next `packets` offers fail, whatever the loss model says. Replaces an order not yet
  // used up.
  void DropNext(std::uint32_t packets) { drop_next_ = packets; }

  const LinkCounters& counters() const { return counters_; }
  const DelayOptions& delay() const { return delay_; }
  const DamageOptions& damage() const { return damage_; }
  const Bottleneck& queue() const { return queue_; }

 private:
  std::optional<VirtualTime> OfferUnsized(VirtualTime now);
  Fate SendThroughAll(VirtualTime now, std::uint32_t bytes, const Conditions& conditions);
  bool Fails(VirtualTime now, const Conditions& conditions, std::uint64_t packet);
  VirtualTime Travel(VirtualTime left, const Conditions& conditions, Purpose purpose,
                     std::uint64_t packet);
  void Damage(std::uint64_t packet, VirtualTime left, const Conditions& conditions, Fate& fate);
  bool Overtakes(std::uint64_t packet);
  void FindOutWhetherPlain();

  LossProcess loss_;
  DelayOptions delay_;
  std::uint32_t drop_next_ = 0;
  bool plain_ = true;  // nothing but loss and latency
  LinkCounters counters_;
  VirtualTime latest_arrival_{};  // for keep_order
  // From here on, for those that are not plain.
  PacketDraws draws_;
  std::uint32_t in_order_ = 0;  // packets since the last that overtook
  bool damages_ = false;
  DamageOptions damage_;
  Outage outage_;
  Probability exposure_ = Probability::Always();
  Bottleneck queue_;
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_LINK_H_
