// What an edge and its origin say to each other over byte streams.
//
// A frame, big-endian: length of what follows it (32 bits), version (8), type (8), request id (32),
// body.
//
//   type                 body
//   1 still request      camera (32), binding epoch (32)
//   2 still reply        outcome (8), camera (32), binding epoch (32), age in us (64), picture (rest)
//   3 owners request     count (16), count times: camera (32)
//   4 owners reply       lease in us (64), count (16), count times: camera (32), outcome (8), owner
//                        (32), name (32), binding epoch (32), open integrations (64)
//   5 invalidation       change (64), kind (8), two ids (32, 32) that the kind gives a meaning
//   6 confirmation       change (64)
//
// A reply repeats the id of its request, and says of everything in it whose it is: nothing is told
// by its place, so that nothing that is left out shifts what comes after. Replies come in the order
// of their requests. Types 5 and 6 have the id 0, which no request has.
//
// The parsers hold whatever comes: a status, and no byte beyond the frame is read.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_WIRE_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_WIRE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "targets/relay/fixed_list.h"
#include "targets/relay/types.h"

namespace relay::edge {

using Epoch = Machine::Epoch;
using RequestId = std::uint32_t;

inline constexpr std::size_t kLengthBytes = 4;
inline constexpr std::size_t kFrameHeaderBytes = 10;  // the length included
inline constexpr std::size_t kStillReplyBytes = 17;   // of the body, before the picture
inline constexpr std::size_t kOwnersPerBatch = 64;
inline constexpr std::uint32_t kIntegrationsMax = 64;  // integrations that an edge can serve

// What the origin made of a request, or of one entry of it.
enum class Outcome : std::uint8_t {
  kOk,
  kNotFound,      // the camera is bound to nobody, or there is no such camera
  kStaleBinding,  // the camera is not in the binding epoch that was asked for
  kNoStill,       // none yet, or none that is young enough
  kShed,          // refused under load; the edge may ask again
};
inline constexpr std::size_t kOutcomeCount = 5;

struct StillRequest {
  Camera camera{};
  Epoch binding_epoch{};  // at the origin
};

struct StillReply {
  Outcome outcome = Outcome::kOk;
  Camera camera{};
  Epoch binding_epoch{};
  std::chrono::microseconds age{};     // when the reply was made
  std::span<const std::byte> picture;  // valid as long as the frame
};

struct OwnersRequest {
  FixedList<Camera, kOwnersPerBatch> cameras;
};

// The last four fields mean something where the outcome is kOk.
struct OwnerEntry {
  Camera camera{};
  Outcome outcome = Outcome::kOk;
  Account owner{};
  Name name{};
  Epoch binding_epoch{};
  std::uint64_t open_integrations = 0;  // bit i: the owner may be served through integration i
};

struct OwnersReply {
  std::chrono::microseconds lease{};  // of the entries that are kOk, from when they were asked for
  FixedList<OwnerEntry, kOwnersPerBatch> entries;
};

struct Invalidation {
  enum class Kind : std::uint8_t {
    kCamera,       // bound anew, or unbound
    kAccount,      // its sessions are revoked
    kLink,         // the account has unlinked the integration
    kIntegration,  // suspended
  };
  static constexpr std::size_t kKinds = 4;

  std::uint64_t change = 0;
  Kind kind = Kind::kCamera;
  Camera camera{};
  Account account{};
  Integration integration{};
};

struct Confirmation {
  std::uint64_t change = 0;
};

using Body =
    std::variant<StillRequest, StillReply, OwnersRequest, OwnersReply, Invalidation, Confirmation>;

struct Message {
  RequestId id = 0;
  Body body;
};

enum class WireParse : std::uint8_t {
  kOk,
  kBadLength,   // of a frame: shorter than a header or longer than this stream's frames may be
  kBadVersion,  // not the one that this file describes
  kBadType,
  kBadBody,  // not as long as it says, or with a number that means nothing
  kBadId,    // a request or reply without one, or another message with one
};
inline constexpr std::size_t kWireParseCount = 6;

// `frame` is one whole frame, its length included. What the message refers to is valid as long as
// the frame's bytes.
WireParse ParseFrame(std::span<const std::byte> frame, Message& message);

// Writes one frame and answers its length; 0: there is not the space for it.
std::size_t WriteFrame(const Message& message, std::span<std::byte> space);

// The longest frame there can be where pictures are no longer than so.
std::size_t FrameBytesMax(std::size_t picture_bytes_max);

// Cuts one stream into frames, however the stream was cut into pieces on its way. Allocates in
// Reset() only, to grow.
class FrameReader {
 public:
  // A new stream, of frames no longer than so, the length included. REQUIRES: room for a header.
  void Reset(std::size_t frame_bytes_max) {
    frame_bytes_max_ = frame_bytes_max;
    if (frame_.size() < frame_bytes_max) frame_.resize(frame_bytes_max);
    size_ = 0;
  }

  // Takes the next piece, and calls on_frame(frame) for each frame that ends in it; the bytes are
  // valid during the call only. Where it answers false nothing more is read: the reader must then
  // be Reset(), in that call or later. kBadLength: the stream is lost.
  template <class OnFrame>
  WireParse Push(std::span<const std::byte> piece, OnFrame&& on_frame);

 private:
  std::size_t frame_bytes_max_ = 0;
  std::vector<std::byte> frame_;  // the begun frame, if it did not come in one piece
  std::size_t size_ = 0;
};

// Of the frame that begins so. REQUIRES: kLengthBytes are there.
std::size_t FrameBytesOf(std::span<const std::byte> begin);

template <class OnFrame>
WireParse FrameReader::Push(std::span<const std::byte> piece, OnFrame&& on_frame) {
  const auto gather = [&](std::size_t wanted) {
    const std::size_t taken = std::min(wanted - size_, piece.size());
    std::copy_n(piece.begin(), taken, frame_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += taken;
    piece = piece.subspan(taken);
    return size_ == wanted;
  };
  while (!piece.empty()) {
    if ((size_ != 0 || piece.size() < kLengthBytes) && size_ < kLengthBytes &&
        !gather(kLengthBytes))
      return WireParse::kOk;
    const std::size_t wanted =
        FrameBytesOf(size_ != 0 ? std::span<const std::byte>(frame_) : piece);
    if (wanted < kFrameHeaderBytes || wanted > frame_bytes_max_) return WireParse::kBadLength;
    std::span<const std::byte> frame;
    if (size_ == 0 && piece.size() >= wanted) {
      frame = piece.first(wanted);
      piece = piece.subspan(wanted);
    } else {
      if (!gather(wanted)) return WireParse::kOk;
      frame = std::span<const std::byte>(frame_).first(wanted);
      size_ = 0;
    }
    if (!on_frame(frame)) return WireParse::kOk;
  }
  return WireParse::kOk;
}

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_WIRE_H_
