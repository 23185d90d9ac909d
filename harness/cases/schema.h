// What each op's bits mean: one table that the world reads fields by, and that text, documentation,
// dictionaries, mutation and minimisation are all driven from.
//
//   const std::uint32_t camera = Read(step, field::kCamera);
//   const Step open = MakeStep(Op::kOpen, {{field::kViewer, 2}, {field::kCamera, 1}});
#ifndef FRAMEFENCE_HARNESS_CASES_SCHEMA_H_
#define FRAMEFENCE_HARNESS_CASES_SCHEMA_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "harness/cases/step.h"

namespace framefence::cases {

enum class Place : std::uint8_t { kActor, kSubject, kFlags, kArgument };

enum class Kind : std::uint8_t {
  kId,       // a number that names something; equal names mean the same thing throughout a case
  kNumber,   // a quantity
  kEnum,     // one of `values`; a number beyond them reads as the first
  kBoolean,  // written `no` or `yes`
};

// Some fields exist only beside certain flags: a weather step's camera only when it is about an
// uplink.
struct Condition {
  std::uint8_t mask = 0;
  std::uint8_t flags = 0;       // the field exists when (step.flags & mask) == flags
  std::string_view words = {};  // the same, for people
};

// A field's default is what zero bits say.
struct Field {
  std::string_view name;
  Place place = Place::kActor;
  std::uint8_t shift = 0;
  std::uint8_t bits = 0;
  Kind kind = Kind::kNumber;
  std::string_view doc;
  std::string_view unit = {};
  std::uint32_t bias = 0;                         // of kNumber: zero bits mean `bias`
  std::span<const std::string_view> values = {};  // of kEnum, given once, never renumbered
  Condition when = {};
  bool rare = false;  // a text leaves it out where it is the default

  constexpr std::uint32_t raw_max() const {
    if (kind == Kind::kEnum) return static_cast<std::uint32_t>(values.size()) - 1;
    return bits == 32 ? ~0U : (1U << bits) - 1;
  }
  constexpr std::uint32_t value_min() const { return bias; }
  constexpr std::uint32_t value_max() const { return raw_max() + bias; }
};

struct OpInfo {
  Op op = Op::kNone;
  std::string_view name;
  std::span<const Field> fields;
  std::string_view doc;
  // How often a step drawn at random is this one, relative to the others.
  std::uint8_t weight = 1;
};

// Every op in ascending order; kOption is among them, though a case holds options apart.
std::span<const OpInfo> AllOps();

// Null when there is no such op.
const OpInfo* FindOp(Op op);
const OpInfo* FindOp(std::string_view name);

constexpr bool Exists(const Field& field, const Step& step) {
  return (step.flags & field.when.mask) == field.when.flags;
}

// REQUIRES: for a meaningful answer, a field of step.op that exists in it.
constexpr std::uint32_t Read(const Step& step, const Field& field) {
  const std::uint32_t words[] = {step.actor, step.subject, step.flags, step.argument};
  const std::uint32_t mask = field.bits == 32 ? ~0U : (1U << field.bits) - 1;
  const std::uint32_t raw = words[static_cast<int>(field.place)] >> field.shift & mask;
  return (raw <= field.raw_max() ? raw : 0) + field.bias;
}

// A value outside [value_min, value_max] is clamped into it.
constexpr void Write(Step& step, const Field& field, std::uint32_t value) {
  const std::uint32_t low = value < field.value_min() ? field.value_min() : value;
  const std::uint32_t raw = (low > field.value_max() ? field.value_max() : low) - field.bias;
  const std::uint32_t mask = (field.bits == 32 ? ~0U : (1U << field.bits) - 1) << field.shift;
  const auto put = [&](auto& word) {
    word =
        static_cast<std::remove_reference_t<decltype(word)>>((word & ~mask) | raw << field.shift);
  };
  switch (field.place) {
    case Place::kActor:
      return put(step.actor);
    case Place::kSubject:
      return put(step.subject);
    case Place::kFlags:
      return put(step.flags);
    case Place::kArgument:
      return put(step.argument);
  }
}

constexpr Step MakeStep(Op op,
                        std::initializer_list<std::pair<const Field&, std::uint32_t>> fields = {}) {
  Step step{.op = op};
  for (const auto& [field, value] : fields) Write(step, field, value);
  return step;
}

// The one form of all steps that mean the same: unknown ops become kNone, and bits that no existing
// field holds are cleared. An option step is kNone too: where a case holds steps, it is a late one,
// which does nothing.
Step Canonical(const Step& step);

// What the numbers of enumerated fields mean; `path` numbers as contract::Path does.
enum class LinkEnd : std::uint8_t { kUplink = 0, kDownlink = 1 };
enum class Weather : std::uint8_t {
  kClean = 0,
  kBernoulli = 1,
  kGilbertElliott = 2,
  kBlackout = 3
};

namespace field {

inline constexpr std::string_view kPathValues[] = {"app", "integration"};
inline constexpr std::string_view kCodecValues[] = {"h264", "h265"};
inline constexpr std::string_view kLinkValues[] = {"uplink", "downlink"};
inline constexpr std::string_view kModelValues[] = {"clean", "bernoulli", "gilbert-elliott",
                                                    "blackout"};

inline constexpr Field kAccount{.name = "account",
                                .place = Place::kActor,
                                .bits = 8,
                                .kind = Kind::kId,
                                .doc = "the household"};
inline constexpr Field kCamera{
    .name = "camera", .place = Place::kSubject, .bits = 8, .kind = Kind::kId, .doc = "the camera"};
inline constexpr Field kIntegration{.name = "integration",
                                    .place = Place::kSubject,
                                    .bits = 8,
                                    .kind = Kind::kId,
                                    .doc = "the third party's cloud"};
inline constexpr Field kViewer{.name = "viewer",
                               .place = Place::kActor,
                               .bits = 8,
                               .kind = Kind::kId,
                               .doc = "the viewer place"};

inline constexpr Field kPublishUnsignalled{
    .name = "unsignalled",
    .place = Place::kFlags,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc = "its SSRC is not signalled: the system learns it from what it sends (RFC 3550 6.2.1)",
    .rare = true};

inline constexpr Field kPublishStream{
    .name = "stream",
    .place = Place::kFlags,
    .shift = 2,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc =
        "its packets come interleaved in a byte stream (RFC 2326 10.12), cut anywhere; what the "
        "network loses comes late",
    .rare = true};
inline constexpr Field kPublishCodec{
    .name = "codec",
    .place = Place::kFlags,
    .shift = 3,
    .bits = 1,
    .kind = Kind::kEnum,
    .doc = "what its synthetic frames are of (RFC 6184, RFC 7798); footage is H.264",
    .values = kCodecValues,
    .rare = true};
inline constexpr Condition kSignalled{0x01, 0x00, "unsignalled=no"};
inline constexpr Field kPublishRtx{
    .name = "rtx",
    .place = Place::kFlags,
    .shift = 1,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc = "what it is asked for again it sends in a stream of its own (RFC 4588)",
    .when = kSignalled,
    .rare = true};
inline constexpr Field kPublishFec{
    .name = "fec",
    .place = Place::kFlags,
    .shift = 4,
    .bits = 4,
    .kind = Kind::kNumber,
    .doc = "a repair packet is sent for so many packets (RFC 8627); 0: none",
    .unit = "packets",
    .when = kSignalled,
    .rare = true};

inline constexpr Field kUnpublishLost{
    .name = "lost",
    .place = Place::kFlags,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc =
        "the BYE is lost on its way: the camera stops, the system is not told; "
        "later frame steps still send from where the camera sent"};

inline constexpr Field kFrameIdr{
    .name = "idr",
    .place = Place::kFlags,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc = "an IDR access unit with its parameter sets, which starts a GOP"};
inline constexpr Field kFrameSlices{.name = "slices",
                                    .place = Place::kFlags,
                                    .shift = 1,
                                    .bits = 2,
                                    .kind = Kind::kNumber,
                                    .doc = "slice NAL units in the access unit",
                                    .bias = 1};
inline constexpr Field kFrameBytes{
    .name = "payload_bytes",
    .place = Place::kArgument,
    .bits = 16,
    .kind = Kind::kNumber,
    .doc = "the size of the access unit; 0 is the world's idr_bytes or inter_bytes",
    .unit = "bytes"};

inline constexpr Field kOpenPath{.name = "path",
                                 .place = Place::kFlags,
                                 .bits = 1,
                                 .kind = Kind::kEnum,
                                 .doc = "the vendor's own app, or an integration's display",
                                 .values = kPathValues};
inline constexpr Field kOpenViewer{.name = "viewer",
                                   .place = Place::kArgument,
                                   .bits = 8,
                                   .kind = Kind::kId,
                                   .doc = "the viewer place that the session takes"};
inline constexpr Field kOpenIntegration{.name = "integration",
                                        .place = Place::kArgument,
                                        .shift = 8,
                                        .bits = 8,
                                        .kind = Kind::kId,
                                        .doc = "whose display it is",
                                        .when = {0x01, 0x01, "path=integration"}};

// Of issue and present.
inline constexpr Field kToken{.name = "token",
                              .place = Place::kArgument,
                              .bits = 3,
                              .kind = Kind::kId,
                              .doc = "what the case calls the token"};
inline constexpr Field kPresentForged{
    .name = "forged",
    .place = Place::kFlags,
    .bits = 1,
    .kind = Kind::kBoolean,
    .doc = "one character of the token is another: the system never issued it"};

inline constexpr Field kReportLost{
    .name = "lost",
    .place = Place::kArgument,
    .bits = 8,
    .kind = Kind::kNumber,
    .doc = "the fraction lost that the viewer reports (RFC 3550 6.4.1)",
    .unit = "of 256"};

inline constexpr Field kAdvanceMs{.name = "ms",
                                  .place = Place::kArgument,
                                  .bits = 16,
                                  .kind = Kind::kNumber,
                                  .doc = "how far virtual time moves on",
                                  .unit = "milliseconds"};

inline constexpr Field kStallMs{.name = "ms",
                                .place = Place::kArgument,
                                .bits = 16,
                                .kind = Kind::kNumber,
                                .doc = "how long the viewer's channel stays full",
                                .unit = "milliseconds"};

// Of weather and drop.
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
inline constexpr Field kDropPackets{
    .name = "packets",
    .place = Place::kArgument,
    .bits = 16,
    .kind = Kind::kNumber,
    .doc = "exactly the next packets that are lost, whatever the weather",
    .unit = "packets"};

inline constexpr Field kReconnectPublishers{.name = "publishers",
                                            .place = Place::kFlags,
                                            .bits = 1,
                                            .kind = Kind::kBoolean,
                                            .doc = "every publisher session starts anew"};
inline constexpr Field kReconnectViewers{.name = "viewers",
                                         .place = Place::kFlags,
                                         .shift = 1,
                                         .bits = 1,
                                         .kind = Kind::kBoolean,
                                         .doc = "every viewer session is opened anew"};

}  // namespace field

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_SCHEMA_H_
