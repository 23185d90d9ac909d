#include "harness/sim/viewer.h"

#include <algorithm>
#include <utility>

#include "harness/base/prng.h"
#include "harness/media/rtp_packet.h"

namespace framefence::sim {

void Viewer::Reset(ViewerId id, const cases::WorldOptions& options) {
  id_ = id;
  session = {};
  stalled_until = {};
  const Prng losses = Prng::ForPurpose(options.seed, 0x646f776eU + (std::uint64_t{id.value} << 40));
  downlink.Reset(losses, std::chrono::microseconds(options.downlink_latency_us));
}

void Viewer::StartSession(const ViewerSession& started) {
  session = started;
  depacketizer.Reset();
  stills_ = heard_ = packets_ = 0;
  last_fraction_lost_ = 0;
  newest_.reset();
}

// A few it asks for one by one; where more are gone, the pictures that they were of are too.
std::span<const std::byte> Viewer::Miss(std::span<const std::byte> packet) {
  constexpr unsigned kPacketsMax = 17;  // of one NACK item
  constexpr std::uint32_t kOwnSsrc = 1;
  const std::uint16_t number = media::SequenceNumberOf(packet);
  const auto ahead = static_cast<std::uint16_t>(number - newest_.value_or(number));
  if (ahead >= 0x8000) return {};  // late, or sent again
  newest_ = number;
  if (ahead < 2) return {};
  const unsigned missing = ahead - 1U;
  if (missing > kPacketsMax) {
    const auto request = media::MakePictureLoss(kOwnSsrc, media::SsrcOf(packet));
    std::copy(request.begin(), request.end(), request_.begin());
    return std::span(request_).first(request.size());
  }
  request_ =
      media::MakeNack(kOwnSsrc, media::SsrcOf(packet), static_cast<std::uint16_t>(number - missing),
                      static_cast<std::uint16_t>((1U << (missing - 1)) - 1));
  return request_;
}

std::optional<std::uint8_t> Viewer::TakeFractionLost() {
  const std::uint64_t packets = depacketizer.counters().packets, heard = packets + stills_;
  if (std::exchange(heard_, heard) == heard) return std::nullopt;
  const std::uint8_t fraction_lost = depacketizer.statistics().TakeFractionLost();
  if (std::exchange(packets_, packets) != packets) last_fraction_lost_ = fraction_lost;
  return fraction_lost;
}

}  // namespace framefence::sim
