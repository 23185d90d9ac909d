#include "harness/net/presets.h"

#include <algorithm>
#include <array>

namespace framefence::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Probability Percent(std::uint32_t percent) {
  return Probability::PerMillion(percent * 10'000);
}

// RFC 8868, section 5.3, gives a queue in milliseconds: what the rate sends in that time.
constexpr QueueOptions Rate(std::uint64_t bits_per_s, std::uint32_t queue_ms) {
  return {.rate_bits_per_s = bits_per_s,
          .queue_bytes_max = static_cast<std::uint32_t>(bits_per_s / 8 * queue_ms / 1000)};
}

constexpr DelayOptions Latency(milliseconds latency) { return {.latency = latency}; }
constexpr DelayOptions Rfc8868Delay(milliseconds latency) {
  return {.latency = latency, .jitter = Jitter::kNormal, .spread = milliseconds(5)};
}

constexpr LinkOptions kWifiEdge = {
    .loss =
        HeavyTailedBursts{.burst = ParetoRun{1, 200, 1'600}, .gap = ParetoRun{10, 5'000, 1'300}},
    .delay = {.latency = milliseconds(5), .jitter = Jitter::kPareto, .spread = milliseconds(3)},
    .queue = Rate(20'000'000, 300)};

constexpr LossModel kImpulseNoise = FourState{.p13 = Probability::PerMillion(1'000),
                                              .p31 = Percent(20),
                                              .p32 = Percent(10),
                                              .p23 = Percent(50),
                                              .p14 = Probability::PerMillion(5'000)};

constexpr LossModel kIncident = GilbertElliott{.p_good_to_bad = Probability::OutOf(26, 8),
                                               .p_bad_to_good = Probability::OutOf(13, 8),
                                               .loss_good = Probability::OutOf(13, 8),
                                               .loss_bad = Probability::OutOf(243, 8)};

constexpr WeatherOptions kStormyWeather = {
    .slot = milliseconds(100),
    .clear_to_bad = Probability::PerMillion(2'000),
    .bad_to_clear = Percent(1),
    .bad_to_storm = Probability::PerMillion(5'000),
    .storm_to_bad = Percent(2),
    .conditions = {
        Conditions{}, Conditions{.loss = Percent(5), .capacity_percent = 60},
        Conditions{.loss = Percent(40), .capacity_percent = 20, .latency = milliseconds(200)}}};

constexpr WeatherOptions kOutages = {.slot = milliseconds(100),
                                     .clear_to_bad = Percent(2),
                                     .bad_to_clear = Percent(20),
                                     .bad_to_storm = Percent(10),
                                     .storm_to_bad = Percent(3),
                                     .conditions = {Conditions{}, Conditions{.loss = Percent(10)},
                                                    Conditions{.loss = Probability::Always()}}};

// Cases name them by their place: new ones go at the end.
constexpr std::array kPresets = {
    Preset{.name = "clear",
           .what = "nothing is lost, late or in doubt",
           .source = "the empty network",
           .up = {},
           .down = {},
           .weather = {}},
    Preset{.name = "cable",
           .what = "5 Mbit/s down, 1 Mbit/s up, 28 ms there and back",
           .source = "rates and latency: WebPageTest, connectivity.ini, [Cable]; queue: RFC 8868, "
                     "nominal, 300 ms",
           .up = {.delay = Latency(milliseconds(14)), .queue = Rate(1'000'000, 300)},
           .down = {.delay = Latency(milliseconds(14)), .queue = Rate(5'000'000, 300)},
           .weather = {}},
    Preset{.name = "bad-dsl",
           .what = "1.5 Mbit/s down, 384 kbit/s up, a bloated queue, impulse noise",
           .source = "rates and latency: WebPageTest, connectivity.ini, [DSL]; queue: RFC 8868, "
                     "buffer-bloated, 1000 ms; loss of 1 % in all: RFC 8868; its split into single "
                     "losses and bursts: own choice",
           .up = {.loss = kImpulseNoise,
                  .delay = Latency(milliseconds(25)),
                  .queue = Rate(384'000, 1000)},
           .down = {.loss = kImpulseNoise,
                    .delay = Latency(milliseconds(25)),
                    .queue = Rate(1'500'000, 1000)},
           .weather = {}},
    Preset{.name = "3g",
           .what = "1.6 Mbit/s down, 768 kbit/s up, 300 ms there and back",
           .source = "rates and latency: WebPageTest, connectivity.ini, [3G]; queue: RFC 8868, "
                     "nominal, 500 ms; jitter: RFC 8868, deviation of 5 ms",
           .up = {.delay = Rfc8868Delay(milliseconds(150)), .queue = Rate(768'000, 500)},
           .down = {.delay = Rfc8868Delay(milliseconds(150)), .queue = Rate(1'600'000, 500)},
           .weather = {}},
    Preset{.name = "edge",
           .what = "240 kbit/s down, 200 kbit/s up, 840 ms there and back",
           .source = "rates and latency: WebPageTest, connectivity.ini, [Edge]; queue: RFC 8868, "
                     "buffer-bloated, 2000 ms",
           .up = {.delay = Latency(milliseconds(420)), .queue = Rate(200'000, 2000)},
           .down = {.delay = Latency(milliseconds(420)), .queue = Rate(240'000, 2000)},
           .weather = {}},
    Preset{.name = "lte-driving",
           .what = "a moving phone; put a recorded trace in queue.trace for its real capacity",
           .source =
               "latency: RFC 8868, low, 50 ms; jitter: RFC 8868, deviation of 5 ms; queue: RFC "
               "8868, buffer-bloated, 1000 ms; rates of 12 and 5 Mbit/s and one second "
               "without service in every minute: own choice",
           .up = {.delay = Rfc8868Delay(milliseconds(50)),
                  .queue = Rate(5'000'000, 1000),
                  .outage = {.from = VirtualTime(seconds(20)),
                             .length = seconds(1),
                             .every = seconds(60)}},
           .down = {.delay = Rfc8868Delay(milliseconds(50)),
                    .queue = Rate(12'000'000, 1000),
                    .outage = {.from = VirtualTime(seconds(20)),
                               .length = seconds(1),
                               .every = seconds(60)}},
           .weather = {}},
    Preset{.name = "wifi-edge",
           .what = "the far end of a home's Wi-Fi: bursts and gaps with heavy tails",
           .source = "that burst and gap lengths have heavy tails: Carvalho, Angeja, Navarro, IEEE "
                     "Trans. Consumer Electronics 51, 2005; every figure: own choice",
           .up = kWifiEdge,
           .down = kWifiEdge,
           .weather = {}},
    Preset{.name = "rfc8868-lossy",
           .what = "5 % loss, 50 ms one way",
           .source = "loss, latency (low) and jitter (deviation of 5 ms): RFC 8868, section 5",
           .up = {.loss = Bernoulli{Percent(5)}, .delay = Rfc8868Delay(milliseconds(50))},
           .down = {.loss = Bernoulli{Percent(5)}, .delay = Rfc8868Delay(milliseconds(50))},
           .weather = {}},
    Preset{.name = "rfc8868-harsh",
           .what = "20 % loss, 300 ms one way",
           .source = "loss (highest), latency (extreme) and jitter (deviation of 5 ms): RFC 8868, "
                     "section 5",
           .up = {.loss = Bernoulli{Percent(20)}, .delay = Rfc8868Delay(milliseconds(300))},
           .down = {.loss = Bernoulli{Percent(20)}, .delay = Rfc8868Delay(milliseconds(300))},
           .weather = {}},
    Preset{.name = "incident-2020",
           .what = "a network that hardly works: long bursts in which nearly all is lost",
           .source = "reports of the incident speak of very poor network conditions and give no "
                     "figure: own choice",
           .up = {.loss = kIncident, .delay = Latency(milliseconds(150))},
           .down = {.loss = kIncident, .delay = Latency(milliseconds(150))},
           .weather = {}},
    Preset{.name = "fleet-storm",
           .what = "cable in every home, and one weather that hits all at once",
           .source = "as cable; the weather: own choice",
           .up = {.delay = Latency(milliseconds(14)), .queue = Rate(1'000'000, 300)},
           .down = {.delay = Latency(milliseconds(14)), .queue = Rate(5'000'000, 300)},
           .weather = kStormyWeather},
    Preset{.name = "fleet-outage",
           .what = "cable in every home, and seconds in which no home reaches anything",
           .source = "as cable; the weather: own choice",
           .up = {.delay = Latency(milliseconds(14)), .queue = Rate(1'000'000, 300)},
           .down = {.delay = Latency(milliseconds(14)), .queue = Rate(5'000'000, 300)},
           .weather = kOutages},
};

}  // namespace

std::span<const Preset> Presets() { return kPresets; }

const Preset* FindPreset(std::string_view name) {
  const auto found = std::find_if(kPresets.begin(), kPresets.end(),
                                  [name](const Preset& preset) { return preset.name == name; });
  return found == kPresets.end() ? nullptr : &*found;
}

}  // namespace framefence::net
