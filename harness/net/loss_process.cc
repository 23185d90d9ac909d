#include "harness/net/loss_process.h"

#include <limits>
#include <optional>

#include "harness/base/check.h"

namespace framefence::net {
namespace {

constexpr std::uint32_t kOpenEnd = std::numeric_limits<std::uint32_t>::max();

// The small models are special cases of the Gilbert-Elliott chain.
std::optional<GilbertElliott> AsChain(const LossModel& model) {
  if (std::holds_alternative<Clean>(model)) return GilbertElliott{};
  if (const auto* bernoulli = std::get_if<Bernoulli>(&model))
    return GilbertElliott{.loss_good = bernoulli->loss, .loss_bad = bernoulli->loss};
  if (const auto* chain = std::get_if<GilbertElliott>(&model)) return *chain;
  if (std::holds_alternative<Blackout>(model))
    return GilbertElliott{.loss_good = Probability::Always(), .loss_bad = Probability::Always()};
  return std::nullopt;
}

}  // namespace

LossProcess::LossProcess(Prng prng, const LossModel& model) : prng_(prng) { SetModel(model); }

void LossProcess::SetModel(const LossModel& model) {
  const std::optional<GilbertElliott> chain = AsChain(model);
  two_states_ = chain.has_value();
  state_ = 0;
  left_ = 0;
  if (two_states_) {
    states_[0] = {.lose = chain->loss_good.threshold(), .leave = chain->p_good_to_bad.threshold()};
    states_[1] = {.lose = chain->loss_bad.threshold(), .leave = chain->p_bad_to_good.threshold()};
    return;
  }
  FRAMEFENCE_CHECK(Validate(model).ok());
  larger_ = model;
  if (std::holds_alternative<FourState>(model)) state_ = 1;
  if (const auto* recorded = std::get_if<RecordedLoss>(&model))
    left_ = recorded->first % recorded->pattern->size();
}

bool LossProcess::LoseByLargerModel(std::uint64_t draw) {
  if (const auto* chain = std::get_if<FourState>(&larger_)) return Lose(*chain, draw);
  if (const auto* tailed = std::get_if<HeavyTailedBursts>(&larger_)) return Lose(*tailed, draw);
  return Lose(*std::get_if<RecordedLoss>(&larger_));
}

bool LossProcess::Lose(const FourState& chain, std::uint64_t draw) {
  const std::uint64_t low = draw & 0xffffffffU;
  const auto next = [low](unsigned stay, Probability first, unsigned to_first, Probability second,
                          unsigned to_second) {
    if (low < first.threshold()) return to_first;
    return low < first.threshold() + second.threshold() ? to_second : stay;
  };
  switch (state_) {
    case 1:
      state_ = next(1, chain.p14, 4, chain.p13, 3);
      break;
    case 2:
      state_ = next(2, chain.p23, 3, Probability::Never(), 2);
      break;
    case 3:
      state_ = next(3, chain.p32, 2, chain.p31, 1);
      break;
    default:
      state_ = 1;
      break;
  }
  return state_ >= 3;
}

// A geometric run ends by each packet's own draw, a Pareto run has its length from its first one's.
bool LossProcess::Lose(const HeavyTailedBursts& model, std::uint64_t draw) {
  const bool lost = state_ == 1;
  const RunLength& run = lost ? model.burst : model.gap;
  if (left_ == 0) {
    const auto* pareto = std::get_if<ParetoRun>(&run);
    left_ = pareto != nullptr ? DrawPackets(*pareto, static_cast<std::uint32_t>(draw)) : kOpenEnd;
  }
  if (left_ != kOpenEnd) {
    --left_;
  } else if (std::get_if<GeometricRun>(&run)->end.Happens(draw)) {
    left_ = 0;
  }
  if (left_ == 0) state_ ^= 1U;
  return lost;
}

bool LossProcess::Lose(const RecordedLoss& model) {
  const bool lost = model.pattern->IsLost(left_);
  left_ = left_ + 1 == model.pattern->size() ? 0 : left_ + 1;
  return lost;
}

}  // namespace framefence::net
