// A relay that is saved and resumed at random points, each time into a new one, beside one that never
// is: asked the same, they answer the same, and what the first sends the other has sent too. What an
// upgrade may cost is frames: until the camera's next IDR, or a display's next still.
//
// Seen to fail: with generations, opened sessions, sign-outs, bindings, unlinks, the next ticket or a
// stream's SSRC left out of the state, with an account's epoch resumed under the next one's key, and
// with sessions resumed awaiting an IDR that were degraded.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include "targets/relay/relay.h"
#include "targets/relay/test_camera.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::RecordingTransport;
using testing::TestCamera;

Options SomeOptions() {
  Options options;
  options.accounts = 3;
  options.cameras = 4;
  options.integrations = 2;
  options.viewers = 6;
  options.token_lifetime = std::chrono::seconds(20);
  options.publisher_timeout = std::chrono::hours(10);  // it begins anew with an upgrade
  options.secret[0] = std::byte{9};
  return options;
}

// One of the two, and what it has given out: the driver's numbers for it are the same for both.
struct Side {
  RecordingTransport transport;
  std::unique_ptr<Relay> relay = std::make_unique<Relay>(transport);
  std::vector<ViewerHandle> handles;
  // Viewer session by number, its SSRC (0: of a still), what was shown.
  using Shown = std::set<std::tuple<std::size_t, std::uint32_t, Bytes>>;
  Shown ever, lately, now;
  std::size_t packets_shown = 0;

  void TakeWhatWasSent() {
    packets_shown += transport.packets.size();
    for (const auto& sent : transport.packets) Take(sent.to, sent.header.ssrc, sent.payload);
    for (const auto& sent : transport.stills) Take(sent.to, 0, sent.bytes);
    transport.Clear();
  }
  void Take(ViewerHandle to, std::uint32_t ssrc, const Bytes& bytes) {
    const auto found = std::ranges::find(handles, to);
    ASSERT_NE(found, handles.end());
    const auto number = static_cast<std::size_t>(found - handles.begin());
    for (Shown* shown : {&ever, &lately, &now}) shown->emplace(number, ssrc, bytes);
  }
};

class Driver {
 public:
  explicit Driver(std::uint32_t seed) : random_(seed) {
    for (Side* side : {&plain_, &upgraded_}) {
      EXPECT_EQ(side->relay->Reset(options_), Status::kOk);
    }
    for (std::uint32_t i = 0; i < options_.cameras; ++i) {
      cameras_.emplace_back(7, 0x10 * (i + 1));
      Both([&](Side& side) { return side.relay->Bind(Camera(i), Account(i % 3), Name(i / 3)); });
      Both([&](Side& side) { return side.relay->Link(Account(i % 3), Integration(i % 2)); });
      Start(i);
    }
  }

  void Step() {
    const std::uint32_t account = Draw(3), camera = Draw(4), integration = Draw(2), name = Draw(2);
    switch (Draw(20)) {
      case 0:
        return Bind(camera, account, name);
      case 1:
        return Draw(3) == 0 ? Unbind(camera) : Start(camera);
      case 2:
        Both([&](Side& side) { return side.relay->RevokeAccount(Account(account)); });
        return;
      case 3:
        Both([&](Side& side) {
          return side.relay->Link(Account(account), Integration(integration));
        });
        return;
      case 4:
        Both([&](Side& side) {
          return side.relay->Unlink(Account(account), Integration(integration));
        });
        return;
      case 5:
        Both([&](Side& side) { return side.relay->Suspend(Integration(integration)); });
        return;
      case 6:
      case 7:
        Both([&](Side& side) { return side.relay->Restore(Integration(integration)); });
        return;
      case 8:
        return Start(camera);
      case 9:
        return Stop(camera);
      case 10:
        return Wait(std::chrono::milliseconds(Draw(4) == 0 ? 8000 : 300));
      case 11:
        return Close();
      case 12:
        return Report();
      case 13:
      case 14:
      case 15:
        return Open(account, name, integration);
      default:
        return Send(camera);
    }
  }

  // What waits for an earlier packet would be lost: it is released before.
  void Upgrade() {
    Wait(options_.reorder_wait);
    const Bytes saved = upgraded_.relay->Save(now_);
    upgraded_.relay = std::make_unique<Relay>(upgraded_.transport);
    ASSERT_EQ(upgraded_.relay->Resume(options_, saved, now_), Status::kOk);
    ASSERT_EQ(upgraded_.relay->Save(now_), saved);
  }

  // Each camera sends an IDR picture that follows on: all is as it was, but for stills not yet due.
  void Catch() {
    for (std::uint32_t i = 0; i < options_.cameras; ++i) Send(i, /*idr=*/true), Send(i, true);
    Wait(options_.still_interval);
    plain_.lately.clear(), upgraded_.lately.clear();
    for (std::uint32_t i = 0; i < options_.cameras; ++i) Send(i, true);
    Wait(options_.still_interval);
    EXPECT_EQ(plain_.lately, upgraded_.lately);
    most_shown_ = std::max(most_shown_, plain_.lately.size());
  }

  std::size_t most_shown() const { return most_shown_; }
  std::size_t packets_missed() const { return plain_.packets_shown - upgraded_.packets_shown; }
  const std::map<Status, int>& answers() const { return answers_; }

 private:
  std::uint32_t Draw(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }

  // Whether both say kOk.
  template <class Ask>
  bool Both(const Ask& ask) {
    const Status expected = ask(plain_);
    ++answers_[expected];
    EXPECT_EQ(ToString(ask(upgraded_)), ToString(expected));
    for (Side* side : {&plain_, &upgraded_}) {
      side->now.clear();
      side->TakeWhatWasSent();
    }
    for (const auto& shown : upgraded_.now) EXPECT_TRUE(plain_.ever.contains(shown));
    return expected == Status::kOk;
  }
  void Wait(std::chrono::microseconds time) {
    now_ = Later(now_, time);
    Both([&](Side& side) {
      side.relay->AdvanceTo(now_);
      return Status::kOk;
    });
  }

  // What a port of before leads to, where another session has it by now, is not compared: the two may
  // have given different ones.
  void Bind(std::uint32_t camera, std::uint32_t account, std::uint32_t name) {
    if (Both([&](Side& side) {
          return side.relay->Bind(Camera(camera), Account(account), Name(name));
        })) {
      sessions_[camera].reset();
    }
  }
  void Unbind(std::uint32_t camera) {
    if (Both([&](Side& side) { return side.relay->Unbind(Camera(camera)); }))
      sessions_[camera].reset();
  }
  void Start(std::uint32_t camera) {
    // Each session from an address of its own, all under one SSRC.
    const Source source(1000 * (camera + 1) + sources_++);
    std::array<Port, 2> ports{};
    const bool ok = Both([&](Side& side) {
      const auto started = side.relay->StartPublisher(Camera(camera), source, Ssrc(7), now_);
      ports[&side == &plain_ ? 0 : 1] = started.value;
      return started.status;
    });
    // Also where there is no port for the next, the one before has ended.
    sessions_[camera].reset();
    if (ok) sessions_[camera] = Publisher{ports, source};
  }
  void Stop(std::uint32_t camera) {
    if (!sessions_[camera]) return;
    Both([&](Side& side) { return side.relay->StopPublisher(PortOf(side, camera)); });
    sessions_[camera].reset();
  }
  Port PortOf(const Side& side, std::uint32_t camera) const {
    return sessions_[camera]->ports[&side == &plain_ ? 0 : 1];
  }
  void Send(std::uint32_t camera, bool idr = false) {
    if (!sessions_[camera]) return;
    TestCamera& sender = cameras_[camera];
    const auto datagrams = idr            ? sender.Idr(50)
                           : Draw(3) == 0 ? sender.Idr(60 + ++frames_ % 200)
                                          : sender.Slice(60 + ++frames_ % 200);
    for (const Bytes& datagram : datagrams) {
      if (!idr && Draw(12) == 0) continue;
      Both([&](Side& side) {
        return side.relay->OnDatagram(PortOf(side, camera), sessions_[camera]->source, datagram,
                                      now_);
      });
    }
    if (idr) Wait(options_.reorder_wait);
  }

  void Open(std::uint32_t account, std::uint32_t name, std::uint32_t integration) {
    std::array<std::string, 2> texts;
    const bool by_app = Draw(2) == 0;
    Both([&](Side& side) {
      const auto issued = Issue(*side.relay, account, name, integration, by_app);
      texts[&side == &plain_ ? 0 : 1] = issued.value.text();
      return issued.status;
    });
    EXPECT_EQ(texts[0], texts[1]);
    tokens_.push_back(texts[0]);
    const std::string shown = tokens_[tokens_.size() - 1 - Draw(3) % tokens_.size()];
    Both([&](Side& side) {
      const auto opened = side.relay->OpenViewer(shown, now_);
      if (opened.status == Status::kOk) side.handles.push_back(opened.value);
      return opened.status;
    });
  }
  Answer<Token> Issue(Relay& relay, std::uint32_t account, std::uint32_t name,
                      std::uint32_t integration, bool by_app) const {
    return by_app ? relay.IssueAppToken(Account(account), Name(name), now_)
                  : relay.IssueIntegrationToken(Account(account), Name(name),
                                                Integration(integration), now_);
  }
  std::optional<std::size_t> AnySession() {
    if (plain_.handles.empty()) return std::nullopt;
    return plain_.handles.size() - 1 - Draw(8) % plain_.handles.size();
  }
  void Close() {
    if (const auto number = AnySession()) {
      Both([&](Side& side) { return side.relay->CloseViewer(side.handles[*number], now_); });
    }
  }
  void Report() {
    const auto lost = static_cast<std::uint8_t>(Draw(2) * 255);
    if (const auto number = AnySession()) {
      Both([&](Side& side) { return side.relay->OnLossReport(side.handles[*number], lost, now_); });
    }
  }

  struct Publisher {
    std::array<Port, 2> ports{};
    Source source{};
  };

  Options options_ = SomeOptions();
  std::mt19937 random_;
  Time now_{1'000'000};
  Side plain_, upgraded_;
  std::vector<TestCamera> cameras_;
  std::array<std::optional<Publisher>, 4> sessions_;  // each camera's
  std::vector<std::string> tokens_;
  std::uint64_t sources_ = 0;
  std::size_t frames_ = 0;
  std::size_t most_shown_ = 0;
  std::map<Status, int> answers_;
};

TEST(UpgradeRandomTest, ARelayThatIsUpgradedAnswersAsOneThatNeverWas) {
  std::size_t most_shown = 0, packets_missed = 0;
  std::set<Status> answers;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Driver driver(seed);
    std::mt19937 random(seed);
    for (int step = 1; step <= 600; ++step) {
      driver.Step();
      if (random() % 20 == 0) driver.Upgrade();
      if (step % 100 == 0) driver.Catch();
      if (::testing::Test::HasFailure()) FAIL() << "at step " << step;
    }
    most_shown = std::max(most_shown, driver.most_shown());
    packets_missed += driver.packets_missed();
    for (const auto& [status, count] : driver.answers()) answers.insert(status);
  }
  // That it was worth the comparison.
  EXPECT_GE(most_shown, 12U);
  EXPECT_GE(packets_missed, 100U);
  for (const Status status :
       {Status::kNotFound, Status::kNameTaken, Status::kNoSession, Status::kStaleBinding,
        Status::kRevoked, Status::kNotLinked, Status::kSuspended, Status::kExpired,
        Status::kNoCapacity, Status::kMalformed}) {
    EXPECT_TRUE(answers.contains(status)) << ToString(status);
  }
}

}  // namespace
}  // namespace relay
