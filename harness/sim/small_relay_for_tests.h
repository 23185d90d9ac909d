// A relay on a page, right unless it is told one way to be wrong: what the judges are tried on.
//
// It forwards a camera's packets to the sessions that are open for it, all of a size that is a
// multiple of kPadTo, so that their sizes tell less, under an SSRC of each session's own; and a new
// session is served the camera's last picture as a still, if that is fresh. An account may have so
// many sessions at once.
#ifndef FRAMEFENCE_HARNESS_SIM_SMALL_RELAY_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SIM_SMALL_RELAY_FOR_TESTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "harness/media/big_endian.h"
#include "harness/media/rtp_depacketizer.h"

namespace framefence::sim::testing {

enum class Flaw : std::uint8_t {
  kNone,
  kNamesOfAllAccounts,     // a camera is looked up by its name alone
  kStillOutlivesBinding,   // the last picture stays when the camera gets another owner
  kCloseForgotten,         // a closed session is served on
  kSuspensionForgotten,    // so are an integration's while it is suspended
  kStillOfAnyAge,          // the last picture is served however old it is
  kStillCutShort,          // without its last byte
  kOneStillForAll,         // a camera's last picture ends the others'
  kAccountsShareSessions,  // how many there may be at once is for all accounts together
  kPublisherOutlived,   // a session is served from the publisher session that it began with alone
  kSsrcCountsSessions,  // of all accounts
  kPaddingLeftAsItIs,   // in the buffer that packets are made in
};

class SmallRelay final : public contract::SystemUnderTest, private media::AccessUnitSink {
 public:
  static constexpr std::size_t kPadTo = 128;
  static constexpr int kSessionsMax = 4;  // of an account, at once

  explicit SmallRelay(Flaw flaw) : flaw_(flaw) {}

  std::string_view name() const override { return "small"; }
  contract::Capabilities capabilities() const override {
    using enum contract::Operation;
    return {.operations = contract::Operations(
                {kBind, kStartPublisher, kOpenViewer, kCloseViewer, kLink, kSuspend, kRestore}),
            .live = true,
            .stills = true};
  }

  void Reset(const contract::Deployment& deployment, contract::Observer& observer) override {
    deployment_ = deployment;
    observer_ = &observer;
    cameras_.clear();
    cameras_.resize(deployment.cameras);
    sessions_.clear();
    sessions_begun_.assign(deployment.accounts, 0);
    ports_.clear();
    suspended_ = false;
    packet_.clear();
  }

  void Submit(const contract::Request& request, VirtualTime now) override {
    contract::Ack ack{.number = request.number};
    std::optional<Session> opened;
    switch (request.operation) {
      case contract::Operation::kBind:
        Bind(request);
        break;
      case contract::Operation::kStartPublisher:
        ports_.push_back(request.camera);
        ack.port = static_cast<contract::IngestPort>(ports_.size() - 1);
        cameras_[request.camera.value].depacketizer.Reset();
        cameras_[request.camera.value].port = ack.port;
        break;
      case contract::Operation::kOpenViewer:
        opened = Open(request);
        if (!opened) ack.status = contract::Status::kRefused;
        break;
      case contract::Operation::kCloseViewer:
        if (flaw_ != Flaw::kCloseForgotten) {
          End([&](const Session& session) { return session.viewer == request.viewer; });
        }
        break;
      case contract::Operation::kSuspend:
        if (flaw_ == Flaw::kSuspensionForgotten) break;
        suspended_ = true;
        End([](const Session& session) {
          return session.path == contract::AccessPath::kIntegration;
        });
        break;
      case contract::Operation::kRestore:
        suspended_ = false;
        for (Camera& camera : cameras_) camera.still.clear();
        break;
      default:
        break;
    }
    observer_->OnAck(ack);
    if (opened) ServeStill(*opened, now);
  }

  void Ingest(contract::IngestPort port, contract::SourceAddress,
              std::span<const std::byte> datagram, VirtualTime now) override {
    Camera& camera = cameras_[ports_[port].value];
    filling_ = &camera;
    now_ = now;
    camera.depacketizer.Push(datagram, *this);
    Pad(datagram);
    for (const Session& session : sessions_) {
      if (session.camera != ports_[port]) continue;
      if (flaw_ == Flaw::kPublisherOutlived && session.port != port) continue;
      media::StoreBigEndian32(session.ssrc, &packet_[8]);
      observer_->OnDelivery(
          {.viewer = session.viewer, .session = session.number, .bytes = packet_});
    }
  }

  void AdvanceTo(VirtualTime) override {}

 private:
  struct Camera {
    std::optional<AccountId> owner;
    NameId name;
    std::vector<std::byte> still;
    VirtualTime still_at;
    contract::IngestPort port = 0;
    media::RtpDepacketizer depacketizer;
  };
  struct Session {
    ViewerId viewer;
    contract::RequestNumber number = 0;
    AccountId account;
    CameraId camera;
    contract::IngestPort port = 0;
    std::uint32_t ssrc = 0;
    contract::AccessPath path = contract::AccessPath::kApp;
  };

  void Bind(const contract::Request& request) {
    Camera& camera = cameras_[request.camera.value];
    camera.owner = request.account;
    camera.name = request.name;
    if (flaw_ != Flaw::kStillOutlivesBinding) camera.still.clear();
    End([&](const Session& session) { return session.camera == request.camera; });
  }

  std::optional<Session> Open(const contract::Request& request) {
    if (suspended_ && request.path == contract::AccessPath::kIntegration) return std::nullopt;
    const auto camera = std::find_if(cameras_.begin(), cameras_.end(), [&](const Camera& one) {
      return one.owner && one.name == request.name &&
             (one.owner == request.account || flaw_ == Flaw::kNamesOfAllAccounts);
    });
    if (camera == cameras_.end() || OpenNow(request.account) == kSessionsMax) return std::nullopt;
    sessions_.push_back({.viewer = request.viewer,
                         .number = request.number,
                         .account = request.account,
                         .camera = CameraId(static_cast<std::uint32_t>(camera - cameras_.begin())),
                         .port = camera->port,
                         .ssrc = NewSsrc(request.account),
                         .path = request.path});
    return sessions_.back();
  }

  std::ptrdiff_t OpenNow(AccountId account) const {
    return std::count_if(sessions_.begin(), sessions_.end(), [&](const Session& session) {
      return session.account == account || flaw_ == Flaw::kAccountsShareSessions;
    });
  }

  std::uint32_t NewSsrc(AccountId account) {
    const bool of_all = flaw_ == Flaw::kSsrcCountsSessions;
    return ++sessions_begun_[of_all ? 0 : account.value] + (of_all ? 0 : account.value << 16);
  }

  template <class Which>
  void End(const Which& which) {
    sessions_.erase(std::remove_if(sessions_.begin(), sessions_.end(), which), sessions_.end());
  }

  void ServeStill(const Session& session, VirtualTime now) {
    const Camera& camera = cameras_[session.camera.value];
    const bool fresh = now - camera.still_at <= deployment_.still_age_max;
    if (camera.still.empty() || !(fresh || flaw_ == Flaw::kStillOfAnyAge)) return;
    std::span<const std::byte> still = camera.still;
    if (flaw_ == Flaw::kStillCutShort) still = still.first(still.size() - 1);
    observer_->OnDelivery({.viewer = session.viewer,
                           .session = session.number,
                           .kind = contract::DeliveryKind::kStill,
                           .bytes = still});
  }

  // RFC 3550 5.1: the last byte says how many there are too many.
  void Pad(std::span<const std::byte> datagram) {
    const std::size_t padding = kPadTo - datagram.size() % kPadTo;
    const std::size_t size = datagram.size() + padding;
    if (packet_.size() < size) packet_.resize(size);
    if (flaw_ != Flaw::kPaddingLeftAsItIs) packet_.assign(size, std::byte{0});
    packet_.resize(size);
    std::copy(datagram.begin(), datagram.end(), packet_.begin());
    packet_[0] |= std::byte{0x20};
    packet_.back() = static_cast<std::byte>(padding);
  }

  void OnAccessUnit(const media::ReceivedAccessUnit& access_unit) override {
    if (flaw_ == Flaw::kOneStillForAll) {
      for (Camera& camera : cameras_) camera.still.clear();
    }
    filling_->still.assign(access_unit.annex_b.begin(), access_unit.annex_b.end());
    filling_->still_at = now_;
  }

  Flaw flaw_;
  contract::Deployment deployment_;
  contract::Observer* observer_ = nullptr;
  std::vector<Camera> cameras_;
  std::vector<Session> sessions_;
  std::vector<std::uint32_t> sessions_begun_;  // by account
  std::vector<CameraId> ports_;
  bool suspended_ = false;
  std::vector<std::byte> packet_;
  Camera* filling_ = nullptr;
  VirtualTime now_;
};

}  // namespace framefence::sim::testing

#endif  // FRAMEFENCE_HARNESS_SIM_SMALL_RELAY_FOR_TESTS_H_
