#include "harness/cases/options.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>

namespace framefence::cases {
namespace {

constexpr std::uint32_t kPopulationMax = 4096;
constexpr std::uint32_t kFrameBytesMax = 1 << 20;
constexpr std::uint32_t kHourMs = 3'600'000;
constexpr std::uint32_t kSecondUs = 1'000'000;

using W = WorldOptions;

constexpr OptionInfo kOptions[] = {
    {0x01, "accounts", "", &W::accounts, 1, kPopulationMax, "households"},
    {0x02, "cameras", "", &W::cameras, 1, kPopulationMax, "cameras"},
    {0x03, "names", "", &W::names, 1, 256, "names that an account may give its cameras"},
    {0x04, "integrations", "", &W::integrations, 1, 256, "third parties' clouds"},
    {0x05, "viewers", "", &W::viewers, 1, kPopulationMax, "places for viewer sessions"},
    {0x06, "publishers", "", &W::publishers, 1, kPopulationMax,
     "concurrent publisher sessions; fewer than cameras means that ingest ports are leased again"},
    {0x07, "frame_bytes_max", "bytes", &W::frame_bytes_max, 256, kFrameBytesMax,
     "the largest access unit that a camera sends"},
    {0x08, "still_age_max_ms", "milliseconds", &W::still_age_max_ms, 1, kHourMs, "ISO-005's bound"},
    {0x09, "token_lifetime_ms", "milliseconds", &W::token_lifetime_ms, 1, 24 * kHourMs,
     "a viewer token expires after it"},
    {0x0a, "publisher_timeout_ms", "milliseconds", &W::publisher_timeout_ms, 1, kHourMs,
     "silence after which a publisher session ends"},
    {0x0b, "still_fallback", "0|1", &W::still_fallback, 0, 1,
     "under loss an integration's display gets the last still"},
    {0x0c, "json_door", "0|1", &W::json_door, 0, 1,
     "enter by the integration's JSON, not its typed form"},
    {0x0d, "seed", "", &W::seed, 0, ~0U, "of all that the world and the system draw"},
    {0x0e, "fec_packets_max", "packets", &W::fec_packets_max, 0, 110,
     "how far back the system recovers lost packets by error correction (RFC 8627); 0: not at all"},

    {0x20, "frame_interval_ms", "milliseconds", &W::frame_interval_ms, 0, 60'000,
     "publishing cameras send by their own clock as time passes; 0: only frame steps send"},
    {0x21, "gop_frames", "access units", &W::gop_frames, 1, 1024,
     "from one IDR to the next, by a camera's own clock"},
    {0x22, "idr_bytes", "bytes", &W::idr_bytes, 64, kFrameBytesMax, "an IDR access unit's size"},
    {0x23, "inter_bytes", "bytes", &W::inter_bytes, 64, kFrameBytesMax,
     "any other access unit's size"},
    {0x24, "slices", "NAL units", &W::slices, 1, 4,
     "in an access unit sent by a camera's own clock"},
    {0x25, "uplink_latency_us", "microseconds", &W::uplink_latency_us, 0, 10 * kSecondUs,
     "from a camera to the system; 0: a step's packets arrive before the next step"},
    {0x26, "downlink_latency_us", "microseconds", &W::downlink_latency_us, 0, 10 * kSecondUs,
     "from the system to a viewer"},
    {0x27, "mtu_bytes", "bytes", &W::mtu_bytes, 64, 9000,
     "the largest RTP packet that a camera sends"},
    {0x28, "report_interval_ms", "milliseconds", &W::report_interval_ms, 0, 60'000,
     "viewers report their loss by their own clock; 0: only report steps do"},
    {0x29, "footage", "0|1", &W::footage, 0, 1,
     "cameras send real footage instead of stamped frames"},
    {0x2a, "provisioned", "0|1", &W::provisioned, 0, 1,
     "at the start camera i is bound to account i mod accounts, and every account has linked every "
     "integration"},
    {0x2b, "ssrcs", "", &W::ssrcs, 0, 256,
     "how many SSRCs publisher sessions share, which then collide (RFC 3550 8.2); 0: each has its "
     "own"},
    {0x2c, "feedback", "0|1", &W::feedback, 0, 1,
     "viewers ask for lost packets and for pictures in RTCP (RFC 4585), and cameras answer what "
     "they are asked for"},
    {0x2d, "fleet_weather", "", &W::fleet_weather, 0, 255,
     "the number of a preset (see: list presets) whose weather is over all homes at once; 0, and "
     "those that have none: it stays clear"},

    {0x3c, "schedule", "0|1|2", &W::schedule, 0, 2,
     "how the system's threads take turns, where it plays them: 0 plain, but for handover steps; 1 "
     "random; 2 PCT"},
    {0x3d, "schedule_seed", "", &W::schedule_seed, 0, ~0U, "of a schedule that is random, or PCT"},
    {0x3e, "schedule_depth", "", &W::schedule_depth, 1, 64,
     "of PCT: priorities change at depth - 1 choices (Burckhardt et al. 2010)"},
    {0x3f, "schedule_steps", "choices", &W::schedule_steps, 1, 1'000'000,
     "of PCT: these are drawn from so many choices, counted from the first step"},

    {0x40, "two_runs", "0..3", &W::two_runs, 0, 3,
     "the case is played twice, and what the observer's home sees must be the same. The second "
     "time 1: other homes' cameras send other bytes; 2: the other homes do nothing; 3: they do "
     "half"},
    {0x41, "observer", "", &W::observer, 0, kPopulationMax - 1,
     "the account whose home is looked at in two runs (modulo accounts)"},
    {0x50, "liveness_ms", "milliseconds", &W::liveness_ms, 0, 60'000,
     "after the last step the network heals, and each entitled viewer session has so long to "
     "receive an access unit published since (ISO-008); 0, and in two runs: that is not asked"},
    {0x51, "liveness_reconnect", "0|1", &W::liveness_reconnect, 0, 1,
     "then all cameras begin new publisher sessions; 0: only those whose sessions a system may "
     "have lost"},
};

constexpr std::array<const OptionInfo*, 256> IndexById() {
  std::array<const OptionInfo*, 256> index{};
  for (const OptionInfo& info : kOptions) index[info.id] = &info;
  return index;
}
constexpr std::array<const OptionInfo*, 256> kOptionIndex = IndexById();

}  // namespace

std::span<const OptionInfo> AllOptions() { return kOptions; }

const OptionInfo* FindOption(std::uint8_t id) { return kOptionIndex[id]; }

const OptionInfo* FindOption(std::string_view name) {
  for (const OptionInfo& info : kOptions) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

void SetOption(WorldOptions& options, std::uint8_t id, std::uint32_t value) {
  if (const OptionInfo* info = FindOption(id)) options.*info->member = info->Clamp(value);
}

WorldOptions Clamped(const WorldOptions& options) {
  WorldOptions result = options;
  for (const OptionInfo& info : kOptions) result.*info.member = info.Clamp(result.*info.member);
  return result;
}

WorldOptions Effective(const WorldOptions& options) {
  WorldOptions result = Clamped(options);
  const std::uint32_t senders = std::max(result.cameras, result.publishers);
  const auto share = static_cast<std::uint32_t>(kFrameStoreBytesMax / senders);
  result.frame_bytes_max = std::min(result.frame_bytes_max, share);
  result.idr_bytes = std::min(result.idr_bytes, result.frame_bytes_max);
  result.inter_bytes = std::min(result.inter_bytes, result.frame_bytes_max);
  const auto packet_share = static_cast<std::uint32_t>(kFrameStoreBytesMax / result.publishers /
                                                       contract::Deployment{}.gop_packets_max);
  result.mtu_bytes = std::min(result.mtu_bytes, std::max(packet_share, kFootageMtuBytesMin));
  if (result.footage != 0) result.mtu_bytes = std::max(result.mtu_bytes, kFootageMtuBytesMin);
  if (result.liveness_ms != 0) result.liveness_ms = std::max(result.liveness_ms, kLivenessMsMin);
  return result;
}

namespace {

// Room for the largest IDR picture that cameras send unasked, half as large again as the option says
// (sim/camera.cc), and as many packets more; as far as the frame store's bound allows. A power of two,
// for a system may round up to one.
std::uint32_t GopPacketsMax(const WorldOptions& world) {
  constexpr std::uint32_t kHeaderBytes = 12 + 3;  // RTP (RFC 3550 5.1), fragment (RFC 7798 4.4.3)
  constexpr std::uint32_t kParameterSets = 3;
  const std::uint32_t picture = world.idr_bytes + world.idr_bytes / 2;
  const std::uint32_t packets =
      picture / (world.mtu_bytes - kHeaderBytes) + 1 + world.slices + kParameterSets;
  const std::uint64_t packet_bytes = world.mtu_bytes + 128;  // and what a store keeps beside it
  const std::uint64_t room = kFrameStoreBytesMax / (world.publishers * packet_bytes);
  const std::uint64_t wanted =
      std::min(std::bit_ceil(std::uint64_t{2} * packets), std::bit_floor(room));
  return std::max(contract::Deployment{}.gop_packets_max, static_cast<std::uint32_t>(wanted));
}

}  // namespace

contract::Deployment ToDeployment(const WorldOptions& options) {
  return DeploymentOf(Effective(options));
}

contract::Deployment DeploymentOf(const WorldOptions& world) {
  using std::chrono::milliseconds;
  return {.accounts = world.accounts,
          .cameras = world.cameras,
          .names = world.names,
          .integrations = world.integrations,
          .viewers = world.viewers,
          .publishers = world.publishers,
          .frame_bytes_max = world.frame_bytes_max,
          .gop_packets_max = GopPacketsMax(world),
          .datagram_bytes_max = world.mtu_bytes,
          .fec_packets_max = world.fec_packets_max,
          .still_age_max = milliseconds(world.still_age_max_ms),
          .token_lifetime = milliseconds(world.token_lifetime_ms),
          .publisher_timeout = milliseconds(world.publisher_timeout_ms),
          .still_fallback = world.still_fallback != 0,
          .json_door = world.json_door != 0,
          .seed = world.seed,
          .schedule = {.kind = static_cast<contract::ScheduleKind>(world.schedule),
                       .seed = world.schedule_seed,
                       .depth = world.schedule_depth,
                       .steps = world.schedule_steps}};
}

}  // namespace framefence::cases
