// One step of a case, decoded: ids of their own types and full width, checked against the
// population.
//
// A case's steps are bytes (cases/step.h); a large population, whose ids do not fit a step, is
// driven by actions directly.
#ifndef FRAMEFENCE_HARNESS_SIM_ACTION_H_
#define FRAMEFENCE_HARNESS_SIM_ACTION_H_

#include <cstdint>

#include "harness/base/ids.h"
#include "harness/cases/options.h"
#include "harness/cases/step.h"
#include "harness/contract/system_under_test.h"
#include "harness/media/synthetic_camera.h"
#include "harness/net/loss_model.h"
#include "harness/sim/path_change.h"
#include "harness/sim/upload.h"

namespace framefence::sim {

enum class ActionKind : std::uint8_t {
  kNone,
  kBind,
  kUnbind,
  kPublish,
  kUnpublish,
  kFrame,
  kOpen,
  kClose,
  kRevoke,
  kLink,
  kUnlink,
  kSuspend,
  kRestore,
  kReport,
  kIssue,
  kPresent,
  kUpgrade,
  kAdvance,
  kWeather,
  kDrop,
  kReconnect,
  kStall,
  kPath,
  kReaddress,
  kHandOver,
};

// Which links an action is about.
enum class LinkScope : std::uint8_t { kUplink, kDownlink, kAllUplinks, kAllDownlinks };

// Fields that an action reads are named in World::Apply and RequestOf; the others are ignored.
struct Action {
  ActionKind kind = ActionKind::kNone;
  AccountId account;
  CameraId camera;
  ViewerId viewer;
  IntegrationId integration;
  contract::AccessPath path = contract::AccessPath::kApp;
  LinkScope links = LinkScope::kUplink;
  net::LossModel loss;              // a recorded one without its pattern, which is the world's
  Upload upload;                    // kPublish
  bool bye_lost = false;            // kUnpublish
  bool publishers = false;          // kReconnect
  bool viewers = false;             // kReconnect
  bool idr = false;                 // kFrame
  std::uint16_t slices = 0;         // kFrame; 0: the world's default
  std::uint32_t bytes = 0;          // kFrame; 0: the world's default for that kind of frame
  std::uint8_t fraction_lost = 0;   // kReport; n/256
  std::uint32_t token = 0;          // kIssue, kPresent
  bool forged = false;              // kPresent
  std::uint32_t packets = 0;        // kDrop
  VirtualDuration duration{};       // kAdvance, kStall
  PathChange path_change;           // kPath
  bool all = false;                 // kReaddress
  contract::StepHandover handover;  // kHandOver
};

// Ids outside the population wrap around it, so that every step means something in every world.
Action Decode(const cases::Step& step, const cases::WorldOptions& options);

// How a provisioned world begins, in order: camera i is bound to account i modulo the accounts, and
// every account links every integration.
template <class Visit>
void ForEachProvision(const contract::Deployment& deployment, const Visit& visit) {
  for (std::uint32_t i = 0; i < deployment.cameras; ++i) {
    visit(Action{.kind = ActionKind::kBind,
                 .account = AccountId(i % deployment.accounts),
                 .camera = CameraId(i)});
  }
  for (std::uint32_t account = 0; account < deployment.accounts; ++account) {
    for (std::uint32_t integration = 0; integration < deployment.integrations; ++integration) {
      visit(Action{.kind = ActionKind::kLink,
                   .account = AccountId(account),
                   .integration = IntegrationId(integration)});
    }
  }
}

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_ACTION_H_
