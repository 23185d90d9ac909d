#include "properties/invariants/witness_case.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "harness/cases/schema.h"

namespace framefence::proofs {
namespace {

using cases::Op;
namespace field = cases::field;
using Kind = OperationKind;

// How a publisher session ends where the core was told that it did.
enum class End { kBye, kSilence };

// Whether cameras send again once all has happened: what a viewer is shown may need one more frame.
enum class Encore { kNone, kAll };

// The core lends to any viewer session; a whole system may show some things on displays under loss
// only, and to those that watched before.
enum class View { kAsGranted, kDisplay, kDisplayBefore };

class Writer {
 public:
  Writer(End end, Encore encore, View view) : end_(end), encore_(encore), view_(view) {
    cases::WorldOptions& options = case_.options;
    options.accounts = 2;
    options.cameras = 2;
    options.names = 1;
    options.integrations = 1;
    options.viewers = 1;
    options.publishers = 1;
    options.provisioned = 0;
  }

  cases::Case Write(std::span<const Operation> witness) {
    for (std::uint32_t camera = 0; camera < 2; ++camera) {
      if (!Publishes(witness, camera)) before_ = camera;
    }
    for (const Operation& operation : witness) Add(operation);
    if (encore_ == Encore::kAll) {
      SendFrames(0, 1);
      SendFrames(1, 1);
    }
    return std::move(case_);
  }

 private:
  static bool Publishes(std::span<const Operation> witness, std::uint32_t camera) {
    return std::any_of(witness.begin(), witness.end(), [camera](const Operation& operation) {
      return (operation.kind == Kind::kStartPublisher || operation.kind == Kind::kStartProbation) &&
             operation.camera == camera;
    });
  }

  void Step(Op op, std::initializer_list<std::pair<const cases::Field&, std::uint32_t>> fields) {
    case_.steps.push_back(cases::MakeStep(op, fields));
  }
  void Advance(std::uint32_t ms) { Step(Op::kAdvance, {{field::kAdvanceMs, ms}}); }

  // A system may need the next picture to know that one is whole, and keep them in two places by
  // turns: four fill whatever place the core means.
  void SendFrames(std::uint32_t camera, std::uint32_t length) {
    constexpr std::uint32_t kBytesPerLength = 400;
    for (int i = 0; i < 4; ++i) {
      Step(Op::kFrame, {{field::kCamera, camera},
                        {field::kFrameIdr, 1},
                        {field::kFrameBytes, length * kBytesPerLength}});
    }
  }
  void EndPublisher(std::uint32_t camera) {
    Step(Op::kUnpublish,
         {{field::kCamera, camera}, {field::kUnpublishLost, end_ == End::kSilence ? 1 : 0}});
    if (end_ == End::kSilence) Advance(case_.options.publisher_timeout_ms);
  }
  // A camera that has no publisher session in the witness, and yet a part in it, had one before:
  // it may still send, and the system may still know its pictures.
  void LetOtherSendBefore() {
    if (!before_) return;
    const std::uint32_t camera = *std::exchange(before_, std::nullopt);
    Step(Op::kBind, {{field::kAccount, camera}, {field::kCamera, camera}});
    Step(Op::kPublish, {{field::kCamera, camera}});
    SendFrames(camera, 1);
    if (view_ == View::kDisplayBefore) {
      account_ = camera;
      Open(true);
      Degrade();
    }
    EndPublisher(camera);
  }
  void Degrade() {
    Step(Op::kReport, {{field::kViewer, 0}, {field::kReportLost, 255}});
    Advance(1000);
  }
  void Open(bool via_integration) {
    if (view_ != View::kAsGranted) {
      Step(Op::kLink, {{field::kAccount, account_}});
      via_integration = true;
    }
    Step(Op::kOpen, {{field::kAccount, account_},
                     {field::kOpenViewer, 0},
                     {field::kOpenPath, via_integration ? 1 : 0},
                     {field::kOpenIntegration, 0}});
  }
  void Add(const Operation& operation);

  const End end_;
  const Encore encore_;
  const View view_;
  cases::Case case_;
  std::uint32_t on_port_ = 0;  // the camera whose publisher session has the port
  std::uint32_t account_ = 0;  // to whom the latest grant was given
  bool via_integration_ = false;
  std::optional<std::uint32_t> before_;  // the camera that has no publisher session in the witness
  std::uint32_t sender_ = 0;             // the camera whose packet was admitted last
};

void Writer::Add(const Operation& operation) {
  const auto account =
      std::pair<const cases::Field&, std::uint32_t>(field::kAccount, operation.account);
  switch (operation.kind) {
    case Kind::kBind:
      return Step(Op::kBind, {account, {field::kCamera, operation.camera}});
    case Kind::kUnbind:
      return Step(Op::kUnbind, {{field::kCamera, operation.camera}});
    case Kind::kRevokeAccount:
      return Step(Op::kRevoke, {account});
    case Kind::kLink:
      return Step(Op::kLink, {account});
    case Kind::kUnlink:
      return Step(Op::kUnlink, {account});
    case Kind::kSuspend:
      return Step(Op::kSuspend, {});
    case Kind::kRestore:
      return Step(Op::kRestore, {});
    case Kind::kStartPublisher:
    case Kind::kStartProbation:  // the world's cameras signal their SSRC
      LetOtherSendBefore();
      on_port_ = operation.camera;
      return Step(Op::kPublish, {{field::kCamera, operation.camera}});
    case Kind::kStopPublisher:
      return EndPublisher(on_port_);
    case Kind::kAdmit:
      sender_ = operation.source % 2;
      return;
    case Kind::kWriteBytes:
      return SendFrames(sender_, operation.length);
    case Kind::kGrantApp:
    case Kind::kGrantIntegration:
      account_ = operation.account;
      via_integration_ = operation.kind == Kind::kGrantIntegration;
      return;
    case Kind::kOpenViewer:
      if (view_ != View::kDisplayBefore) Open(via_integration_);
      return;
    case Kind::kCloseViewer:
      return Step(Op::kClose, {{field::kViewer, 0}});
    case Kind::kLendPacket:
      if (view_ != View::kAsGranted) Degrade();
      return;  // otherwise the system does so of itself
    case Kind::kLendStill:
      return Degrade();
    case Kind::kLatchSsrc:
    case Kind::kCheckPublisher:
    case Kind::kBeginFill:
    case Kind::kCommit:
    case Kind::kCheckViewer:
    case Kind::kLendStillOfBinding:  // an origin's, of which a case knows nothing
      return;                        // the system does so of itself
  }
}

}  // namespace

std::vector<cases::Case> CasesOf(std::span<const Operation> witness) {
  std::vector<cases::Case> all;
  for (const End end : {End::kBye, End::kSilence}) {
    for (const Encore encore : {Encore::kNone, Encore::kAll}) {
      for (const View view : {View::kAsGranted, View::kDisplay, View::kDisplayBefore})
        all.push_back(Writer(end, encore, view).Write(witness));
    }
  }
  return all;
}

}  // namespace framefence::proofs
