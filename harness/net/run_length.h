// How long a run of lost, or of received, packets lasts: geometric, or heavy-tailed.
#ifndef FRAMEFENCE_HARNESS_NET_RUN_LENGTH_H_
#define FRAMEFENCE_HARNESS_NET_RUN_LENGTH_H_

#include <cstdint>
#include <variant>

#include "harness/base/result.h"
#include "harness/net/probability.h"

namespace framefence::net {

// Ends after each packet with one chance. Mean: 1 / end.
struct GeometricRun {
  Probability end = Probability::Always();  // after each packet of the run; not Never()
  friend constexpr bool operator==(GeometricRun, GeometricRun) = default;
};

// A discrete Pareto length: P(length >= k) = (packets_min / k)^shape for packets_min <= k <=
// packets_max, and 0 above. Below a shape of 2 the tail rules: a few runs hold most of the packets;
// the cap gives it a mean and a variance.
struct ParetoRun {
  std::uint32_t packets_min = 1;            // 1 to packets_max
  std::uint32_t packets_max = 1000;         // packets_min to kPacketsMax
  std::uint32_t shape_thousandths = 1'500;  // kShapeMin to kShapeMax
  static constexpr std::uint32_t kPacketsMax = 100'000;
  static constexpr std::uint32_t kShapeMin = 200;
  static constexpr std::uint32_t kShapeMax = 20'000;
  friend constexpr bool operator==(const ParetoRun&, const ParetoRun&) = default;
};

using RunLength = std::variant<GeometricRun, ParetoRun>;

Outcome Validate(const RunLength& run);

// min + the sum over k in (min, max] of (min / k)^shape; 1 / end.
double MeanPackets(const RunLength& run);

// The length that 32 uniform bits stand for: floor(min * U^(-1 / shape)), at most packets_max, with
// U = (draw + 1) / 2^32. In integers, with a relative error below 2^-20. REQUIRES: Validate(run).
std::uint32_t DrawPackets(const ParetoRun& run, std::uint32_t draw);

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_RUN_LENGTH_H_
