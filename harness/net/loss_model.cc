#include "harness/net/loss_model.h"

#include <limits>

namespace framefence::net {
namespace {

// All models are special cases of the last one.
GilbertElliott AsChain(const LossModel& model) {
  struct Visitor {
    GilbertElliott operator()(Clean) const { return {}; }
    GilbertElliott operator()(const Bernoulli& bernoulli) const {
      return {.loss_good = bernoulli.loss, .loss_bad = bernoulli.loss};
    }
    GilbertElliott operator()(const GilbertElliott& chain) const { return chain; }
    GilbertElliott operator()(Blackout) const {
      return {.loss_good = Probability::Always(), .loss_bad = Probability::Always()};
    }
  };
  return std::visit(Visitor{}, model);
}

double LongRunBad(double p, double r) { return p == 0 ? 0 : p / (p + r); }

}  // namespace

double LossRate(const LossModel& model) {
  const GilbertElliott chain = AsChain(model);
  const double bad = LongRunBad(chain.p_good_to_bad.value(), chain.p_bad_to_good.value());
  return (1 - bad) * chain.loss_good.value() + bad * chain.loss_bad.value();
}

double MeanBurstPackets(const LossModel& model) {
  const GilbertElliott chain = AsChain(model);
  const double p = chain.p_good_to_bad.value();
  const double r = chain.p_bad_to_good.value();
  const double good = chain.loss_good.value();
  const double bad = chain.loss_bad.value();
  const double in_bad = LongRunBad(p, r);
  const double burst_starts = (1 - in_bad) * (1 - good) * ((1 - p) * good + p * bad) +
                              in_bad * (1 - bad) * (r * good + (1 - r) * bad);
  const double rate = LossRate(model);
  if (rate == 0) return 0;
  return burst_starts == 0 ? std::numeric_limits<double>::infinity() : rate / burst_starts;
}

LossProcess::LossProcess(Prng prng, const LossModel& model) : prng_(prng) { SetModel(model); }

void LossProcess::SetModel(const LossModel& model) {
  const GilbertElliott chain = AsChain(model);
  bad_ = 0;
  states_[0] = {.lose = chain.loss_good.threshold(), .leave = chain.p_good_to_bad.threshold()};
  states_[1] = {.lose = chain.loss_bad.threshold(), .leave = chain.p_bad_to_good.threshold()};
}

}  // namespace framefence::net
