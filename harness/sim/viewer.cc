#include "harness/sim/viewer.h"

#include <utility>

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
  stills_ = 0;
  heard_ = 0;
}

std::optional<std::uint8_t> Viewer::TakeFractionLost() {
  const std::uint64_t heard = depacketizer.counters().packets + stills_;
  if (std::exchange(heard_, heard) == heard) return std::nullopt;
  return depacketizer.statistics().TakeFractionLost();
}

}  // namespace framefence::sim
