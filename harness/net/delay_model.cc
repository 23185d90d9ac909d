#include "harness/net/delay_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace framefence::net {
namespace {

constexpr int kTableBits = 11;
constexpr int kScaleBits = 13;  // as netem's tables: NETEM_DIST_SCALE is 8192
constexpr int kTableMax = 32'767;

constexpr std::uint64_t CubeRoot(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 20; bit != 0; bit >>= 1) {
    const std::uint64_t trial = root | bit;
    if (trial * trial * trial <= value) root = trial;
  }
  return root;
}

// (u^(-1/3) - 1.5) * 4/3 in 2^-13 parts, for u in the middle of each of 2^11 equal intervals of (0,
// 1). With y = u^(-1/3) in 2^-15 parts it is y / 3 - 2 * 2^13.
constexpr std::array<std::int16_t, 1 << kTableBits> kParetoTable = [] {
  std::array<std::int16_t, 1 << kTableBits> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::uint64_t u_parts = 2 * i + 1;  // of 2^(kTableBits + 1)
    const auto y =
        static_cast<int>(CubeRoot((std::uint64_t{1} << (kTableBits + 1 + 45)) / u_parts));
    table[i] = static_cast<std::int16_t>(std::min((y + 1) / 3 - (2 << kScaleBits), kTableMax));
  }
  return table;
}();

// The sum of four 16-bit numbers has mean 2 * 65535 and variance (2^32 - 1) / 3; this is 2^32
// divided by its deviation, sqrt((2^32 - 1) / 3) = 37837.2.
constexpr std::int64_t kSumMean = 131'070;
constexpr std::int64_t kSumScale = 113'512;

std::int64_t NearlyNormal(std::int64_t spread, std::uint64_t draw) {
  std::int64_t sum = -kSumMean;
  for (int i = 0; i < 4; ++i) sum += static_cast<std::int64_t>(draw >> 16 * i & 0xffffU);
  return (sum * spread * kSumScale + (std::int64_t{1} << 31)) >> 32;
}

std::int64_t ByTable(std::int64_t spread, std::int64_t entry) {
  return (entry * spread + (std::int64_t{1} << (kScaleBits - 1))) >> kScaleBits;
}

}  // namespace

Outcome Validate(const DelayOptions& options) {
  if (options.latency < VirtualDuration::zero() || options.latency > DelayOptions::kDelayMax)
    return Error{"a latency of " + std::to_string(options.latency.count()) + " us: wants 0 to " +
                 std::to_string(DelayOptions::kDelayMax.count())};
  if (options.spread < VirtualDuration::zero() || options.spread > DelayOptions::kSpreadMax)
    return Error{"a jitter of " + std::to_string(options.spread.count()) + " us: wants 0 to " +
                 std::to_string(DelayOptions::kSpreadMax.count())};
  const VirtualDuration earliest = EarliestBy(options.jitter, options.spread);
  if (options.latency < earliest)
    return Error{"a latency of " + std::to_string(options.latency.count()) +
                 " us is less than the " + std::to_string(earliest.count()) +
                 " us by which its jitter may take a packet forward"};
  if (options.reordering.gap == 0) return Error{"a reordering gap of 0 packets: wants 1 or more"};
  return Unit{};
}

VirtualDuration JitterOf(Jitter jitter, VirtualDuration spread, std::uint64_t draw) {
  const std::int64_t us = spread.count();
  switch (jitter) {
    case Jitter::kNone:
      break;
    case Jitter::kUniform:
      return VirtualDuration(
          static_cast<std::int64_t>(Scaled(draw, 2 * static_cast<std::uint64_t>(us) + 1)) - us);
    case Jitter::kNormal:
      return VirtualDuration(NearlyNormal(us, draw));
    case Jitter::kPareto:
      return VirtualDuration(ByTable(us, kParetoTable[draw >> (64 - kTableBits)]));
  }
  return VirtualDuration::zero();
}

VirtualDuration EarliestBy(Jitter jitter, VirtualDuration spread) {
  switch (jitter) {
    case Jitter::kNone:
      break;
    case Jitter::kUniform:
      return spread;
    case Jitter::kNormal:
      return VirtualDuration(-NearlyNormal(spread.count(), 0));
    case Jitter::kPareto:
      return VirtualDuration(-ByTable(spread.count(), kParetoTable.back()));
  }
  return VirtualDuration::zero();
}

double MeanDelayUs(const DelayOptions& options) {
  double jitter = 0;
  if (options.jitter == Jitter::kPareto) {
    for (const std::int16_t entry : kParetoTable) jitter += entry;
    jitter *= static_cast<double>(options.spread.count()) / (1 << kScaleBits) / kParetoTable.size();
  }
  return static_cast<double>(options.latency.count()) + jitter;
}

double DelayDeviationUs(const DelayOptions& options) {
  const auto spread = static_cast<double>(options.spread.count());
  switch (options.jitter) {
    case Jitter::kNone:
      break;
    case Jitter::kUniform:
      return std::sqrt(((2 * spread + 1) * (2 * spread + 1) - 1) / 12);
    case Jitter::kNormal:
      return spread;
    case Jitter::kPareto: {
      double sum = 0;
      double squares = 0;
      for (const double entry : kParetoTable) {
        sum += entry;
        squares += entry * entry;
      }
      const double mean = sum / kParetoTable.size();
      return std::sqrt(squares / kParetoTable.size() - mean * mean) * spread / (1 << kScaleBits);
    }
  }
  return 0;
}

double ReorderRate(const Reordering& reordering) {
  const double p = reordering.probability.value();
  return p == 0 ? 0 : 1 / (reordering.gap - 1 + 1 / p);
}

}  // namespace framefence::net
