// For tests: one edge, and an origin that says what the test says.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_SCRIPTED_ORIGIN_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_SCRIPTED_ORIGIN_FOR_TESTS_H_

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "targets/relay/edge/edge_world_for_tests.h"
#include "targets/relay/edge/recording_streams_for_tests.h"

namespace relay::edge::testing {

class ScriptedOrigin : public ::testing::Test {
 protected:
  using milliseconds = std::chrono::milliseconds;
  using seconds = std::chrono::seconds;
  using Bytes = std::vector<std::byte>;

  void SetUp() override {
    options_.cameras = 8;
    options_.connections = 1;
    options_.owners_per_batch = 4;
    Start();
  }
  void Start() {
    ASSERT_EQ(edge_.Reset(options_), Status::kOk);
    streams_.opened.clear();
    streams_.sent.clear();
    Ask(Camera(7));  // somebody has to ask before a connection is opened
    Wait(milliseconds(2));
    ASSERT_EQ(streams_.opened.size(), 1U);
    edge_.OnOpened(streams_.opened[0], now_);
    ASSERT_EQ(streams_.sent.size(), 1U);
    Reply({Shed(Camera(7))});
    answers_.owners.clear();
    streams_.sent.clear();
  }
  void Ask(Camera camera) {
    EXPECT_EQ(edge_.OpenViewer({kAnna, camera, {}}, now_).status, Status::kBusy);
  }
  void Wait(std::chrono::microseconds time) {
    now_ = Later(now_, time);
    edge_.AdvanceTo(now_);
  }
  std::vector<Camera> LastAsked() const {
    const auto& request = std::get<OwnersRequest>(streams_.sent.back().message.body);
    return {request.cameras.begin(), request.cameras.end()};
  }
  void Bring(const Message& message) {
    Bytes frame(FrameBytesMax(0));
    frame.resize(WriteFrame(message, frame));
    edge_.OnBytes(streams_.opened.back(), frame, now_);
  }
  // To the last request.
  void Reply(const std::vector<OwnerEntry>& entries,
             std::chrono::microseconds lease = std::chrono::seconds(10)) {
    OwnersReply reply;
    reply.lease = lease;
    for (const OwnerEntry& entry : entries) reply.entries.Add(entry);
    Bring({streams_.sent.back().message.id, reply});
  }
  static OwnerEntry Owned(Camera camera, Account owner, Name name, std::uint32_t epoch = 1) {
    return {camera, Outcome::kOk, owner, name, Epoch(epoch), 0};
  }
  static OwnerEntry Shed(Camera camera) { return {camera, Outcome::kShed, {}, {}, {}, 0}; }
  void Learn(const OwnerEntry& entry) {
    Ask(entry.camera);
    Wait(milliseconds(2));
    Reply({entry});
  }
  Status Open(Account account, Camera camera) {
    return edge_.OpenViewer({account, camera, {}}, now_).status;
  }
  // Until shortly before a lease of 10 s is over.
  void WaitForRenewal() {
    streams_.sent.clear();
    Wait(seconds(7));
    Wait(options_.batch_wait);
    ASSERT_EQ(streams_.sent.size(), 1U);
  }
  LookUp ResultOf(Camera camera) const {
    for (auto owner = answers_.owners.rbegin(); owner != answers_.owners.rend(); ++owner) {
      if (owner->camera == camera) return owner->result;
    }
    ADD_FAILURE() << "nothing was said of it";
    return LookUp::kRefused;
  }

  EdgeOptions options_;
  RecordingStreams streams_;
  RecordingAnswers answers_;
  EdgeRelay edge_{streams_, answers_};
  Time now_{100'000'000};
};

}  // namespace relay::edge::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_SCRIPTED_ORIGIN_FOR_TESTS_H_
