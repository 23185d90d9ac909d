#include "harness/cases/schema.h"

#include <array>

namespace framefence::cases {
namespace {

using namespace field;

constexpr Field kBindFields[] = {kAccount, kCamera};
constexpr Field kCameraFields[] = {kCamera};
constexpr Field kPublishFields[] = {kCamera,       kPublishUnsignalled, kPublishStream,
                                    kPublishCodec, kPublishRtx,         kPublishFec};
constexpr Field kUnpublishFields[] = {kCamera, kUnpublishLost};
constexpr Field kFrameFields[] = {kCamera, kFrameIdr, kFrameSlices, kFrameBytes};
constexpr Field kOpenFields[] = {kOpenViewer, kAccount, kCamera, kOpenPath, kOpenIntegration};
constexpr Field kIssueFields[] = {kToken, kAccount, kCamera, kOpenPath, kOpenIntegration};
constexpr Field kPresentFields[] = {kViewer, kToken, kPresentForged};
constexpr Field kViewerFields[] = {kViewer};
constexpr Field kAccountFields[] = {kAccount};
constexpr Field kLinkFields[] = {kAccount, kIntegration};
constexpr Field kIntegrationFields[] = {kIntegration};
constexpr Field kReportFields[] = {kViewer, kReportLost};
constexpr Field kAdvanceFields[] = {kAdvanceMs};
constexpr Field kWeatherFields[] = {
    kLinkEnd,   kLinkAll,    kLinkCamera, kLinkViewer, kWeatherModel, kBernoulliLoss, kGoodToBad,
    kBadToGood, kLossGood,   kLossBad,    kP13,        kP14,          kP31,           kP32,
    kP23,       kBurstShape, kBurstMax,   kGapShape,   kGapMin,       kRecordedFirst};
constexpr Field kPathFields[] = {kLinkEnd,         kLinkAll,       kLinkCamera,     kLinkViewer,
                                 kPathSets,        kPathPreset,    kPathLatency,    kPathJitter,
                                 kPathSpread,      kPathOvertakes, kPathRate,       kPathQueue,
                                 kPathTraceOffset, kPathDuplicate, kPathCorrupt,    kPathTruncate,
                                 kPathTruncateMin, kPathReorder,   kPathReorderGap, kPathOutage,
                                 kPathOutageEvery};
constexpr Field kReaddressFields[] = {kReaddressAll, kReaddressCamera};
constexpr Field kDropFields[] = {kLinkEnd, kLinkAll, kLinkCamera, kLinkViewer, kDropPackets};
constexpr Field kStallFields[] = {kViewer, kStallMs};
constexpr Field kHandOverFields[] = {kHandOverAfter, kHandOverTo};
constexpr Field kReconnectFields[] = {kReconnectPublishers, kReconnectViewers};

constexpr OpInfo kOps[] = {
    {Op::kNone, "none", {}, "nothing happens", 0},
    {Op::kOption,
     "option",
     {},
     "sets one of the world's options; counts only before every other step",
     0},
    {Op::kBind, "bind", kBindFields,
     "the camera is the account's from now on, whoever had it before", 2},
    {Op::kUnbind, "unbind", kCameraFields, "factory reset: the camera is nobody's"},
    {Op::kPublish, "publish", kPublishFields, "the camera starts a publisher session", 3},
    {Op::kUnpublish, "unpublish", kUnpublishFields, "the camera ends its publisher session", 2},
    {Op::kFrame, "frame", kFrameFields, "the camera sends one access unit", 8},
    {Op::kOpen, "open", kOpenFields, "a viewer session is opened for the camera", 5},
    {Op::kClose, "close", kViewerFields, "the viewer session is closed"},
    {Op::kRevoke, "revoke", kAccountFields, "every viewer session and token of the account ends"},
    {Op::kLink, "link", kLinkFields, "the account links the integration"},
    {Op::kUnlink, "unlink", kLinkFields, "the account unlinks the integration"},
    {Op::kSuspend, "suspend", kIntegrationFields, "the integration as a whole is cut off"},
    {Op::kRestore, "restore", kIntegrationFields, "the integration may be used again"},
    {Op::kReport, "report", kReportFields, "the viewer reports its loss", 3},
    {Op::kIssue, "issue", kIssueFields,
     "a viewer token for the camera is issued, and kept; the last of that name counts", 2},
    {Op::kPresent, "present", kPresentFields,
     "a viewer session is opened on a token issued before, whatever became of the rights since", 3},
    {Op::kUpgrade,
     "upgrade",
     {},
     "another process takes the system's place, and goes on from the state that it saved"},
    {Op::kAdvance, "advance", kAdvanceFields, "virtual time passes", 4},
    {Op::kWeather, "weather", kWeatherFields, "links change their loss model", 2},
    {Op::kDrop, "drop", kDropFields, "links lose exactly the next packets", 2},
    {Op::kReconnect, "reconnect", kReconnectFields, "the whole fleet comes back at once"},
    {Op::kStall, "stall", kStallFields, "no packet can be sent to the viewer for a while", 3},
    {Op::kPath, "path", kPathFields,
     "links become another network, or one property of theirs changes", 3},
    {Op::kReaddress, "readdress", kReaddressFields,
     "the camera's packets come from another address from now on (a NAT rebind, a change of "
     "network); the system is not told"},
    {Op::kHandOver, "handover", kHandOverFields,
     "in the calls of the next other step the system's threads take another turn; schedule 0 only"},
};

constexpr std::array<const OpInfo*, 256> IndexByOp() {
  std::array<const OpInfo*, 256> index{};
  for (const OpInfo& info : kOps) index[static_cast<std::uint8_t>(info.op)] = &info;
  return index;
}
constexpr std::array<const OpInfo*, 256> kOpIndex = IndexByOp();

// Of an op each of whose fields always exists, and has no value that means nothing: the bits of them.
struct PlainBits {
  bool plain = false;
  Step mask;
};
constexpr std::array<PlainBits, 256> PlainBitsByOp() {
  std::array<PlainBits, 256> result{};
  for (const OpInfo& info : kOps) {
    PlainBits& bits = result[static_cast<std::uint8_t>(info.op)];
    bits.plain = info.op != Op::kOption;
    for (const Field& field : info.fields) {
      const bool all_mean_something =
          field.kind != Kind::kEnum || field.values.size() == std::size_t{1} << field.bits;
      bits.plain = bits.plain && field.when.mask == 0 && all_mean_something;
      Write(bits.mask, field, field.value_max());
    }
  }
  return result;
}
constexpr std::array<PlainBits, 256> kPlainBits = PlainBitsByOp();

}  // namespace

std::span<const OpInfo> AllOps() { return kOps; }

const OpInfo* FindOp(Op op) { return kOpIndex[static_cast<std::uint8_t>(op)]; }

const OpInfo* FindOp(std::string_view name) {
  for (const OpInfo& info : kOps) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

Step Canonical(const Step& step) {
  if (const PlainBits& bits = kPlainBits[static_cast<std::uint8_t>(step.op)]; bits.plain) {
    const auto both = [](auto of, auto mask) { return static_cast<decltype(of)>(of & mask); };
    return {.op = step.op,
            .actor = both(step.actor, bits.mask.actor),
            .subject = both(step.subject, bits.mask.subject),
            .flags = both(step.flags, bits.mask.flags),
            .argument = both(step.argument, bits.mask.argument)};
  }
  const OpInfo* info = FindOp(step.op);
  if (info == nullptr || step.op == Op::kOption) return {};
  // Flags first: which other fields exist is asked of the canonical flags.
  Step result{.op = step.op};
  for (const bool flags : {true, false}) {
    for (const Field& field : info->fields) {
      if ((field.place == Place::kFlags) != flags || !Exists(field, result)) continue;
      Write(result, field, Read(step, field));
    }
  }
  return result;
}

}  // namespace framefence::cases
