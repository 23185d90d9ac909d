// A world around a system under test, played step by step, with instruments: what was answered,
// what was published, what each viewer got, all of the last step.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_RIG_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_RIG_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/cases/case.h"
#include "harness/contract/system_under_test.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/sim/world.h"

namespace framefence::stateful {

struct Answer {
  contract::RequestNumber number = 0;
  contract::Operation operation = contract::Operation::kBind;
  std::optional<contract::Status> status;  // none: not yet
};

using AccessUnits = std::vector<std::vector<std::byte>>;

// Stands between the world and the system, passes everything on, and notes the answers and what
// cameras published. The latter comes of the datagrams themselves, put together beside the system
// as a viewer beside the camera would.
class RecordingSystem final : public contract::SystemUnderTest,
                              private contract::Observer,
                              private media::AccessUnitSink {
 public:
  // `system` outlives the witness.
  explicit RecordingSystem(contract::SystemUnderTest& system) : system_(system) {}

  std::string_view name() const override { return system_.name(); }
  contract::Capabilities capabilities() const override { return system_.capabilities(); }
  void Reset(const contract::Deployment& deployment, contract::Observer& observer) override;
  void Submit(const contract::Request& request, VirtualTime now) override;
  void Ingest(contract::IngestPort port, contract::SourceAddress from,
              std::span<const std::byte> datagram, VirtualTime now) override;
  void AdvanceTo(VirtualTime now) override { system_.AdvanceTo(now); }
  std::optional<VirtualTime> NextTimer() const override { return system_.NextTimer(); }

  void ForgetAnswers() { answers_.clear(); }
  const std::vector<Answer>& answers() const { return answers_; }
  // By the camera's present publisher session so far.
  const AccessUnits& published(CameraId camera) const { return cameras_[camera.value].published; }

 private:
  struct Camera {
    contract::SourceAddress source = 0;
    media::RtpDepacketizer depacketizer;
    AccessUnits published;
  };

  void OnAck(const contract::Ack& ack) override;
  void OnDelivery(const contract::Delivery& delivery) override { observer_->OnDelivery(delivery); }
  void OnNote(const contract::Note& note) override { observer_->OnNote(note); }
  void OnAccessUnit(const media::ReceivedAccessUnit& access_unit) override;

  contract::SystemUnderTest& system_;
  contract::Observer* observer_ = nullptr;
  std::vector<Answer> answers_;
  std::vector<Camera> cameras_;
  std::size_t sending_ = 0;
};

class Rig {
 public:
  struct Received {
    AccessUnits access_units;
    std::size_t deliveries = 0;             // packets handed to the network, and stills
    std::optional<VirtualTime> last_still;  // of the whole case
  };

  // `system` outlives the rig.
  explicit Rig(contract::SystemUnderTest& system);
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  void Begin(const cases::WorldOptions& options);
  void Play(const cases::Step& step);

  const sim::World& world() const { return world_; }
  contract::Capabilities capabilities() const { return witness_.capabilities(); }
  // All that was played since Begin().
  const cases::Case& played() const { return played_; }

  // --- of the last step ---
  const std::vector<Answer>& answers() const { return witness_.answers(); }
  const AccessUnits& published(CameraId camera) const { return witness_.published(camera); }
  const Received& received(ViewerId viewer) const { return received_[viewer.value]; }

 private:
  RecordingSystem witness_;
  sim::World world_;
  cases::WorldOptions options_;  // effective
  cases::Case played_;
  std::vector<Received> received_;  // by viewer
};

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_RIG_H_
