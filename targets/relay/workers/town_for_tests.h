// For tests: homes whose rights change while their cameras send, over a few workers. Who runs them, and
// when, is the test's: threads, or fibres.
//
// What it shares with its threads beside the relay is relaxed: it must not order what the relay fails
// to.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_TOWN_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_TOWN_FOR_TESTS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "targets/relay/test_camera.h"
#include "targets/relay/workers/sharded_relay.h"

namespace relay::testing {

inline constexpr std::uint32_t kWorkers = 3, kHomes = 6, kPlaces = 24;
inline constexpr std::uint32_t kViewerNumbers = kWorkers * kWorkers * kPlaces;
inline constexpr Integration kTownDisplay{0};
// Every byte of a home's picture, but for NAL headers, which lie below.
inline constexpr unsigned kFirstFill = 0xa0;

// Which generation of each viewer place is void for sure: set when the call that voids it has
// returned.
class VoidedSessions {
 public:
  // Release: not before the call has returned. Nobody acquires it: it orders nothing for the relay.
  void Add(ViewerHandle viewer) {
    voided_[viewer.viewer.value].store(viewer.generation.value, std::memory_order_release);
  }
  bool Has(ViewerHandle viewer) const {
    return voided_[viewer.viewer.value].load(std::memory_order_relaxed) >= viewer.generation.value;
  }

 private:
  std::vector<std::atomic<std::uint32_t>> voided_ =
      std::vector<std::atomic<std::uint32_t>>(kViewerNumbers);
};

// Its records are plain: that it is called by one thread at a time is checked with all the rest.
class CheckingTransport final : public Transport {
 public:
  using Session = std::pair<std::uint32_t, std::uint32_t>;  // viewer, generation

  explicit CheckingTransport(const VoidedSessions& voided) : voided_(voided) {}

  bool SendPacket(ViewerHandle to, std::span<const std::byte>,
                  std::span<const std::byte> payload) override {
    const Session session{to.viewer.value, to.generation.value};
    pushed += std::ranges::count(refused, session) != 0 ? 1 : 0;
    if (++offered % 16 == 0) {
      refused.push_back(session);
      return false;
    }
    ++packets;
    Check(to, payload);
    return true;
  }
  bool SendStill(ViewerHandle to, std::span<const std::byte> access_unit) override {
    ++stills;
    Check(to, access_unit);
    return true;
  }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}

  std::uint64_t packets = 0, stills = 0, offered = 0;
  std::vector<Session> refused;            // whom nobody has called writable since
  std::uint64_t pushed = 0;                // packets for these
  std::uint64_t late = 0;                  // sent to a session that was void
  std::uint64_t trace = 0;                 // of what was sent, in order
  std::map<Session, std::uint32_t> homes;  // whose bytes a session saw, a bit each

 private:
  void Check(ViewerHandle to, std::span<const std::byte> bytes) {
    late += voided_.Has(to) ? 1 : 0;
    std::uint32_t seen = 0;
    for (const std::byte byte : bytes) {
      const auto home = static_cast<unsigned>(byte) - kFirstFill;
      if (home < kHomes) seen |= 1U << home;
    }
    homes[{to.viewer.value, to.generation.value}] |= seen;
    trace = (trace ^ to.viewer.value ^ std::uint64_t{to.generation.value} << 20 ^
             std::uint64_t{seen} << 40 ^ bytes.size() << 50) *
            0x9e3779b97f4a7c15;
  }
  const VoidedSessions& voided_;
};

// A camera's publisher session as its worker needs it, in one word: written and read relaxed.
struct Publishing {
  std::uint32_t port : 16;
  std::uint32_t home : 15;
  std::uint32_t active : 1;
  std::uint32_t source;  // and SSRC: of every session another
};

// What came of it.
struct Seen {
  std::uint64_t late = 0;       // sent to a session that was void
  std::uint64_t strangers = 0;  // sessions that saw another home's bytes
  std::uint64_t pushed = 0;     // packets sent to who was full, before it was called writable
  std::uint64_t torn = 0;       // saved states that could not be resumed
  std::uint64_t packets = 0, by_mail = 0, struck = 0;
  std::uint64_t trace = 0;
};

template <class Sync>
class Town {
 public:
  using Relay = BasicShardedRelay<Sync>;

  explicit Town(unsigned seed)
      : transports_(kWorkers, CheckingTransport(voided_)),
        relay_(Pointers(transports_)),
        seed_(seed),
        random_(seed) {}

  bool Reset() {
    options_.accounts = options_.cameras = options_.ports = kHomes;
    options_.names = 2;
    options_.viewers = kPlaces;
    options_.gop_packets_max = 16;
    options_.reorder_packets_max = 4;
    options_.packet_bytes_max = 200;
    options_.still_bytes_max = 400;
    if (relay_.Reset(options_, 1 << 12) != Status::kOk) return false;
    for (std::uint32_t home = 0; home < kHomes; ++home) {
      relay_.Link(Account(home), kTownDisplay);
      Rebind(home, home, 0);
    }
    return true;
  }

  // --- each by a thread of its own

  // A worker's, until the changes are done.
  void Work(std::uint32_t worker) {
    std::minstd_rand random(seed_ + worker + 1);
    std::array<std::unique_ptr<TestCamera>, kHomes> cameras;
    std::vector<CheckingTransport::Session> refused;
    while (!done_.load(std::memory_order_relaxed)) {
      {
        typename Relay::Batch batch(relay_, worker);
        for (std::uint32_t camera = worker; camera < kHomes; camera += kWorkers)
          Pump(batch, camera, cameras[camera], random() % 4 == 0);
        batch.Poll(Now());
        batch.AdvanceTo(Now());
        refused = std::exchange(transports_[worker].refused, {});
      }
      for (const auto& [number, generation] : refused)
        relay_.OnWritable({Viewer(number), Generation(generation)}, Now());
      batches_.fetch_add(1, std::memory_order_relaxed);
      const ViewerHandle viewer{Viewer(static_cast<std::uint32_t>(random() % kViewerNumbers)),
                                Generation(static_cast<std::uint32_t>(1 + random() % 8))};
      relay_.OnLossReport(viewer, static_cast<std::uint8_t>(random() % 128), Now());
      Sync::Wait(kLong);
    }
  }
  // So many changes. The workers keep up, whoever is given the processor.
  void Change(unsigned changes) {
    for (unsigned i = 0; i < changes; ++i) {
      ChangeSomething();
      while (batches_.load(std::memory_order_relaxed) < 2 * i) Sync::Wait(kLong);
    }
    done_.store(true, std::memory_order_relaxed);
  }

  // REQUIRES: the others have ended.
  Seen Judge() {
    Seen seen;
    seen.torn = torn_;
    for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
      typename Relay::Batch(relay_, worker).Poll(Now());
      const CheckingTransport& out = transports_[worker];
      seen.late += out.late;
      seen.pushed += out.pushed;
      seen.packets += out.packets;
      seen.trace = seen.trace * 31 + out.trace;
      for (const auto& [session, homes] : out.homes)
        seen.strangers += homes & ~(1U << home_of_.at(session)) ? 1 : 0;
      seen.by_mail += relay_.MailCountersOf(worker).sent;
      seen.struck += relay_.MailCountersOf(worker).struck;
    }
    return seen;
  }

 private:
  struct Open {
    ViewerHandle viewer;
    std::uint32_t home, camera;
    bool by_display;
  };

  static std::vector<Transport*> Pointers(std::vector<CheckingTransport>& transports) {
    std::vector<Transport*> pointers;
    for (CheckingTransport& transport : transports) pointers.push_back(&transport);
    return pointers;
  }
  Time Now() { return Time(clock_.fetch_add(50, std::memory_order_relaxed)); }
  std::uint32_t Draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  void Pump(typename Relay::Batch& batch, std::uint32_t number, std::unique_ptr<TestCamera>& camera,
            bool idr) {
    const Publishing now = publishing_[number].load(std::memory_order_relaxed);
    if (!now.active) return;
    if (!camera || camera->ssrc() != now.source)
      camera = std::make_unique<TestCamera>(now.source, kFirstFill + now.home);
    for (const Bytes& datagram : idr ? camera->Idr() : camera->Slice())
      batch.OnDatagram(Port(now.port), Source(now.source), datagram, Now());
  }

  // --- the control thread

  void ChangeSomething() {
    const std::uint32_t home = Draw(kHomes);
    const auto of_home = [&](const Open& open) { return open.home == home; };
    const auto by_display = [](const Open& open) { return open.by_display; };
    switch (Draw(12)) {
      case 0:
        relay_.RevokeAccount(Account(home));
        return Void(of_home);
      case 1:
        relay_.Unlink(Account(home), kTownDisplay);
        Void([&](const Open& open) { return of_home(open) && open.by_display; });
        relay_.Link(Account(home), kTownDisplay);
        return;
      case 2:
        relay_.Suspend(kTownDisplay);
        Void(by_display);
        relay_.Restore(kTownDisplay);
        return;
      case 3:
        return Rebind(Draw(kHomes), home, Draw(2));
      case 4:
      case 5:
        return CloseOne();
      case 6:
        return Save();
      default:
        return OpenOne(home);
    }
  }
  // What is saved while the workers go on is one deployment.
  void Save() {
    const auto saved = relay_.Save(Now());
    std::vector<CheckingTransport> transports(kWorkers, CheckingTransport(voided_));
    Relay next(Pointers(transports));
    if (next.Resume(options_, saved, Now(), 1 << 12) != Status::kOk) ++torn_;
  }
  // Who was let in before and meets the condition is void by now.
  template <class Which>
  void Void(Which&& which) {
    for (const Open& open : open_) {
      if (which(open)) voided_.Add(open.viewer);
    }
    std::erase_if(open_, which);
  }
  void Rebind(std::uint32_t camera, std::uint32_t home, std::uint32_t name) {
    if (relay_.Bind(Camera(camera), Account(home), Name(name)) != Status::kOk) return;
    Void([&](const Open& open) { return open.camera == camera; });
    for (auto& row : camera_of_) std::ranges::replace(row, camera, kNone);
    camera_of_[home][name] = camera;
    ++source_;
    const auto port = relay_.StartPublisher(Camera(camera), Source(source_), Ssrc(source_), Now());
    if (port.status != Status::kOk) return;
    publishing_[camera].store({port.value.value, home, 1, source_}, std::memory_order_relaxed);
  }
  void OpenOne(std::uint32_t home) {
    const std::uint32_t name = Draw(2), worker = Draw(kWorkers);
    const bool by_display = Draw(2) == 0;
    const auto token =
        by_display ? relay_.IssueIntegrationToken(Account(home), Name(name), kTownDisplay, Now())
                   : relay_.IssueAppToken(Account(home), Name(name), Now());
    if (token.status != Status::kOk) return;
    const auto opened = relay_.OpenViewer(worker, token.value.text(), Now());
    if (opened.status != Status::kOk) return;
    const ViewerHandle viewer = opened.value;
    home_of_[{viewer.viewer.value, viewer.generation.value}] = home;
    open_.push_back({viewer, home, camera_of_[home][name], by_display});
  }
  void CloseOne() {
    if (open_.empty()) return;
    const ViewerHandle viewer = open_[Draw(static_cast<std::uint32_t>(open_.size()))].viewer;
    relay_.CloseViewer(viewer, Now());
    Void([&](const Open& open) { return open.viewer == viewer; });
  }

  static constexpr std::uint32_t kNone = ~0U;
  static constexpr unsigned kLong = ~0U;

  VoidedSessions voided_;
  std::vector<CheckingTransport> transports_;
  Relay relay_;
  Options options_;
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> clock_{1'000'000};
  std::atomic<std::uint64_t> batches_{0};
  std::array<std::atomic<Publishing>, kHomes> publishing_{};
  // The control thread's.
  const unsigned seed_;
  std::minstd_rand random_;
  std::uint32_t source_ = 0;
  std::uint64_t torn_ = 0;
  std::vector<Open> open_;
  std::array<std::array<std::uint32_t, 2>, kHomes> camera_of_{};  // by home and name
  std::map<CheckingTransport::Session, std::uint32_t> home_of_;
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_TOWN_FOR_TESTS_H_
