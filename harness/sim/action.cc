#include "harness/sim/action.h"

#include <algorithm>
#include <array>

#include "harness/cases/schema.h"

namespace framefence::sim {
namespace {

namespace field = cases::field;
using cases::Op;
using cases::Step;
using cases::WorldOptions;

net::FourState DecodeFourState(const Step& step) {
  using net::Probability;
  // Of what may follow a lost packet in a burst, all comes to no more than certainty.
  const std::uint32_t p31 = Read(step, field::kP31);
  const std::uint32_t p32 = std::min(Read(step, field::kP32), 64 - p31);
  return {.p13 = Probability::OutOf(Read(step, field::kP13), 10),
          .p31 = Probability::OutOf(p31, 6),
          .p32 = Probability::OutOf(p32, 6),
          .p23 = Probability::OutOf(Read(step, field::kP23), 6),
          .p14 = Probability::OutOf(Read(step, field::kP14), 10)};
}

net::HeavyTailedBursts DecodeHeavyTails(const Step& step) {
  constexpr std::uint32_t kThousandths = 100;  // in a tenth
  constexpr std::uint32_t kGapMaxOverMin = 20;
  const std::uint32_t gap_min = Read(step, field::kGapMin);
  return {
      .burst = net::ParetoRun{.packets_max = Read(step, field::kBurstMax),
                              .shape_thousandths = kThousandths * Read(step, field::kBurstShape)},
      .gap = net::ParetoRun{.packets_min = gap_min,
                            .packets_max = kGapMaxOverMin * gap_min,
                            .shape_thousandths = kThousandths * Read(step, field::kGapShape)}};
}

net::LossModel DecodeWeather(const Step& step) {
  using net::Probability;
  switch (static_cast<cases::Weather>(Read(step, field::kWeatherModel))) {
    case cases::Weather::kClean:
      return net::Clean{};
    case cases::Weather::kBernoulli:
      return net::Bernoulli{Probability::OutOf(Read(step, field::kBernoulliLoss), 16)};
    case cases::Weather::kGilbertElliott:
      return net::GilbertElliott{
          .p_good_to_bad = Probability::OutOf(Read(step, field::kGoodToBad), 8),
          .p_bad_to_good = Probability::OutOf(Read(step, field::kBadToGood), 8),
          .loss_good = Probability::OutOf(Read(step, field::kLossGood), 8),
          .loss_bad = Probability::OutOf(Read(step, field::kLossBad), 8)};
    case cases::Weather::kBlackout:
      return net::Blackout{};
    case cases::Weather::kFourState:
      return DecodeFourState(step);
    case cases::Weather::kHeavyTailed:
      return DecodeHeavyTails(step);
    case cases::Weather::kRecorded:
      return net::RecordedLoss{.first = Read(step, field::kRecordedFirst)};
  }
  return net::Clean{};
}

void DecodeLinks(const Step& step, const WorldOptions& options, Action& action) {
  const bool downlink =
      Read(step, field::kLinkEnd) == static_cast<std::uint32_t>(cases::LinkEnd::kDownlink);
  if (Read(step, field::kLinkAll) != 0) {
    action.links = downlink ? LinkScope::kAllDownlinks : LinkScope::kAllUplinks;
  } else {
    action.links = downlink ? LinkScope::kDownlink : LinkScope::kUplink;
  }
  action.camera = CameraId(Read(step, field::kLinkCamera) % options.cameras);
  action.viewer = ViewerId(Read(step, field::kLinkViewer) % options.viewers);
}

// How a viewer comes in.
void DecodeOpen(const Step& step, const WorldOptions& options, Action& action) {
  action.path = static_cast<contract::AccessPath>(Read(step, field::kOpenPath));
  action.integration = IntegrationId(Read(step, field::kOpenIntegration) % options.integrations);
}

Upload DecodeUpload(const Step& step) {
  return {.unsignalled = Read(step, field::kPublishUnsignalled) != 0,
          .codec = static_cast<media::Codec>(Read(step, field::kPublishCodec)),
          .byte_stream = Read(step, field::kPublishStream) != 0,
          .retransmits = Read(step, field::kPublishRtx) != 0,
          .fec_packets = static_cast<std::uint8_t>(Read(step, field::kPublishFec))};
}

void DecodeFrame(const Step& step, Action& action) {
  action.idr = Read(step, field::kFrameIdr) != 0;
  // One slice is what the step says when it says nothing: the world's default then.
  const std::uint32_t slices = Read(step, field::kFrameSlices);
  action.slices = static_cast<std::uint16_t>(slices == 1 ? 0 : slices);
  action.bytes = Read(step, field::kFrameBytes);
}

struct OpKind {
  Op op;
  ActionKind kind;
};
constexpr std::array kKinds = {
    OpKind{Op::kBind, ActionKind::kBind},           OpKind{Op::kUnbind, ActionKind::kUnbind},
    OpKind{Op::kPublish, ActionKind::kPublish},     OpKind{Op::kUnpublish, ActionKind::kUnpublish},
    OpKind{Op::kFrame, ActionKind::kFrame},         OpKind{Op::kOpen, ActionKind::kOpen},
    OpKind{Op::kClose, ActionKind::kClose},         OpKind{Op::kRevoke, ActionKind::kRevoke},
    OpKind{Op::kLink, ActionKind::kLink},           OpKind{Op::kUnlink, ActionKind::kUnlink},
    OpKind{Op::kSuspend, ActionKind::kSuspend},     OpKind{Op::kRestore, ActionKind::kRestore},
    OpKind{Op::kReport, ActionKind::kReport},       OpKind{Op::kIssue, ActionKind::kIssue},
    OpKind{Op::kPresent, ActionKind::kPresent},     OpKind{Op::kUpgrade, ActionKind::kUpgrade},
    OpKind{Op::kAdvance, ActionKind::kAdvance},     OpKind{Op::kWeather, ActionKind::kWeather},
    OpKind{Op::kDrop, ActionKind::kDrop},           OpKind{Op::kReconnect, ActionKind::kReconnect},
    OpKind{Op::kStall, ActionKind::kStall},         OpKind{Op::kPath, ActionKind::kPath},
    OpKind{Op::kReaddress, ActionKind::kReaddress}, OpKind{Op::kHandOver, ActionKind::kHandOver},
};

constexpr std::array<ActionKind, 256> IndexByOp() {
  std::array<ActionKind, 256> index{};
  for (const OpKind& row : kKinds) index[static_cast<std::uint8_t>(row.op)] = row.kind;
  return index;
}
constexpr std::array<ActionKind, 256> kKindByOp = IndexByOp();

ActionKind KindOf(Op op) { return kKindByOp[static_cast<std::uint8_t>(op)]; }

}  // namespace

Action Decode(const Step& step, const WorldOptions& options) {
  Action action;
  action.kind = KindOf(step.op);
  action.account = AccountId(Read(step, field::kAccount) % options.accounts);
  action.camera = CameraId(Read(step, field::kCamera) % options.cameras);
  action.viewer = ViewerId(Read(step, field::kViewer) % options.viewers);
  action.integration = IntegrationId(Read(step, field::kIntegration) % options.integrations);
  switch (step.op) {
    case Op::kOpen:
      DecodeOpen(step, options, action);
      action.viewer = ViewerId(Read(step, field::kOpenViewer) % options.viewers);
      break;
    case Op::kIssue:
      DecodeOpen(step, options, action);
      action.token = Read(step, field::kToken);
      break;
    case Op::kPresent:
      action.token = Read(step, field::kToken);
      action.forged = Read(step, field::kPresentForged) != 0;
      break;
    case Op::kPublish:
      action.upload = DecodeUpload(step);
      break;
    case Op::kFrame:
      DecodeFrame(step, action);
      break;
    case Op::kWeather:
      DecodeLinks(step, options, action);
      action.loss = DecodeWeather(step);
      break;
    case Op::kPath:
      DecodeLinks(step, options, action);
      action.path_change = DecodePathChange(step);
      break;
    case Op::kReaddress:
      action.all = Read(step, field::kReaddressAll) != 0;
      break;
    case Op::kDrop:
      DecodeLinks(step, options, action);
      action.packets = Read(step, field::kDropPackets);
      break;
    case Op::kUnpublish:
      action.bye_lost = Read(step, field::kUnpublishLost) != 0;
      break;
    case Op::kReport:
      action.fraction_lost = static_cast<std::uint8_t>(Read(step, field::kReportLost));
      break;
    case Op::kAdvance:
      action.duration = std::chrono::milliseconds(Read(step, field::kAdvanceMs));
      break;
    case Op::kStall:
      action.duration = std::chrono::milliseconds(Read(step, field::kStallMs));
      break;
    case Op::kHandOver:
      action.handover = {.after = Read(step, field::kHandOverAfter),
                         .to = static_cast<std::uint8_t>(Read(step, field::kHandOverTo))};
      break;
    case Op::kReconnect:
      action.publishers = Read(step, field::kReconnectPublishers) != 0;
      action.viewers = Read(step, field::kReconnectViewers) != 0;
      break;
    default:
      break;
  }
  return action;
}

}  // namespace framefence::sim
