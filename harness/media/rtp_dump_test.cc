#include "harness/media/rtp_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string_view>

#include "harness/base/prng.h"
#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

RtpDump SampleDump() {
  return {.destination = "224.2.0.1/3456",
          .start_s = 1577836800,
          .start_us = 999999,
          .source_address = 0x0a000001,
          .source_port = 5004,
          .packets = {{.offset_ms = 0, .bytes = NalUnitOf(0x80, 30)},
                      {.offset_ms = 40, .rtcp = true, .bytes = NalUnitOf(0x80, 28)},
                      {.offset_ms = 0xffffffff, .bytes = NalUnitOf(0x80, 65527)}}};
}

Bytes WithText(std::string_view text, const Bytes& rest) {
  Bytes bytes;
  for (char c : text) bytes.push_back(static_cast<std::byte>(c));
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

// A file with one record, given whole.
Bytes FileOf(const Bytes& record) {
  Bytes rest(16);
  rest.insert(rest.end(), record.begin(), record.end());
  return WithText("#!rtpplay1.0 1.2.3.4/5\n", rest);
}

TEST(RtpDump, WhatIsWrittenIsReadBack) {
  const auto file = FormatRtpDump(SampleDump());
  ASSERT_TRUE(file.ok());
  const auto dump = ParseRtpDump(*file);
  ASSERT_TRUE(dump.ok()) << dump.error().message;
  EXPECT_EQ(*dump, SampleDump());
}

// Written out by hand from the format's description, so that a mistake made twice does not cancel
// out.
TEST(RtpDump, TheBytesAreThoseOfTheFormat) {
  RtpDump dump{.destination = "1.2.3.4/5",
               .start_s = 1,
               .start_us = 2,
               .source_address = 0x01020304,
               .source_port = 258};
  dump.packets = {{.offset_ms = 259, .bytes = BytesOf({0x80, 0x60})},
                  {.offset_ms = 0, .rtcp = true, .bytes = BytesOf({0x80})}};
  const auto file = FormatRtpDump(dump);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, WithText("#!rtpplay1.0 1.2.3.4/5\n",
                            BytesOf({0, 0,  0, 1, 0, 0, 0, 2, 1,    2,    3, 4, 1, 2, 0, 0,  //
                                     0, 10, 0, 2, 0, 0, 1, 3, 0x80, 0x60,                    //
                                     0, 9,  0, 0, 0, 0, 0, 0, 0x80})));
}

TEST(RtpDump, AFileIsWrittenAndLoaded) {
  const auto path = std::filesystem::path(testing::TempDir()) / "sample.rtpdump";
  ASSERT_TRUE(SaveRtpDump(SampleDump(), path).ok());
  const auto dump = LoadRtpDump(path);
  ASSERT_TRUE(dump.ok()) << dump.error().message;
  EXPECT_EQ(*dump, SampleDump());
  std::filesystem::remove(path);
  EXPECT_FALSE(LoadRtpDump(path).ok());
}

// Seen to fail with either bound of TakeRecord() taken out.
TEST(RtpDump, HostileFilesAreErrors) {
  const auto refused = [](const Bytes& file) {
    const auto dump = ParseRtpDump(file);
    return dump.ok() ? "accepted" : dump.error().message;
  };
  using testing::HasSubstr;
  EXPECT_THAT(refused({}), HasSubstr("first line"));
  EXPECT_THAT(refused(WithText("#!rtpplay2.0 a/1\n", Bytes(16))), HasSubstr("first line"));
  EXPECT_THAT(refused(WithText("#!rtpplay1.0 ", Bytes(9999, std::byte{'a'}))),
              HasSubstr("first line"));
  EXPECT_THAT(refused(WithText("#!rtpplay1.0 a/1\n", Bytes(15))), HasSubstr("file header"));
  EXPECT_THAT(refused(FileOf(BytesOf({0, 9, 0, 1, 0, 0, 0}))), HasSubstr("header is cut short"));
  EXPECT_THAT(refused(FileOf(BytesOf({0, 0, 0, 0, 0, 0, 0, 0, 1}))), HasSubstr("holds no packet"));
  EXPECT_THAT(refused(FileOf(BytesOf({0, 8, 0, 0, 0, 0, 0, 0, 1}))), HasSubstr("holds no packet"));
  EXPECT_THAT(refused(FileOf(BytesOf({0, 10, 0, 2, 0, 0, 0, 0, 1}))),
              HasSubstr("cut short: 9 of 10"));
  EXPECT_THAT(refused(FileOf(BytesOf({0, 9, 0, 2, 0, 0, 0, 0, 1}))),
              HasSubstr("1 of 2 packet bytes"));
  EXPECT_EQ(refused(FileOf(BytesOf({0, 9, 0, 1, 0, 0, 0, 0, 1}))), "accepted");
}

TEST(RtpDump, PacketsThatTheFormatCannotHoldAreErrors) {
  EXPECT_FALSE(FormatRtpDump({.packets = {{.bytes = Bytes(65528)}}}).ok());
  EXPECT_FALSE(FormatRtpDump({.packets = {{.bytes = {}}}}).ok());
  EXPECT_FALSE(FormatRtpDump({.destination = "a\nb"}).ok());
}

TEST(RtpDump, CorruptFilesNeverCrash) {
  auto file = FormatRtpDump(SampleDump());
  ASSERT_TRUE(file.ok());
  Prng prng(5);
  for (int i = 0; i < 2000; ++i) {
    Bytes corrupt(file->begin(), file->begin() + 120);
    corrupt[prng.Below(120)] = static_cast<std::byte>(prng.Next32());
    corrupt.resize(prng.Below(121));
    const auto dump = ParseRtpDump(corrupt);
    ASSERT_TRUE(!dump.ok() || dump->packets.size() <= 12U);
  }
}

}  // namespace
}  // namespace framefence::media
