// For tests: homes with a camera each, over workers whose turns the test gives them.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_FLEET_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_FLEET_FOR_TESTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "targets/relay/test_camera.h"
#include "targets/relay/workers/sharded_relay.h"

namespace relay::testing {

inline constexpr Integration kDisplay{0};
inline constexpr Name kFront{0}, kBack{1};

class CountingListener final : public MailListener {
 public:
  explicit CountingListener(std::uint32_t workers) : heard(workers) {}
  void OnMail(std::uint32_t worker) override { ++heard[worker]; }
  std::vector<unsigned> heard;  // by worker
};

// So many workers, and homes that have a camera each, of the account's number, called kFront.
class Fleet {
 public:
  explicit Fleet(std::uint32_t workers, std::uint32_t homes = 4,
                 std::size_t mailbox_bytes = kSomeMailboxBytes)
      : transports_(workers), listener_(workers), ports_(homes) {
    options_.accounts = options_.cameras = options_.ports = homes;
    options_.names = 2;
    options_.viewers = 16;
    options_.publisher_timeout = std::chrono::hours(10);  // begins anew with an upgrade
    options_.secret[0] = std::byte{9};
    EXPECT_EQ(relay().Reset(options_, mailbox_bytes), Status::kOk);
    for (std::uint32_t home = 0; home < homes; ++home) {
      cameras_.push_back(TestCamera(home + 1, 0xa0 + home));
      EXPECT_EQ(relay().Bind(Camera(home), Account(home), kFront), Status::kOk);
      EXPECT_EQ(relay().Link(Account(home), kDisplay), Status::kOk);
      EXPECT_EQ(Start(home), Status::kOk);
    }
  }

  Status Start(std::uint32_t camera) {
    const auto port = relay().StartPublisher(Camera(camera), Source(camera + 70),
                                             Ssrc(cameras_[camera].ssrc()), now_);
    if (port.status == Status::kOk) ports_[camera] = port.value;
    return port.status;
  }
  // Without a Poll().
  void Send(std::uint32_t camera, const std::vector<Bytes>& datagrams) {
    ShardedRelay::Batch batch(relay(), relay().WorkerOf(ports_[camera]));
    for (const Bytes& datagram : datagrams)
      batch.OnDatagram(ports_[camera], Source(camera + 70), datagram, now_);
  }
  void SendIdr(std::uint32_t camera) { Send(camera, cameras_[camera].Idr()); }
  void SendSlice(std::uint32_t camera) { Send(camera, cameras_[camera].Slice()); }
  void Poll(std::uint32_t worker) { ShardedRelay::Batch(relay(), worker).Poll(now_); }
  void PollAll() {
    for (std::uint32_t worker = 0; worker < relay().workers(); ++worker) Poll(worker);
  }
  void Wait(std::chrono::microseconds time) {
    now_ = Later(now_, time);
    for (std::uint32_t worker = 0; worker < relay().workers(); ++worker)
      ShardedRelay::Batch(relay(), worker).AdvanceTo(now_);
  }

  ViewerHandle OpenApp(std::uint32_t worker, std::uint32_t home, Name name = kFront) {
    return Open(worker, relay().IssueAppToken(Account(home), name, now_));
  }
  ViewerHandle OpenDisplay(std::uint32_t worker, std::uint32_t home) {
    return Open(worker, relay().IssueIntegrationToken(Account(home), kFront, kDisplay, now_));
  }
  ViewerHandle Open(std::uint32_t worker, const Answer<Token>& token) {
    EXPECT_EQ(token.status, Status::kOk);
    const auto opened = relay().OpenViewer(worker, token.value.text(), now_);
    EXPECT_EQ(opened.status, Status::kOk);
    return opened.value;
  }
  // The process ends, and the next goes on.
  Status Upgrade() {
    const Bytes saved = relay().Save(now_);
    auto next = Make();
    const Status status = next->Resume(options_, saved, now_, kSomeMailboxBytes);
    if (status == Status::kOk) relay_ = std::move(next);
    return status;
  }
  // Another relay of these workers, that is none yet.
  std::unique_ptr<ShardedRelay> Make() {
    return std::make_unique<ShardedRelay>(Pointers(transports_), &listener_);
  }

  // Bytes of that camera's that left by that worker.
  std::size_t Shown(std::uint32_t worker, std::uint32_t camera) const {
    std::size_t shown = 0;
    const auto count = [&](const Bytes& bytes) {
      shown += static_cast<std::size_t>(std::ranges::count(bytes, cameras_[camera].fill()));
    };
    for (const auto& sent : transports_[worker].packets) count(sent.payload);
    for (const auto& sent : transports_[worker].stills) count(sent.bytes);
    return shown;
  }
  RecordingTransport& out(std::uint32_t worker) { return transports_[worker]; }
  const std::vector<unsigned>& heard() const { return listener_.heard; }
  ShardedRelay& relay() { return *relay_; }
  Options& options() { return options_; }
  TestCamera& camera(std::uint32_t number) { return cameras_[number]; }
  Port port(std::uint32_t camera) const { return ports_[camera]; }
  Time now() const { return now_; }

 private:
  static constexpr std::size_t kSomeMailboxBytes = std::size_t{1} << 16;

  static std::vector<Transport*> Pointers(std::vector<RecordingTransport>& transports) {
    std::vector<Transport*> pointers;
    for (RecordingTransport& transport : transports) pointers.push_back(&transport);
    return pointers;
  }

  std::vector<RecordingTransport> transports_;
  CountingListener listener_;
  std::unique_ptr<ShardedRelay> relay_ = Make();
  Options options_;
  std::vector<TestCamera> cameras_;
  std::vector<Port> ports_;
  Time now_{1'000'000};
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_FLEET_FOR_TESTS_H_
