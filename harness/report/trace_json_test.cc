// Worlds are played, and what is written of them is read again.
#include "harness/report/trace_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/cases/schema.h"
#include "harness/report/test_support.h"
#include "harness/sim/swarm.h"
#include "harness/sim/system_for_tests.h"
#include "harness/sim/world.h"

namespace framefence::report {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

struct Event {
  std::string phase, lane, name;
  std::int64_t begin_ns = 0, end_ns = 0;
  std::uint64_t arrow = 0;
  Json arguments;
};

// A trace as whoever shows it reads it; what cannot be shown fails the test.
class Reading {
 public:
  explicit Reading(const std::string& text) {
    const Json trace = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    EXPECT_FALSE(trace.is_discarded());
    if (trace.is_discarded()) return;
    for (const Json& event : trace["traceEvents"]) Read(event);
    for (const auto& [arrow, way] : arrows_) CheckArrow(way);
  }

  const std::vector<Event>& events() const { return events_; }
  std::set<std::string> lanes() const {
    std::set<std::string> names;
    for (const auto& [thread, name] : threads_) names.insert(name);
    return names;
  }
  std::vector<Event> InLane(const std::string& lane, const std::string& phase) const {
    std::vector<Event> found;
    for (const Event& event : events_) {
      if (event.lane == lane && event.phase == phase) found.push_back(event);
    }
    return found;
  }
  // Of the slices that an arrow joins: "lane: name".
  std::vector<std::vector<std::string>> Ways() const {
    std::vector<std::vector<std::string>> ways;
    for (const auto& [arrow, way] : arrows_) {
      ways.emplace_back();
      for (const Event& point : way) {
        const Event* slice = SliceAt(point);
        ways.back().push_back(point.lane + ": " + (slice != nullptr ? slice->name : "nothing"));
      }
    }
    return ways;
  }

 private:
  static std::int64_t Ns(const Json& us) { return std::llround(us.get<double>() * 1000); }

  void Read(const Json& json) {
    const std::string phase = json["ph"];
    if (phase == "M") {
      if (json["name"] == "thread_name") threads_[json["tid"]] = json["args"]["name"];
      if (json["name"] == "process_name") processes_.insert(json["pid"].get<int>());
      return;
    }
    Event event{.phase = phase, .name = json["name"], .begin_ns = Ns(json["ts"])};
    EXPECT_TRUE(threads_.contains(json["tid"])) << "a lane without a name: " << json;
    EXPECT_TRUE(processes_.contains(json["pid"])) << json;
    event.lane = threads_[json["tid"]];
    if (phase == "X" || phase == "i") {
      event.end_ns = event.begin_ns + (phase == "X" ? Ns(json["dur"]) : 1);
      EXPECT_GT(event.end_ns, event.begin_ns);
      EXPECT_GE(event.begin_ns, ends_[event.lane]) << "it overlaps the one before it: " << json;
      ends_[event.lane] = event.end_ns;
      event.arguments = json["args"];
      EXPECT_GE(event.begin_ns / 1000, event.arguments["at_us"].get<std::int64_t>());
      events_.push_back(event);
    } else {
      EXPECT_TRUE(phase == "s" || phase == "t" || phase == "f") << json;
      event.arrow = json["id"];
      arrows_[event.arrow].push_back(event);
    }
  }

  const Event* SliceAt(const Event& point) const {
    for (const Event& event : events_) {
      if (event.phase == "X" && event.lane == point.lane && event.begin_ns == point.begin_ns)
        return &event;
    }
    return nullptr;
  }

  void CheckArrow(const std::vector<Event>& way) const {
    ASSERT_GE(way.size(), 2U);
    for (std::size_t i = 0; i < way.size(); ++i) {
      EXPECT_EQ(way[i].phase, i == 0 ? "s" : i + 1 == way.size() ? "f" : "t");
      EXPECT_NE(SliceAt(way[i]), nullptr) << "an arrow that nothing holds";
      EXPECT_TRUE(i == 0 || way[i].begin_ns > way[i - 1].begin_ns);
    }
  }

  std::map<int, std::string> threads_;
  std::set<int> processes_;
  std::map<std::string, std::int64_t> ends_;
  std::vector<Event> events_;
  std::map<std::uint64_t, std::vector<Event>> arrows_;
};

// Hands all that comes in to whoever opened last, as packets and, some, as stills, says yes to
// everything, later or at once, and talks of itself in words that are no good for any parser.
class LeakySystem final : public contract::SystemUnderTest {
 public:
  std::string_view name() const override { return "leaky"; }
  contract::Capabilities capabilities() const override {
    return {.operations = (1U << contract::kOperationCount) - 1,
            .stills = true,
            .viewer_feedback = true,
            .backpressure = true,
            .unsignalled_ssrc = true,
            .retransmissions = true,
            .fec = true};
  }
  void Reset(const contract::Deployment&, contract::Observer& observer) override {
    observer_ = &observer;
    opened_.reset();
    late_.clear();
  }
  void Submit(const contract::Request& request, VirtualTime) override {
    if (request.operation == contract::Operation::kOpenViewer) opened_ = request;
    if (request.number % 3 == 0) return late_.push_back(request);
    observer_->OnAck({.number = request.number, .port = request.publisher.value});
  }
  void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte> datagram,
              VirtualTime) override {
    observer_->OnNote({.what = kHostile, .subject = 1});
    if (!opened_) return;
    const auto kind =
        ++ingested_ % 5 == 0 ? contract::DeliveryKind::kStill : contract::DeliveryKind::kRtp;
    observer_->OnDelivery(
        {.viewer = opened_->viewer, .session = opened_->number, .kind = kind, .bytes = datagram});
  }
  void AdvanceTo(VirtualTime) override {
    for (const contract::Request& request : std::exchange(late_, {}))
      observer_->OnAck({.number = request.number, .port = request.publisher.value});
  }

 private:
  contract::Observer* observer_ = nullptr;
  std::optional<contract::Request> opened_;
  std::vector<contract::Request> late_;
  std::uint64_t ingested_ = 0;
};

Reading Play(sim::World& world, const cases::Case& played, std::string_view name = "scripted") {
  std::string text;
  TraceJson trace(name, [&](std::string_view piece) { text += piece; });
  world.UseTrace(&trace);
  world.Play(played, /*stop_at_violation=*/false);
  world.UseTrace(nullptr);
  trace.Finish();
  return Reading(text);
}

class TraceJsonTest : public ::testing::Test {
 protected:
  // Camera 0, which is account 0's, sends a frame, and the system hands it to viewer 3, which account
  // `account` opened for its own camera.
  Reading PlayFrame(std::uint32_t account, std::vector<cases::Step> before = {}) {
    namespace field = cases::field;
    using cases::MakeStep;
    using cases::Op;
    cases::Case played;
    played.options.uplink_latency_us = played.options.downlink_latency_us = 1000;
    played.steps = std::move(before);
    played.steps.push_back(MakeStep(Op::kPublish));
    played.steps.push_back(
        MakeStep(Op::kOpen,
                 {{field::kOpenViewer, 3}, {field::kAccount, account}, {field::kCamera, account}}));
    played.steps.push_back(MakeStep(Op::kFrame, {{field::kFrameBytes, 16}}));
    system_.relays_to = ViewerId(3);
    return Play(world_, played);
  }

  sim::testing::ScriptedSystem system_;
  sim::World world_{system_};
};

constexpr const char* kCameraLane = "camera 0";
constexpr const char* kUplink = "from camera 0";
constexpr const char* kSystem = "scripted: cache and sessions";
constexpr const char* kDownlink = "to viewer 3";
constexpr const char* kSession = "session 10, viewer 3: account 1, camera 1, app";

// Seen to fail with all sessions in one lane.
TEST_F(TraceJsonTest, EachCameraLinkAndViewerSessionHasALaneOfItsOwn) {
  const Reading reading = PlayFrame(1);
  EXPECT_THAT(reading.lanes(), IsSupersetOf({"steps, changes of rights", kCameraLane, kUplink,
                                             kSystem, kDownlink, kSession}));
  EXPECT_EQ(reading.InLane(kCameraLane, "X").back().name, "frame 0");
  EXPECT_EQ(reading.InLane(kSession, "X").front().name, "open-viewer");
  const auto opened_before = MakeStep(cases::Op::kOpen, {{cases::field::kOpenViewer, 3}});
  EXPECT_THAT(PlayFrame(1, {opened_before}).lanes(),
              IsSupersetOf({"session 9, viewer 3: account 0, camera 0, app",
                            "session 12, viewer 3: account 1, camera 1, app"}));
}

// Seen to fail with each point left out, and with a session's arrows ended at the link.
TEST_F(TraceJsonTest, AnArrowFollowsALeakedFrameFromItsCameraToTheWrongViewer) {
  const auto ways = PlayFrame(1).Ways();
  ASSERT_FALSE(ways.empty());
  EXPECT_THAT(ways.front(), ElementsAre("camera 0: frame 0", "from camera 0: packet of frame 0",
                                        "scripted: cache and sessions: packet to viewer 3",
                                        "to viewer 3: packet", std::string(kSession) + ": packet"));
}

// Seen to fail with an arrow for each delivery.
TEST_F(TraceJsonTest, AFrameThatIsTheViewersHasNoArrow) {
  EXPECT_TRUE(PlayFrame(0).Ways().empty());
}

// Seen to fail with the loss not looked at: the arrow is drawn nowhere.
TEST_F(TraceJsonTest, TheArrowOfALostPacketEndsAtItsLink) {
  namespace field = cases::field;
  const Reading reading = PlayFrame(
      1, {MakeStep(cases::Op::kDrop,
                   {{field::kLinkEnd, 1}, {field::kLinkViewer, 3}, {field::kDropPackets, 1}})});
  ASSERT_FALSE(reading.Ways().empty());
  EXPECT_EQ(reading.Ways().front().back(), "to viewer 3: packet");
  EXPECT_EQ(reading.InLane(kDownlink, "i").front().name, "lost");
}

// Seen to fail with what is said of the violation left out.
TEST_F(TraceJsonTest, AViolationIsMarkedInTheSessionThatItIsOf) {
  const auto marks = PlayFrame(1).InLane(kSession, "i");
  ASSERT_FALSE(marks.empty());
  EXPECT_EQ(marks.front().name, "cross-account (ISO-001)");
  EXPECT_EQ(marks.front().arguments["class"], "cross-account");
  EXPECT_EQ(marks.front().arguments["property"], "ISO-001");
  EXPECT_EQ(marks.front().arguments["camera"], "0");
  EXPECT_EQ(marks.front().arguments["owner"], "0");
}

// Reading looks at each event. Seen to fail with lanes that have no name, with a slice of a microsecond,
// with texts put in quotes as they are, and with an arrow back in time.
TEST(TraceJsonSwarmTest, WhateverHappensCanBeShown) {
  LeakySystem system;
  sim::World world(system);
  cases::Case drawn;
  std::size_t ways = 0, stills = 0, longest = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sim::DrawCase(seed, {}, drawn);
    const Reading reading = Play(world, drawn, kHostile);
    for (const auto& way : reading.Ways()) {
      ++ways;
      longest = std::max(longest, way.size());
      if (way.back().ends_with(": still")) ++stills;
    }
    if (HasFailure()) FAIL() << "in case " << seed;
  }
  EXPECT_GT(ways, 1000U);
  EXPECT_GT(stills, 10U);
  EXPECT_EQ(longest, 6U);  // to a frame that the viewer made of it
}

}  // namespace
}  // namespace framefence::report
