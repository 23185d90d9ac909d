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

#include "harness/cases/field.h"
#include "harness/cases/network_fields.h"
#include "harness/cases/step.h"

namespace framefence::cases {

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

namespace field {

// As contract::AccessPath numbers them.
inline constexpr std::string_view kPathValues[] = {"app", "integration"};
inline constexpr std::string_view kCodecValues[] = {"h264", "h265"};

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

inline constexpr Field kHandOverTo{.name = "to",
                                   .place = Place::kActor,
                                   .bits = 8,
                                   .kind = Kind::kNumber,
                                   .doc = "who goes on: workers from 0 on, then who calls them"};
inline constexpr Field kHandOverAfter{.name = "after",
                                      .place = Place::kArgument,
                                      .bits = 20,
                                      .kind = Kind::kNumber,
                                      .doc = "how many choices in that step's calls come before it",
                                      .unit = "choices"};

}  // namespace field

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_SCHEMA_H_
