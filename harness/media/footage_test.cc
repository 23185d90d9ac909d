#include "harness/media/footage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

// A slice's first byte after the header: first_mb_in_slice 0 is the single bit 1, and 1 is 010.
constexpr int kFirst = 0x88;
constexpr int kLater = 0x48;

std::vector<std::size_t> NalUnitsByAccessUnit(const Footage& footage) {
  std::vector<std::size_t> counts;
  for (const FootageAccessUnit& access_unit : footage.access_units()) {
    AnnexBReader reader(footage.bytes(access_unit));
    counts.push_back(0);
    while (!reader.Next().empty()) ++counts.back();
  }
  return counts;
}

// Seen to fail without PrecedesPicture(), and without the look at first_mb_in_slice.
TEST(Footage, AccessUnitsBeginWhereTheStandardSays) {
  const auto footage = Footage::Parse(AnnexBOf({
      BytesOf({0x09, 0x10}),
      BytesOf({0x67, 1}),
      BytesOf({0x68, 1}),
      BytesOf({0x06, 5}),  // before the picture
      BytesOf({0x65, kFirst}),
      BytesOf({0x65, kLater}),
      BytesOf({0x0c, 0xff}),  // and filler data after it
      BytesOf({0x41, kFirst}),
      BytesOf({0x41, kLater}),
      BytesOf({0x41, kLater}),
      BytesOf({0x06, 5}),
      BytesOf({0x41, kFirst}),
      BytesOf({0x01, kFirst}),
      BytesOf({0x0a}),  // end of sequence
      BytesOf({0x67, 2}),
      BytesOf({0x68, 2}),
      BytesOf({0x65, kFirst}),
  }));
  ASSERT_TRUE(footage.ok()) << footage.error().message;
  EXPECT_THAT(NalUnitsByAccessUnit(*footage), testing::ElementsAre(7, 3, 2, 2, 3));
  std::vector<bool> idr;
  for (const auto& access_unit : footage->access_units()) idr.push_back(access_unit.idr);
  EXPECT_EQ(idr, (std::vector<bool>{true, false, false, false, true}));
}

// Seen to fail without Missing(), and with sets of access units long ago kept beside the last.
TEST(Footage, EachIdrAccessUnitHasParameterSets) {
  const Bytes sps = BytesOf({0x67, 2}), pps = BytesOf({0x68, 2}), other_pps = BytesOf({0x68, 3});
  const Bytes idr = BytesOf({0x65, kFirst}), slice = BytesOf({0x41, kFirst});
  const auto footage =
      Footage::Parse(AnnexBOf({BytesOf({0x67, 1}), BytesOf({0x68, 1}), idr, slice, idr,  //
                               sps, pps, other_pps, idr, slice, BytesOf({0x09, 0x10}), idr, idr}));
  ASSERT_TRUE(footage.ok()) << footage.error().message;
  EXPECT_THAT(NalUnitsByAccessUnit(*footage), testing::ElementsAre(3, 1, 3, 4, 1, 5, 4));
  const auto bytes = footage->bytes(footage->access_units().back());
  EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), AnnexBOf({sps, pps, other_pps, idr}));
}

// Seen to fail with it at the end, where a decoder that begins there has no use for the picture set.
TEST(Footage, ASequenceSetThatIsAddedComesBeforeThePictureSets) {
  const Bytes sps = BytesOf({0x67, 1}), pps = BytesOf({0x68, 1}), idr = BytesOf({0x65, kFirst});
  const auto footage = Footage::Parse(AnnexBOf({sps, pps, idr, pps, idr}));
  ASSERT_TRUE(footage.ok()) << footage.error().message;
  const auto bytes = footage->bytes(footage->access_units().back());
  EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), AnnexBOf({sps, pps, idr}));
}

TEST(Footage, StartCodesAreMadeAlike) {
  const Bytes file =
      BytesOf({0, 0, 1, 0x67, 1, 0, 0, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65, kFirst, 0, 0});
  const auto footage = Footage::Parse(file);
  ASSERT_TRUE(footage.ok());
  const auto bytes = footage->bytes(footage->access_units().at(0));
  EXPECT_EQ(Bytes(bytes.begin(), bytes.end()),
            AnnexBOf({BytesOf({0x67, 1}), BytesOf({0x68, 1}), BytesOf({0x65, kFirst})}));
}

TEST(Footage, WhatIsNoFootageIsAnError) {
  const auto refused = [](const Bytes& stream) {
    const auto footage = Footage::Parse(stream);
    return footage.ok() ? "accepted" : footage.error().message;
  };
  using testing::HasSubstr;
  EXPECT_THAT(refused({}), HasSubstr("without a picture"));
  EXPECT_THAT(refused(BytesOf({1, 2, 0, 0, 1, 0x65, kFirst})), HasSubstr("without a start code"));
  EXPECT_THAT(refused(AnnexBOf({BytesOf({0x67, 1})})), HasSubstr("without a picture"));
  EXPECT_THAT(refused(AnnexBOf({BytesOf({0x65, kFirst}), BytesOf({0x67, 1})})),
              HasSubstr("without a picture"));
  EXPECT_THAT(refused(AnnexBOf({BytesOf({0x65, kLater})})), HasSubstr("inside a picture"));
  EXPECT_THAT(refused(AnnexBOf({BytesOf({0x65})})), HasSubstr("inside a picture"));
  EXPECT_THAT(refused(AnnexBOf({BytesOf({0x41, kFirst})})), HasSubstr("not IDR"));
  EXPECT_THAT(refused(AnnexBOf({BytesOf({0x65, kFirst}), BytesOf({0x7c, 1})})),
              HasSubstr("type 28"));
}

TEST(Footage, AFileThatIsNotThereIsNamed) {
  const auto footage = Footage::Load("corpora/footage/none.h264");
  ASSERT_FALSE(footage.ok());
  EXPECT_THAT(footage.error().message, testing::HasSubstr("none.h264"));
}

class FootageSample : public testing::TestWithParam<const char*> {};

TEST_P(FootageSample, HoldsItsPicturesAndSurvivesTheJourneyOverRtp) {
  const auto footage = Footage::Load(GetParam());
  ASSERT_TRUE(footage.ok()) << footage.error().message;
  EXPECT_EQ(footage->access_units().size(), 25U);
  RtpPacketizer packetizer({});
  RtpDepacketizer depacketizer;
  Collector collector;
  std::vector<Bytes> packets, sent;
  for (const FootageAccessUnit& access_unit : footage->access_units()) {
    const auto bytes = footage->bytes(access_unit);
    sent.emplace_back(bytes.begin(), bytes.end());
    Packetize(packetizer, bytes, static_cast<std::uint32_t>(sent.size()) * 3600, packets);
  }
  for (const Bytes& packet : packets) depacketizer.Push(packet, collector);
  EXPECT_EQ(collector.access_units, sent);
}

INSTANTIATE_TEST_SUITE_P(BothCameras, FootageSample,
                         testing::Values("corpora/footage/camera-0.h264",
                                         "corpora/footage/camera-1.h264"),
                         [](const auto& instance) {
                           return "Camera" + std::to_string(instance.index);
                         });

}  // namespace
}  // namespace framefence::media
