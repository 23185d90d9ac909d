// What the relay answers. One line of meaning each.
#ifndef FRAMEFENCE_TARGETS_RELAY_CORE_STATUS_H_
#define FRAMEFENCE_TARGETS_RELAY_CORE_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace relay {

enum class Status : std::uint8_t {
  kOk,
  kUnknownId,  // an id outside this deployment
  kNotFound,   // the account has no camera of that name, or the camera is bound to nobody
  kNameTaken,  // the account already calls another camera so
  kBusy,       // the viewer place or ingest port is in use, or the publisher has its SSRC
  kNoSession,  // no such viewer or publisher session: closed, never opened, or its place was used
               // again
  kStaleBinding,   // the camera has been bound anew since
  kRevoked,        // the account's sessions and tokens have been revoked since
  kNotLinked,      // the account has not linked that integration, or has unlinked it since
  kSuspended,      // the integration is suspended, or has been since
  kExpired,        // the token's time is over
  kForeignSource,  // a datagram that did not come from the publisher that leased the port
  kForeignSlot,    // the slot holds another camera's frame, or another binding's
  kNotFilled,      // the slot holds nothing that may be shown
  kBeforeRestore,  // published before the integration was restored
  kTooOld,         // a still beyond its maximum age
  kNoCapacity,     // all viewer places, ingest ports or bytes are taken; nothing changed
  kExhausted,      // a counter would wrap: an epoch, a generation or a ticket
  kMalformed,      // bytes that are not what they claim to be
  kTooLarge,       // larger than this deployment allows
  kBadToken,       // a token, or a saved state, that this relay did not sign
  kOnProbation,    // the publisher's SSRC was not signalled, and none has proved itself yet (RFC
                   // 3550 A.1)
};
inline constexpr std::size_t kStatusCount = 22;

std::string_view ToString(Status status);

// Whether a viewer session that is refused so is over: its grant is void, or nothing may be granted any more. Else what
// it asked for is not to be had.
constexpr bool EndsSession(Status status) {
  switch (status) {
    case Status::kUnknownId:
    case Status::kNoSession:
    case Status::kStaleBinding:
    case Status::kRevoked:
    case Status::kNotLinked:
    case Status::kSuspended:
    case Status::kExpired:
    case Status::kExhausted:
      return true;
    default:
      return false;
  }
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_CORE_STATUS_H_
