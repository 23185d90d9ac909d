// Seeded randomness. Every draw in the harness comes from one of these, so that a case replays.
#ifndef FRAMEFENCE_HARNESS_BASE_PRNG_H_
#define FRAMEFENCE_HARNESS_BASE_PRNG_H_

#include <cstdint>

namespace framefence {

// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014): a
// bijective mix of 64 bits.
constexpr std::uint64_t Mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// A SplitMix64 stream: 8 bytes of state, so that each link and each camera can own one.
class Prng {
 public:
  constexpr Prng() = default;
  constexpr explicit Prng(std::uint64_t seed) : state_(seed) {}

  // A stream of its own for each pair (seed, purpose), so that one more draw here does not shift
  // another's draws.
  static constexpr Prng ForPurpose(std::uint64_t seed, std::uint64_t purpose) {
    return Prng(Mix64(seed) ^ Mix64(~purpose));
  }

  constexpr std::uint64_t Next() {
    const std::uint64_t result = Mix64(state_);
    state_ += 0x9e3779b97f4a7c15U;
    return result;
  }
  constexpr std::uint32_t Next32() { return static_cast<std::uint32_t>(Next() >> 32); }

  // Uniform in [0, bound) by multiply-shift (Lemire 2019), with a bias below 2^-32 * bound.
  // REQUIRES: bound > 0.
  constexpr std::uint32_t Below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(Next32()) * bound) >> 32);
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_PRNG_H_
