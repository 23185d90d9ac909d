// For fuzz_edge: an edge whose origin says whatever the fuzzer likes, and the checks that a picture is shown to viewers
// only of the camera that the origin said it is of, of an account that the origin said had the camera then, under a
// lease, and to none whose rights an invalidation ended that the edge has confirmed.
//
// Seen to fail: with a grant of the camera's owner in place of who asks; with an invalidation of each kind not acted
// on; with leases that do not lapse.
#ifndef FRAMEFENCE_TARGETS_FUZZ_EDGE_EXCHANGE_H_
#define FRAMEFENCE_TARGETS_FUZZ_EDGE_EXCHANGE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <variant>

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
    options.still_bytes_max = kStillBytesMax;
    FRAMEFENCE_CHECK(edge_.Reset(options) == relay::Status::kOk);
    opened_ = {};
    is_open_ = {};
    viewers_ = {};
    said_ = {};
    forged_ = false;
    last_id_ = 0;
    now_ = relay::Time(100'000'000);
  }

  void Open(std::uint8_t account, std::uint8_t camera, bool by_integration) {
    relay::edge::EdgeRelay::Wish wish{relay::Account(account % 4), relay::Camera(camera % 4), {}};
    if (by_integration) wish.integration = relay::Integration(0);
    const auto answer = edge_.OpenViewer(wish, now_);
    if (answer.status == relay::Status::kOk)
      viewers_[answer.value.viewer.value] = {answer.value, wish, false};
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
  void Opened(std::uint8_t place) {
    if (!is_open_[place % 2]) readers_[place % 2].Reset(relay::edge::FrameBytesMax(kStillBytesMax));
    is_open_[place % 2] = true;
    edge_.OnOpened(opened_[place % 2], now_);
  }
  void Closed(std::uint8_t place) {
    is_open_[place % 2] = false;
    edge_.OnClosed(opened_[place % 2], now_);
  }

  // A picture of the camera in that binding, in its bytes.
  void Still(std::uint8_t place, relay::edge::RequestId id, std::uint8_t camera, std::uint8_t epoch,
             std::uint8_t age_s) {
    const std::array<std::byte, 3> picture{std::byte{1}, std::byte{camera}, std::byte{epoch}};
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
    if (is_open_[place % 2]) {
      readers_[place % 2].Push(bytes, [&](std::span<const std::byte> frame) {
        relay::edge::Message message;
        if (relay::edge::ParseFrame(frame, message) == relay::edge::WireParse::kOk) Note(message);
        return true;
      });
    }
    edge_.OnBytes(opened_[place % 2], bytes, now_);
    unconfirmed_.clear();
  }
  // Of the edge's last request.
  relay::edge::RequestId last_id() const { return last_id_; }

 private:
  static constexpr std::size_t kStillBytesMax = 16;
  static constexpr std::uint32_t kEpochs = 4;

  struct Known {
    relay::ViewerHandle handle;
    relay::edge::EdgeRelay::Wish wish;
    bool is_void;  // an invalidation that the edge has confirmed concerns it
  };
  // What the origin has said of a camera.
  struct Said {
    std::array<std::uint8_t, kEpochs> owners{};  // by binding epoch; bit i: account i
    relay::Time until{};                         // no lease of it is longer
  };

  void Note(const relay::edge::Message& message) {
    if (const auto* owners = std::get_if<relay::edge::OwnersReply>(&message.body)) {
      for (const auto& entry : owners->entries) {
        if (entry.camera.value >= kCameras) continue;
        Said& said = said_[entry.camera.value];
        said.until = std::max(said.until, relay::Later(now_, owners->lease));
        if (entry.binding_epoch.value < kEpochs && entry.owner.value < 8)
          said.owners[entry.binding_epoch.value] |=
              static_cast<std::uint8_t>(1U << entry.owner.value);
      }
    } else if (const auto* still = std::get_if<relay::edge::StillReply>(&message.body)) {
      forged_ = forged_ || (still->outcome == relay::edge::Outcome::kOk && !IsHonest(*still));
    } else if (const auto* what = std::get_if<relay::edge::Invalidation>(&message.body)) {
      unconfirmed_.push_back(*what);
    }
  }
  // Written by hand, and not by Still().
  static bool IsHonest(const relay::edge::StillReply& still) {
    return still.picture.size() == 3 && still.binding_epoch.value < kEpochs &&
           std::to_integer<std::uint32_t>(still.picture[1]) == still.camera.value &&
           std::to_integer<std::uint32_t>(still.picture[2]) == still.binding_epoch.value;
  }
  bool Concerns(const relay::edge::Invalidation& what,
                const relay::edge::EdgeRelay::Wish& wish) const {
    using Kind = relay::edge::Invalidation::Kind;
    if (what.kind == Kind::kCamera) return wish.camera == what.camera;
    if (what.kind == Kind::kAccount) return wish.account == what.account;
    return wish.integration == what.integration &&
           (what.kind == Kind::kIntegration || wish.account == what.account);
  }

  void Open(relay::edge::Connection connection) override {
    opened_[connection.place] = connection;
    is_open_[connection.place] = false;
  }
  bool Send(relay::edge::Connection, std::span<const std::byte> bytes) override {
    relay::edge::Message message;
    FRAMEFENCE_CHECK(relay::edge::ParseFrame(bytes, message) == relay::edge::WireParse::kOk);
    if (message.id != 0) last_id_ = message.id;
    if (!std::holds_alternative<relay::edge::Confirmation>(message.body)) return true;
    FRAMEFENCE_CHECK(!unconfirmed_.empty());
    for (auto& known : viewers_) {
      if (known && Concerns(unconfirmed_.front(), known->wish)) known->is_void = true;
    }
    unconfirmed_.pop_front();
    return true;
  }
  void Close(relay::edge::Connection connection) override { is_open_[connection.place] = false; }
  void SendStill(relay::ViewerHandle to, std::span<const std::byte> picture) override {
    const auto& known = viewers_[to.viewer.value];
    FRAMEFENCE_CHECK(known && known->handle == to);
    FRAMEFENCE_CHECK(!known->is_void);
    const Said& said = said_[known->wish.camera.value];
    FRAMEFENCE_CHECK(now_ < said.until);
    if (forged_) return;
    FRAMEFENCE_CHECK(std::to_integer<std::uint32_t>(picture[1]) == known->wish.camera.value);
    const auto owners = said.owners[std::to_integer<std::size_t>(picture[2])];
    FRAMEFENCE_CHECK((owners >> known->wish.account.value & 1) != 0);
  }
  void OnStillRefused(relay::ViewerHandle to, relay::Status) override {
    FRAMEFENCE_CHECK(to.viewer.value < kViewers);
  }
  void OnOwner(relay::Camera camera, relay::edge::LookUp) override {
    FRAMEFENCE_CHECK(camera.value < kCameras);
  }

  relay::edge::EdgeRelay edge_;
  std::array<relay::edge::Connection, 2> opened_{};
  std::array<bool, 2> is_open_{};
  std::array<relay::edge::FrameReader, 2> readers_;  // of the same bytes as the edge's
  std::array<Said, kCameras> said_{};
  std::deque<relay::edge::Invalidation> unconfirmed_;  // of those that are being brought
  bool forged_ = false;  // a picture that says less than what it was said to be
  std::array<std::optional<Known>, kViewers> viewers_{};
  relay::edge::RequestId last_id_ = 0;
  relay::Time now_{};
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_EDGE_EXCHANGE_H_
