// Publishers of either codec, through the whole relay: what viewers are sent, and what becomes a
// still of it.
//
// Seen to fail: with the payload type of H.264 for all, ViewersGet...; without the comparison of
// codecs, ASessionKeeps...; with the codec kept from session to session, TheNextSession...; with no
// VPS asked for, AStillNeeds...; with the VPS kept on a new SPS forgotten, ANewSps...; with types 16
// to 21 narrowed to IDR, EveryRandomAccessType...; with an enhancement layer taken for the base,
// OtherLayers....
#include "targets/relay/codec.h"

#include <gtest/gtest.h>

#include "targets/relay/relay_fixture_for_tests.h"

namespace relay {
namespace {

using testing::AnnexB;
using testing::Bytes;
using testing::kPorch;
using testing::kPorchSource;
using testing::Octets;
using testing::TestCamera;

class PublishedTest : public testing::RelayTest {
 protected:
  explicit PublishedTest(Codec codec) { porch_codec_ = codec; }
  void StartAgain() { porch_port_ = Start(kPorch, kPorchSource, porch_); }
  // A display that is served stills from now on.
  void OpenDegradedDisplay() {
    EXPECT_EQ(relay_.OnLossReport(OpenDisplay(), 255, now_), Status::kOk);
  }
  // What the last refusal came to, if there was one.
  Status Send(const std::vector<Bytes>& datagrams) {
    Status refused = Status::kOk;
    for (const Bytes& datagram : datagrams) {
      const Status status = relay_.OnDatagram(porch_port_, kPorchSource, datagram, now_);
      if (status != Status::kOk) refused = status;
    }
    return refused;
  }
  Status SendUnit(const std::vector<Bytes>& payloads) { return Send(porch_.Packets(payloads)); }
};

class EitherCodecTest : public PublishedTest, public ::testing::WithParamInterface<Codec> {
 protected:
  EitherCodecTest() : PublishedTest(GetParam()) {}
  Codec other() const { return GetParam() == Codec::kH264 ? Codec::kH265 : Codec::kH264; }
  TestCamera OfOtherCodec() const { return {porch_.ssrc(), 0xbb, 65100, other()}; }
};

TEST_P(EitherCodecTest, ViewersGetEveryPacketUnderItsPayloadType) {
  OpenApp();
  const auto sent = porch_.FragmentedIdr();
  ASSERT_EQ(Send(sent), Status::kOk);
  ASSERT_EQ(transport_.packets.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(transport_.packets[i].header.payload_type, porch_.nal().payload_type);
    EXPECT_TRUE(std::ranges::equal(transport_.packets[i].payload,
                                   std::span(sent[i]).subspan(kRtpHeaderBytes)));
  }
}

TEST_P(EitherCodecTest, ViewerBeginsWithTheRandomAccessUnit) {
  Send(porch_.Slice());
  Send(porch_.Idr());
  Send(porch_.Slice());
  OpenApp();
  ASSERT_EQ(transport_.packets.size(), porch_.nal().parameter_sets.size() + 2);
  EXPECT_EQ(transport_.packets[0].payload, porch_.IdrNalUnits(100)[0]);
}

TEST_P(EitherCodecTest, AggregatesAndFragmentsBecomeTheStillThatTheyWereMadeOf) {
  OpenDegradedDisplay();
  Send(porch_.Slice());
  Send(porch_.Idr(90));
  Send(porch_.FragmentedIdr(200));
  ASSERT_EQ(transport_.stills.size(), 2U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(porch_.IdrNalUnits(90)));
  EXPECT_EQ(transport_.stills[1].bytes, AnnexB(porch_.IdrNalUnits(200)));
}

TEST_P(EitherCodecTest, TornAccessUnitsNeverBecomeStills) {
  const std::size_t packets = porch_.FragmentedIdr().size();
  for (std::size_t lost = 0; lost < packets; ++lost) {
    Restart();
    OpenDegradedDisplay();
    Send(porch_.Slice());
    auto datagrams = porch_.FragmentedIdr();
    datagrams.erase(datagrams.begin() + static_cast<std::ptrdiff_t>(lost));
    Send(datagrams);
    Send(porch_.Slice());
    Wait(options_.reorder_wait);
    EXPECT_TRUE(transport_.stills.empty()) << lost;
  }
}

// No packet is missing, a fragment is.
TEST_P(EitherCodecTest, BrokenFragmentOrdersNeverBecomeStills) {
  auto sets = porch_.IdrNalUnits(9);
  const Bytes idr = sets.back();
  sets.pop_back();
  const auto first = porch_.Fragment(0x80, Octets({1})), middle = porch_.Fragment(0, Octets({1})),
             last = porch_.Fragment(0x40, Octets({1}));
  const std::vector<std::vector<Bytes>> kBroken = {
      {middle, last}, {first, middle}, {first, idr}, {first, first, last}, {idr, last}};
  Send(porch_.Slice());
  OpenDegradedDisplay();
  for (auto payloads : kBroken) {
    payloads.insert(payloads.begin(), sets.begin(), sets.end());
    SendUnit(payloads);
    EXPECT_TRUE(transport_.stills.empty()) << ::testing::PrintToString(payloads);
  }
  sets.insert(sets.end(), {first, middle, last});
  SendUnit(sets);
  EXPECT_EQ(transport_.stills.size(), 1U);
}

TEST_P(EitherCodecTest, FirstAccessUnitIsAStillOnlyBehindADelimiter) {
  OpenDegradedDisplay();
  Send(porch_.Idr());
  EXPECT_TRUE(transport_.stills.empty());
  StartAgain();
  auto nal_units = porch_.IdrNalUnits(100);
  nal_units.insert(nal_units.begin(), porch_.Nal(porch_.nal().delimiter, 3));
  SendUnit(nal_units);
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(nal_units));
}

TEST_P(EitherCodecTest, AnotherPicturesSliceMakesItNoStill) {
  OpenDegradedDisplay();
  Send(porch_.Slice());
  auto nal_units = porch_.IdrNalUnits(100);
  nal_units.push_back(porch_.Nal(porch_.nal().slice, 9));
  SendUnit(nal_units);
  EXPECT_TRUE(transport_.stills.empty());
}

// What is missing of the parameter sets comes before the slice, from those sent earlier.
TEST_P(EitherCodecTest, AStillNeedsEachKindOfParameterSet) {
  const auto nal_units = porch_.IdrNalUnits(100);
  for (std::size_t missing = 0; missing + 1 < nal_units.size(); ++missing) {
    Restart();
    OpenDegradedDisplay();
    Send(porch_.Slice());
    auto without = nal_units;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(missing));
    SendUnit(without);
    EXPECT_TRUE(transport_.stills.empty()) << missing;
    EXPECT_EQ(relay_.counters().stills_bare, 1U);
    SendUnit(nal_units);
    SendUnit({nal_units.back()});
    ASSERT_EQ(transport_.stills.size(), 2U) << missing;
    EXPECT_EQ(transport_.stills[1].bytes, AnnexB(nal_units));
  }
}

TEST_P(EitherCodecTest, ASessionKeepsTheCodecOfItsFirstPacket) {
  TestCamera other = OfOtherCodec();
  // A payload that is refused decides nothing.
  EXPECT_EQ(Send(other.Packets({Octets({0xff})})), Status::kMalformed);
  EXPECT_EQ(Send(porch_.Idr()), Status::kOk);
  OpenApp();
  const std::size_t sent = transport_.packets.size();
  EXPECT_EQ(Send(other.Idr()), Status::kMalformed);
  EXPECT_EQ(relay_.counters().foreign_codecs, other.nal().parameter_sets.size() + 1);
  EXPECT_EQ(transport_.packets.size(), sent);
  EXPECT_EQ(Send(porch_.Slice()), Status::kOk);
  EXPECT_EQ(transport_.packets.size(), sent + 1);
}

TEST_P(EitherCodecTest, TheNextSessionMayHaveTheOtherCodec) {
  OpenApp();
  OpenDegradedDisplay();
  Send(porch_.Slice());
  Send(porch_.Idr());
  StartAgain();
  transport_.Clear();
  TestCamera other = OfOtherCodec();
  EXPECT_EQ(Send(other.Slice()), Status::kOk);
  // Parameter sets of the codec before are of no use to it.
  EXPECT_EQ(Send(other.Packets({other.IdrNalUnits(80).back()})), Status::kOk);
  EXPECT_TRUE(transport_.stills.empty());
  transport_.Clear();
  EXPECT_EQ(Send(other.Idr(80)), Status::kOk);
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(other.IdrNalUnits(80)));
  ASSERT_FALSE(transport_.packets.empty());
  for (const auto& packet : transport_.packets)
    EXPECT_EQ(packet.header.payload_type, other.nal().payload_type);
}

TEST_P(EitherCodecTest, WhatPayloadsCameToIsCountedByCodec) {
  Send(porch_.Idr());
  SendUnit({porch_.Fragment(0xc0, Octets({1}))});
  const Counters& counters = relay_.counters();
  const PayloadTally& own = GetParam() == Codec::kH264 ? counters.h264 : counters.h265;
  const PayloadTally& others = GetParam() == Codec::kH264 ? counters.h265 : counters.h264;
  EXPECT_EQ(own[PayloadParse::kOk], porch_.nal().parameter_sets.size() + 1);
  EXPECT_EQ(own[PayloadParse::kBadFragment], 1U);
  EXPECT_EQ(others[PayloadParse::kOk], 0U);
  EXPECT_EQ(others[PayloadParse::kBadFragment], 0U);
}

INSTANTIATE_TEST_SUITE_P(Codecs, EitherCodecTest, ::testing::Values(Codec::kH264, Codec::kH265),
                         [](const auto& codec) {
                           return codec.param == Codec::kH264 ? "H264" : "H265";
                         });

class PublishedH265Test : public PublishedTest {
 protected:
  PublishedH265Test() : PublishedTest(Codec::kH265) {}
  Bytes Unit(unsigned type, unsigned fill) const { return Octets({type << 1, 1, fill, fill}); }
};

TEST_F(PublishedH265Test, EveryRandomAccessTypeBecomesAStill) {
  OpenDegradedDisplay();
  Send(porch_.Slice());
  for (unsigned type = 0; type < 32; ++type) {
    transport_.Clear();
    SendUnit({Unit(32, 1), Unit(33, 2), Unit(34, 3), Unit(type, 4)});
    EXPECT_EQ(transport_.stills.size(), type >= 16 && type <= 21 ? 1U : 0U) << type;
  }
}

TEST_F(PublishedH265Test, ANewSpsTakesTheOldOnesPlaceBehindTheVps) {
  OpenDegradedDisplay();
  Send(porch_.Slice());
  SendUnit({Unit(32, 1), Unit(33, 2), Unit(34, 3)});
  for (unsigned i = 0; i < 100; ++i) SendUnit({Unit(33, 4), Unit(34, 5)});
  SendUnit({Unit(19, 9)});
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes,
            AnnexB({Unit(32, 1), Unit(33, 4), Unit(34, 5), Unit(19, 9)}));
  SendUnit({Unit(32, 6)});  // what stood on the VPS before goes with it
  SendUnit({Unit(19, 9)});
  EXPECT_EQ(transport_.stills.size(), 1U);
}

TEST_F(PublishedH265Test, OtherLayersMakeNoStillAndSpoilNone) {
  OpenDegradedDisplay();
  Send(porch_.Slice());
  const Bytes enhancement = Octets({0x26, 0x09, 7}), slice = Octets({0x02, 0x09, 7});
  const std::vector<Bytes> sets{Unit(32, 1), Unit(33, 2), Unit(34, 3)};
  SendUnit({sets[0], sets[1], sets[2], enhancement});
  EXPECT_TRUE(transport_.stills.empty());
  SendUnit({sets[0], sets[1], sets[2], Unit(19, 9), slice});
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB({sets[0], sets[1], sets[2], Unit(19, 9), slice}));
}

TEST_F(PublishedH265Test, PayloadTypesThatDoNotTellTheCodecsApartAreRefused) {
  Options options;
  options.payload_type_h265 = options.payload_type;
  EXPECT_EQ(relay_.Reset(options), Status::kMalformed);
  options.payload_type_h265 = 128;
  EXPECT_EQ(relay_.Reset(options), Status::kMalformed);
}

}  // namespace
}  // namespace relay
