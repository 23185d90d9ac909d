// With a guard of NalPieces taken out, the hostile payload named after it parses, or
// AddressSanitizer sees an over-read.
#include "targets/relay/h264.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "targets/relay/octets_for_tests.h"

namespace relay {
namespace {

using testing::Bytes;
using testing::Octets;

PayloadParse Parse(std::initializer_list<unsigned> values) {
  PayloadSummary summary;
  return ParsePayload<H264>(Octets(values), summary);
}

std::vector<NalPiece> PiecesOf(const Bytes& payload) {
  std::vector<NalPiece> all;
  NalPieces<H264> pieces(payload);
  for (NalPiece piece; pieces.Next(piece);) all.push_back(piece);
  return all;
}

TEST(H264Test, SingleNalUnitPacketIsOneWholePiece) {
  const Bytes payload = Octets({0x65, 1, 2});
  const auto pieces = PiecesOf(payload);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].role, NalRole::kRandomAccessSlice);
  EXPECT_TRUE(pieces[0].whole());
  EXPECT_EQ(pieces[0].body.size(), 2U);
  PayloadSummary summary;
  EXPECT_EQ(ParsePayload<H264>(payload, summary), PayloadParse::kOk);
  EXPECT_TRUE(summary.starts_random_access);
}

TEST(H264Test, StapAIsItsNalUnitsInOrder) {
  const Bytes payload = Octets({0x78, 0, 2, 0x67, 9, 0, 1, 0x68, 0, 3, 0x65, 1, 2});
  const auto pieces = PiecesOf(payload);
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].role, NalRole::kSps);
  EXPECT_EQ(pieces[1].role, NalRole::kPps);
  EXPECT_TRUE(pieces[1].body.empty());
  EXPECT_EQ(pieces[2].role, NalRole::kRandomAccessSlice);
  PayloadSummary summary;
  EXPECT_EQ(ParsePayload<H264>(payload, summary), PayloadParse::kOk);
  EXPECT_FALSE(summary.starts_with_delimiter);
  EXPECT_TRUE(summary.starts_random_access);
}

TEST(H264Test, FuARebuildsTheNalHeader) {
  const Bytes first = Octets({0x7c, 0x85, 1}), middle = Octets({0x7c, 0x05, 2}),
              last = Octets({0x7c, 0x45, 3});
  EXPECT_EQ(PiecesOf(first).at(0).header, (NalHeader{{std::byte{0x65}}, 1}));
  EXPECT_TRUE(PiecesOf(first).at(0).starts && !PiecesOf(first).at(0).ends);
  EXPECT_TRUE(!PiecesOf(middle).at(0).starts && !PiecesOf(middle).at(0).ends);
  EXPECT_TRUE(!PiecesOf(last).at(0).starts && PiecesOf(last).at(0).ends);
  PayloadSummary summary;
  ParsePayload<H264>(middle, summary);
  EXPECT_FALSE(summary.starts_random_access);
}

TEST(H264Test, EachRefusalHasItsName) {
  EXPECT_EQ(Parse({}), PayloadParse::kEmpty);
  EXPECT_EQ(Parse({0xe5, 1}), PayloadParse::kForbidden);
  EXPECT_EQ(Parse({0x78, 0, 1, 0xe5}), PayloadParse::kForbidden);
  EXPECT_EQ(Parse({0x60, 1}), PayloadParse::kUnsupported);
  for (const unsigned type : {25U, 26U, 27U, 29U, 30U, 31U})
    EXPECT_EQ(Parse({0x60 | type, 1, 2}), PayloadParse::kUnsupported);
  EXPECT_EQ(Parse({0x78, 0, 3, 0x78, 0, 0}), PayloadParse::kUnsupported);  // nested
  EXPECT_EQ(Parse({0x78}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x78, 0}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x78, 0, 0}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x78, 0, 2, 0x67}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x78, 0, 1, 0x67, 0}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x7c}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x7c, 0xc5, 1}), PayloadParse::kBadFragment);
  EXPECT_EQ(Parse({0x7c, 0x98, 1}), PayloadParse::kBadFragment);
  EXPECT_EQ(Parse({0x7c, 0x80, 1}), PayloadParse::kBadFragment);
}

TEST(H264Test, RandomPayloadsNeverYieldAPieceOutsideThem) {
  std::mt19937 random(1);
  for (int i = 0; i < 300'000; ++i) {
    Bytes payload(1 + random() % 24);
    for (std::byte& byte : payload) byte = static_cast<std::byte>(random() % 8);
    payload[0] = static_cast<std::byte>(random() % 3 == 0   ? random()
                                        : random() % 2 == 0 ? 0x78
                                                            : 0x7c);
    for (const NalPiece& piece : PiecesOf(payload)) {
      ASSERT_GE(piece.body.data(), payload.data());
      ASSERT_LE(piece.body.data() + piece.body.size(), payload.data() + payload.size());
    }
  }
}

}  // namespace
}  // namespace relay
