#include "harness/net/link.h"

#include <algorithm>
#include <utility>

#include "harness/base/check.h"

namespace framefence::net {

Outcome Validate(const LinkOptions& options) {
  for (Outcome outcome : {Validate(options.loss), Validate(options.delay), Validate(options.queue),
                          Validate(options.outage)}) {
    if (!outcome.ok()) return outcome;
  }
  return Unit{};
}

Link::Link(LossProcess loss, VirtualDuration latency) : loss_(loss), draws_(loss.SeedForOthers()) {
  SetDelay({.latency = latency});
}

Link::Link(Prng prng, const LinkOptions& options) : loss_(prng), draws_(loss_.SeedForOthers()) {
  Set(options);
}

// A world has many links, and a fuzzer a world for each case: nothing is set here that a new link has.
void Link::Reset(const Prng& losses, VirtualDuration latency) {
  FRAMEFENCE_CHECK(latency >= VirtualDuration::zero() && latency <= DelayOptions::kDelayMax);
  Link next;
  next.Reseed(losses);
  next.delay_.latency = latency;
  next.queue_.TakeRoomOf(queue_);
  *this = std::move(next);
}

void Link::Set(const LinkOptions& options) {
  SetLoss(options.loss);
  SetDelay(options.delay);
  SetQueue(options.queue);
  SetDamage(options.damage);
  SetOutage(options.outage);
  exposure_ = options.exposure;
}

void Link::SetDelay(const DelayOptions& options) {
  FRAMEFENCE_CHECK(Validate(options).ok());
  const bool faster = counters_.offered != 0 && options.latency < delay_.latency;
  delay_ = options;
  if (faster) plain_ = false;  // what is on its way may have to be waited for
  FindOutWhetherPlain();
}

void Link::SetQueue(const QueueOptions& options) {
  queue_.Set(options);
  FindOutWhetherPlain();
}

void Link::SetDamage(const DamageOptions& options) {
  damage_ = options;
  damages_ = options != DamageOptions{};
  FindOutWhetherPlain();
}

void Link::SetOutage(const Outage& outage) {
  FRAMEFENCE_CHECK(Validate(outage).ok());
  outage_ = outage;
  FindOutWhetherPlain();
}

void Link::FindOutWhetherPlain() {
  // What waits in a queue that was taken away, or was held up by jitter, still goes first: a link
  // that was not plain while it carried packets never is again.
  const bool has_history = !plain_ && counters_.offered != 0;
  plain_ = !has_history && queue_.unlimited() && !damages_ && outage_ == Outage{} &&
           delay_.jitter == Jitter::kNone && delay_.reordering.probability == Probability::Never();
}

std::optional<VirtualTime> Link::OfferUnsized(VirtualTime now) {
  return Send(now, kUsualBytes).arrival;
}

Fate Link::SendThroughAll(VirtualTime now, std::uint32_t bytes, const Conditions& conditions) {
  plain_ = plain_ && conditions.latency == VirtualDuration::zero();  // else this one may be awaited
  const std::uint64_t packet = counters_.offered++;
  if (Fails(now, conditions, packet)) return {};
  const std::optional<VirtualTime> left = queue_.Admit(now, bytes, conditions.capacity_percent);
  if (!left) {
    ++counters_.queue_full;
    return {};
  }
  ++counters_.passed;
  Fate fate{.bytes = bytes};
  if (Overtakes(packet)) {
    ++counters_.overtaking;
    fate.arrival = left;
  } else {
    fate.arrival = Travel(*left, conditions, Purpose::kJitter, packet);
  }
  if (damages_) Damage(packet, *left, conditions, fate);
  return fate;
}

bool Link::Fails(VirtualTime now, const Conditions& conditions, std::uint64_t packet) {
  bool lost = loss_.Lose();
  if (drop_next_ != 0) {
    --drop_next_;
    ++counters_.dropped;
    return true;
  }
  if (outage_.Covers(now)) {
    ++counters_.blacked_out;
    return true;
  }
  if (conditions.loss != Probability::Never())
    lost |= (conditions.loss * exposure_).Happens(draws_.Draw(Purpose::kWeatherLoss, packet));
  counters_.lost += lost ? 1 : 0;
  return lost;
}

// netem's: `gap - 1` packets in order, then one overtakes as soon as it is drawn.
bool Link::Overtakes(std::uint64_t packet) {
  const Reordering& reordering = delay_.reordering;
  if (reordering.probability == Probability::Never()) return false;
  if (in_order_ + 1 >= reordering.gap &&
      reordering.probability.Happens(draws_.Draw(Purpose::kReorder, packet))) {
    in_order_ = 0;
    return true;
  }
  ++in_order_;
  return false;
}

VirtualTime Link::Travel(VirtualTime left, const Conditions& conditions, Purpose purpose,
                         std::uint64_t packet) {
  VirtualTime arrival = left + delay_.latency + conditions.latency;
  if (delay_.jitter != Jitter::kNone)
    arrival += JitterOf(delay_.jitter, delay_.spread, draws_.Draw(purpose, packet));
  if (!delay_.keep_order) return arrival;
  return latest_arrival_ = std::max(latest_arrival_, arrival);
}

void Link::Damage(std::uint64_t packet, VirtualTime left, const Conditions& conditions,
                  Fate& fate) {
  const std::uint64_t truncate = draws_.Draw(Purpose::kTruncate, packet);
  if (fate.bytes > damage_.truncate_bytes_min && damage_.truncate.Happens(truncate)) {
    ++counters_.truncated;
    const std::uint32_t min = damage_.truncate_bytes_min;
    fate.bytes = min + static_cast<std::uint32_t>(Scaled(truncate, fate.bytes - min));
  }
  const std::uint64_t corrupt = draws_.Draw(Purpose::kCorrupt, packet);
  if (fate.bytes != 0 && damage_.corrupt.Happens(corrupt)) {
    ++counters_.corrupted;
    fate.flipped_bit = static_cast<std::uint32_t>(Scaled(corrupt, fate.bytes * std::uint64_t{8}));
  }
  if (damage_.duplicate.Happens(draws_.Draw(Purpose::kDuplicate, packet))) {
    ++counters_.duplicated;
    fate.copy = Travel(left, conditions, Purpose::kCopyJitter, packet);
  }
}

}  // namespace framefence::net
