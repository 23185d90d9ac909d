#include "harness/net/run_length.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

namespace framefence::net {
namespace {

constexpr int kFractionBits = 28;

// log2(value) in 2^-28 parts, rounded down, by repeated squaring. REQUIRES: 0 < value <= 2^32.
std::uint64_t Log2(std::uint64_t value) {
  const int whole = std::bit_width(value) - 1;
  std::uint64_t mantissa = whole > 31 ? value >> (whole - 31) : value << (31 - whole);
  auto result = static_cast<std::uint64_t>(whole);
  for (int i = 0; i < kFractionBits; ++i) {
    mantissa = mantissa * mantissa >> 31;  // [1, 4) in 2^-31 parts
    const std::uint64_t bit = mantissa >> 32;
    mantissa >>= bit;
    result = result << 1 | bit;
  }
  return result;
}

constexpr std::uint64_t SquareRoot(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 31; bit != 0; bit >>= 1) {
    if ((root | bit) * (root | bit) <= value) root |= bit;
  }
  return root;
}

// 2^(1/2), 2^(1/4), ... in 2^-31 parts.
constexpr std::array<std::uint64_t, kFractionBits> kRootsOfTwo = [] {
  std::array<std::uint64_t, kFractionBits> roots{};
  std::uint64_t root = SquareRoot(std::uint64_t{1} << 63);
  for (std::uint64_t& entry : roots) {
    entry = root;
    root = SquareRoot(root << 31);
  }
  return roots;
}();

// 2^fraction in 2^-31 parts; `fraction` in 2^-28 parts, below one.
std::uint64_t Exp2OfFraction(std::uint64_t fraction) {
  std::uint64_t result = std::uint64_t{1} << 31;
  for (int i = 0; i < kFractionBits; ++i) {
    if ((fraction >> (kFractionBits - 1 - i) & 1U) != 0)
      result = result * kRootsOfTwo[static_cast<std::size_t>(i)] >> 31;
  }
  return result;
}

}  // namespace

Outcome Validate(const RunLength& run) {
  if (const auto* geometric = std::get_if<GeometricRun>(&run)) {
    if (geometric->end == Probability::Never())
      return Error{"a geometric run has no end: its chance to end is 0"};
    return Unit{};
  }
  const auto& pareto = std::get<ParetoRun>(run);
  if (pareto.packets_min < 1 || pareto.packets_min > pareto.packets_max ||
      pareto.packets_max > ParetoRun::kPacketsMax) {
    return Error{"a Pareto run of " + std::to_string(pareto.packets_min) + " to " +
                 std::to_string(pareto.packets_max) +
                 " packets: wants 1 <= min <= max <= " + std::to_string(ParetoRun::kPacketsMax)};
  }
  if (pareto.shape_thousandths < ParetoRun::kShapeMin ||
      pareto.shape_thousandths > ParetoRun::kShapeMax) {
    return Error{"a Pareto run with a shape of " + std::to_string(pareto.shape_thousandths) +
                 " thousandths: wants " + std::to_string(ParetoRun::kShapeMin) + " to " +
                 std::to_string(ParetoRun::kShapeMax)};
  }
  return Unit{};
}

double MeanPackets(const RunLength& run) {
  if (const auto* geometric = std::get_if<GeometricRun>(&run)) return 1 / geometric->end.value();
  const auto& pareto = std::get<ParetoRun>(run);
  const double shape = pareto.shape_thousandths / 1000.0;
  double mean = pareto.packets_min;
  for (std::uint32_t k = pareto.packets_min + 1; k <= pareto.packets_max; ++k)
    mean += std::pow(static_cast<double>(pareto.packets_min) / k, shape);
  return mean;
}

std::uint32_t DrawPackets(const ParetoRun& run, std::uint32_t draw) {
  const std::uint64_t minus_log2 =
      (std::uint64_t{32} << kFractionBits) - Log2(std::uint64_t{draw} + 1);
  const std::uint64_t exponent = minus_log2 * 1000 / run.shape_thousandths;
  const std::uint64_t whole = exponent >> kFractionBits;
  if (whole > 31) return run.packets_max;
  const std::uint64_t fraction = exponent & ((std::uint64_t{1} << kFractionBits) - 1);
  const std::uint64_t packets = run.packets_min * Exp2OfFraction(fraction) >> (31 - whole);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(packets, run.packets_max));
}

}  // namespace framefence::net
