#include "harness/media/av/ffmpeg_rtp_muxer.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/media/footage.h"
#include "harness/media/h264.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/media/rtp_packet.h"
#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

constexpr const char* kSample = "corpora/footage/camera-0.h264";

// ffmpeg cuts the file into access units and the access units into packets; we put the packets
// together again and compare with our own cut. Either side's mistake would show. Seen to fail with
// a depacketizer that drops the FU header's type.
TEST(FfmpegRtpMuxer, OurViewerAcceptsEveryAccessUnitThatFfmpegPacketised) {
  const auto footage = Footage::Load(kSample);
  ASSERT_TRUE(footage.ok());
  const auto datagrams = MuxRtpWithFfmpeg(kSample, {.ssrc = 77, .first_sequence_number = 65500});
  ASSERT_TRUE(datagrams.ok()) << datagrams.error().message;

  RtpDepacketizer depacketizer({.ssrc = 77});
  Collector collector;
  std::set<NalUnitType> types;
  for (const Bytes& datagram : *datagrams) {
    ASSERT_LE(datagram.size(), 1200U);
    depacketizer.Push(datagram, collector);
    types.insert(TypeOf(datagram[kRtpHeaderBytes]));
  }
  std::vector<Bytes> expected;
  for (const FootageAccessUnit& access_unit : footage->access_units()) {
    const auto bytes = footage->bytes(access_unit);
    expected.emplace_back(bytes.begin(), bytes.end());
  }
  EXPECT_EQ(collector.access_units, expected);
  EXPECT_EQ(collector.timestamps[5] - collector.timestamps[4], kVideoClockHz / 25);
  EXPECT_EQ(depacketizer.counters().access_units_incomplete, 0U);
  EXPECT_TRUE(types.contains(NalUnitType::kFuA));
  EXPECT_TRUE(types.contains(NalUnitType::kStapA));
}

TEST(FfmpegRtpMuxer, TheSameFileGivesTheSamePackets) {
  const auto first = MuxRtpWithFfmpeg(kSample, {});
  const auto second = MuxRtpWithFfmpeg(kSample, {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(*first == *second);
}

TEST(FfmpegRtpMuxer, AFileThatIsNotThereIsAnError) {
  EXPECT_FALSE(MuxRtpWithFfmpeg("corpora/footage/none.h264", {}).ok());
}

}  // namespace
}  // namespace framefence::media
