#include "harness/media/h264.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

std::vector<Bytes> NalUnitsOf(const Bytes& stream) {
  std::vector<Bytes> found;
  AnnexBReader reader(stream);
  for (auto nal_unit = reader.Next(); !nal_unit.empty(); nal_unit = reader.Next()) {
    found.emplace_back(nal_unit.begin(), nal_unit.end());
  }
  return found;
}

// Seen to fail with StripZeros() returning its end as it came.
TEST(AnnexB, StartCodesOfThreeAndFourBytesAndTrailingZerosAreNoPartOfANalUnit) {
  const Bytes stream =
      BytesOf({0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 0, 0, 1, 0x65, 3, 0, 0});
  EXPECT_THAT(NalUnitsOf(stream),
              testing::ElementsAre(BytesOf({0x67, 1}), BytesOf({0x68, 2}), BytesOf({0x65, 3})));
}

TEST(AnnexB, EmptyNalUnitsAreSkipped) {
  EXPECT_THAT(NalUnitsOf(BytesOf({0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0x41, 0, 0, 1})),
              testing::ElementsAre(BytesOf({0x41})));
}

TEST(AnnexB, StreamsWithoutAStartCodeHoldNoNalUnit) {
  EXPECT_TRUE(NalUnitsOf({}).empty());
  EXPECT_TRUE(NalUnitsOf(BytesOf({1})).empty());
  EXPECT_TRUE(NalUnitsOf(BytesOf({0, 1})).empty());
  EXPECT_TRUE(NalUnitsOf(BytesOf({0, 0, 1})).empty());
  EXPECT_TRUE(NalUnitsOf(BytesOf({0, 0, 0, 0})).empty());
  EXPECT_TRUE(NalUnitsOf(BytesOf({0x65, 1, 2, 3})).empty());
}

TEST(AnnexB, BytesBeforeTheFirstStartCodeAreCounted) {
  const auto leading_bytes = [](const Bytes& stream) {
    return AnnexBReader(stream).leading_bytes();
  };
  EXPECT_EQ(leading_bytes(BytesOf({0, 0, 0, 0, 0, 1, 0x41})), 0U);
  EXPECT_EQ(leading_bytes(BytesOf({7, 7, 0, 0, 0, 1, 0x41})), 2U);
  EXPECT_EQ(leading_bytes(BytesOf({7, 7, 7})), 3U);
}

// Every stream over a small alphabet, against the definition read literally: a NAL unit lies
// between two prefixes.
TEST(AnnexB, AgreesWithALiteralReadingOnAllShortStreams) {
  constexpr int kLength = 9;
  constexpr int kStreams = 19683;  // 3^9
  for (int number = 0; number < kStreams; ++number) {
    std::string text;
    for (int i = 0, rest = number; i < kLength; ++i, rest /= 3) text += static_cast<char>(rest % 3);
    const std::string prefix("\0\0\1", 3);
    std::vector<Bytes> expected;
    for (auto at = text.find(prefix); at != std::string::npos;) {
      const auto next = text.find(prefix, at + 3);
      std::string unit = text.substr(at + 3, next == std::string::npos ? next : next - at - 3);
      while (!unit.empty() && unit.back() == 0) unit.pop_back();
      Bytes bytes;
      for (char c : unit) bytes.push_back(static_cast<std::byte>(c));
      if (!bytes.empty()) expected.push_back(bytes);
      at = next;
    }
    Bytes stream;
    for (char c : text) stream.push_back(static_cast<std::byte>(c));
    ASSERT_EQ(NalUnitsOf(stream), expected) << "stream number " << number;
  }
}

TEST(AnnexB, WhatIsWrittenIsReadBack) {
  const std::vector<Bytes> nal_units = {BytesOf({0x67, 0, 1}), BytesOf({0x65}),
                                        BytesOf({0x41, 9, 9})};
  Bytes stream;
  for (const Bytes& nal_unit : nal_units) AppendNalUnit(nal_unit, stream);
  EXPECT_EQ(NalUnitsOf(stream), nal_units);
}

TEST(NalHeader, HoldsTypeAndReferenceIdc) {
  EXPECT_EQ(NalHeader(NalUnitType::kIdrSlice, 3), std::byte{0x65});
  EXPECT_EQ(TypeOf(std::byte{0x65}), NalUnitType::kIdrSlice);
  EXPECT_FALSE(IsSingleNalUnit(TypeOf(std::byte{0})));
  EXPECT_FALSE(IsSingleNalUnit(NalUnitType::kStapA));
}

}  // namespace
}  // namespace framefence::media
