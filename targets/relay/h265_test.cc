// With a guard of NalPieces or of H265 taken out, the hostile payload named after it parses, or
// AddressSanitizer sees an over-read.
#include "targets/relay/h265.h"

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
  return ParsePayload<H265>(Octets(values), summary);
}

PayloadSummary SummaryOf(std::initializer_list<unsigned> values) {
  PayloadSummary summary;
  EXPECT_EQ(ParsePayload<H265>(Octets(values), summary), PayloadParse::kOk);
  return summary;
}

std::vector<NalPiece> PiecesOf(const Bytes& payload) {
  std::vector<NalPiece> all;
  NalPieces<H265> pieces(payload);
  for (NalPiece piece; pieces.Next(piece);) all.push_back(piece);
  return all;
}

NalHeader Header(unsigned first, unsigned second) {
  return {{static_cast<std::byte>(first), static_cast<std::byte>(second)}, 2};
}

NalRole RoleOfType(unsigned type) { return H265::RoleOf(Header(type << 1, 1)); }

TEST(H265Test, SingleNalUnitPacketIsOneWholePiece) {
  const Bytes payload = Octets({0x26, 1, 7, 8, 9});
  const auto pieces = PiecesOf(payload);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].header, Header(0x26, 1));
  EXPECT_EQ(pieces[0].role, NalRole::kRandomAccessSlice);
  EXPECT_TRUE(pieces[0].whole());
  EXPECT_EQ(pieces[0].body.size(), 3U);
  EXPECT_EQ(pieces[0].body.data(), payload.data() + 2);
}

TEST(H265Test, ApIsItsNalUnitsInOrder) {
  const Bytes payload =
      Octets({0x60, 1, 0, 3, 0x40, 1, 9, 0, 2, 0x42, 1, 0, 4, 0x44, 1, 8, 8, 0, 3, 0x26, 1, 7});
  const auto pieces = PiecesOf(payload);
  ASSERT_EQ(pieces.size(), 4U);
  EXPECT_EQ(pieces[0].role, NalRole::kVps);
  EXPECT_EQ(pieces[1].role, NalRole::kSps);
  EXPECT_TRUE(pieces[1].body.empty());
  EXPECT_EQ(pieces[2].role, NalRole::kPps);
  EXPECT_EQ(pieces[2].body.size(), 2U);
  EXPECT_EQ(pieces[3].role, NalRole::kRandomAccessSlice);
}

TEST(H265Test, FuRebuildsTheNalHeader) {
  const Bytes first = Octets({0x62, 1, 0x93, 1}), middle = Octets({0x62, 1, 0x13, 2}),
              last = Octets({0x62, 1, 0x53, 3});
  EXPECT_EQ(PiecesOf(first).at(0).header, Header(0x26, 1));
  EXPECT_EQ(PiecesOf(first).at(0).body.size(), 1U);
  EXPECT_TRUE(PiecesOf(first).at(0).starts && !PiecesOf(first).at(0).ends);
  EXPECT_TRUE(!PiecesOf(middle).at(0).starts && !PiecesOf(middle).at(0).ends);
  EXPECT_TRUE(!PiecesOf(last).at(0).starts && PiecesOf(last).at(0).ends);
  // The layer's bits, spread over both bytes, and the temporal id stay.
  const Bytes enhanced = Octets({0x63, 0xfd, 0x81, 1});
  EXPECT_EQ(PiecesOf(enhanced).at(0).header, Header(0x03, 0xfd));
}

TEST(H265Test, EachTypeHasItsRole) {
  for (unsigned type = 0; type < 64; ++type) {
    NalRole expected = NalRole::kOther;
    if (type < 32) expected = NalRole::kOtherSlice;
    if (type >= 16 && type <= 21) expected = NalRole::kRandomAccessSlice;  // BLA, IDR, CRA
    if (type == 32) expected = NalRole::kVps;
    if (type == 33) expected = NalRole::kSps;
    if (type == 34) expected = NalRole::kPps;
    if (type == 35) expected = NalRole::kDelimiter;
    if (type >= 48) expected = NalRole::kNone;
    EXPECT_EQ(RoleOfType(type), expected) << type;
  }
}

TEST(H265Test, NalUnitsOfOtherLayersStandForNothing) {
  for (const NalHeader& header : {Header(0x26, 0x09), Header(0x27, 0x01), Header(0x42, 0xf9)})
    EXPECT_EQ(H265::RoleOf(header), NalRole::kOther);
  EXPECT_EQ(H265::RoleOf(Header(0x61, 0x01)), NalRole::kNone);
}

TEST(H265Test, SummarySaysWhatBeginsInThePayload) {
  EXPECT_TRUE(SummaryOf({0x2a, 1, 7}).starts_random_access);  // CRA
  EXPECT_FALSE(SummaryOf({0x02, 1, 7}).starts_random_access);
  EXPECT_TRUE(SummaryOf({0x62, 1, 0x93, 1}).starts_random_access);
  EXPECT_FALSE(SummaryOf({0x62, 1, 0x13, 1}).starts_random_access);
  EXPECT_TRUE(SummaryOf({0x46, 1, 0x50}).starts_with_delimiter);
  const auto both = SummaryOf({0x60, 1, 0, 3, 0x46, 1, 0x50, 0, 3, 0x26, 1, 7});
  EXPECT_TRUE(both.starts_with_delimiter && both.starts_random_access);
  EXPECT_FALSE(SummaryOf({0x60, 1, 0, 3, 0x26, 1, 7, 0, 3, 0x46, 1, 0x50}).starts_with_delimiter);
  EXPECT_FALSE(SummaryOf({0x62, 1, 0x23, 1}).starts_with_delimiter);  // its middle
}

TEST(H265Test, BrokenHeadersAreRefusedWhereverTheyStand) {
  EXPECT_EQ(Parse({}), PayloadParse::kEmpty);
  EXPECT_EQ(Parse({0xa6, 1, 1}), PayloadParse::kForbidden);
  EXPECT_EQ(Parse({0xe0, 1, 0, 2, 0x40, 1, 0, 2, 0x42, 1}), PayloadParse::kForbidden);
  EXPECT_EQ(Parse({0x60, 1, 0, 2, 0x40, 1, 0, 2, 0xc2, 1}), PayloadParse::kForbidden);
  EXPECT_EQ(Parse({0xe2, 1, 0x93, 1}), PayloadParse::kForbidden);
  EXPECT_EQ(Parse({0x26, 0xf8, 1}), PayloadParse::kBadTemporalId);
  EXPECT_EQ(Parse({0x60, 0, 0, 2, 0x40, 1, 0, 2, 0x42, 1}), PayloadParse::kBadTemporalId);
  EXPECT_EQ(Parse({0x60, 1, 0, 2, 0x40, 1, 0, 2, 0x42, 0}), PayloadParse::kBadTemporalId);
  EXPECT_EQ(Parse({0x62, 0, 0x93, 1}), PayloadParse::kBadTemporalId);
}

TEST(H265Test, EachBrokenStructureHasItsName) {
  for (unsigned type = 50; type < 64; ++type)  // PACI, and what nothing is
    EXPECT_EQ(Parse({type << 1, 1, 1, 2}), PayloadParse::kUnsupported) << type;
  for (const unsigned nested : {48U, 49U, 50U})
    EXPECT_EQ(Parse({0x60, 1, 0, 2, 0x40, 1, 0, 3, nested << 1, 1, 0}), PayloadParse::kUnsupported);
  EXPECT_EQ(Parse({0x26}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1, 0}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1, 0, 0}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1, 0, 1, 0x40, 0, 2, 0x42, 1}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1, 0, 2, 0x40, 1, 0, 3, 0x42, 1}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1, 0, 2, 0x40, 1, 0, 2, 0x42, 1, 0}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x60, 1, 0, 2, 0x40, 1}), PayloadParse::kLoneAggregate);
  EXPECT_EQ(Parse({0x62, 1}), PayloadParse::kTruncated);
  EXPECT_EQ(Parse({0x62, 1, 0xd3, 1}), PayloadParse::kBadFragment);  // first and last
  EXPECT_EQ(Parse({0x62, 1, 0x93}), PayloadParse::kBadFragment);     // empty
  EXPECT_EQ(Parse({0x62, 1, 0xb0, 1}), PayloadParse::kBadFragment);  // of an AP
  EXPECT_EQ(Parse({0x62, 1, 0xb1, 1}), PayloadParse::kBadFragment);  // of an FU
}

TEST(H265Test, RandomPayloadsNeverYieldAPieceOutsideThem) {
  std::mt19937 random(1);
  for (int i = 0; i < 300'000; ++i) {
    Bytes payload(2 + random() % 24);
    for (std::byte& byte : payload) byte = static_cast<std::byte>(random() % 8);
    payload[0] = static_cast<std::byte>(random() % 3 == 0   ? random()
                                        : random() % 2 == 0 ? 0x60
                                                            : 0x62);
    for (const NalPiece& piece : PiecesOf(payload)) {
      ASSERT_GE(piece.body.data(), payload.data());
      ASSERT_LE(piece.body.data() + piece.body.size(), payload.data() + payload.size());
    }
  }
}

}  // namespace
}  // namespace relay
