// For fuzz_edge: an edge whose origin says whatever the fuzzer likes, and the check that a picture
// is shown to viewers of the camera only that the origin said it is of.
#ifndef FRAMEFENCE_TARGETS_FUZZ_EDGE_EXCHANGE_H_
#define FRAMEFENCE_TARGETS_FUZZ_EDGE_EXCHANGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "targets/relay/edge/edge_relay.h"

namespace fuzz {

class EdgeExchange final : public relay::edge::StreamTransport, public relay::edge::ViewerAnswers {
 public:
  static constexpr std::uint32_t kCameras = 4, kViewers = 4;

  EdgeExchange() : edge_(*this, *this) {}

  void Restart() {
    relay::edge::EdgeOptions options;
    options.cameras = kCameras;
    options.viewers = kViewers;
    options.connections = 2;
    options.partitions = 2;
    options.still_bytes_max = 16;
    FRAMEFENCE_CHECK(edge_.Reset(options) == relay::Status::kOk);
    opened_ = {};
    viewers_ = {};
    last_id_ = 0;
    now_ = relay::Time(100'000'000);
  }

  void Open(std::uint8_t account, std::uint8_t camera, bool by_integration) {
    relay::edge::EdgeRelay::Wish wish{relay::Account(account % 4), relay::Camera(camera % 4), {}};
    if (by_integration) wish.integration = relay::Integration(0);
    const auto answer = edge_.OpenViewer(wish, now_);
    if (answer.status == relay::Status::kOk)
      viewers_[answer.value.viewer.value] = {answer.value, wish.camera};
  }
  void Request(std::uint8_t viewer) {
    const auto& known = viewers_[viewer % kViewers];
    if (known) edge_.RequestStill(known->handle, now_);
  }
  void Close(std::uint8_t viewer) {
    const auto& known = viewers_[viewer % kViewers];
    if (known) edge_.CloseViewer(known->handle, now_);
  }
  void Wait(std::uint16_t time_ms) {
    now_ = relay::Later(now_, std::chrono::milliseconds(time_ms));
    edge_.AdvanceTo(now_);
  }
  void Opened(std::uint8_t place) { edge_.OnOpened(opened_[place % 2], now_); }
  void Closed(std::uint8_t place) { edge_.OnClosed(opened_[place % 2], now_); }

  // A picture of the camera, in its bytes.
  void Still(std::uint8_t place, relay::edge::RequestId id, std::uint8_t camera, std::uint8_t epoch,
             std::uint8_t age_s) {
    const std::array<std::byte, 3> picture{std::byte{1}, std::byte{camera}, std::byte{1}};
    Say(place, {id, relay::edge::StillReply{relay::edge::Outcome::kOk, relay::Camera(camera),
                                            relay::edge::Epoch(epoch), std::chrono::seconds(age_s),
                                            picture}});
  }
  void Say(std::uint8_t place, const relay::edge::Message& message) {
    std::array<std::byte, 2048> frame;
    const std::size_t size = relay::edge::WriteFrame(message, frame);
    Bring(place, std::span(frame).first(size));
  }
  void Bring(std::uint8_t place, std::span<const std::byte> bytes) {
    edge_.OnBytes(opened_[place % 2], bytes, now_);
  }
  // Of the edge's last request.
  relay::edge::RequestId last_id() const { return last_id_; }

 private:
  struct Known {
    relay::ViewerHandle handle;
    relay::Camera camera;
  };

  void Open(relay::edge::Connection connection) override { opened_[connection.place] = connection; }
  bool Send(relay::edge::Connection, std::span<const std::byte> bytes) override {
    relay::edge::Message message;
    FRAMEFENCE_CHECK(relay::edge::ParseFrame(bytes, message) == relay::edge::WireParse::kOk);
    if (message.id != 0) last_id_ = message.id;
    return true;
  }
  void Close(relay::edge::Connection) override {}
  void SendStill(relay::ViewerHandle to, std::span<const std::byte> picture) override {
    const auto& known = viewers_[to.viewer.value];
    FRAMEFENCE_CHECK(known && known->handle == to);
    FRAMEFENCE_CHECK(picture.size() == 3);
    FRAMEFENCE_CHECK(std::to_integer<std::uint32_t>(picture[1]) == known->camera.value);
  }
  void OnStillRefused(relay::ViewerHandle to, relay::Status) override {
    FRAMEFENCE_CHECK(to.viewer.value < kViewers);
  }
  void OnOwner(relay::Camera camera, relay::edge::LookUp) override {
    FRAMEFENCE_CHECK(camera.value < kCameras);
  }

  relay::edge::EdgeRelay edge_;
  std::array<relay::edge::Connection, 2> opened_{};
  std::array<std::optional<Known>, kViewers> viewers_{};
  relay::edge::RequestId last_id_ = 0;
  relay::Time now_{};
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_EDGE_EXCHANGE_H_
