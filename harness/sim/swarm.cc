#include "harness/sim/swarm.h"

#include <algorithm>
#include <array>

#include "harness/base/prng.h"
#include "harness/cases/mutate.h"
#include "harness/cases/schema.h"

namespace framefence::sim {
namespace {

using cases::Field;
using cases::Kind;
using cases::Op;
using cases::OpInfo;
using cases::Step;
using cases::WorldOptions;

std::uint32_t Between(Prng& prng, std::uint32_t low, std::uint32_t high) { return low + prng.Below(high - low + 1); }
bool OneIn(Prng& prng, std::uint32_t n) { return prng.Below(n) == 0; }

// Uniform in the exponent: small values are as likely as large ones.
std::uint32_t LogUniform(Prng& prng, std::uint32_t max) {
  std::uint32_t bits = 0;
  while (bits < 32 && (max >> bits) != 0) ++bits;
  const std::uint32_t width = prng.Below(bits + 1);
  if (width == 0) return 0;
  const std::uint32_t low = 1U << (width - 1);
  return std::min(Between(prng, low, low * 2 - 1), max);
}

WorldOptions DrawOptions(Prng& prng, const SwarmLimits& limits) {
  WorldOptions options;
  options.seed = prng.Next32();
  options.cameras = Between(prng, 2, 6);
  options.accounts = Between(prng, 2, options.cameras);
  options.names = Between(prng, 1, 3);
  options.integrations = Between(prng, 1, 2);
  options.viewers = Between(prng, 2, 8);
  options.publishers = Between(prng, 1, options.cameras);
  options.gop_frames = Between(prng, 1, 12);
  options.idr_bytes = 40U + LogUniform(prng, 1500);
  options.inter_bytes = 20U + LogUniform(prng, 500);
  options.slices = Between(prng, 1, 3);
  options.mtu_bytes = Between(prng, 80, 400);
  options.still_fallback = OneIn(prng, 8) ? 0 : 1;
  options.json_door = OneIn(prng, 16) ? 1 : 0;
  options.provisioned = OneIn(prng, 4) ? 0 : 1;
  options.still_age_max_ms = OneIn(prng, 2) ? options.still_age_max_ms : 1U + LogUniform(prng, 10'000);
  options.token_lifetime_ms = OneIn(prng, 2) ? options.token_lifetime_ms : 1U + LogUniform(prng, 60'000);
  options.publisher_timeout_ms = OneIn(prng, 2) ? options.publisher_timeout_ms : 1U + LogUniform(prng, 10'000);
  options.uplink_latency_us = OneIn(prng, 2) ? 0 : LogUniform(prng, 400'000);
  options.downlink_latency_us = OneIn(prng, 2) ? 0 : LogUniform(prng, 400'000);
  if (OneIn(prng, 8)) options.frame_interval_ms = Between(prng, 30, 200);  // cameras that send by their own clock
  if (OneIn(prng, 8)) options.report_interval_ms = Between(prng, 100, 1000);
  options.footage = limits.footage && OneIn(prng, 16) ? 1 : 0;
  return options;
}

// Which operations exist in this case, and how often each is drawn.
class OpChoice {
 public:
  explicit OpChoice(Prng& prng) {
    for (const OpInfo& info : cases::AllOps()) {
      if (info.op == Op::kNone || info.op == Op::kOption || info.weight == 0) continue;
      if (!IsEssential(info.op) && OneIn(prng, 3)) continue;
      total_ += info.weight * Between(prng, 1, 4);
      rows_[count_++] = {&info, total_};
    }
  }

  const OpInfo& Draw(Prng& prng) const {
    const std::uint32_t draw = prng.Below(total_);
    const auto* row = std::find_if(rows_.begin(), rows_.begin() + count_, [&](const Row& r) { return draw < r.up_to; });
    return *row->info;
  }

 private:
  // Without these nothing is ever delivered, and there is nothing to judge.
  static bool IsEssential(Op op) { return op == Op::kPublish || op == Op::kFrame || op == Op::kOpen; }

  struct Row {
    const OpInfo* info = nullptr;
    std::uint32_t up_to = 0;
  };
  std::array<Row, 64> rows_{};
  std::size_t count_ = 0;
  std::uint32_t total_ = 0;
};

Step DrawStep(Prng& prng, const OpInfo& info, std::uint32_t hot_ids, std::uint32_t advance_ms_max) {
  Step step = cases::RandomStep(info, prng);
  for (const Field& field : info.fields) {  // mostly the hot ones; the world wraps what is beyond the population
    if (field.kind == Kind::kId && Exists(field, step) && !OneIn(prng, 5)) Write(step, field, prng.Below(hot_ids));
  }
  if (info.op == Op::kAdvance) Write(step, cases::field::kAdvanceMs, LogUniform(prng, advance_ms_max));
  if (info.op == Op::kFrame && !OneIn(prng, 4)) Write(step, cases::field::kFrameBytes, 0);
  return step;
}

}  // namespace

void DrawCase(std::uint64_t seed, const SwarmLimits& limits, cases::Case& out) {
  Prng prng = Prng::ForPurpose(seed, 0x737761726dU);
  out.options = DrawOptions(prng, limits);
  out.steps.clear();
  const OpChoice choice(prng);
  const std::uint32_t hot_ids = Between(prng, 1, 4);
  // A world whose cameras send by themselves makes thousands of events of a minute.
  const bool rolling = out.options.frame_interval_ms != 0 || out.options.footage != 0;
  const std::uint32_t advance_ms_max = rolling ? 1000 : 20'000;
  const std::uint32_t count = Between(prng, std::min(8U, limits.steps_max), limits.steps_max);
  for (std::uint32_t i = 0; i < count; ++i) {
    out.steps.push_back(DrawStep(prng, choice.Draw(prng), hot_ids, advance_ms_max));
  }
}

}  // namespace framefence::sim
