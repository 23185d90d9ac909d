// The fates that a loss model deals out, one packet after another.
#ifndef FRAMEFENCE_HARNESS_NET_LOSS_PROCESS_H_
#define FRAMEFENCE_HARNESS_NET_LOSS_PROCESS_H_

#include <cstdint>

#include "harness/base/prng.h"
#include "harness/net/loss_model.h"

namespace framefence::net {

// Draws the fate of one packet after another. A value: copying it copies the future.
//
// Each packet costs one draw, whatever the model, so that a change of model does not shift the
// draws of later packets. Two-state models, which most are, pay for no other: one predictable
// branch.
class LossProcess {
 public:
  LossProcess() = default;
  // REQUIRES (both): Validate(model).
  explicit LossProcess(Prng prng, const LossModel& model = Clean{});

  // From the next packet on; a chain starts in its first state again, heavy-tailed bursts with a
  // gap, a recording where the model says.
  void SetModel(const LossModel& model);

  // Draws from elsewhere from the next packet on; the state that the model is in stays.
  void Reseed(const Prng& prng) { prng_ = prng; }

  // The fate of the next packet: true when it is lost.
  bool Lose() {
    const std::uint64_t draw = prng_.Next();
    if (!two_states_) return LoseByLargerModel(draw);
    const std::uint64_t low = draw & 0xffffffffU;
    const std::uint64_t high = draw >> 32;
    // Both states' answers are computed and the state picks: three instructions wait for the last
    // packet's state instead of a load and two comparisons.
    const unsigned lost = Bit(low < states_[0].lose) | Bit(low < states_[1].lose) << 1;
    const unsigned leaves = Bit(high < states_[0].leave) | Bit(high < states_[1].leave) << 1;
    const bool result = (lost >> state_ & 1U) != 0;
    state_ ^= leaves >> state_ & 1U;
    return result;
  }

  // A seed for what else is drawn on the same link; uses up no draw.
  std::uint64_t SeedForOthers() const {
    Prng copy = prng_;
    return Mix64(copy.Next() ^ 0x6c696e6bU);
  }

 private:
  struct State {
    std::uint64_t lose = 0;   // of 2^32
    std::uint64_t leave = 0;  // of 2^32
  };

  static constexpr unsigned Bit(bool value) { return value ? 1U : 0U; }
  bool LoseByLargerModel(std::uint64_t draw);
  bool Lose(const FourState& chain, std::uint64_t draw);
  bool Lose(const HeavyTailedBursts& model, std::uint64_t draw);
  bool Lose(const RecordedLoss& model);

  Prng prng_;
  bool two_states_ = true;
  unsigned state_ = 0;  // 0 good, 1 bad; of four: 1 to 4
  State states_[2];
  std::uint32_t left_ = 0;  // HeavyTailedBursts: packets of this run; RecordedLoss: the next packet
  LossModel larger_;        // unless two_states_
};

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_LOSS_PROCESS_H_
