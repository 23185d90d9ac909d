#include "harness/contract/system_under_test.h"

#include <array>

namespace framefence::contract {

std::string_view ToString(Operation operation) {
  static constexpr std::array<std::string_view, kOperationCount> kNames = {
      "bind",        "unbind",        "start-publisher", "stop-publisher",
      "open-viewer", "close-viewer",  "revoke-account",  "link",
      "unlink",      "suspend",       "restore",         "report-loss",
      "issue-token", "present-token", "upgrade"};
  return kNames[static_cast<std::size_t>(operation)];
}

std::string_view ToString(Status status) {
  static constexpr std::array<std::string_view, 3> kNames = {"ok", "refused", "no-capacity"};
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace framefence::contract
