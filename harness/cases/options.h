// The world that a case plays in: how many there are of everything, what the system promises, how
// cameras send.
//
// Any byte string is a case, so an option may be asked to be anything: a value outside its range is
// clamped into it, an unknown option id is ignored, and of two settings of one option the last
// counts.
#ifndef FRAMEFENCE_HARNESS_CASES_OPTIONS_H_
#define FRAMEFENCE_HARNESS_CASES_OPTIONS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "harness/contract/system_under_test.h"

namespace framefence::cases {

// Units and meanings stand in the table (AllOptions). The defaults make a world that is tiny but
// has every mechanism: fewer ingest ports than cameras, so that ports are leased again, and IDR
// access units that need fragments.
struct WorldOptions {
  // The deployment of the system under test.
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;
  std::uint32_t names = 2;
  std::uint32_t integrations = 1;
  std::uint32_t viewers = 8;
  std::uint32_t publishers = 3;
  std::uint32_t frame_bytes_max = 4096;
  std::uint32_t still_age_max_ms = 10'000;
  std::uint32_t token_lifetime_ms = 300'000;
  std::uint32_t publisher_timeout_ms = 5'000;
  std::uint32_t still_fallback = 1;
  std::uint32_t json_door = 0;
  std::uint32_t seed = 0;
  std::uint32_t fec_packets_max = 0;
  // The world around it.
  std::uint32_t frame_interval_ms = 0;
  std::uint32_t gop_frames = 8;
  std::uint32_t idr_bytes = 300;
  std::uint32_t inter_bytes = 120;
  std::uint32_t slices = 1;
  std::uint32_t uplink_latency_us = 0;
  std::uint32_t downlink_latency_us = 0;
  std::uint32_t mtu_bytes = 200;
  std::uint32_t report_interval_ms = 0;
  std::uint32_t footage = 0;
  std::uint32_t provisioned = 1;
  std::uint32_t ssrcs = 0;
  std::uint32_t feedback = 0;
  std::uint32_t fleet_weather = 0;
  // How the system's threads take turns.
  std::uint32_t schedule = 0;  // numbers as contract::ScheduleKind
  std::uint32_t schedule_seed = 0;
  std::uint32_t schedule_depth = 1;
  std::uint32_t schedule_steps = 1000;
  // How it is judged.
  std::uint32_t two_runs = 0;  // SecondRun
  std::uint32_t observer = 0;
  std::uint32_t liveness_ms = 0;
  std::uint32_t liveness_reconnect = 1;
  friend bool operator==(const WorldOptions&, const WorldOptions&) = default;
};

// Of WorldOptions::two_runs: how the second run differs from the first, of all that does not belong
// to the observer's home.
enum class SecondRun : std::uint32_t {
  kNone = 0,
  kContents = 1,  // what other homes' cameras send is other bytes, of the same sizes
  kActivity = 2,  // the other homes do nothing
  kThinned = 3,   // they do half of what they do in the first
};

struct OptionInfo {
  std::uint8_t id = 0;  // given once; never re-used or renumbered
  std::string_view name;
  std::string_view unit;
  std::uint32_t WorldOptions::*member = nullptr;
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  std::string_view doc;

  std::uint32_t default_value() const { return WorldOptions{}.*member; }
  std::uint32_t Clamp(std::uint32_t value) const {
    return value < min ? min : value > max ? max : value;
  }
};

// In ascending order of id.
std::span<const OptionInfo> AllOptions();

// Null when there is no such option.
const OptionInfo* FindOption(std::uint8_t id);
const OptionInfo* FindOption(std::string_view name);

// Sets one option, clamped; an unknown id changes nothing.
void SetOption(WorldOptions& options, std::uint8_t id, std::uint32_t value);

// Every option clamped into its own range: what the file forms hold.
WorldOptions Clamped(const WorldOptions& options);

// What the world plays: clamped, and brought into agreement with each other. Idempotent.
//   - frame_bytes_max times cameras, and times publishers, is at most kFrameStoreBytesMax: it gives way;
//   - idr_bytes and inter_bytes are at most frame_bytes_max;
//   - mtu_bytes gives way where so many publishers' least GOPs would not fit kFrameStoreBytesMax, but no
//     further than to a real network's packets, in which real footage always travels;
//   - liveness_ms is no less than kLivenessMsMin, or 0: who needs a bound that no system can keep finds
//     nothing.
WorldOptions Effective(const WorldOptions& options);
inline constexpr std::uint32_t kFootageMtuBytesMin = 1'200;
inline constexpr std::uint32_t kLivenessMsMin = 1'000;
inline constexpr std::uint64_t kFrameStoreBytesMax = std::uint64_t{1} << 28;

// The deployment that Effective(options) asks for; and the one that options do which are effective.
contract::Deployment ToDeployment(const WorldOptions& options);
contract::Deployment DeploymentOf(const WorldOptions& effective);

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_OPTIONS_H_
