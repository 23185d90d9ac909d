// Every preset is valid, says where it comes from, and does what its figures say.
#include "harness/net/presets.h"

#include <cmath>
#include <set>

#include "gtest/gtest.h"

namespace framefence::net {
namespace {

using std::chrono::milliseconds;

TEST(PresetsTest, AreValidAndHaveNamesOfTheirOwnAndSources) {
  std::set<std::string_view> names;
  for (const Preset& preset : Presets()) {
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    EXPECT_FALSE(preset.what.empty() || preset.source.empty()) << preset.name;
    for (const LinkOptions& options : {preset.up, preset.down})
      EXPECT_TRUE(Validate(options).ok())
          << preset.name << ": " << Validate(options).error().message;
    EXPECT_TRUE(Validate(preset.weather).ok()) << preset.name;
    EXPECT_EQ(FindPreset(preset.name), &preset);
  }
  EXPECT_EQ(FindPreset("no-such-network"), nullptr);
}

// Seen to fail with another figure in bad-dsl, rfc8868-lossy and incident-2020.
TEST(PresetsTest, LoseAsMuchAsTheirSourcesSay) {
  const auto rate = [](std::string_view name) { return LossRate(FindPreset(name)->up.loss); };
  EXPECT_EQ(rate("clear"), 0);
  EXPECT_EQ(rate("cable"), 0);
  EXPECT_EQ(rate("3g"), 0);
  EXPECT_NEAR(rate("bad-dsl"), 0.01, 0.0002);
  EXPECT_NEAR(rate("rfc8868-lossy"), 0.05, 1e-9);
  EXPECT_NEAR(rate("rfc8868-harsh"), 0.20, 1e-9);
  EXPECT_NEAR(rate("incident-2020"), (13 * 13 + 26 * 243) / (39 * 256.0), 1e-9);
  EXPECT_GT(rate("wifi-edge"), 0.02);
  EXPECT_LT(rate("wifi-edge"), 0.10);
  EXPECT_GT(WeatherLossRate(FindPreset("fleet-storm")->weather), 0.01);
}

// A packet every 20 ms of 200 bytes, 80 kbit/s, is within every rate here: what does not arrive is
// the loss model's and the outage's. An hour each. The deviation is a packet's, widened by the mean
// burst as if each burst were one event.
TEST(PresetsTest, PassWhatIsWithinTheirRate) {
  constexpr int kPackets = 180'000;
  for (const Preset& preset : Presets()) {
    Link link(Prng(1), preset.up);
    for (int i = 0; i < kPackets; ++i) {
      const VirtualTime now(milliseconds(20) * i);
      const Fate fate = link.Send(now, 200);
      if (fate.arrival) {
        ASSERT_GE(*fate.arrival, now);
      }
    }
    const double loss = LossRate(preset.up.loss);
    const double out = preset.up.outage.length == VirtualDuration::zero()
                           ? 0
                           : static_cast<double>(preset.up.outage.length.count()) /
                                 static_cast<double>(preset.up.outage.every.count());
    const double passed = static_cast<double>(link.counters().passed) / kPackets;
    const double burst = std::max(1.0, MeanBurstPackets(preset.up.loss));
    EXPECT_NEAR(passed, (1 - loss) * (1 - out),
                5 * std::sqrt(loss * (1 - loss) * 20 * burst / kPackets) + 0.0005)
        << preset.name;
    EXPECT_EQ(link.counters().queue_full, 0U) << preset.name;
  }
}

}  // namespace
}  // namespace framefence::net
