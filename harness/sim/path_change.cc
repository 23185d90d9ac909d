#include "harness/sim/path_change.h"

#include <algorithm>
#include <chrono>

#include "harness/net/presets.h"

namespace framefence::sim {
namespace {

namespace field = cases::field;
using cases::PathProperty;
using cases::Step;
using net::Probability;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// A link is not so fast that jitter would take a packet to before it was sent.
void SetDelay(net::DelayOptions delay, net::Link& link) {
  delay.latency = std::max(delay.latency, net::EarliestBy(delay.jitter, delay.spread));
  link.SetDelay(delay);
}

Probability Chance(const PathChange& change) { return Probability::OutOf(change.value, 16); }

}  // namespace

PathChange DecodePathChange(const Step& step) {
  PathChange change{.sets = static_cast<PathProperty>(Read(step, field::kPathSets))};
  const auto take = [&](const cases::Field& value) { change.value = Read(step, value); };
  const auto and_take = [&](const cases::Field& beside) { change.beside = Read(step, beside); };
  switch (change.sets) {
    case PathProperty::kClear:
      break;
    case PathProperty::kPreset:
      take(field::kPathPreset);
      break;
    case PathProperty::kLatency:
      take(field::kPathLatency);
      break;
    case PathProperty::kJitter:
      take(field::kPathSpread);
      change.jitter = static_cast<net::Jitter>(Read(step, field::kPathJitter));
      change.overtakes = Read(step, field::kPathOvertakes) != 0;
      break;
    case PathProperty::kRate:
      take(field::kPathRate), and_take(field::kPathQueue);
      break;
    case PathProperty::kTrace:
      take(field::kPathTraceOffset);
      break;
    case PathProperty::kDuplicate:
      take(field::kPathDuplicate);
      break;
    case PathProperty::kCorrupt:
      take(field::kPathCorrupt);
      break;
    case PathProperty::kTruncate:
      take(field::kPathTruncate), and_take(field::kPathTruncateMin);
      break;
    case PathProperty::kReorder:
      take(field::kPathReorder), and_take(field::kPathReorderGap);
      break;
    case PathProperty::kOutage:
      take(field::kPathOutage), and_take(field::kPathOutageEvery);
      break;
  }
  return change;
}

void ChangePath(const PathChange& change, bool uplink, const Recordings& recordings,
                VirtualTime now, net::Link& link) {
  net::DelayOptions delay = link.delay();
  net::DamageOptions damage = link.damage();
  switch (change.sets) {
    case PathProperty::kClear:
      return link.Set({});
    case PathProperty::kPreset: {
      const net::Preset& preset = net::Presets()[change.value];
      return link.Set(uplink ? preset.up : preset.down);
    }
    case PathProperty::kLatency:
      delay.latency = microseconds(change.value);
      return SetDelay(delay, link);
    case PathProperty::kJitter:
      delay.jitter = change.jitter;
      delay.spread = microseconds(change.value);
      delay.keep_order = !change.overtakes;
      return SetDelay(delay, link);
    case PathProperty::kReorder:
      delay.reordering = {.probability = Chance(change), .gap = change.beside};
      return SetDelay(delay, link);
    case PathProperty::kRate:
      return link.SetQueue({.rate_bits_per_s = std::uint64_t{change.value} * 1000,
                            .queue_bytes_max = change.beside});
    case PathProperty::kTrace:
      return link.SetQueue({.trace = recordings.capacity, .trace_offset_ms = change.value});
    case PathProperty::kDuplicate:
      damage.duplicate = Chance(change);
      return link.SetDamage(damage);
    case PathProperty::kCorrupt:
      damage.corrupt = Chance(change);
      return link.SetDamage(damage);
    case PathProperty::kTruncate:
      damage.truncate = Chance(change);
      damage.truncate_bytes_min = change.beside;
      return link.SetDamage(damage);
    case PathProperty::kOutage: {
      const VirtualDuration length = milliseconds(change.value);
      const VirtualDuration every = milliseconds(change.beside);
      return link.SetOutage({.from = now,
                             .length = length,
                             .every = change.beside == 0 ? every : std::max(every, length)});
    }
  }
}

}  // namespace framefence::sim
