// Publishers that send over a byte stream: what comes out is what datagrams would have given, and
// nobody can put another's stream out of step.
#include <gtest/gtest.h>

#include "targets/relay/relay.h"
#include "targets/relay/test_camera.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::RecordingTransport;
using testing::TestCamera;

constexpr Account kAnna{0};
constexpr Camera kPorch{0};
constexpr Name kFront{0};
constexpr Source kConnection{70}, kStranger{71};

Bytes Framed(const Bytes& datagram) {
  Bytes frame{std::byte{'$'}, std::byte{0}, static_cast<std::byte>(datagram.size() >> 8),
              static_cast<std::byte>(datagram.size())};
  frame.insert(frame.end(), datagram.begin(), datagram.end());
  return frame;
}

class StreamIngestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(relay_.Reset({}), Status::kOk);
    ASSERT_EQ(relay_.Bind(kPorch, kAnna, kFront), Status::kOk);
    Start();
    const auto token = relay_.IssueAppToken(kAnna, kFront, now_);
    ASSERT_EQ(relay_.OpenViewer(token.value.text(), now_).status, Status::kOk);
  }
  void Start() {
    port_ = relay_.StartPublisher(kPorch, kConnection, Ssrc(camera_.ssrc()), now_).value;
  }
  static Bytes StreamOf(const std::vector<Bytes>& datagrams) {
    Bytes stream;
    for (const Bytes& datagram : datagrams) {
      const Bytes frame = Framed(datagram);
      stream.insert(stream.end(), frame.begin(), frame.end());
    }
    return stream;
  }
  Status Push(std::span<const std::byte> piece, Source source = kConnection) {
    return relay_.OnStream(port_, source, piece, now_);
  }

  RecordingTransport transport_;
  Relay relay_{transport_};
  TestCamera camera_{5, 0xaa};
  Port port_{};
  Time now_{1'000'000};
};

TEST_F(StreamIngestTest, AStreamBringsTheViewerWhatDatagramsWould) {
  const Bytes stream = StreamOf(camera_.FragmentedIdr());
  for (std::size_t at = 0; at < stream.size(); at += 7) {
    const auto rest = std::span(stream).subspan(at);
    ASSERT_EQ(Push(rest.first(std::min<std::size_t>(7, rest.size()))), Status::kOk);
  }
  EXPECT_EQ(transport_.packets.size(), 4U);
  EXPECT_EQ(relay_.counters().datagrams[Status::kOk], 4U);
}

// Seen to fail without the comparison of sources: half a frame of the stranger's swallows the
// publisher's.
TEST_F(StreamIngestTest, AStrangersBytesDoNotPutAStreamOutOfStep) {
  const Bytes stream = StreamOf(camera_.Idr());
  ASSERT_EQ(Push(std::span(stream).first(6)), Status::kOk);
  const Bytes half{std::byte{'$'}, std::byte{0}, std::byte{5}, std::byte{0}};
  EXPECT_EQ(Push(half, kStranger), Status::kForeignSource);
  EXPECT_EQ(Push(std::span(stream).subspan(6)), Status::kOk);
  EXPECT_EQ(transport_.packets.size(), 3U);
}

TEST_F(StreamIngestTest, ALostStreamIsRefusedUntilTheNextSession) {
  EXPECT_EQ(Push(Bytes{std::byte{'R'}}), Status::kMalformed);
  EXPECT_EQ(Push(StreamOf(camera_.Idr())), Status::kMalformed);
  EXPECT_TRUE(transport_.silent());
  EXPECT_EQ(relay_.counters().stream_pieces[InterleavedParse::kNotInterleaved], 2U);
  Start();
  EXPECT_EQ(Push(StreamOf(camera_.Idr())), Status::kOk);
  EXPECT_FALSE(transport_.silent());
}

// However much of it had come. Seen to fail: its header, or all of it, kept for the port's next session.
TEST_F(StreamIngestTest, AFrameThatWasNotWholeEndsWithItsSession) {
  const Bytes stream = StreamOf(camera_.Slice());
  for (std::size_t bytes = 1; bytes < stream.size(); bytes += 3) {
    EXPECT_EQ(Push(std::span(stream).first(bytes)), Status::kOk);
    Start();
    transport_.Clear();
    EXPECT_EQ(Push(StreamOf(camera_.Idr())), Status::kOk) << bytes;
    EXPECT_EQ(transport_.packets.size(), 3U) << bytes;
  }
}

TEST_F(StreamIngestTest, AFrameThatIsTooLongIsLeftOut) {
  Bytes stream = Framed(Bytes(1500 + kFecOverheadBytes + 1));
  const Bytes good = StreamOf(camera_.Idr());
  stream.insert(stream.end(), good.begin(), good.end());
  EXPECT_EQ(Push(stream), Status::kOk);
  EXPECT_EQ(relay_.counters().stream_frames_too_large, 1U);
  EXPECT_EQ(transport_.packets.size(), 3U);
}

TEST_F(StreamIngestTest, AByeInTheStreamEndsTheSession) {
  EXPECT_EQ(Push(StreamOf({camera_.Bye(), camera_.Bye()})), Status::kNoSession);
  EXPECT_EQ(Push(StreamOf(camera_.Idr())), Status::kNoSession);
  EXPECT_EQ(relay_.OnStream(Port(99), kConnection, {}, now_), Status::kUnknownId);
}

}  // namespace
}  // namespace relay
