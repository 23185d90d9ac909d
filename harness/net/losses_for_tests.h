// Counts what a loss model does, for the tests that hold it against its closed form.
#ifndef FRAMEFENCE_HARNESS_NET_LOSSES_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_NET_LOSSES_FOR_TESTS_H_

#include <cstdint>

#include "harness/net/loss_process.h"

namespace framefence::net {

struct MeasuredLoss {
  double loss_rate = 0;
  double mean_burst = 0;
  double bursts = 0;
};

inline MeasuredLoss MeasureLoss(const LossModel& model, std::uint64_t seed, int packets) {
  LossProcess process(Prng(seed), model);
  double lost = 0;
  double bursts = 0;
  bool before = false;
  for (int i = 0; i < packets; ++i) {
    const bool now = process.Lose();
    lost += now ? 1 : 0;
    bursts += now && !before ? 1 : 0;
    before = now;
  }
  return {lost / packets, bursts == 0 ? 0 : lost / bursts, bursts};
}

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_LOSSES_FOR_TESTS_H_
