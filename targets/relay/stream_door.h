// The door that an integration comes in by: the GetCameraStream command of Google's smart home
// CameraStream trait, as JSON, and its answer. Who asks is not in the JSON: the account is the one
// whose link the request was authenticated by.
// https://developers.home.google.com/cloud-to-cloud/traits/camerastream
#ifndef FRAMEFENCE_TARGETS_RELAY_STREAM_DOOR_H_
#define FRAMEFENCE_TARGETS_RELAY_STREAM_DOOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "targets/relay/types.h"

namespace relay {

inline constexpr std::size_t kStreamRequestBytesMax = 16 * 1024;
inline constexpr int kStreamRequestDepthMax = 16;  // of arrays and objects within each other

// Why a stream is not offered, in Google's words for it (ToString).
enum class StreamError : std::uint8_t {
  kNone,
  kProtocolError,         // the request is not one that this door understands
  kDeviceNotFound,        // the account has no camera of that name
  kAuthFailure,           // not linked, suspended or revoked
  kDeviceOffline,         // the camera is not publishing
  kFunctionNotSupported,  // the display speaks none of the protocols on offer
  kResourceUnavailable,   // the relay is full
};
std::string_view ToString(StreamError error);
StreamError StreamErrorOf(Status status);

// The request's typed form.
struct StreamRequest {
  std::string request_id;  // of the asker's making, repeated in the answer
  Name name;               // device id: what the account calls the camera, in decimal
  bool accepts_protocol = false;
};

struct StreamOffer {
  StreamError error = StreamError::kNone;
  std::string_view access_url;
  std::string_view protocol;
  std::string_view auth_token;
};

// Reads a request for one camera. kTooLarge: more than kStreamRequestBytesMax. kMalformed: no such
// request, or too deep; request_id is filled in where it could be read. `protocol` is the one on
// offer.
Answer<StreamRequest> ParseStreamRequest(std::string_view json, std::string_view protocol) noexcept;

// The answer as JSON; empty if there is no memory for it.
std::string FormatStreamOffer(const StreamRequest& request, const StreamOffer& offer) noexcept;

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_STREAM_DOOR_H_
