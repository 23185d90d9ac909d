// A relay with one home: its camera publishes, and an integration's display, on a poor network, is
// served stills.
#ifndef FRAMEFENCE_TARGETS_FUZZ_ONE_CAMERA_RELAY_H_
#define FRAMEFENCE_TARGETS_FUZZ_ONE_CAMERA_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "targets/relay/relay.h"
#include "targets/relay/rtp.h"

namespace fuzz {

using Bytes = std::vector<std::byte>;

class OneCameraRelay final : private relay::Transport {
 public:
  OneCameraRelay() : relay_(*this) {}

  // A new deployment, with everything open.
  void Begin(std::uint8_t payload_type) {
    using relay::Status;
    relay::Options options;
    options.accounts = options.cameras = options.names = options.ports = options.viewers = 1;
    FRAMEFENCE_CHECK(relay_.Reset(options) == Status::kOk);
    stills_.clear();
    payload_type_ = payload_type;
    now_ = relay::Time(0);
    sequence_number_ = 65000;
    timestamp_ = 0;
    const relay::Account home(0);
    const relay::Integration display(0);
    FRAMEFENCE_CHECK(relay_.Bind(relay::Camera(0), home, relay::Name(0)) == Status::kOk);
    FRAMEFENCE_CHECK(relay_.Link(home, display) == Status::kOk);
    FRAMEFENCE_CHECK(relay_.StartPublisher(relay::Camera(0), kSource, kSsrc, now_).status ==
                     Status::kOk);
    const auto token = relay_.IssueIntegrationToken(home, relay::Name(0), display, now_);
    const auto viewer = relay_.OpenViewer(token.value.text(), now_);
    FRAMEFENCE_CHECK(viewer.status == Status::kOk);
    FRAMEFENCE_CHECK(relay_.OnLossReport(viewer.value, 255, now_) == Status::kOk);
  }

  // The camera's next packet. The access unit ends with it where `marker` is set.
  void Send(std::span<const std::byte> payload, bool marker) {
    datagram_.resize(relay::kRtpHeaderBytes);
    relay::WriteRtpHeader({.marker = marker,
                           .payload_type = payload_type_,
                           .sequence_number = sequence_number_++,
                           .timestamp = timestamp_,
                           .ssrc = kSsrc.value,
                           .payload = {}},
                          std::span<std::byte, relay::kRtpHeaderBytes>(datagram_));
    datagram_.insert(datagram_.end(), payload.begin(), payload.end());
    FRAMEFENCE_CHECK(relay_.OnDatagram(relay::Port(0), kSource, datagram_, now_) ==
                     relay::Status::kOk);
    if (marker) timestamp_ += 3000;
  }

  void LosePacket() { ++sequence_number_; }

  // Those served so far and within the next interval.
  std::vector<Bytes> TakeStills() {
    now_ = relay::Later(now_, relay::Options().still_interval);
    relay_.AdvanceTo(now_);
    return std::exchange(stills_, {});
  }

 private:
  static constexpr relay::Source kSource{1};
  static constexpr relay::Ssrc kSsrc{2};

  bool SendPacket(relay::ViewerHandle, std::span<const std::byte>,
                  std::span<const std::byte>) override {
    return true;
  }
  bool SendStill(relay::ViewerHandle, std::span<const std::byte> access_unit) override {
    stills_.emplace_back(access_unit.begin(), access_unit.end());
    return true;
  }
  void SendToPublisher(relay::Port, relay::Source, std::span<const std::byte>) override {}

  relay::Relay relay_;
  relay::Time now_;
  std::uint8_t payload_type_ = 0;
  std::uint16_t sequence_number_ = 0;
  std::uint32_t timestamp_ = 0;
  Bytes datagram_;
  std::vector<Bytes> stills_;
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_ONE_CAMERA_RELAY_H_
