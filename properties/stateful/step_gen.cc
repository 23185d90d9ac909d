#include "properties/stateful/step_gen.h"

#include <algorithm>
#include <array>
#include <optional>

#include "harness/cases/schema.h"

namespace framefence::stateful {
namespace {

namespace field = cases::field;
using cases::Field;
using cases::Kind;
using cases::MakeStep;
using cases::Op;
using cases::Step;
using contract::Operation;

struct Habit {
  Op op = Op::kNone;
  std::optional<Operation> needs;
  std::uint32_t Climate::*often = nullptr;  // null: `weight`
  std::uint32_t weight = 0;
};
constexpr std::array kHabits = {
    Habit{Op::kFrame, Operation::kStartPublisher, nullptr, 40},
    Habit{Op::kAdvance, std::nullopt, nullptr, 8},
    Habit{Op::kOpen, Operation::kOpenViewer, nullptr, 8},
    Habit{Op::kPublish, Operation::kStartPublisher, nullptr, 8},
    Habit{Op::kUnpublish, Operation::kStopPublisher, nullptr, 3},
    Habit{Op::kClose, Operation::kCloseViewer, nullptr, 2},
    Habit{Op::kReconnect, Operation::kCloseViewer, nullptr, 1},
    Habit{Op::kUpgrade, Operation::kUpgrade, nullptr, 1},
    Habit{Op::kReport, Operation::kReportLoss, &Climate::reports},
    Habit{Op::kWeather, std::nullopt, &Climate::network},
    Habit{Op::kDrop, std::nullopt, &Climate::network},
    Habit{Op::kPath, std::nullopt, &Climate::network},
    Habit{Op::kReaddress, std::nullopt, nullptr, 1},
    Habit{Op::kBind, Operation::kBind, &Climate::directory},
    Habit{Op::kLink, Operation::kLink, &Climate::directory},
    Habit{Op::kRestore, Operation::kRestore, &Climate::directory},
    Habit{Op::kUnbind, Operation::kUnbind, &Climate::ends},
    Habit{Op::kRevoke, Operation::kRevokeAccount, &Climate::ends},
    Habit{Op::kUnlink, Operation::kUnlink, &Climate::ends},
    Habit{Op::kSuspend, Operation::kSuspend, &Climate::ends},
};

std::uint32_t Between(Prng& prng, std::uint32_t low, std::uint32_t high) {
  return low + prng.Below(high - low + 1);
}
bool OneIn(Prng& prng, std::uint32_t n) { return prng.Below(n) == 0; }

Op DrawOp(Prng& prng, const Climate& climate, const contract::Capabilities& capabilities) {
  const auto weight = [&](const Habit& habit) {
    if (habit.needs && !capabilities.Has(*habit.needs)) return 0U;
    return habit.often != nullptr ? climate.*habit.often : habit.weight;
  };
  std::uint32_t total = 0;
  for (const Habit& habit : kHabits) total += weight(habit);
  std::uint32_t draw = prng.Below(total);
  for (const Habit& habit : kHabits) {
    if (draw < weight(habit)) return habit.op;
    draw -= weight(habit);
  }
  return Op::kNone;
}

// Mostly a camera that publishes as far as it knows, or one that does not; else any.
std::uint32_t DrawCamera(Prng& prng, const Model& model, Belief sends) {
  const std::uint32_t cameras = model.options().cameras;
  const std::uint32_t first = prng.Below(cameras);
  if (OneIn(prng, 8)) return first;
  for (std::uint32_t i = 0; i < cameras; ++i) {
    const std::uint32_t camera = (first + i) % cameras;
    // What is sent in vain from another address is as good as not sent.
    const bool in_vain = model.is_readdressed(CameraId(camera));
    if ((in_vain ? Belief::kNo : model.sends(CameraId(camera))) == sends) return camera;
  }
  return first;
}

Step DrawOpen(Prng& prng, const Climate& climate, const Model& model) {
  const std::uint32_t camera = DrawCamera(prng, model, Belief::kYes);
  const auto owner = model.owner_of(CameraId(camera));
  const bool owners = owner && !OneIn(prng, 6);
  const auto path = prng.Below(4) < climate.displays ? contract::AccessPath::kIntegration
                                                     : contract::AccessPath::kApp;
  return MakeStep(
      Op::kOpen,
      {{field::kAccount, owners ? owner->value : prng.Below(model.options().accounts)},
       {field::kCamera, camera},
       {field::kOpenPath, static_cast<std::uint32_t>(path)},
       {field::kOpenViewer, prng.Below(model.options().viewers)},
       {field::kOpenIntegration,
        path == contract::AccessPath::kApp ? 0 : prng.Below(model.options().integrations)}});
}

Step DrawFrame(Prng& prng, const Model& model) {
  // Sizes and slices are kept such that a GOP stays within what a deployment is promised
  // (gop_packets_max).
  return MakeStep(Op::kFrame, {{field::kCamera, DrawCamera(prng, model, Belief::kYes)},
                               {field::kFrameIdr, OneIn(prng, 4)},
                               {field::kFrameSlices, Between(prng, 1, 2)},
                               {field::kFrameBytes, OneIn(prng, 4) ? Between(prng, 1, 400) : 0}});
}

Step DrawLink(Prng& prng, Op op, const Model& model) {
  // Clear skies are as likely as all others together, and a drop of nothing ends a drop: the
  // network heals.
  constexpr std::array kModels = {cases::Weather::kClean,          cases::Weather::kClean,
                                  cases::Weather::kClean,          cases::Weather::kClean,
                                  cases::Weather::kClean,          cases::Weather::kBernoulli,
                                  cases::Weather::kGilbertElliott, cases::Weather::kFourState,
                                  cases::Weather::kHeavyTailed,    cases::Weather::kBlackout};
  // What takes no time: the model knows of no delays.
  constexpr std::array kProperties = {
      cases::PathProperty::kClear,   cases::PathProperty::kClear,
      cases::PathProperty::kClear,   cases::PathProperty::kDuplicate,
      cases::PathProperty::kCorrupt, cases::PathProperty::kTruncate};
  Step step = MakeStep(op, {{field::kLinkEnd, prng.Below(2)}, {field::kLinkAll, OneIn(prng, 4)}});
  const bool uplink =
      Read(step, field::kLinkEnd) == static_cast<std::uint32_t>(cases::LinkEnd::kUplink);
  if (Read(step, field::kLinkAll) == 0) {
    Write(step, uplink ? field::kLinkCamera : field::kLinkViewer,
          prng.Below(uplink ? model.options().cameras : model.options().viewers));
  }
  if (op == Op::kDrop) {
    Write(step, field::kDropPackets, prng.Below(6));
  } else if (op == Op::kPath) {
    const auto sets = kProperties[prng.Below(kProperties.size())];
    Write(step, field::kPathSets, static_cast<std::uint32_t>(sets));
    step.argument = prng.Below(1U << 13);
  } else {
    Write(step, field::kWeatherModel,
          static_cast<std::uint32_t>(kModels[prng.Below(kModels.size())]));
    step.argument = prng.Next32();
  }
  return cases::Canonical(step);
}

// Uniform in the exponent: from half a millisecond to what outlasts a publisher's silence and a
// still.
std::uint32_t DrawMs(Prng& prng) { return prng.Next32() >> Between(prng, 19, 31); }

std::uint32_t DrawFractionLost(Prng& prng) {
  const std::uint32_t draw = prng.Below(8);
  return draw < 4 ? 255 : draw < 7 ? 0 : prng.Below(256);
}

}  // namespace

cases::WorldOptions DrawOptions(Prng& prng) {
  cases::WorldOptions options;
  options.seed = prng.Below(1U << 16);
  options.accounts = Between(prng, 2, 3);
  options.cameras = Between(prng, 2, 4);
  options.names = Between(prng, 1, 2);
  options.viewers = Between(prng, 2, 4);
  options.publishers = Between(prng, 1, 2);
  options.gop_frames = Between(prng, 2, 8);
  options.publisher_timeout_ms = OneIn(prng, 2) ? 5'000 : Between(prng, 500, 4'000);
  if (OneIn(prng, 3)) options.still_age_max_ms = Between(prng, 500, 5'000);
  if (OneIn(prng, 6)) options.token_lifetime_ms = Between(prng, 1'000, 20'000);
  return options;
}

Step DrawStep(Prng& prng, const Climate& climate, const contract::Capabilities& capabilities,
              const Model& model) {
  const cases::WorldOptions& world = model.options();
  const Op op = DrawOp(prng, climate, capabilities);
  switch (op) {
    case Op::kFrame:
      return DrawFrame(prng, model);
    case Op::kOpen:
      return DrawOpen(prng, climate, model);
    case Op::kPublish:
      return MakeStep(
          op, {{field::kCamera, DrawCamera(prng, model, Belief::kNo)},
               {field::kPublishUnsignalled, capabilities.unsignalled_ssrc && OneIn(prng, 4)},
               {field::kPublishCodec, capabilities.h265 && OneIn(prng, 4)}});
    case Op::kUnpublish:
      return MakeStep(op, {{field::kCamera, DrawCamera(prng, model, Belief::kYes)},
                           {field::kUnpublishLost, OneIn(prng, 3)}});
    case Op::kAdvance:
      return MakeStep(op, {{field::kAdvanceMs, DrawMs(prng)}});
    case Op::kReport:
      return MakeStep(op, {{field::kViewer, prng.Below(world.viewers)},
                           {field::kReportLost, DrawFractionLost(prng)}});
    case Op::kWeather:
    case Op::kDrop:
    case Op::kPath:
      return DrawLink(prng, op, model);
    case Op::kReconnect:
      return MakeStep(op, {{field::kReconnectPublishers, prng.Below(2)},
                           {field::kReconnectViewers, prng.Below(2)}});
    case Op::kReaddress:
      return MakeStep(op, {{field::kReaddressAll, OneIn(prng, 8)},
                           {field::kReaddressCamera, DrawCamera(prng, model, Belief::kYes)}});
    case Op::kClose:
      return MakeStep(op, {{field::kViewer, prng.Below(world.viewers)}});
    default:  // of an account, a camera or an integration, by its schema
      Step step{.op = op};
      for (const Field& each : cases::FindOp(op)->fields) {
        const bool account = each.name == field::kAccount.name,
                   camera = each.name == field::kCamera.name;
        Write(step, each,
              prng.Below(account  ? world.accounts
                         : camera ? world.cameras
                                  : world.integrations));
      }
      return step;
  }
}

std::vector<Step> Simpler(const Step& step) {
  std::vector<Step> simpler;
  for (const Field& each : cases::FindOp(step.op)->fields) {
    if (!Exists(each, step)) continue;
    const std::uint32_t value = Read(step, each);
    for (const std::uint32_t smaller : {each.value_min(), value / 2, value - 1}) {
      if (value <= each.value_min() || smaller < each.value_min() || smaller >= value) continue;
      // Choices are in no order: only the first is simpler.
      if (each.kind == Kind::kEnum && smaller != each.value_min()) continue;
      Step candidate = step;
      Write(candidate, each, smaller);
      candidate = cases::Canonical(candidate);
      if (std::find(simpler.begin(), simpler.end(), candidate) == simpler.end())
        simpler.push_back(candidate);
    }
  }
  return simpler;
}

}  // namespace framefence::stateful
