// How long a packet is on its way, beside what it waits in a queue, and which packets overtake.
#ifndef FRAMEFENCE_HARNESS_NET_DELAY_MODEL_H_
#define FRAMEFENCE_HARNESS_NET_DELAY_MODEL_H_

#include <cstdint>

#include "harness/base/result.h"
#include "harness/base/virtual_time.h"
#include "harness/net/probability.h"

namespace framefence::net {

// The distributions that netem offers (tc-netem(8)), in integer arithmetic: each deviates from the
// latency by `spread` times a number of its own.
enum class Jitter : std::uint8_t {
  kNone,
  // Every microsecond in [-spread, spread] alike. Mean 0, deviation sqrt(((2 spread + 1)^2 - 1) /
  // 12), about spread / sqrt(3).
  kUniform,
  // Nearly normal: the sum of four uniform numbers (Irwin-Hall), which ends at 2 sqrt(3) = 3.46
  // deviations. Mean 0, deviation spread.
  kNormal,
  // netem's table: (x - 1.5) * 4/3 for x of a Pareto distribution with shape 3, clipped at 4. Late
  // packets are far later than early ones are early: from -2/3 to 4 times the spread. The clip takes
  // the mean to about -0.03 and the deviation to about 0.9 of the spread.
  kPareto,
};

// netem's reordering (sch_netem): after gap - 1 packets in order each one overtakes with this
// probability, by skipping all latency and jitter, until one has. Rate: 1 / (gap - 1 + 1 /
// probability); one overtakes only those that are still on their way.
struct Reordering {
  Probability probability;
  std::uint32_t gap = 1;  // > 0
  friend constexpr bool operator==(const Reordering&, const Reordering&) = default;
};

struct DelayOptions {
  VirtualDuration latency{};  // 0 to kDelayMax
  Jitter jitter = Jitter::kNone;
  // 0 to kSpreadMax, and so small that no delay would be negative.
  VirtualDuration spread{};
  // A packet that jitter would bring in before an earlier one comes with it. Without, jitter
  // reorders, as in netem.
  bool keep_order = true;
  Reordering reordering;
  static constexpr VirtualDuration kDelayMax = std::chrono::minutes(10);
  static constexpr VirtualDuration kSpreadMax = std::chrono::minutes(1);
  friend bool operator==(const DelayOptions&, const DelayOptions&) = default;
};

Outcome Validate(const DelayOptions& options);

// The deviation from the latency that 64 uniform bits stand for. REQUIRES: 0 <= spread <=
// kSpreadMax.
VirtualDuration JitterOf(Jitter jitter, VirtualDuration spread, std::uint64_t draw);
// How far below the latency the earliest packet is.
VirtualDuration EarliestBy(Jitter jitter, VirtualDuration spread);

// Closed forms, in microseconds: of one packet's delay, before order is kept. The Pareto's are
// exact sums over its table.
double MeanDelayUs(const DelayOptions& options);
double DelayDeviationUs(const DelayOptions& options);
double ReorderRate(const Reordering& reordering);

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_DELAY_MODEL_H_
