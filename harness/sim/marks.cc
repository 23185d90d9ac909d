#include "harness/sim/marks.h"

namespace framefence::sim {
namespace {

struct Text {
  std::string_view name;
  std::string_view meaning;
};

constexpr int kFirstSituation = static_cast<int>(Mark::kLastOperation) + 1;
constexpr std::array<Text, kMarkCount - kFirstSituation> kSituations = {{
    {"open-refused", "the system refused to open a viewer session"},
    {"publisher-refused", "the system refused a publisher session"},
    {"rebound", "a camera was bound that had been bound before"},
    {"port-leased-anew", "a camera was given an ingest port that another one had before"},
    {"place-taken-anew", "a viewer session was opened in a place that had one before"},
    {"uplink-lost", "a packet was lost on its way to the system"},
    {"downlink-lost", "a packet was lost on its way to a viewer"},
    {"late-at-system", "a packet reached the system after its publisher session had ended"},
    {"late-at-viewer", "a packet reached a viewer after its session had ended"},
    {"still-served", "a still was served"},
    {"frame-received", "a viewer received an access unit whole"},
    {"camera-asked", "a camera was asked for packets or a picture (RFC 4585)"},
    {"viewer-asked", "a viewer asked for packets (RFC 4585)"},
    {"stalled", "a viewer's channel was full"},
    {"frames-due", "after the network had healed, frames were due to a viewer session"},
}};

constexpr bool IsOperation(Mark mark) { return mark <= Mark::kLastOperation; }
constexpr contract::Operation OperationOf(Mark mark) {
  return static_cast<contract::Operation>(static_cast<int>(mark) -
                                          static_cast<int>(Mark::kFirstOperation));
}
const Text& TextOf(Mark mark) {
  return kSituations[static_cast<std::size_t>(static_cast<int>(mark) - kFirstSituation)];
}

}  // namespace

std::string_view NameOf(Mark mark) {
  return IsOperation(mark) ? contract::ToString(OperationOf(mark)) : TextOf(mark).name;
}

std::string_view Describe(Mark mark) {
  return IsOperation(mark) ? "the system acknowledged this operation as done"
                           : TextOf(mark).meaning;
}

bool CanMeet(const contract::Capabilities& capabilities, Mark mark) {
  using contract::Operation;
  if (IsOperation(mark)) return capabilities.Has(OperationOf(mark));
  switch (mark) {
    case Mark::kRebound:
      return capabilities.Has(Operation::kBind);
    case Mark::kFramesDue:
      return capabilities.live;
    case Mark::kStillServed:
      return capabilities.stills;
    case Mark::kCameraAsked:
    case Mark::kViewerAsked:
      return capabilities.viewer_feedback;
    case Mark::kStalled:
      return capabilities.backpressure;
    default:
      return true;
  }
}

}  // namespace framefence::sim
