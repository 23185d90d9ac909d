// For tests: two homes, Anna's with a porch camera that publishes, Bert's with one that does not yet.
#ifndef FRAMEFENCE_TARGETS_RELAY_RELAY_FIXTURE_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_RELAY_FIXTURE_FOR_TESTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "targets/relay/relay.h"
#include "targets/relay/test_camera.h"

namespace relay::testing {

inline constexpr Account kAnna{0}, kBert{1};
inline constexpr Camera kPorch{0}, kCrib{1};
inline constexpr Name kFront{0}, kBack{1};
inline constexpr Integration kDisplay{0};
inline constexpr Source kPorchSource{70}, kCribSource{71};

class RelayTest : public ::testing::Test {
 protected:
  RelayTest() : relay_(transport_) {}

  void SetUp() override { Restart(); }
  void Restart() {
    options_.secret[0] = std::byte{9};
    ASSERT_EQ(relay_.Reset(options_), Status::kOk);
    transport_.Clear();
    porch_ = TestCamera(5, 0xaa, 65000, porch_codec_);
    crib_ = TestCamera(6, 0xbb);
    ASSERT_EQ(relay_.Bind(kPorch, kAnna, kFront), Status::kOk);
    ASSERT_EQ(relay_.Bind(kCrib, kBert, kFront), Status::kOk);
    ASSERT_EQ(relay_.Link(kAnna, kDisplay), Status::kOk);
    ASSERT_EQ(relay_.Link(kBert, kDisplay), Status::kOk);
    porch_port_ = Start(kPorch, kPorchSource, porch_);
  }
  Port Start(Camera camera, Source source, const TestCamera& sender) {
    const auto answer = relay_.StartPublisher(camera, source, Ssrc(sender.ssrc()), now_);
    EXPECT_EQ(answer.status, Status::kOk);
    return answer.value;
  }
  void Send(Port port, Source source, const std::vector<Bytes>& datagrams) {
    for (const Bytes& datagram : datagrams) relay_.OnDatagram(port, source, datagram, now_);
  }
  void SendPorch(const std::vector<Bytes>& datagrams) {
    Send(porch_port_, kPorchSource, datagrams);
  }

  ViewerHandle Open(const Answer<Token>& token) {
    EXPECT_EQ(token.status, Status::kOk);
    const auto opened = relay_.OpenViewer(token.value.text(), now_);
    EXPECT_EQ(opened.status, Status::kOk);
    return opened.value;
  }
  ViewerHandle OpenApp(Account account = kAnna) {
    return Open(relay_.IssueAppToken(account, kFront, now_));
  }
  ViewerHandle OpenDisplay(Account account = kAnna) {
    return Open(relay_.IssueIntegrationToken(account, kFront, kDisplay, now_));
  }
  void Wait(std::chrono::microseconds time) {
    now_ = Later(now_, time);
    relay_.AdvanceTo(now_);
  }
  std::vector<unsigned> SequenceNumbersFromFirst() const {
    std::vector<unsigned> numbers;
    for (const auto& packet : transport_.packets) {
      numbers.push_back(static_cast<std::uint16_t>(packet.header.sequence_number -
                                                   transport_.packets[0].header.sequence_number));
    }
    return numbers;
  }
  // Whether a byte of that camera is in what was sent.
  bool Shows(const TestCamera& camera) const {
    const auto has = [&](const auto& sent) {
      return std::ranges::find(sent, camera.fill()) != sent.end();
    };
    return std::ranges::any_of(transport_.packets,
                               [&](const auto& sent) { return has(sent.payload); }) ||
           std::ranges::any_of(transport_.stills,
                               [&](const auto& sent) { return has(sent.bytes); });
  }

  Options options_;
  RecordingTransport transport_;
  Relay relay_;
  Codec porch_codec_ = Codec::kH264;
  TestCamera porch_{5, 0xaa};
  TestCamera crib_{6, 0xbb};
  Port porch_port_{};
  Time now_{1'000'000};
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_RELAY_FIXTURE_FOR_TESTS_H_
