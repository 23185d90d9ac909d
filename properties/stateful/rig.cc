#include "properties/stateful/rig.h"

#include <algorithm>

#include "harness/sim/action.h"

namespace framefence::stateful {

// --- the witness

void RecordingSystem::Reset(const contract::Deployment& deployment, contract::Observer& observer) {
  observer_ = &observer;
  answers_.clear();
  cameras_.resize(deployment.cameras);
  for (Camera& camera : cameras_) {
    camera.source = 0;
    camera.published.clear();
  }
  system_.Reset(deployment, *this);
}

void RecordingSystem::Submit(const contract::Request& request, VirtualTime now) {
  answers_.push_back({request.number, request.operation, std::nullopt});
  if (request.operation == contract::Operation::kStartPublisher) {
    Camera& camera = cameras_[request.camera.value];
    camera.source = request.source;
    camera.depacketizer.Reset();
    camera.published.clear();
  }
  system_.Submit(request, now);
}

void RecordingSystem::Ingest(contract::IngestPort port, contract::SourceAddress from,
                             std::span<const std::byte> datagram, VirtualTime now) {
  const auto sender = std::find_if(cameras_.begin(), cameras_.end(),
                                   [&](const Camera& camera) { return camera.source == from; });
  if (sender != cameras_.end()) {
    sending_ = static_cast<std::size_t>(sender - cameras_.begin());
    sender->depacketizer.Push(datagram, *this);
  }
  system_.Ingest(port, from, datagram, now);
}

void RecordingSystem::OnAck(const contract::Ack& ack) {
  for (Answer& answer : answers_) {
    if (answer.number == ack.number) answer.status = ack.status;
  }
  observer_->OnAck(ack);
}

void RecordingSystem::OnAccessUnit(const media::ReceivedAccessUnit& access_unit) {
  cameras_[sending_].published.emplace_back(access_unit.annex_b.begin(), access_unit.annex_b.end());
}

// --- the rig

Rig::Rig(contract::SystemUnderTest& system) : witness_(system), world_(witness_) {
  world_.on_delivery = [this](const contract::Delivery& delivery) {
    Received& received = received_[delivery.viewer.value];
    ++received.deliveries;
    if (delivery.kind == contract::DeliveryKind::kStill) received.last_still = world_.now();
  };
  world_.on_access_unit = [this](ViewerId viewer, const media::ReceivedAccessUnit& access_unit) {
    received_[viewer.value].access_units.emplace_back(access_unit.annex_b.begin(),
                                                      access_unit.annex_b.end());
  };
}

void Rig::Begin(const cases::WorldOptions& options) {
  options_ = cases::Effective(options);
  played_.options = options_;
  played_.steps.clear();
  received_.assign(options_.viewers, {});
  world_.Begin(options_);
}

void Rig::Play(const cases::Step& step) {
  for (Received& received : received_) {
    received.access_units.clear();
    received.deliveries = 0;
  }
  witness_.ForgetAnswers();
  played_.steps.push_back(step);
  world_.Apply(sim::Decode(step, options_));
}

}  // namespace framefence::stateful
