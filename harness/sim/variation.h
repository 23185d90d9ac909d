// Whose is what in a case that is played twice, and what one play alters of it.
//
// One account observes; its cameras and its places for viewers are its home's. All else is other
// homes'. Two plays are compared by what the observer's home sees (transcript.h), so nothing that the
// harness itself counts may tell it of the others: a World with a Variation numbers the observer's
// requests and publisher sessions apart.
#ifndef FRAMEFENCE_HARNESS_SIM_VARIATION_H_
#define FRAMEFENCE_HARNESS_SIM_VARIATION_H_

#include <vector>

#include "harness/base/ids.h"
#include "harness/contract/system_under_test.h"

namespace framefence::sim {

struct Variation {
  AccountId observer;
  std::vector<bool> own_cameras;  // by id
  std::vector<bool> own_viewers;
  std::vector<ViewerId> called;  // what the case calls each place for a viewer session
  bool alters_payloads = false;  // of others' cameras: every NAL unit's bytes, in the same sizes
  // ... and what they send under: SSRCs, and with them sequence numbers and timestamps; addresses.
  bool alters_metadata = false;

  // Whether it comes from the observer's home. What concerns everybody does not.
  bool IsOwn(const contract::Request& request) const {
    using contract::Operation;
    switch (request.operation) {
      case Operation::kBind:
      case Operation::kUnbind:
      case Operation::kStartPublisher:
      case Operation::kStopPublisher:
        return own_cameras[request.camera.value];
      case Operation::kOpenViewer:
      case Operation::kPresentToken:
      case Operation::kCloseViewer:
      case Operation::kReportLoss:
        return own_viewers[request.viewer.value];
      case Operation::kRevokeAccount:
      case Operation::kLink:
      case Operation::kUnlink:
      case Operation::kIssueToken:
        return request.account == observer;
      case Operation::kSuspend:
      case Operation::kRestore:
      case Operation::kUpgrade:
        return false;
    }
    return false;
  }
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_VARIATION_H_
