// Chances as whole numbers, and draws that belong to one packet and one purpose.
#ifndef FRAMEFENCE_HARNESS_NET_PROBABILITY_H_
#define FRAMEFENCE_HARNESS_NET_PROBABILITY_H_

#include <cstdint>

#include "harness/base/prng.h"

namespace framefence::net {

// A probability as a whole number of 2^-32 parts, so that certainty is exact and no verdict hangs
// on floating point.
class Probability {
 public:
  static constexpr std::uint64_t kOne = std::uint64_t{1} << 32;

  constexpr Probability() = default;
  // numerator / 2^denominator_bits, exactly; more than one counts as one. REQUIRES:
  // denominator_bits <= 32.
  static constexpr Probability OutOf(std::uint32_t numerator, unsigned denominator_bits) {
    const std::uint64_t parts = static_cast<std::uint64_t>(numerator) << (32 - denominator_bits);
    return Probability(parts < kOne ? parts : kOne);
  }
  // parts / 1,000,000, rounded down to 2^-32; more than one counts as one. For figures that are
  // published as decimals.
  static constexpr Probability PerMillion(std::uint32_t parts) {
    return parts >= 1'000'000 ? Always() : Probability(parts * kOne / 1'000'000);
  }
  static constexpr Probability Never() { return Probability(0); }
  static constexpr Probability Always() { return Probability(kOne); }

  constexpr std::uint64_t threshold() const { return threshold_; }  // of 2^32
  constexpr double value() const {
    return static_cast<double>(threshold_) / static_cast<double>(kOne);
  }
  // Whether it happens, by 32 uniform bits: the lower half of `draw`.
  constexpr bool Happens(std::uint64_t draw) const { return (draw & 0xffffffffU) < threshold_; }
  // Both of two independent things, rounded down.
  friend constexpr Probability operator*(Probability a, Probability b) {
    if (a.threshold_ == kOne) return b;
    return Probability(b.threshold_ == kOne ? a.threshold_ : a.threshold_ * b.threshold_ >> 32);
  }
  friend constexpr bool operator==(Probability, Probability) = default;

 private:
  constexpr explicit Probability(std::uint64_t threshold) : threshold_(threshold) {}

  std::uint64_t threshold_ = 0;
};

// What is drawn for a packet beside its loss. New ones go at the end: numbers are given once.
enum class Purpose : std::uint8_t {
  kJitter,
  kReorder,
  kDuplicate,
  kCopyJitter,
  kCorrupt,
  kTruncate,
  kWeatherLoss,
};

// The draw for packet n and one purpose is a function of the seed, n and the purpose alone. What a
// model does not ask for is not computed, and no setting can shift what a later packet, or another
// purpose, draws.
class PacketDraws {
 public:
  PacketDraws() = default;
  explicit PacketDraws(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t Draw(Purpose purpose, std::uint64_t packet) const {
    const std::uint64_t stream = Mix64(seed_ ^ (static_cast<std::uint64_t>(purpose) + 1));
    return Mix64(stream + packet * 0x9e3779b97f4a7c15U);
  }

 private:
  std::uint64_t seed_ = 0;
};

// Uniform in [0, bound) by the upper half of `draw`, with a bias below 2^-32 * bound. REQUIRES:
// bound <= 2^32.
constexpr std::uint64_t Scaled(std::uint64_t draw, std::uint64_t bound) {
  return (draw >> 32) * bound >> 32;
}

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_PROBABILITY_H_
