#include "harness/net/loss_model.h"

#include <limits>

namespace framefence::net {
namespace {

struct LongRun {
  double lost = 0;
  double burst_starts = 0;  // received, then lost
};

LongRun Of(Clean) { return {}; }
LongRun Of(Blackout) { return {.lost = 1}; }
LongRun Of(const Bernoulli& model) {
  const double loss = model.loss.value();
  return {.lost = loss, .burst_starts = (1 - loss) * loss};
}

LongRun Of(const GilbertElliott& chain) {
  const double p = chain.p_good_to_bad.value();
  const double r = chain.p_bad_to_good.value();
  const double good = chain.loss_good.value();
  const double bad = chain.loss_bad.value();
  const double in_bad = p == 0 ? 0 : p / (p + r);
  return {.lost = (1 - in_bad) * good + in_bad * bad,
          .burst_starts = (1 - in_bad) * (1 - good) * ((1 - p) * good + p * bad) +
                          in_bad * (1 - bad) * (r * good + (1 - r) * bad)};
}

// States 1 and 4 alone, 2 and 3 alone once there is no way back, or all four.
LongRun Of(const FourState& chain) {
  const double p13 = chain.p13.value();
  const double p31 = chain.p31.value();
  const double p32 = chain.p32.value();
  const double p23 = chain.p23.value();
  const double p14 = chain.p14.value();
  if (p13 == 0) return {.lost = p14 / (1 + p14), .burst_starts = p14 / (1 + p14)};
  if (p31 == 0 && p32 == 0) return Of(Blackout{});  // in state 3
  if (p31 == 0) return {.lost = p23 / (p23 + p32), .burst_starts = p23 * p32 / (p23 + p32)};
  const double x = p13 / p31;
  // Infinite where a hole never ends: nothing is lost in the end.
  const double all = 1 + x + (p32 == 0 ? 0 : x * p32 / p23) + p14;
  return {.lost = (x + p14) / all, .burst_starts = (p13 + p14 + x * p32) / all};
}

LongRun Of(const HeavyTailedBursts& model) {
  const double burst = MeanPackets(model.burst);
  const double turn = burst + MeanPackets(model.gap);
  return {.lost = burst / turn, .burst_starts = 1 / turn};
}

LongRun Of(const RecordedLoss& model) {
  const auto packets = static_cast<double>(model.pattern->size());
  return {.lost = static_cast<double>(model.pattern->lost()) / packets,
          .burst_starts = static_cast<double>(model.pattern->bursts()) / packets};
}

LongRun LongRunOf(const LossModel& model) {
  return std::visit([](const auto& alternative) { return Of(alternative); }, model);
}

}  // namespace

Outcome Validate(const LossModel& model) {
  if (const auto* chain = std::get_if<FourState>(&model)) {
    if (chain->p13.threshold() + chain->p14.threshold() > Probability::kOne)
      return Error{"four-state loss: p13 + p14, the ways out of state 1, exceed 1"};
    if (chain->p31.threshold() + chain->p32.threshold() > Probability::kOne)
      return Error{"four-state loss: p31 + p32, the ways out of state 3, exceed 1"};
  } else if (const auto* tailed = std::get_if<HeavyTailedBursts>(&model)) {
    Outcome burst = Validate(tailed->burst);
    return burst.ok() ? Validate(tailed->gap) : burst;
  } else if (const auto* recorded = std::get_if<RecordedLoss>(&model)) {
    if (recorded->pattern == nullptr) return Error{"recorded loss without a pattern"};
  }
  return Unit{};
}

double LossRate(const LossModel& model) { return LongRunOf(model).lost; }

double MeanBurstPackets(const LossModel& model) {
  const LongRun run = LongRunOf(model);
  if (run.lost == 0) return 0;
  return run.burst_starts == 0 ? std::numeric_limits<double>::infinity()
                               : run.lost / run.burst_starts;
}

}  // namespace framefence::net
