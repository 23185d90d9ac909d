// Fields of the steps about links: weather, path, drop and readdress.
#ifndef FRAMEFENCE_HARNESS_CASES_NETWORK_FIELDS_H_
#define FRAMEFENCE_HARNESS_CASES_NETWORK_FIELDS_H_

#include <cstdint>
#include <string_view>

#include "harness/cases/field.h"

namespace framefence::cases {

// What the numbers of enumerated fields mean.
enum class LinkEnd : std::uint8_t { kUplink = 0, kDownlink = 1 };
enum class Weather : std::uint8_t {
  kClean = 0,
  kBernoulli = 1,
  kGilbertElliott = 2,
  kBlackout = 3,
  kFourState = 4,
  kHeavyTailed = 5,
  kRecorded = 6,
};
// What a path step sets.
enum class PathProperty : std::uint8_t {
  kClear = 0,
  kPreset = 1,
  kLatency = 2,
  kJitter = 3,
  kRate = 4,
  kTrace = 5,
  kDuplicate = 6,
  kCorrupt = 7,
  kTruncate = 8,
  kReorder = 9,
  kOutage = 10,
};

namespace field {

inline constexpr std::string_view kLinkValues[] = {"uplink", "downlink"};
inline constexpr std::string_view kModelValues[] = {
    "clean", "bernoulli", "gilbert-elliott", "blackout", "four-state", "heavy-tailed", "recorded"};
inline constexpr std::string_view kPathPropertyValues[] = {
    "clear",     "preset",  "latency",  "jitter",  "rate",  "trace",
    "duplicate", "corrupt", "truncate", "reorder", "outage"};
inline constexpr std::string_view kJitterValues[] = {"none", "uniform", "normal", "pareto"};
// As net::Presets() names and numbers them.
inline constexpr std::string_view kPresetValues[] = {
    "clear",         "cable",         "bad-dsl",     "3g",
    "edge",          "lte-driving",   "wifi-edge",   "rfc8868-lossy",
    "rfc8868-harsh", "incident-2020", "fleet-storm", "fleet-outage"};

// Of weather, path and drop.
inline constexpr Field kLinkEnd{.name = "link",
                                .place = Place::kFlags,
                                .bits = 1,
                                .kind = Kind::kEnum,
                                .doc = "from a camera, or to a viewer",
                                .values = kLinkValues};
inline constexpr Field kLinkAll{.name = "all",
                                .place = Place::kFlags,
                                .shift = 1,
                                .bits = 1,
                                .kind = Kind::kBoolean,
                                .doc = "every uplink, or every downlink"};
inline constexpr Field kLinkCamera{.name = "camera",
                                   .place = Place::kSubject,
                                   .bits = 8,
                                   .kind = Kind::kId,
                                   .doc = "whose uplink",
                                   .when = {0x03, 0x00, "link=uplink all=no"}};
inline constexpr Field kLinkViewer{.name = "viewer",
                                   .place = Place::kActor,
                                   .bits = 8,
                                   .kind = Kind::kId,
                                   .doc = "whose downlink",
                                   .when = {0x03, 0x01, "link=downlink all=no"}};
inline constexpr Field kWeatherModel{.name = "model",
                                     .place = Place::kFlags,
                                     .shift = 4,
                                     .bits = 3,
                                     .kind = Kind::kEnum,
                                     .doc = "the loss model from now on",
                                     .values = kModelValues};
inline constexpr Field kBernoulliLoss{.name = "loss",
                                      .place = Place::kArgument,
                                      .bits = 16,
                                      .kind = Kind::kNumber,
                                      .doc = "the chance that a packet is lost",
                                      .unit = "of 65536",
                                      .when = {0x70, 0x10, "model=bernoulli"}};
inline constexpr Condition kBursts{0x70, 0x20, "model=gilbert-elliott"};
inline constexpr Field kGoodToBad{.name = "good_to_bad",
                                  .place = Place::kArgument,
                                  .bits = 8,
                                  .kind = Kind::kNumber,
                                  .doc = "the chance to turn bad after a packet",
                                  .unit = "of 256",
                                  .when = kBursts};
inline constexpr Field kBadToGood{.name = "bad_to_good",
                                  .place = Place::kArgument,
                                  .shift = 8,
                                  .bits = 8,
                                  .kind = Kind::kNumber,
                                  .doc = "the chance to turn good after a packet",
                                  .unit = "of 256",
                                  .when = kBursts};
inline constexpr Field kLossGood{.name = "loss_good",
                                 .place = Place::kArgument,
                                 .shift = 16,
                                 .bits = 8,
                                 .kind = Kind::kNumber,
                                 .doc = "the chance of loss while good",
                                 .unit = "of 256",
                                 .when = kBursts};
inline constexpr Field kLossBad{.name = "loss_bad",
                                .place = Place::kArgument,
                                .shift = 24,
                                .bits = 8,
                                .kind = Kind::kNumber,
                                .doc = "the chance of loss while bad",
                                .unit = "of 256",
                                .when = kBursts};
// netem's four states (net/loss_model.h).
inline constexpr Condition kFourStates{0x70, 0x40, "model=four-state"};
inline constexpr Field kP13{.name = "p13",
                            .place = Place::kArgument,
                            .bits = 8,
                            .kind = Kind::kNumber,
                            .doc = "the chance that a burst begins",
                            .unit = "of 1024",
                            .when = kFourStates};
inline constexpr Field kP14{.name = "p14",
                            .place = Place::kArgument,
                            .shift = 8,
                            .bits = 6,
                            .kind = Kind::kNumber,
                            .doc = "the chance that one packet is lost alone",
                            .unit = "of 1024",
                            .when = kFourStates};
inline constexpr Field kP31{.name = "p31",
                            .place = Place::kArgument,
                            .shift = 14,
                            .bits = 6,
                            .kind = Kind::kNumber,
                            .doc = "the chance that a burst ends",
                            .unit = "of 64",
                            .when = kFourStates};
inline constexpr Field kP32{.name = "p32",
                            .place = Place::kArgument,
                            .shift = 20,
                            .bits = 6,
                            .kind = Kind::kNumber,
                            .doc = "the chance that a hole in a burst begins; p31 goes first",
                            .unit = "of 64",
                            .when = kFourStates};
inline constexpr Field kP23{.name = "p23",
                            .place = Place::kArgument,
                            .shift = 26,
                            .bits = 6,
                            .kind = Kind::kNumber,
                            .doc = "the chance that a hole in a burst ends",
                            .unit = "of 64",
                            .when = kFourStates};
inline constexpr Condition kHeavyTails{0x70, 0x50, "model=heavy-tailed"};
inline constexpr Field kBurstShape{.name = "burst_shape",
                                   .place = Place::kArgument,
                                   .bits = 6,
                                   .kind = Kind::kNumber,
                                   .doc = "shape of the Pareto distribution of burst lengths",
                                   .unit = "tenths",
                                   .bias = 2,
                                   .when = kHeavyTails};
inline constexpr Field kBurstMax{.name = "burst_max",
                                 .place = Place::kArgument,
                                 .shift = 6,
                                 .bits = 10,
                                 .kind = Kind::kNumber,
                                 .doc = "the longest burst",
                                 .unit = "packets",
                                 .bias = 1,
                                 .when = kHeavyTails};
inline constexpr Field kGapShape{.name = "gap_shape",
                                 .place = Place::kArgument,
                                 .shift = 16,
                                 .bits = 6,
                                 .kind = Kind::kNumber,
                                 .doc = "shape of the Pareto distribution of gap lengths",
                                 .unit = "tenths",
                                 .bias = 2,
                                 .when = kHeavyTails};
inline constexpr Field kGapMin{.name = "gap_min",
                               .place = Place::kArgument,
                               .shift = 22,
                               .bits = 10,
                               .kind = Kind::kNumber,
                               .doc = "the shortest gap; the longest is 20 times as long",
                               .unit = "packets",
                               .bias = 1,
                               .when = kHeavyTails};
inline constexpr Field kRecordedFirst{
    .name = "first",
    .place = Place::kArgument,
    .bits = 24,
    .kind = Kind::kNumber,
    .doc = "where the run's error pattern begins; clean without one",
    .unit = "packets",
    .when = {0x70, 0x60, "model=recorded"}};

inline constexpr Field kPathSets{
    .name = "set",
    .place = Place::kFlags,
    .shift = 4,
    .bits = 4,
    .kind = Kind::kEnum,
    .doc = "what is set; all else stays, but for a preset, and clear: all is as if nothing was set",
    .values = kPathPropertyValues};
inline constexpr Field kPathPreset{
    .name = "preset",
    .place = Place::kArgument,
    .bits = 8,
    .kind = Kind::kEnum,
    .doc = "a network by name (see: list presets), in this direction",
    .values = kPresetValues,
    .when = {0xf0, 0x10, "set=preset"}};
inline constexpr Field kPathLatency{
    .name = "latency_us",
    .place = Place::kArgument,
    .bits = 24,
    .kind = Kind::kNumber,
    .doc = "one way; raised where jitter would make a delay negative",
    .unit = "microseconds",
    .when = {0xf0, 0x20, "set=latency"}};
inline constexpr Condition kSetsJitter{0xf0, 0x30, "set=jitter"};
inline constexpr Field kPathJitter{.name = "jitter",
                                   .place = Place::kArgument,
                                   .shift = 24,
                                   .bits = 2,
                                   .kind = Kind::kEnum,
                                   .doc = "how latency varies from packet to packet",
                                   .values = kJitterValues,
                                   .when = kSetsJitter};
inline constexpr Field kPathSpread{.name = "spread_us",
                                   .place = Place::kArgument,
                                   .bits = 24,
                                   .kind = Kind::kNumber,
                                   .doc = "how much: its scale",
                                   .unit = "microseconds",
                                   .when = kSetsJitter};
inline constexpr Field kPathOvertakes{
    .name = "overtakes",
    .place = Place::kArgument,
    .shift = 26,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc = "yes: by jitter, too; no: a packet waits for those before it",
    .when = kSetsJitter};
inline constexpr Condition kSetsRate{0xf0, 0x40, "set=rate"};
inline constexpr Field kPathRate{.name = "rate_kbit_s",
                                 .place = Place::kArgument,
                                 .bits = 16,
                                 .kind = Kind::kNumber,
                                 .doc = "of the bottleneck; 0: there is none",
                                 .unit = "kbit/s",
                                 .when = kSetsRate};
inline constexpr Field kPathQueue{
    .name = "queue_bytes",
    .place = Place::kArgument,
    .shift = 16,
    .bits = 16,
    .kind = Kind::kNumber,
    .doc = "how many may wait before it; 0: no such limit, but 1000 packets",
    .unit = "bytes",
    .when = kSetsRate};
inline constexpr Field kPathTraceOffset{
    .name = "offset_ms",
    .place = Place::kArgument,
    .bits = 24,
    .kind = Kind::kNumber,
    .doc = "where the run's delivery trace begins; no bottleneck without one",
    .unit = "milliseconds",
    .when = {0xf0, 0x50, "set=trace"}};
inline constexpr Field kPathDuplicate{.name = "duplicate",
                                      .place = Place::kArgument,
                                      .bits = 16,
                                      .kind = Kind::kNumber,
                                      .doc = "the chance that a packet comes twice",
                                      .unit = "of 65536",
                                      .when = {0xf0, 0x60, "set=duplicate"}};
inline constexpr Field kPathCorrupt{.name = "corrupt",
                                    .place = Place::kArgument,
                                    .bits = 16,
                                    .kind = Kind::kNumber,
                                    .doc = "the chance that a bit of a packet is flipped",
                                    .unit = "of 65536",
                                    .when = {0xf0, 0x70, "set=corrupt"}};
inline constexpr Condition kSetsTruncate{0xf0, 0x80, "set=truncate"};
inline constexpr Field kPathTruncate{.name = "truncate",
                                     .place = Place::kArgument,
                                     .bits = 16,
                                     .kind = Kind::kNumber,
                                     .doc = "the chance that a packet is cut short",
                                     .unit = "of 65536",
                                     .when = kSetsTruncate};
inline constexpr Field kPathTruncateMin{.name = "bytes_min",
                                        .place = Place::kArgument,
                                        .shift = 16,
                                        .bits = 16,
                                        .kind = Kind::kNumber,
                                        .doc = "the fewest that are left of it",
                                        .unit = "bytes",
                                        .when = kSetsTruncate};
inline constexpr Condition kSetsReorder{0xf0, 0x90, "set=reorder"};
inline constexpr Field kPathReorder{.name = "reorder",
                                    .place = Place::kArgument,
                                    .bits = 16,
                                    .kind = Kind::kNumber,
                                    .doc = "the chance that a packet overtakes those on their way",
                                    .unit = "of 65536",
                                    .when = kSetsReorder};
inline constexpr Field kPathReorderGap{.name = "gap",
                                       .place = Place::kArgument,
                                       .shift = 16,
                                       .bits = 8,
                                       .kind = Kind::kNumber,
                                       .doc = "at most one packet in so many does",
                                       .unit = "packets",
                                       .bias = 1,
                                       .when = kSetsReorder};
inline constexpr Condition kSetsOutage{0xf0, 0xa0, "set=outage"};
inline constexpr Field kPathOutage{.name = "length_ms",
                                   .place = Place::kArgument,
                                   .bits = 16,
                                   .kind = Kind::kNumber,
                                   .doc = "nothing gets through for so long from now on",
                                   .unit = "milliseconds",
                                   .when = kSetsOutage};
inline constexpr Field kPathOutageEvery{.name = "every_ms",
                                        .place = Place::kArgument,
                                        .shift = 16,
                                        .bits = 16,
                                        .kind = Kind::kNumber,
                                        .doc = "and again after so long; 0: once",
                                        .unit = "milliseconds",
                                        .when = kSetsOutage};

inline constexpr Field kReaddressAll{.name = "all",
                                     .place = Place::kFlags,
                                     .bits = 1,
                                     .kind = Kind::kBoolean,
                                     .doc = "every camera's, as where a carrier's NAT restarts"};
inline constexpr Field kReaddressCamera{.name = "camera",
                                        .place = Place::kSubject,
                                        .bits = 8,
                                        .kind = Kind::kId,
                                        .doc = "the camera",
                                        .when = {0x01, 0x00, "all=no"}};

inline constexpr Field kDropPackets{.name = "packets",
                                    .place = Place::kArgument,
                                    .bits = 16,
                                    .kind = Kind::kNumber,
                                    .doc = "how many of the next are lost, whatever the weather",
                                    .unit = "packets"};

}  // namespace field

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_NETWORK_FIELDS_H_
