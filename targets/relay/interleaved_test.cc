#include "targets/relay/interleaved.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace relay {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Frames = std::vector<std::pair<int, std::string>>;

std::span<const std::byte> BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string FrameOf(char channel, std::string_view bytes) {
  const auto size = static_cast<unsigned>(bytes.size());
  return std::string{'$', channel, static_cast<char>(size >> 8), static_cast<char>(size)} +
         std::string(bytes);
}

class InterleavedTest : public testing::Test {
 protected:
  InterleavedTest() { reader_.Reset(1500); }

  InterleavedParse Push(std::string_view piece) {
    return reader_.Push(
        BytesOf(piece), [this](std::uint8_t channel, std::span<const std::byte> bytes) {
          frames_.emplace_back(
              channel, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
        });
  }

  InterleavedReader reader_;
  Frames frames_;
};

TEST_F(InterleavedTest, FramesComeOutAsTheyWentIn) {
  EXPECT_EQ(Push(FrameOf(0, "rtp") + FrameOf(1, "rtcp") + FrameOf(0, "")), InterleavedParse::kOk);
  EXPECT_THAT(frames_, ElementsAre(Pair(0, "rtp"), Pair(1, "rtcp"), Pair(0, "")));
}

// Seen to fail with frame_size_ left as it was after a frame.
TEST_F(InterleavedTest, HowTheStreamWasCutMakesNoDifference) {
  std::mt19937 random(1);
  std::string stream;
  Frames sent;
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 300, ' ');
    for (char& c : bytes) c = static_cast<char>(random());
    sent.emplace_back(i % 4, bytes);
    stream += FrameOf(static_cast<char>(i % 4), bytes);
  }
  for (const std::size_t piece_max : {1U, 3U, 7U, 100U, 5000U}) {
    frames_.clear();
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = 1 + random() % piece_max;
      ASSERT_EQ(Push(std::string_view(stream).substr(at, size)), InterleavedParse::kOk);
      at += size;
    }
    EXPECT_EQ(frames_, sent) << piece_max;
  }
}

TEST_F(InterleavedTest, TooLongAFrameIsLeftOutAndTheNextOneRead) {
  const std::string stream = FrameOf(0, std::string(1501, 'x')) + FrameOf(0, "next");
  Push(std::string_view(stream).substr(0, 700));
  EXPECT_EQ(Push(std::string_view(stream).substr(700)), InterleavedParse::kOk);
  EXPECT_THAT(frames_, ElementsAre(Pair(0, "next")));
  EXPECT_EQ(reader_.too_large(), 1U);
}

TEST_F(InterleavedTest, AStreamThatIsLostStaysLost) {
  EXPECT_EQ(Push(FrameOf(0, "good") + "RTSP/1.0 200 OK\r\n"), InterleavedParse::kNotInterleaved);
  EXPECT_EQ(Push(FrameOf(0, "late")), InterleavedParse::kNotInterleaved);
  EXPECT_THAT(frames_, ElementsAre(Pair(0, "good")));
  reader_.Reset(1500);
  EXPECT_EQ(Push(FrameOf(0, "anew")), InterleavedParse::kOk);
}

// What an earlier stream left half done is not part of the next one's first frame.
TEST_F(InterleavedTest, ANewStreamBeginsWithNothing) {
  Push("$");
  reader_.Reset(1500);
  EXPECT_EQ(Push(FrameOf(2, "ab")), InterleavedParse::kOk);
  EXPECT_THAT(frames_, ElementsAre(Pair(2, "ab")));
}

}  // namespace
}  // namespace relay
