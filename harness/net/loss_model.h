// Which packets a network loses: models with closed forms, and the process that draws from one.
//
// Clean loses nothing, Blackout everything. Bernoulli loses each packet on its own, with one
// probability. GilbertElliott loses in bursts: a Markov chain of a good and a bad state, each with
// its own loss probability (E. N. Gilbert, "Capacity of a Burst-Noise Channel", BSTJ 39, 1960,
// where the good state loses nothing; E. O. Elliott, "Estimates of Error Rates for Codes on
// Burst-Noise Channels", BSTJ 42, 1963, where both may lose).
#ifndef FRAMEFENCE_HARNESS_NET_LOSS_MODEL_H_
#define FRAMEFENCE_HARNESS_NET_LOSS_MODEL_H_

#include <cstdint>
#include <variant>

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
  static constexpr Probability Never() { return Probability(0); }
  static constexpr Probability Always() { return Probability(kOne); }

  constexpr std::uint64_t threshold() const { return threshold_; }  // of 2^32
  constexpr double value() const {
    return static_cast<double>(threshold_) / static_cast<double>(kOne);
  }
  friend constexpr bool operator==(Probability, Probability) = default;

 private:
  constexpr explicit Probability(std::uint64_t threshold) : threshold_(threshold) {}

  std::uint64_t threshold_ = 0;
};

struct Clean {
  friend constexpr bool operator==(Clean, Clean) = default;
};

// Loss rate: loss. Mean burst: 1 / (1 - loss).
struct Bernoulli {
  Probability loss;  // of each packet
  friend constexpr bool operator==(Bernoulli, Bernoulli) = default;
};

// The chain starts in the good state. With p = p_good_to_bad and r = p_bad_to_good it spends p / (p
// + r) of the packets in the bad state, so that the loss rate is (r * loss_good + p * loss_bad) /
// (p + r). When loss_good is 0 and loss_bad is 1, the mean burst is 1 / r; MeanBurstPackets gives
// the general form.
struct GilbertElliott {
  Probability p_good_to_bad;  // after each packet in the good state
  Probability p_bad_to_good;  // after each packet in the bad state
  Probability loss_good;      // of a packet in the good state
  Probability loss_bad;       // of a packet in the bad state
  friend constexpr bool operator==(const GilbertElliott&, const GilbertElliott&) = default;
};

struct Blackout {
  friend constexpr bool operator==(Blackout, Blackout) = default;
};

using LossModel = std::variant<Clean, Bernoulli, GilbertElliott, Blackout>;

// The long-run fraction of packets lost. A chain that never leaves the good state is judged by that
// state alone.
double LossRate(const LossModel& model);

// The long-run mean number of packets in an unbroken run of lost ones: P(lost) / P(received, then
// lost). 0 when nothing is ever lost, infinity when nothing is ever received.
double MeanBurstPackets(const LossModel& model);

// Draws the fate of one packet after another. A value: copying it copies the future.
//
// Every model is run as a chain of two states; each packet costs one draw, whatever the model, so
// that a change of model does not shift the draws of later packets.
class LossProcess {
 public:
  LossProcess() = default;
  explicit LossProcess(Prng prng, const LossModel& model = Clean{});

  // From the next packet on; a Gilbert-Elliott chain starts in the good state again.
  void SetModel(const LossModel& model);

  // The fate of the next packet: true when it is lost.
  bool Lose() {
    const std::uint64_t draw = prng_.Next();
    const std::uint64_t low = draw & 0xffffffffU;
    const std::uint64_t high = draw >> 32;
    // Both states' answers are computed and the state picks: three instructions wait for the last
    // packet's state instead of a load and two comparisons.
    const unsigned lost = Bit(low < states_[0].lose) | Bit(low < states_[1].lose) << 1;
    const unsigned leaves = Bit(high < states_[0].leave) | Bit(high < states_[1].leave) << 1;
    const bool result = (lost >> bad_ & 1U) != 0;
    bad_ ^= leaves >> bad_ & 1U;
    return result;
  }

 private:
  struct State {
    std::uint64_t lose = 0;   // of 2^32
    std::uint64_t leave = 0;  // of 2^32
  };

  static constexpr unsigned Bit(bool value) { return value ? 1U : 0U; }

  Prng prng_;
  unsigned bad_ = 0;  // 0 good, 1 bad
  State states_[2];
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_LOSS_MODEL_H_
