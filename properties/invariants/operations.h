// One step of the world: an operation of the decision core, with what the specification makes of
// it. The same source runs over symbols (properties/proofs), over tiny words (search.h) and over
// the words that ship.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_OPERATIONS_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_OPERATIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "properties/invariants/spec.h"

namespace framefence::proofs {

enum class OperationKind : std::uint8_t {
  kBind,
  kUnbind,
  kRevokeAccount,
  kLink,
  kUnlink,
  kSuspend,
  kRestore,
  kStartPublisher,
  kStartProbation,
  kLatchSsrc,
  kStopPublisher,
  kCheckPublisher,
  kAdmit,
  kBeginFill,
  kWriteBytes,  // not the core's: the data plane puts admitted bytes into a slot that is being
                // filled
  kCommit,
  kGrantApp,
  kGrantIntegration,
  kOpenViewer,
  kCloseViewer,
  kCheckViewer,
  kLendPacket,
  kLendStill,
  kLendStillOfBinding,
};
inline constexpr std::size_t kOperationKindCount = 24;
std::string_view ToString(OperationKind kind);

// Each operation reads the arguments that its contract names (decision_core.h). Those that were
// handed out before stand for any one of them. `grant` also stands for any promise, and `camera`
// for any camera, where a claim speaks of all.
template <class M>
struct Arguments {
  typename M::Camera camera{};
  typename M::Account account{};
  typename M::Name name{};
  typename M::Integration integration{};
  typename M::Port port{};
  typename M::Source source{};
  typename M::Ssrc ssrc{};
  typename M::Slot slot{};
  typename M::Length length{};
  typename M::Viewer viewer{};
  typename M::Generation generation{};
  typename M::Time now{};
  typename M::Time expires_at{};
  auto Fields() {
    return std::tie(camera, account, name, integration, port, source, ssrc, slot, length, viewer,
                    generation, now, expires_at);
  }

  IssuedGrant<M> grant{};
  IssuedSession<M> session{};
  IssuedAdmission<M> admission{};
  IssuedFilling<M> filling;
};

// What must be true because the core gave this answer.
template <class M>
struct Claim {
  std::string_view property;  // "ISO-001"
  std::string_view says;
  typename M::Bool holds;
};

template <class M>
struct Outcome {
  static constexpr std::size_t kClaimsMax = 10;

  relay::Status status = relay::Status::kOk;
  std::array<Claim<M>, kClaimsMax> claims{};
  std::size_t claim_count = 0;
  // Handed out by this step.
  std::optional<IssuedGrant<M>> grant;
  std::optional<IssuedSession<M>> session;
  std::optional<IssuedAdmission<M>> admission;
  std::optional<IssuedFilling<M>> filling;

  void Add(std::string_view property, std::string_view says, const typename M::Bool& holds) {
    claims[claim_count++] = {property, says, holds};
  }
};

template <class M>
class Step {
 public:
  using Bool = typename M::Bool;
  using Status = relay::Status;

  Step(World<M>& world, const Arguments<M>& arguments)
      : core_(world.core), spec_(world.spec), args_(arguments) {}

  // What the caller of the operation must see to (SOUNDNESS.md lists it in words).
  Bool Assumed(OperationKind kind) const;

  // Runs the core's operation and moves the specification on.
  Outcome<M> Take(OperationKind kind);

 private:
  // Whether a withdrawal of rights is for the promise `args_.grant`.
  Bool Concerned(OperationKind kind) const;
  Status Withdraw(OperationKind kind);
  void MoveSpec(OperationKind kind);
  void TakeStart(bool ssrc_known);
  void TakeLatch();
  void TakeStop();
  void TakeCheckPublisher();
  void ClaimItsUplink();
  void TakeAdmit();
  void TakeBeginFill();
  void TakeCommit();
  void TakeGrant(bool via_integration);
  void TakeOpen();
  void TakeClose();
  void TakeLend(bool still);
  void TakeLendOfBinding();
  void ClaimServed();
  void ClaimYoung(const Content<M>& still);
  void ClaimEntitled(const Entitlement<M>& promised);
  Bool IsAskedFor(const IssuedSession<M>& session) const;

  relay::core::DecisionCore<M>& core_;
  Spec<M>& spec_;
  const Arguments<M>& args_;
  Outcome<M> outcome_;
};

}  // namespace framefence::proofs

#include "properties/invariants/operations.inl"

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_OPERATIONS_H_
