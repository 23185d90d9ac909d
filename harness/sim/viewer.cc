#include "harness/sim/viewer.h"

#include "harness/base/prng.h"

namespace framefence::sim {

void Viewer::Reset(ViewerId id, const cases::WorldOptions& options) {
  id_ = id;
  session = {};
  const Prng losses = Prng::ForPurpose(options.seed, 0x646f776eU + (std::uint64_t{id.value} << 40));
  downlink =
      net::Link(net::LossProcess(losses), std::chrono::microseconds(options.downlink_latency_us));
}

void Viewer::StartSession(const ViewerSession& started) {
  session = started;
  depacketizer.Reset();
  packets_reported_ = 0;
}

std::uint8_t Viewer::TakeFractionLost() {
  const std::uint64_t packets = depacketizer.counters().packets;
  const bool heard = packets != packets_reported_;
  packets_reported_ = packets;
  const std::uint8_t fraction = depacketizer.statistics().TakeFractionLost();
  return heard ? fraction : 255;
}

}  // namespace framefence::sim
