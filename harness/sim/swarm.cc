#include "harness/sim/swarm.h"

#include <algorithm>
#include <array>

#include "harness/base/prng.h"
#include "harness/cases/mutate.h"
#include "harness/cases/schema.h"
#include "harness/net/presets.h"

namespace framefence::sim {
namespace {

using cases::Field;
using cases::Kind;
using cases::Op;
using cases::OpInfo;
using cases::Step;
using cases::WorldOptions;

std::uint32_t Between(Prng& prng, std::uint32_t low, std::uint32_t high) {
  return low + prng.Below(high - low + 1);
}
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

// Of the presets that have a weather.
std::uint32_t DrawFleetWeather(Prng& prng) {
  const auto presets = net::Presets();
  for (;;) {
    const auto drawn = prng.Below(static_cast<std::uint32_t>(presets.size()));
    if (presets[drawn].weather != net::WeatherOptions{}) return drawn;
  }
}

WorldOptions DrawOptions(Prng& prng, const SwarmLimits& limits) {
  WorldOptions options;
  options.seed = prng.Next32();
  options.cameras = Between(prng, 2, 6);
  options.accounts = Between(prng, 2, options.cameras);
  // Enough for each account's cameras, as a rule: a second camera of the same name is refused.
  const std::uint32_t cameras_each = (options.cameras + options.accounts - 1) / options.accounts;
  options.names = OneIn(prng, 8) ? 1 : cameras_each + prng.Below(3);
  options.integrations = Between(prng, 1, 2);
  options.viewers = Between(prng, 2, 8);
  // What is scarce is used again soonest.
  options.publishers = OneIn(prng, 2) ? 1 : Between(prng, 1, options.cameras);
  options.gop_frames = OneIn(prng, 2) ? Between(prng, 1, 2) : Between(prng, 3, 12);
  options.idr_bytes = 40U + LogUniform(prng, 1500);
  options.inter_bytes = 20U + LogUniform(prng, 500);
  options.slices = Between(prng, 1, 3);
  options.mtu_bytes = Between(prng, 80, 400);
  if (OneIn(prng, 6)) {  // a real network's, with packets that fill it
    options.mtu_bytes = Between(prng, 1200, 1500);
    options.idr_bytes = Between(prng, 1000, options.frame_bytes_max);
  }
  if (OneIn(prng, 8)) options.ssrcs = Between(prng, 1, 2);
  options.feedback = OneIn(prng, 3) ? 1 : 0;
  options.still_fallback = OneIn(prng, 8) ? 0 : 1;
  options.json_door = OneIn(prng, 16) ? 1 : 0;
  options.provisioned = OneIn(prng, 12) ? 0 : 1;
  // Short enough now and then that they matter, rarely so short that nothing lives.
  if (OneIn(prng, 4)) options.still_age_max_ms = Between(prng, 50, 5'000);
  if (OneIn(prng, 8)) options.token_lifetime_ms = Between(prng, 500, 30'000);
  if (OneIn(prng, 4)) options.publisher_timeout_ms = Between(prng, 200, 5'000);
  options.uplink_latency_us = OneIn(prng, 2) ? 0 : LogUniform(prng, 400'000);
  options.downlink_latency_us = OneIn(prng, 2) ? 0 : LogUniform(prng, 400'000);
  if (OneIn(prng, 8))
    options.frame_interval_ms = Between(prng, 30, 200);  // cameras that send by their own clock
  if (OneIn(prng, 8)) options.report_interval_ms = Between(prng, 100, 1000);
  if (OneIn(prng, 4)) options.liveness_ms = Between(prng, 2'000, 4'000);
  if (OneIn(prng, 8)) options.fleet_weather = DrawFleetWeather(prng);
  options.footage = limits.footage && OneIn(prng, 16) ? 1 : 0;
  return cases::Clamped(options);  // the sizes of access units may be too small
}

// Plain in some, with handovers among the steps. Threads meet what has begun at the same time: where packets
// arrive at times of their own, little has.
void DrawSchedule(Prng& prng, WorldOptions& options) {
  if (!OneIn(prng, 4)) options.uplink_latency_us = 0;
  // What is sized for the largest picture runs full sooner.
  if (OneIn(prng, 2))
    options.frame_bytes_max = std::max({256U, options.idr_bytes, options.inter_bytes});
  if (OneIn(prng, 8)) return;
  const bool pct = OneIn(prng, 2);
  options.schedule = static_cast<std::uint32_t>(pct ? contract::ScheduleKind::kPct
                                                    : contract::ScheduleKind::kRandom);
  options.schedule_seed = prng.Next32();
  if (pct) options.schedule_depth = Between(prng, 1, 3);
  if (pct) options.schedule_steps = 1U << Between(prng, 6, 12);
}

// How often an operation is drawn, beside the others. Where rights and sessions end as often as
// they begin, little is ever delivered, and there is nothing to judge.
std::uint32_t WeightOf(Op op) {
  switch (op) {
    case Op::kFrame:
      return 60;
    case Op::kAdvance:
    case Op::kReport:
      return 12;
    case Op::kOpen:
    case Op::kPublish:
      return 6;
    case Op::kIssue:
    case Op::kPresent:
      return 3;
    case Op::kHandOver:
      return 20;
    case Op::kUnbind:
    case Op::kRevoke:
    case Op::kUnlink:
    case Op::kSuspend:
    case Op::kUpgrade:  // until the next IDR nothing is delivered
    case Op::kReaddress:
      return 1;
    case Op::kNone:
    case Op::kOption:
      return 0;
    default:
      return 2;
  }
}

// Which operations exist in this case, and how often each is drawn.
class OpChoice {
 public:
  OpChoice(Prng& prng, bool handovers) {
    for (const OpInfo& info : cases::AllOps()) {
      if (info.op == Op::kHandOver && !handovers) continue;
      const std::uint32_t weight = WeightOf(info.op);
      if (weight == 0 || (!IsEssential(info.op) && OneIn(prng, 3))) continue;
      total_ += weight * Between(prng, 1, 4);
      rows_[count_++] = {&info, total_};
    }
  }

  const OpInfo& Draw(Prng& prng) const {
    const std::uint32_t draw = prng.Below(total_);
    const auto* row = std::find_if(rows_.begin(), rows_.begin() + count_,
                                   [&](const Row& r) { return draw < r.up_to; });
    return *row->info;
  }

 private:
  static bool IsEssential(Op op) {
    return op == Op::kPublish || op == Op::kFrame || op == Op::kOpen;
  }

  struct Row {
    const OpInfo* info = nullptr;
    std::uint32_t up_to = 0;
  };
  std::array<Row, 64> rows_{};
  std::size_t count_ = 0;
  std::uint32_t total_ = 0;
};

// What most steps of this case are like.
struct Taste {
  std::uint32_t hot_ids = 1;  // most ids are below it
  std::uint32_t advance_ms_max = 0;
  bool runs = false;       // cameras send some frames in a row
  bool same_path = false;  // most viewer sessions come in by this path
  contract::AccessPath path = contract::AccessPath::kApp;
  bool poor_network = false;  // most receiver reports complain
  std::uint32_t uploads = 0;  // bit i: cameras may do what bit i of a publish step's flags begins
};

// Who is there by now, as far as the steps say it: what is done to nobody is done for nothing.
class Scene {
 public:
  void Note(const Step& step) {
    namespace field = cases::field;
    switch (step.op) {
      case Op::kPublish:
        return Enter(publishing_, Read(step, field::kCamera));
      case Op::kUnpublish:
        return Leave(publishing_, Read(step, field::kCamera));
      case Op::kOpen:
      case Op::kPresent:
        return Enter(open_, Read(step, field::kViewer));
      case Op::kClose:
        return Leave(open_, Read(step, field::kViewer));
      default:
        return;
    }
  }

  // Mostly somebody who is there.
  void Draw(Prng& prng, const Field& each, Step& step) const {
    const Ids& ids = each.name == cases::field::kCamera.name ? publishing_ : open_;
    if (ids.count != 0 && !OneIn(prng, 4)) Write(step, each, ids.who[prng.Below(ids.count)]);
  }

 private:
  struct Ids {
    std::array<std::uint32_t, 8> who{};
    std::uint32_t count = 0;
  };
  static void Enter(Ids& ids, std::uint32_t id) {
    Leave(ids, id);
    if (ids.count == ids.who.size()) Leave(ids, ids.who[0]);
    ids.who[ids.count++] = id;
  }
  static void Leave(Ids& ids, std::uint32_t id) {
    const auto end = ids.who.begin() + ids.count;
    ids.count = static_cast<std::uint32_t>(std::remove(ids.who.begin(), end, id) - ids.who.begin());
  }

  Ids publishing_;  // cameras
  Ids open_;        // viewers
};

bool MaySend(const Taste& taste, const Field& how) {
  return (taste.uploads >> how.shift & 1U) != 0;
}

// Worlds in which what cameras may do makes a difference: the way to the system loses packets, as a
// rule, and they are asked for again soon enough, or recovered; and sessions that are taken for one
// another have the same SSRCs and numbers.
void DrawUploads(Prng& prng, const Taste& taste, cases::Case& out) {
  namespace field = cases::field;
  if (taste.uploads == 0 || OneIn(prng, 4)) return;
  out.steps.push_back(MakeStep(
      Op::kWeather, {{field::kLinkAll, 1},
                     {field::kWeatherModel, static_cast<std::uint32_t>(cases::Weather::kBernoulli)},
                     {field::kBernoulliLoss, Between(prng, 1'000, 16'000)}}));
  if (OneIn(prng, 2)) out.options.ssrcs = Between(prng, 1, 2);
  if (MaySend(taste, field::kPublishFec)) out.options.fec_packets_max = Between(prng, 1, 48);
  if (!MaySend(taste, field::kPublishRtx)) return;
  out.options.feedback = 1;
  out.options.uplink_latency_us = LogUniform(prng, 4'000);
}

// The chance, in the bits that duplicate, corrupt, truncate and reorder all have it in: of one in a few
// packets.
void WriteDamage(Prng& prng, Step& step) {
  Write(step, cases::field::kPathCorrupt, Between(prng, 500, 20'000));
}

// Networks that all homes begin with: a preset, a damaging one, or those that are recorded.
void DrawNetwork(Prng& prng, const SwarmLimits& limits, cases::Case& out) {
  namespace field = cases::field;
  using cases::PathProperty;
  const auto path = [](PathProperty sets) {
    return MakeStep(Op::kPath,
                    {{field::kLinkAll, 1}, {field::kPathSets, static_cast<std::uint32_t>(sets)}});
  };
  if (OneIn(prng, 4)) {
    Step step = path(PathProperty::kPreset);
    Write(step, field::kPathPreset, prng.Below(field::kPathPreset.raw_max() + 1));
    out.steps.push_back(step);
    Write(step, field::kLinkEnd, static_cast<std::uint32_t>(cases::LinkEnd::kDownlink));
    out.steps.push_back(step);
  }
  const auto in_one_direction = [&](Step step) {
    Write(step, field::kLinkEnd, prng.Below(2));
    out.steps.push_back(step);
  };
  if (OneIn(prng, 12)) {
    constexpr std::array kDamaging = {PathProperty::kDuplicate, PathProperty::kCorrupt,
                                      PathProperty::kTruncate};
    Step step = path(kDamaging[prng.Below(kDamaging.size())]);
    WriteDamage(prng, step);
    in_one_direction(step);
  }
  if (limits.recorded_losses && !OneIn(prng, 4)) {
    const auto model = static_cast<std::uint32_t>(cases::Weather::kRecorded);
    Step step = MakeStep(Op::kWeather, {{field::kLinkAll, 1}, {field::kWeatherModel, model}});
    Write(step, field::kRecordedFirst, prng.Below(field::kRecordedFirst.raw_max() + 1));
    in_one_direction(step);
  }
  if (limits.recorded_capacity && !OneIn(prng, 4)) {
    Step step = path(PathProperty::kTrace);
    Write(step, field::kPathTraceOffset, prng.Below(field::kPathTraceOffset.raw_max() + 1));
    in_one_direction(step);
  }
}

// What a drawn path step sets. Half are presets; of the rest what a case can bear, as a rule: damage to
// one in a few packets, delays that its time is long enough for, a rate that lets something through.
void Moderate(Prng& prng, std::uint32_t ms_max, Step& step) {
  namespace field = cases::field;
  if (OneIn(prng, 2)) {
    Write(step, field::kPathSets, static_cast<std::uint32_t>(cases::PathProperty::kPreset));
    return Write(step, field::kPathPreset, prng.Below(field::kPathPreset.raw_max() + 1));
  }
  if (OneIn(prng, 4)) return;
  switch (static_cast<cases::PathProperty>(Read(step, field::kPathSets))) {
    case cases::PathProperty::kClear:
    case cases::PathProperty::kPreset:
    case cases::PathProperty::kTrace:
      return;
    case cases::PathProperty::kLatency:
      return Write(step, field::kPathLatency, LogUniform(prng, ms_max * 250));
    case cases::PathProperty::kJitter:
      return Write(step, field::kPathSpread, LogUniform(prng, ms_max * 100));
    case cases::PathProperty::kRate:
      return Write(step, field::kPathRate, Between(prng, 64, 4'000));
    case cases::PathProperty::kOutage:
      return Write(step, field::kPathOutage, LogUniform(prng, ms_max));
    case cases::PathProperty::kDuplicate:
    case cases::PathProperty::kCorrupt:
    case cases::PathProperty::kTruncate:
    case cases::PathProperty::kReorder:
      return WriteDamage(prng, step);
  }
}

void LeaveOutUploads(const OpInfo& publish, const Taste& taste, Step& step) {
  for (const Field& each : publish.fields) {
    if (each.place == cases::Place::kFlags && !MaySend(taste, each)) Write(step, each, 0);
  }
}

// Whose id a step names: one of the few that are hot, as a rule, and mostly one who is there, where it is
// not the step that brings them.
void DrawIds(Prng& prng, const OpInfo& info, const Taste& taste, const Scene& scene, Step& step) {
  const bool binds = info.op == Op::kBind || info.op == Op::kPublish;
  const bool opens = info.op == Op::kOpen || info.op == Op::kPresent;
  for (const Field& each : info.fields) {  // the world wraps ids beyond the population
    if (each.kind != Kind::kId || !Exists(each, step)) continue;
    if (!OneIn(prng, 5)) Write(step, each, prng.Below(taste.hot_ids));
    const bool camera = each.name == cases::field::kCamera.name;
    const bool viewer = each.name == cases::field::kViewer.name;
    if ((camera && !binds) || (viewer && !opens)) scene.Draw(prng, each, step);
  }
}

Step DrawStep(Prng& prng, const OpInfo& info, const Taste& taste, const WorldOptions& options,
              const Scene& scene) {
  namespace field = cases::field;
  Step step = cases::RandomStep(info, prng);
  DrawIds(prng, info, taste, scene, step);
  switch (info.op) {
    case Op::kPublish:
      LeaveOutUploads(info, taste, step);
      break;
    case Op::kAdvance:
      Write(step, field::kAdvanceMs, LogUniform(prng, taste.advance_ms_max));
      break;
    case Op::kPath:
      Moderate(prng, taste.advance_ms_max, step);
      break;
    case Op::kReaddress:
      if (!OneIn(prng, 4)) Write(step, field::kReaddressAll, 0);
      break;
    case Op::kStall:
      Write(step, field::kStallMs, LogUniform(prng, taste.advance_ms_max));
      break;
    case Op::kHandOver:
      Write(step, field::kHandOverAfter, LogUniform(prng, 63));
      Write(step, field::kHandOverTo, prng.Below(4));
      break;
    case Op::kFrame:
      if (!OneIn(prng, 4)) Write(step, field::kFrameBytes, 0);
      if (!OneIn(prng, 4)) Write(step, field::kFrameIdr, 0);
      break;
    case Op::kPresent:
      if (!OneIn(prng, 4)) Write(step, field::kPresentForged, 0);
      break;
    case Op::kOpen:
    case Op::kIssue:  // mostly by whom the camera was provisioned to
      if (!OneIn(prng, 4))
        Write(step, field::kAccount,
              Read(step, field::kCamera) % options.cameras % options.accounts);
      if (taste.same_path && !OneIn(prng, 8))
        Write(step, field::kOpenPath, static_cast<std::uint32_t>(taste.path));
      break;
    case Op::kReport:  // mostly news: far above, or far below, what any system would call loss
      if (!OneIn(prng, 4))
        Write(step, field::kReportLost, OneIn(prng, taste.poor_network ? 8 : 2) ? 0 : 255);
      break;
    default:
      break;
  }
  return cases::Canonical(step);  // another path leaves the integration's bits behind
}

// Appends steps until there are so many. In some cases frames come in runs: what a camera sent last is
// complete once more follows.
void AppendSteps(Prng& prng, const OpChoice& choice, const Taste& taste,
                 const WorldOptions& options, std::size_t count, std::vector<Step>& out) {
  Scene scene;
  for (const Step& step : out) scene.Note(step);
  while (out.size() < count) {
    const Step step = DrawStep(prng, choice.Draw(prng), taste, options, scene);
    scene.Note(step);
    std::size_t run = 1;
    if (step.op == Op::kFrame && taste.runs && OneIn(prng, 2)) run += 1 + prng.Below(4);
    out.insert(out.end(), std::min(run, count - out.size()), step);
  }
}

// One case in four is played twice. Where ports are fewer than cameras, runs part by design as soon as
// one is refused for want of a port.
void DrawTwoRuns(std::uint64_t seed, WorldOptions& options) {
  Prng prng = Prng::ForPurpose(seed, 0x74776f72756e73U);
  if (!OneIn(prng, 4)) return;
  options.two_runs = Between(prng, 1, 3);
  options.observer = prng.Below(options.accounts);
  if (!OneIn(prng, 4)) options.publishers = std::max(options.publishers, options.cameras);
}

// In half of the cases publisher sessions go on when the network has healed: what loss did to them must not last.
void DrawLiveness(std::uint64_t seed, WorldOptions& options) {
  if (options.liveness_ms == 0) return;
  options.liveness_reconnect = Prng::ForPurpose(seed, 0x6865616cU).Below(2);
}

Taste DrawTaste(Prng& prng, const WorldOptions& options) {
  // A world whose cameras send by themselves makes thousands of events of a minute.
  const bool rolling = options.frame_interval_ms != 0 || options.footage != 0;
  return {.hot_ids = Between(prng, 1, 4),
          .advance_ms_max = rolling ? 1000U : 8'000U,
          .runs = OneIn(prng, 2),
          .same_path = OneIn(prng, 2),
          .path = OneIn(prng, 3) ? contract::AccessPath::kApp : contract::AccessPath::kIntegration,
          .poor_network = OneIn(prng, 2),
          .uploads = OneIn(prng, 2) ? 0 : prng.Next32()};
}

}  // namespace

void DrawCase(std::uint64_t seed, const SwarmLimits& limits, cases::Case& out) {
  Prng prng = Prng::ForPurpose(seed, 0x737761726dU);
  out.options = DrawOptions(prng, limits);
  DrawTwoRuns(seed, out.options);
  DrawLiveness(seed, out.options);
  out.steps.clear();
  if (limits.schedules) DrawSchedule(prng, out.options);
  const OpChoice choice(prng, limits.schedules && out.options.schedule == 0);
  const Taste taste = DrawTaste(prng, out.options);
  const std::uint32_t count = Between(prng, std::min(8U, limits.steps_max), limits.steps_max);
  if (count > 8) DrawNetwork(prng, limits, out);
  if (count != 0) DrawUploads(prng, taste, out);
  AppendSteps(prng, choice, taste, out.options, count, out.steps);
}

}  // namespace framefence::sim
