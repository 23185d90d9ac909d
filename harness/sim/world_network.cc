// The links of the simulated world: what cases and the weather do to them, and how a packet crosses one.
#include <variant>

#include "harness/base/prng.h"
#include "harness/net/presets.h"
#include "harness/sim/world.h"

namespace framefence::sim {

void World::BeginWeather() {
  const std::uint32_t preset = options_.fleet_weather;
  if (preset == 0 || preset >= net::Presets().size()) return void(weather_ = {});
  const std::uint64_t seed = Prng::ForPurpose(options_.seed, 0x77656174686572U).Next();
  weather_ = net::Weather(seed, net::Presets()[preset].weather);
}

void World::Reseed(std::uint64_t seed) {
  constexpr std::uint64_t kUp = 0x7570U, kBack = 0x6261636bU, kDown = 0x646f776eU;
  const auto stream = [seed](std::uint64_t way, std::uint32_t id) {
    return Prng::ForPurpose(seed, way + (std::uint64_t{id} << 32));
  };
  for (std::uint32_t i = 0; i < deployment_.cameras; ++i) {
    cameras_[i].path.up().Reseed(stream(kUp, i));
    cameras_[i].path.down().Reseed(stream(kBack, i));
  }
  for (std::uint32_t i = 0; i < deployment_.viewers; ++i)
    viewers_[i].downlink.Reseed(stream(kDown, i));
}

template <class Change>
void World::ForEachLink(const Action& action, Change change) {
  switch (action.links) {
    case LinkScope::kUplink:
      return change(cameras_[action.camera.value].path.up());
    case LinkScope::kDownlink:
      return change(viewers_[action.viewer.value].downlink);
    case LinkScope::kAllUplinks:
      for (std::uint32_t i = 0; i < deployment_.cameras; ++i) change(cameras_[i].path.up());
      return;
    case LinkScope::kAllDownlinks:
      for (std::uint32_t i = 0; i < deployment_.viewers; ++i) change(viewers_[i].downlink);
      return;
  }
}

void World::SetLoss(const Action& action) {
  net::LossModel loss = action.loss;
  if (auto* recorded = std::get_if<net::RecordedLoss>(&loss)) {
    recorded->pattern = recordings_.losses;
    if (recorded->pattern == nullptr) loss = net::Clean{};
  }
  ForEachLink(action, [&](net::Link& link) { link.SetLoss(loss); });
}

void World::Drop(const Action& action) {
  ForEachLink(action, [&](net::Link& link) { link.DropNext(action.packets); });
}

void World::ChangePaths(const Action& action) {
  const bool uplink = action.links == LinkScope::kUplink || action.links == LinkScope::kAllUplinks;
  ForEachLink(action, [&](net::Link& link) {
    ChangePath(action.path_change, uplink, recordings_, now_, link);
  });
}

void World::Readdress(const Action& action) {
  if (!action.all) return cameras_[action.camera.value].path.Rebind();
  for (std::uint32_t i = 0; i < deployment_.cameras; ++i) cameras_[i].path.Rebind();
}

net::Conditions World::WeatherNow() {
  return options_.fleet_weather == 0 ? net::Conditions{} : weather_.At(now_);
}

// What arrives of a packet, now or when it does.
void World::Transmit(Event event, const net::Fate& fate, std::span<const std::byte> packet,
                     std::vector<std::byte>& altered) {
  event.damaged = fate.bytes != packet.size() || fate.flipped_bit;
  packet = packet.first(fate.bytes);
  if (fate.flipped_bit) {
    altered.assign(packet.begin(), packet.end());
    altered[*fate.flipped_bit / 8] ^= std::byte{0x80} >> *fate.flipped_bit % 8;
    packet = altered;
  }
  counters_.packets_damaged += event.damaged ? 1 : 0;
  counters_.packets_duplicated += fate.copy ? 1 : 0;
  for (const std::optional<VirtualTime>& at : {fate.arrival, fate.copy}) {
    if (!at) continue;
    event.at = *at;
    if (event.at == now_) {
      Receive(event, packet);
    } else {
      queue_.PushPacket(event, packet);
    }
  }
}

void World::Lose(EventKind kind, std::uint32_t subject, std::size_t bytes) {
  const bool down = kind == EventKind::kDownlinkPacket;
  ++counters_.packets_lost;
  marks_.Meet(down ? Mark::kDownlinkLost : Mark::kUplinkLost);
  Trace(TraceKind::kLost, subject, down ? 1 : 0, bytes);
}

}  // namespace framefence::sim
