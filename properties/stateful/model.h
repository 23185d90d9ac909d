// The model: what any system under test must do with a case, as dumb as can be. It holds no frame,
// no packet and no timer; it says "unknown" wherever the outcome depends on which packets a network
// lost.
//
// It knows who owns which camera under which name, who has linked what, what is suspended, who
// publishes until when, and which viewer sessions are open. From that follow, for each step,
//   - the answer to every request that the step makes;
//   - how many of its camera's latest frames each viewer session receives in the step, where that
//   is certain;
//   - since when a display under loss has had a right to stills.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_MODEL_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_MODEL_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"
#include "harness/cases/options.h"
#include "harness/contract/system_under_test.h"
#include "harness/sim/action.h"

namespace framefence::stateful {

enum class Belief : std::uint8_t { kNo, kYes, kUnknown };

// What a system promises a display under loss, beyond the contract. Fractions lost are n/256 (RFC
// 3550 6.4.1).
struct Promises {
  std::uint8_t degrades_above = 64;  // served stills from a receiver report above it
  std::uint8_t recovers_below =
      16;  // served packets again from the next IDR after a report below it
  VirtualDuration still_interval =
      std::chrono::seconds(1);  // the longest time without a still, while there is one to serve
};

// One request that a step makes, and whether it is granted.
struct ExpectedAnswer {
  contract::Operation operation = contract::Operation::kBind;
  Belief granted = Belief::kUnknown;
};

// What was asked for at a viewer place.
struct Wish {
  AccountId account;
  NameId name;
  contract::AccessPath path = contract::AccessPath::kApp;
  IntegrationId integration;
};

struct ViewerSession {
  Wish wish;
  CameraId camera;
  VirtualTime expires;
  bool clean = true;        // the downlink has lost nothing since the session was opened
  bool untouched = true;    // no frame can have been sent to it yet
  bool degraded = false;    // served stills
  bool recovering = false;  // degraded until the next IDR
  // Frames until each frame of the camera is received in the step that publishes it: 0 from then
  // on. None: it awaits an IDR.
  std::optional<int> settling;
  // Of the camera's latest frames, how many the viewer receives in this step, exactly. None:
  // unknown.
  std::optional<std::size_t> frames_due;
  // Since when there has been a still to serve without a break. None: there is none now, as far as
  // is known.
  std::optional<VirtualTime> still_due_since;
};

class Model {
 public:
  // A world as it begins. REQUIRES: links without latency, cameras without a clock of their own.
  Model(const cases::WorldOptions& options, const Promises& promises);

  // What World::Apply does. REQUIRES: what a path step sets delays nothing.
  void Apply(const sim::Action& action);

  // --- of the last step ---
  // In the order of the requests. None: it is unknown how many there are.
  const std::optional<std::vector<ExpectedAnswer>>& answers() const { return answers_; }

  // --- the state after it ---
  const cases::WorldOptions& options() const { return options_; }
  const Promises& promises() const { return promises_; }
  VirtualTime now() const { return now_; }
  std::optional<AccountId> owner_of(CameraId camera) const;
  // Whether the camera believes that it publishes.
  Belief sends(CameraId camera) const { return cameras_[camera.value].sends; }
  // Whether it has another address than its publisher session began with.
  bool is_readdressed(CameraId camera) const { return cameras_[camera.value].readdressed; }
  // None where there is none, or it was ended.
  const std::optional<ViewerSession>& session(ViewerId viewer) const {
    return viewers_[viewer.value].session;
  }
  Belief IsEntitled(ViewerId viewer) const;

 private:
  using Serial = std::uint64_t;  // of a step; 0: never

  struct Owner {
    AccountId account;
    NameId name;
    friend bool operator==(const Owner&, const Owner&) = default;
  };
  struct Camera {
    std::optional<Owner> owner;
    Belief sends = Belief::kNo;
    sim::Upload upload;  // of its publisher session
    // The publisher session as the system sees it: certainly live before `live_until`, certainly
    // over after `over_after`. Both in the past: there is none.
    VirtualTime live_until;
    VirtualTime over_after;
    bool flawless =
        false;  // every packet of the publisher session has reached the system, and counts
    std::uint32_t frames_since_idr =
        0;  // in the publisher session, the IDR included; 0: there was none
    Serial last_idr = 0;
    Serial last_still = 0;  // an IDR access unit that a system can know to be whole
    VirtualTime last_still_at;
    bool readdressed = false;      // since it began
    bool lossy = false;            // the uplink loses packets, or damages them
    bool damages = false;          // likewise, until its path is clear again
    std::uint32_t drops_left = 0;  // at most, on the uplink
  };
  struct Viewer {
    std::optional<Wish> wish;  // opened, and not closed by the viewer
    std::optional<ViewerSession> session;
    bool lossy = false;  // the downlink, as above
    bool damages = false;
    std::uint32_t drops_left = 0;
  };

  void Bind(CameraId camera, AccountId account);
  void Unbind(CameraId camera);
  void Revoke(AccountId account);
  void Link(AccountId account, IntegrationId integration);
  void Unlink(AccountId account, IntegrationId integration);
  void Suspend(IntegrationId integration);
  void Restore(IntegrationId integration);
  void Publish(CameraId camera, const sim::Upload& upload);
  void Unpublish(CameraId camera, bool bye_lost);
  void Frame(CameraId camera, bool idr);
  void Open(ViewerId viewer, const Wish& wish);
  void Close(ViewerId viewer);
  void Report(ViewerId viewer, std::uint8_t fraction_lost);
  void Weather(const sim::Action& action);
  void Readdress(const sim::Action& action);
  void Reconnect(bool publishers, bool viewers);
  void Upgrade();

  void Expect(contract::Operation operation, Belief granted);
  void BeginStep();
  void EndStep();
  Belief IsPublishing(CameraId camera) const;
  Belief HasFreePort(CameraId camera) const;
  bool IsFlawless(CameraId camera) const;
  Belief IsLive(const ViewerSession& session) const;
  bool IsKeptFor(const ViewerSession& session, Serial serial) const;
  bool HasStillFor(const ViewerSession& session) const;
  std::optional<CameraId> Resolve(const Wish& wish) const;
  void BeginStream(ViewerSession& session) const;
  static void ReceiveFrame(ViewerSession& session, bool starts_gop);
  template <class Affected>
  void EndSessions(const Affected& affected);
  void AwaitIdr(CameraId camera);
  std::size_t LinkIndex(AccountId account, IntegrationId integration) const;

  cases::WorldOptions options_;
  Promises promises_;
  Serial step_ = 0;
  VirtualTime now_;
  std::vector<Camera> cameras_;
  std::vector<Viewer> viewers_;
  std::vector<std::uint8_t> linked_;     // by account, then integration
  std::vector<std::uint8_t> suspended_;  // by integration
  std::vector<Serial> restored_;         // by integration
  Serial upgraded_ = 0;                  // no frame of before is kept
  std::optional<std::vector<ExpectedAnswer>> answers_;
};

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_MODEL_H_
