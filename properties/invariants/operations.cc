#include "properties/invariants/operations.h"

namespace framefence::proofs {

std::string_view ToString(OperationKind kind) {
  static constexpr std::array<std::string_view, kOperationKindCount> kNames = {
      "Bind",           "Unbind",           "RevokeAccount", "Link",
      "Unlink",         "Suspend",          "Restore",       "StartPublisher",
      "StartProbation", "LatchSsrc",        "StopPublisher", "CheckPublisher",
      "Admit",          "BeginFill",        "WriteBytes",    "Commit",
      "GrantApp",       "GrantIntegration", "OpenViewer",    "CloseViewer",
      "CheckViewer",    "LendPacket",       "LendStill",     "LendStillOfBinding"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace framefence::proofs
