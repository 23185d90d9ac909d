#include "targets/relay/core/status.h"

#include <array>

namespace relay {

std::string_view ToString(Status status) {
  static constexpr std::array<std::string_view, kStatusCount> kNames = {
      "ok",         "unknown-id",     "not-found",    "name-taken", "busy",
      "no-session", "stale-binding",  "revoked",      "not-linked", "suspended",
      "expired",    "foreign-source", "foreign-slot", "not-filled", "before-restore",
      "too-old",    "no-capacity",    "exhausted",    "malformed",  "too-large",
      "bad-token",  "on-probation"};
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace relay
