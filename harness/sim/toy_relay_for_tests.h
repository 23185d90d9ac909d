// A relay of a page: right in all that the oracle judges, and wrong in one way that only two runs see,
// or in none. Each flaw has a twin that looks like it and is right.
#ifndef FRAMEFENCE_HARNESS_SIM_TOY_RELAY_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SIM_TOY_RELAY_FOR_TESTS_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "harness/contract/system_under_test.h"

namespace framefence::sim::testing {

// What is one for all homes, where the twin has one for each.
enum class Shared {
  kNothing,
  // ISO-007
  kCache,     // of the last packet of a few cameras, sent to who opens: others' evict mine
  kNames,     // what one home calls its camera, no other may
  kPacer,     // a packet each millisecond
  kContents,  // a packet that ends in the same bits as the one before is left out
  kRefusal,   // so many may send at once; who comes then is refused
  // ISO-009
  kSessionCount,  // the SSRC of a viewer session counts them
  kPacketCount,   // a viewer session's sequence numbers begin where packets were counted to
  kReportCount,   // what a camera is told counts packets
  kSsrcs,         // no two publishers have the same
  // By design
  kCapacity,  // so many may send at once; who comes then is told that all is taken
  kPorts,     // their numbers count publisher sessions
};

class ToyRelay final : public contract::SystemUnderTest {
 public:
  explicit ToyRelay(Shared shared) : shared_(shared) {}

  std::string_view name() const override { return "toy"; }
  contract::Capabilities capabilities() const override {
    using contract::Operation;
    return {.operations = contract::Operations({Operation::kBind, Operation::kStartPublisher,
                                                Operation::kStopPublisher, Operation::kOpenViewer,
                                                Operation::kCloseViewer})};
  }

  void Reset(const contract::Deployment& deployment, contract::Observer& observer) override {
    observer_ = &observer;
    lifetime_ = deployment.token_lifetime;
    cameras_.assign(deployment.cameras, {});
    viewers_.assign(deployment.viewers, {});
    homes_.assign(deployment.accounts + 1, {});
    queue_.clear();
    ports_.clear();
  }

  void Submit(const contract::Request& request, VirtualTime now) override {
    contract::Ack ack{.number = request.number};
    switch (request.operation) {
      case contract::Operation::kBind:
        ack.status = Bind(request);
        break;
      case contract::Operation::kStartPublisher:
        ack.status = Start(request, ack.port);
        break;
      case contract::Operation::kStopPublisher:
        cameras_[request.camera.value].source = 0;
        break;
      case contract::Operation::kOpenViewer:
        ack.status = Open(request, now);
        break;
      case contract::Operation::kCloseViewer:
        viewers_[request.viewer.value].open = false;
        break;
      default:
        ack.status = contract::Status::kRefused;
    }
    observer_->OnAck(ack);
    if (request.operation == contract::Operation::kOpenViewer &&
        ack.status == contract::Status::kOk)
      ServeCached(viewers_[request.viewer.value], now);
  }

  void Ingest(contract::IngestPort port, contract::SourceAddress from,
              std::span<const std::byte> datagram, VirtualTime now) override {
    Camera& camera = cameras_[ports_.at(port)];
    if (camera.source != from || !camera.owner || datagram.size() < 12) return;
    Home& home = HomeOf(*camera.owner, Shared::kContents);
    std::vector<std::byte> bytes(datagram.begin(), datagram.end());
    const bool repeats = ((home.last_byte ^ bytes.back()) & std::byte{3}) == std::byte{0};
    home.last_byte = bytes.back();
    Cache(camera, bytes);
    ++HomeOf(*camera.owner, Shared::kPacketCount).packets;
    Report(camera);
    if (repeats) return;
    for (Viewer& viewer : viewers_) {
      if (viewer.open && viewer.camera == &camera) Send(viewer, bytes, now);
    }
  }

  void AdvanceTo(VirtualTime now) override {
    while (!queue_.empty() && queue_.begin()->first <= now) {
      const Queued next = queue_.begin()->second;
      queue_.erase(queue_.begin());
      const Viewer& viewer = viewers_[next.viewer.value];
      if (viewer.open && viewer.number == next.session && now < viewer.until)
        Hand(next.viewer, next.session, next.bytes);
    }
  }
  std::optional<VirtualTime> NextTimer() const override {
    if (queue_.empty()) return std::nullopt;
    return queue_.begin()->first;
  }

 private:
  static constexpr std::uint32_t kCachedMax = 2, kSendersMax = 2;

  struct Camera {
    std::optional<AccountId> owner;
    NameId name;
    contract::SourceAddress source = 0;  // 0: it does not publish
    std::uint32_t ssrc = 0;
    std::uint32_t packets = 0;
    std::vector<std::byte> last;  // packet
  };
  struct Viewer {
    bool open = false;
    contract::RequestNumber number = 0;
    ViewerId id;
    AccountId account;
    const Camera* camera = nullptr;
    std::uint32_t ssrc = 0;
    std::uint16_t number_offset = 0;
    VirtualTime until;
  };
  struct Home {
    std::deque<Camera*> cached;
    std::uint32_t sessions = 0;
    std::uint16_t packets = 0;
    std::uint32_t reported = 0;
    std::byte last_byte{};
    VirtualTime free_from;
  };
  struct Queued {
    ViewerId viewer;
    contract::RequestNumber session = 0;
    std::vector<std::byte> bytes;
  };

  // What the account shares with all others, if that is what is shared; else its own.
  Home& HomeOf(AccountId account, Shared what) {
    return homes_[shared_ == what ? homes_.size() - 1 : account.value];
  }

  // Its viewers must open again: their streams would be two, mixed.
  void HangUp(const Camera& camera) {
    for (Viewer& viewer : viewers_) {
      if (viewer.camera == &camera) viewer.open = false;
    }
  }

  contract::Status Bind(const contract::Request& request) {
    for (const Camera& other : cameras_) {
      if (&other != &cameras_[request.camera.value] && other.name == request.name && other.owner &&
          (shared_ == Shared::kNames || other.owner == request.account))
        return contract::Status::kRefused;
    }
    Camera& camera = cameras_[request.camera.value];
    HangUp(camera);
    for (Home& home : homes_) std::erase(home.cached, &camera);
    camera = {.owner = request.account, .name = request.name, .last = {}};
    return contract::Status::kOk;
  }

  contract::Status Start(const contract::Request& request, contract::IngestPort& port) {
    Camera& camera = cameras_[request.camera.value];
    camera.source = 0;
    if (!camera.owner) return contract::Status::kRefused;
    std::uint32_t sending = 0;
    for (const Camera& other : cameras_) {
      if (other.source == 0) continue;
      ++sending;
      if (shared_ == Shared::kSsrcs && other.ssrc == request.ssrc)
        return contract::Status::kRefused;
    }
    if (shared_ == Shared::kRefusal && sending >= kSendersMax) return contract::Status::kRefused;
    if (shared_ == Shared::kCapacity && sending >= kSendersMax)
      return contract::Status::kNoCapacity;
    HangUp(camera);
    camera.last.clear();
    camera.source = request.source;
    camera.ssrc = *request.ssrc;
    port = shared_ == Shared::kPorts ? static_cast<contract::IngestPort>(ports_.size() + 10'000)
                                     : request.camera.value + 1;
    ports_[port] = request.camera.value;
    return contract::Status::kOk;
  }

  contract::Status Open(const contract::Request& request, VirtualTime now) {
    Viewer& viewer = viewers_[request.viewer.value];
    viewer.open = false;
    if (request.path != contract::AccessPath::kApp) return contract::Status::kRefused;
    const auto camera = std::ranges::find_if(cameras_, [&](const Camera& each) {
      return each.owner == request.account && each.name == request.name;
    });
    if (camera == cameras_.end()) return contract::Status::kRefused;
    viewer = {.open = true,
              .number = request.number,
              .id = request.viewer,
              .account = request.account,
              .camera = &*camera,
              .ssrc = request.account.value << 16 |
                      ++HomeOf(request.account, Shared::kSessionCount).sessions,
              .number_offset = HomeOf(request.account, Shared::kPacketCount).packets,
              .until = now + lifetime_};
    return contract::Status::kOk;
  }

  void Cache(Camera& camera, const std::vector<std::byte>& packet) {
    std::deque<Camera*>& cached = HomeOf(*camera.owner, Shared::kCache).cached;
    camera.last = packet;
    std::erase(cached, &camera);
    cached.push_back(&camera);
    if (cached.size() > kCachedMax) cached.pop_front();
  }

  void ServeCached(Viewer& viewer, VirtualTime now) {
    const std::deque<Camera*>& cached = HomeOf(viewer.account, Shared::kCache).cached;
    if (!viewer.camera->last.empty() && std::ranges::count(cached, viewer.camera) != 0)
      Send(viewer, viewer.camera->last, now);
  }

  void Send(Viewer& viewer, std::vector<std::byte> bytes, VirtualTime now) {
    if (now >= viewer.until) return;
    const auto number = static_cast<std::uint16_t>(
        (std::to_integer<unsigned>(bytes[2]) << 8 | std::to_integer<unsigned>(bytes[3])) +
        viewer.number_offset);
    bytes[2] = static_cast<std::byte>(number >> 8);
    bytes[3] = static_cast<std::byte>(number);
    for (unsigned i = 0; i < 4; ++i)
      bytes[8 + i] = static_cast<std::byte>(viewer.ssrc >> (24 - 8 * i));
    VirtualTime& free_from = HomeOf(viewer.account, Shared::kPacer).free_from;
    const VirtualTime at = std::max(now, free_from);
    free_from = at + std::chrono::milliseconds(1);
    if (at == now) return Hand(viewer.id, viewer.number, bytes);
    queue_.insert({at, {viewer.id, viewer.number, bytes}});
  }

  void Hand(ViewerId viewer, contract::RequestNumber session, std::span<const std::byte> bytes) {
    observer_->OnDelivery({.viewer = viewer, .session = session, .bytes = bytes});
  }

  // Two bytes are as good as RTCP here.
  void Report(Camera& camera) {
    const std::uint32_t count = ++HomeOf(*camera.owner, Shared::kReportCount).reported;
    if (++camera.packets % 8 != 0) return;
    const std::array told = {static_cast<std::byte>(count >> 8), static_cast<std::byte>(count)};
    observer_->OnPublisherFeedback(camera.source, told);
  }

  const Shared shared_;
  VirtualDuration lifetime_{};
  contract::Observer* observer_ = nullptr;
  std::vector<Camera> cameras_;
  std::vector<Viewer> viewers_;
  std::vector<Home> homes_;  // by account; the last is everybody's
  std::multimap<VirtualTime, Queued> queue_;
  std::map<contract::IngestPort, std::uint32_t> ports_;  // to cameras, whoever sends now
};

}  // namespace framefence::sim::testing

#endif  // FRAMEFENCE_HARNESS_SIM_TOY_RELAY_FOR_TESTS_H_
