// The workers on real threads, under ThreadSanitizer too (ci/test tsan). What the tests share with
// the threads beside the relay is relaxed or atomic by itself: it must not order what the relay
// fails to.
//
// Seen to fail, each under ThreadSanitizer and most without it: Publish() and Drain() with relaxed
// in place of release; Enter() or Leave() relaxed; a Batch or a change that takes no gate.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "targets/relay/test_camera.h"
#include "targets/relay/workers/sharded_relay.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::TestCamera;

// Gives the processor away at some of the accesses, so that two cores see more orders.
struct JitteredSync {
  static void Jitter() {
    thread_local std::minstd_rand random(1);
    if (random() % 16 == 0) std::this_thread::yield();
  }
  template <class T>
  class Atomic {
   public:
    Atomic(T value) : value_(value) {}
    T load(std::memory_order order) const {
      Jitter();
      return value_.load(order);
    }
    void store(T value, std::memory_order order) {
      Jitter();
      value_.store(value, order);
    }
    T fetch_add(T value, std::memory_order order) {
      Jitter();
      return value_.fetch_add(value, order);
    }

   private:
    std::atomic<T> value_;
  };
  static void Wait(unsigned) { std::this_thread::yield(); }
};

template <class Sync>
class WorkersThreadsTest : public ::testing::Test {};
using Policies = ::testing::Types<StdSync, JitteredSync>;
TYPED_TEST_SUITE(WorkersThreadsTest, Policies);

// --- the turnstile

TYPED_TEST(WorkersThreadsTest, WhoHoldsAllGatesSeesNoTurnHalfDone) {
  constexpr std::uint32_t kGates = 3;
  constexpr std::uint64_t kTurns = 100'000;
  struct alignas(kCacheLineBytes) Pair {
    std::uint64_t first = 0, second = 0;
  };
  std::array<Pair, kGates> pairs;
  Turnstile<TypeParam> turnstile(kGates);
  using Hold = typename Turnstile<TypeParam>::Hold;
  std::uint64_t torn = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t gate = 0; gate < kGates; ++gate) {
      threads.emplace_back([&, gate] {
        for (std::uint64_t i = 0; i < kTurns; ++i) {
          const Hold hold(turnstile, GateOf(gate) | (i % 8 == 0 ? GateOf((gate + 1) % kGates) : 0));
          ++pairs[gate].first;
          ++pairs[gate].second;
        }
      });
    }
    for (std::uint64_t i = 0; i < kTurns / 100; ++i) {
      const Hold hold(turnstile, AllGates(kGates));
      for (const Pair& pair : pairs) torn += pair.first != pair.second ? 1 : 0;
    }
  }
  EXPECT_EQ(torn, 0U);
  for (const Pair& pair : pairs) EXPECT_EQ(pair.second, kTurns);
}

// --- the mailbox

TYPED_TEST(WorkersThreadsTest, ConsumerGetsWhatTheProducerPostedWholeAndInOrder) {
  constexpr std::uint64_t kPosts = 50'000;
  Mailbox<TypeParam> box;
  box.Reset(4096, 300);
  std::atomic<bool> done{false};
  std::jthread producer([&] {
    Bytes payload;
    for (std::uint64_t i = 0; i < kPosts; ++i) {
      if (i % 3 == 0) payload.assign(i * 7 % 300 + 1, static_cast<std::byte>(i));
      const ViewerHandle to{Viewer(static_cast<std::uint32_t>(i)), Generation(1)};
      Addressee addressee{to, Time()};
      addressee.header.fill(payload[0]);
      while (!box.Post(MailKind::kPacket, payload, addressee)) std::this_thread::yield();
      if (i % 5 == 0) box.Publish();
    }
    box.Publish();
    done.store(true, std::memory_order_relaxed);
  });
  std::uint64_t got = 0, wrong = 0;
  std::uint32_t next = 0;
  for (bool last = false; !last;) {
    last = done.load(std::memory_order_relaxed);
    if (last) producer.join();
    box.Drain([&](MailKind, std::span<const std::byte> payload, const Addressee& addressee) {
      ++got;
      wrong += addressee.to.viewer.value != next++ ? 1 : 0;
      const auto is_its = [&](std::byte byte) { return byte == payload[0]; };
      wrong += std::ranges::all_of(payload, is_its) && std::ranges::all_of(addressee.header, is_its)
                   ? 0
                   : 1;
    });
    std::this_thread::yield();
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(got, kPosts);
}

// --- homes whose rights change while their cameras send

constexpr std::uint32_t kWorkers = 3, kHomes = 6, kPlaces = 24;
constexpr std::uint32_t kViewerNumbers = kWorkers * kWorkers * kPlaces;
constexpr Integration kDisplay{0};
// Every byte of a home's picture, but for NAL headers, which lie below.
constexpr unsigned kFirstFill = 0xa0;

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

  void SendPacket(ViewerHandle to, std::span<const std::byte>,
                  std::span<const std::byte> payload) override {
    ++packets;
    Check(to, payload);
  }
  void SendStill(ViewerHandle to, std::span<const std::byte> access_unit) override {
    ++stills;
    Check(to, access_unit);
  }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}

  std::uint64_t packets = 0, stills = 0;
  std::uint64_t late = 0;                  // sent to a session that was void
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

template <class Sync>
class Town {
 public:
  using Relay = BasicShardedRelay<Sync>;

  explicit Town(unsigned changes)
      : changes_(changes),
        transports_(kWorkers, CheckingTransport(voided_)),
        relay_(Pointers(transports_)) {}

  void Live() {
    Options options;
    options.accounts = options.cameras = options.ports = kHomes;
    options.names = 2;
    options.viewers = kPlaces;
    options.gop_packets_max = 16;
    options.reorder_packets_max = 4;
    ASSERT_EQ(relay_.Reset(options, 1 << 14), Status::kOk);
    for (std::uint32_t home = 0; home < kHomes; ++home) {
      ASSERT_EQ(relay_.Link(Account(home), kDisplay), Status::kOk);
      Rebind(home, home, 0);
    }
    {
      std::vector<std::jthread> workers;
      for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
        workers.emplace_back([this, worker] { Work(worker); });
      for (unsigned i = 0; i < changes_; ++i) {
        ChangeSomething();
        // The workers keep up, whoever is given the processor.
        while (batches_.load(std::memory_order_relaxed) < 2 * i) std::this_thread::yield();
      }
      done_.store(true, std::memory_order_relaxed);
    }
    for (std::uint32_t worker = 0; worker < kWorkers; ++worker)
      typename Relay::Batch(relay_, worker).Poll(Now());
    Judge();
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

  // --- a worker

  void Work(std::uint32_t worker) {
    std::minstd_rand random(worker + 1);
    std::array<std::unique_ptr<TestCamera>, kHomes> cameras;
    while (!done_.load(std::memory_order_relaxed)) {
      {
        typename Relay::Batch batch(relay_, worker);
        for (std::uint32_t camera = worker; camera < kHomes; camera += kWorkers)
          Pump(batch, camera, cameras[camera], random() % 4 == 0);
        batch.Poll(Now());
        batch.AdvanceTo(Now());
      }
      batches_.fetch_add(1, std::memory_order_relaxed);
      const ViewerHandle viewer{Viewer(static_cast<std::uint32_t>(random() % kViewerNumbers)),
                                Generation(static_cast<std::uint32_t>(1 + random() % 8))};
      relay_.OnLossReport(viewer, static_cast<std::uint8_t>(random() % 128), Now());
      std::this_thread::yield();
    }
  }
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
        relay_.Unlink(Account(home), kDisplay);
        Void([&](const Open& open) { return of_home(open) && open.by_display; });
        relay_.Link(Account(home), kDisplay);
        return;
      case 2:
        relay_.Suspend(kDisplay);
        Void(by_display);
        relay_.Restore(kDisplay);
        return;
      case 3:
        return Rebind(Draw(kHomes), home, Draw(2));
      case 4:
      case 5:
        return CloseOne();
      default:
        return OpenOne(home);
    }
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
        by_display ? relay_.IssueIntegrationToken(Account(home), Name(name), kDisplay, Now())
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

  void Judge() {
    std::uint64_t struck = 0;
    for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
      const CheckingTransport& out = transports_[worker];
      EXPECT_EQ(out.late, 0U);
      EXPECT_GT(out.packets, 0U);
      for (const auto& [session, homes] : out.homes) {
        const auto home = home_of_.find(session);
        ASSERT_NE(home, home_of_.end());
        EXPECT_EQ(homes & ~(1U << home->second), 0U) << "a stranger's bytes";
      }
      EXPECT_GT(relay_.MailCountersOf(worker).sent, 0U);
      struck += relay_.MailCountersOf(worker).struck;
    }
    EXPECT_GT(struck, 0U);
    EXPECT_GT(home_of_.size(), changes_ / 10);
  }

  static constexpr std::uint32_t kNone = ~0U;

  const unsigned changes_;
  VoidedSessions voided_;
  std::vector<CheckingTransport> transports_;
  Relay relay_;
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> clock_{1'000'000};
  std::atomic<std::uint64_t> batches_{0};
  std::array<std::atomic<Publishing>, kHomes> publishing_{};
  // The control thread's.
  std::minstd_rand random_{1};
  std::uint32_t source_ = 0;
  std::vector<Open> open_;
  std::array<std::array<std::uint32_t, 2>, kHomes> camera_of_{};  // by home and name
  std::map<CheckingTransport::Session, std::uint32_t> home_of_;
};

TYPED_TEST(WorkersThreadsTest, NobodySeesAStrangersBytesOrAnythingAfterItsRightsHaveGone) {
  Town<TypeParam>(3'000).Live();
}

}  // namespace
}  // namespace relay
