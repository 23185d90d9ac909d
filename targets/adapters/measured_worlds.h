// Worlds around the reference relay whose cost is measured: in time (bench_world.cc) and in
// instructions (world_paths.cc).
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_MEASURED_WORLDS_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_MEASURED_WORLDS_H_

#include <cstdint>
#include <vector>

#include "harness/base/check.h"
#include "harness/sim/swarm.h"
#include "harness/sim/world.h"
#include "targets/adapters/relay_adapter.h"

namespace framefence::sim {

struct Simulation {
  adapters::RelayAdapter relay;
  World world{relay};
};

inline constexpr std::uint32_t kMeasuredSteps = 32;
inline constexpr std::size_t kMeasuredCases = 64;

// The swarm's steps, in the world that a fuzzer's case has if it does not ask for another. Of those
// in which viewers receive something, as of the cases that a fuzzer keeps.
inline std::vector<cases::Case> MeasuredCases() {
  Simulation simulation;
  std::vector<cases::Case> result;
  cases::Case drawn;
  for (std::uint64_t seed = 1; result.size() < kMeasuredCases; ++seed) {
    DrawCase(seed, {.steps_max = kMeasuredSteps}, drawn);
    if (drawn.steps.size() < kMeasuredSteps) continue;
    drawn.options = {};
    simulation.world.Play(drawn);
    FRAMEFENCE_CHECK(simulation.world.oracle().violations().empty());
    if (simulation.world.counters().packets_delivered != 0) result.push_back(drawn);
  }
  return result;
}

// Cameras at 25 access units a second, each with a viewer of its own account.
class CameraFleet {
 public:
  static constexpr std::uint32_t kCameras = 16;

  enum class Links : std::uint8_t {
    kClean,
    kBad,  // each takes 20 ms, and loses one packet in 50
  };

  // Access units of that size, an IDR each second that is three times as large.
  CameraFleet(std::uint32_t frame_bytes, std::uint32_t mtu_bytes, Links links = Links::kClean)
      : options_{.accounts = kCameras,
                 .cameras = kCameras,
                 .names = 1,
                 .viewers = kCameras,
                 .publishers = kCameras,
                 .frame_bytes_max = 16 * frame_bytes,
                 .frame_interval_ms = 40,
                 .gop_frames = 25,
                 .idr_bytes = 3 * frame_bytes,
                 .inter_bytes = frame_bytes,
                 .mtu_bytes = mtu_bytes} {
    if (links == Links::kClean) return;
    options_.uplink_latency_us = options_.downlink_latency_us = 20'000;
    options_.feedback = 1;
    loss_ = net::Bernoulli{.loss = net::Probability::PerMillion(20'000)};
  }

  void Start() {
    world().Begin(options_);
    for (const LinkScope links : {LinkScope::kAllUplinks, LinkScope::kAllDownlinks})
      world().Apply({.kind = ActionKind::kWeather, .links = links, .loss = loss_});
    for (std::uint32_t i = 0; i < kCameras; ++i) {
      world().Apply({.kind = ActionKind::kPublish, .camera = CameraId(i)});
      world().Apply({.kind = ActionKind::kOpen,
                     .account = AccountId(i),
                     .camera = CameraId(i),
                     .viewer = ViewerId(i)});
    }
    seconds_ = 0;
  }
  // In a new world each minute. REQUIRES: Start() was called.
  void PlaySecond() {
    if (++seconds_ > 60) Start();
    world().Apply({.kind = ActionKind::kAdvance, .duration = std::chrono::seconds(1)});
  }
  // Since the last Start(): every frame arrived but those being received, and was its viewer's. Over
  // bad links most did, not counting the first second's.
  bool AllIsWell() {
    const WorldCounters& counters = world().counters();
    const bool bad_links = loss_ != net::LossModel();
    const std::uint64_t missing_max =
        kCameras + (bad_links ? counters.frames_published / 2 + 25 * kCameras : 0);
    return world().oracle().violations().empty() && counters.refused == 0 &&
           bad_links == (counters.packets_lost != 0) &&
           counters.frames_published >= seconds_ * 25 * kCameras &&
           counters.frames_received + missing_max >= counters.frames_published;
  }
  World& world() { return simulation_.world; }

 private:
  cases::WorldOptions options_;
  net::LossModel loss_;
  Simulation simulation_;
  std::uint64_t seconds_ = 0;
};

// Frames in one packet and two; and as of a camera with 1.2 Mbit/s.
inline CameraFleet SmallFrames() { return {120, 200}; }
inline CameraFleet LargeFrames() { return {6000, 1200}; }
inline CameraFleet LossyFrames() { return {6000, 1200, CameraFleet::Links::kBad}; }

}  // namespace framefence::sim

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_MEASURED_WORLDS_H_
