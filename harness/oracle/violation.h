// What the oracle says when isolation is broken.
#ifndef FRAMEFENCE_HARNESS_ORACLE_VIOLATION_H_
#define FRAMEFENCE_HARNESS_ORACLE_VIOLATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"

namespace framefence::oracle {

enum class ViolationClass : std::uint8_t {
  kCrossAccount,  // another household's picture
  kCrossCamera,   // another camera of the same household
  kStaleEpoch,    // the right camera, from when it was bound otherwise
  kAfterRevoke,   // to a viewer session that has ended, or from before a suspension
  kSpliced,       // torn, or mixed of several pictures
  kStaleStill,    // a still older than its bound
  kMetadata,      // another account's parameters
  kInterference,  // the transcript depends on another account
  kCorrupted,     // one picture, but with bits flipped, though not by the network
  kStarved,       // entitled frames did not come: no leak, but no service
};
inline constexpr int kViolationClassCount = 10;
std::string_view ToString(ViolationClass violation_class);  // "cross-account"

enum class Property : std::uint8_t {
  kIso001 = 1,  // every byte was published by the camera that the session is for
  kIso002,      // ... in the binding epoch that it was opened in
  kIso003,      // nothing after close, revoke, unlink, rebind or expiry
  kIso004,      // nothing while suspended; after a restore nothing from before it
  kIso005,      // no still older than its bound
  kIso006,      // a frame is exactly one published access unit
  kIso007,      // non-interference
  kIso008,      // liveness
  kIso009,      // no metadata of other accounts
  kIso010,      // a recycled buffer never shows what it held before
};
std::string_view ToString(Property property);  // "ISO-001"

// Where it was seen.
enum class Observation : std::uint8_t {
  kRtp,             // in a packet that the system handed to the network
  kStill,           // in a still that the system served
  kFrame,           // in what the viewer's depacketiser made of the packets that arrived
  kReply,           // in the answer to a request
  kFeedbackPacket,  // in RTCP that the system sent to a camera
};
std::string_view ToString(Observation observation);

// Whose picture some bytes are.
struct Origin {
  CameraId camera;
  BindingEpoch epoch;
  FrameNumber frame;
  std::optional<AccountId> owner;  // of the camera in that epoch
  friend bool operator==(const Origin&, const Origin&) = default;
};

// The right that a viewer session had, or has.
struct Entitled {
  CameraId camera;
  BindingEpoch epoch;
  friend bool operator==(const Entitled&, const Entitled&) = default;
};

// What a viewer session's right came to.
enum class End : std::uint8_t {
  kNot,
  kNeverBegan,  // no such camera, or refused
  kClosed,
  kRevoked,
  kUnlinked,
  kSuspended,
  kRebound,  // bound anew, or unbound
  kExpired,
};
inline constexpr int kEndCount = static_cast<int>(End::kExpired) + 1;

// Where two runs part that should look the same to one home: lines for a person.
struct Parting {
  std::string change;      // what the second run did otherwise: "the other homes do nothing"
  std::string last_alike;  // what the same party saw last that was the same in both; empty: nothing
  std::string first_run;   // what it saw then in the first run
  std::string second_run;  // and in the second
  std::string difference;  // "byte 8 of 120: 1f, 20 (SSRC)"
  friend bool operator==(const Parting&, const Parting&) = default;
};

struct Violation {
  ViolationClass violation_class = ViolationClass::kCrossAccount;
  Property property = Property::kIso001;
  Observation observation = Observation::kRtp;
  VirtualTime at;
  ViewerId viewer;
  std::optional<AccountId> account;  // of the viewer session; none where the viewer never opened it
  std::optional<Entitled> entitled;  // none where the session never was entitled
  End end = End::kNot;               // what had become of that
  std::optional<Origin> origin;      // of the offending bytes; none where they are nobody's
  std::size_t offset = 0;  // of the offending run in the delivery's bytes, or in the frame's
  std::size_t length = 0;
  bool whole_frame = false;             // the run is a whole published access unit
  std::optional<Parting> parting = {};  // where two runs said so
  friend bool operator==(const Violation&, const Violation&) = default;
};

// One sentence for a person, without a trailing newline.
std::string Describe(const Violation& violation);

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_VIOLATION_H_
