// Retransmissions and forward error correction, all the way: what was lost reaches the viewer in its
// place, and nobody's but the publisher's own repair packets have any effect.
//
// Seen to fail: with a port's decoder not started anew, ...OfTheSessionBefore...; with recovery only
// after repair packets, OnePacketMayRecover...; with repaired packets located as sent ones are,
// VeryLateRetransmissions... and ARetransmissionNeither...; with repaired packets in the report, AReport
// CountsWhat...; with packets kept under the number after their own, WhateverIsLost... and others; with
// repair packets not admitted, RepairFromAnotherSource... and two more; with recovered packets taken
// for repair again, WhatIsRecovered...; with what was described, or enabled, not looked up, or SSRCs,
// payload types or ports not checked, the test of that name; with each limit moved by a byte,
// RepairSizeTest.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "targets/relay/fec_encoder_for_tests.h"
#include "targets/relay/relay_fixture_for_tests.h"
#include "targets/relay/rtcp.h"
#include "targets/relay/rtx.h"

namespace relay {
namespace {

using testing::AnnexB;
using testing::Bytes;
using testing::kAnna;
using testing::kBert;
using testing::kCrib;
using testing::kCribSource;
using testing::kPorch;
using testing::kPorchSource;
using testing::TestCamera;
using Packets = std::vector<Bytes>;

constexpr Ssrc kRtx{0x0e0e0e0e}, kRepair{0x0f0f0f0f};

enum class By { kRetransmission, kFec };

class RepairTest : public testing::RelayTest {
 protected:
  RepairTest() {
    options_.fec_packets_max = 128;
    options_.gop_packets_max = 256;
    options_.payload_type_fec = 113;  // the encoder's
  }
  void SetUp() override { RestartRepaired(); }
  void RestartRepaired() {
    Restart();
    porch_port_ = StartRepaired(kPorch, kPorchSource, porch_);
    rtx_sequence_ = 7000;
  }
  Port StartRepaired(Camera camera, Source source, const TestCamera& sender) {
    const auto answer =
        relay_.StartPublisher(camera, source, {Ssrc(sender.ssrc()), kRtx, kRepair}, now_);
    EXPECT_EQ(answer.status, Status::kOk);
    return answer.value;
  }
  Status Push(const Bytes& datagram) { return PushFrom(kPorchSource, datagram); }
  Status PushFrom(Source source, const Bytes& datagram) {
    return relay_.OnDatagram(porch_port_, source, datagram, now_);
  }

  Bytes Retransmission(const Bytes& datagram, Ssrc ssrc = kRtx, std::uint8_t payload_type = 98) {
    RtpPacket original;
    EXPECT_EQ(ParseRtp(datagram, original), RtpParse::kOk);
    Bytes rtx(kRtxHeaderBytes);
    const RtxAssociation association{
        .ssrc = ssrc.value, .original_ssrc = original.ssrc, .payload_type = payload_type};
    WriteRtxHeader(original, association, rtx_sequence_++, std::span(rtx).first<kRtxHeaderBytes>());
    rtx.insert(rtx.end(), original.payload.begin(), original.payload.end());
    return rtx;
  }
  // That gives back the one of `block` that was lost.
  Bytes Repair(By by, const Packets& block, std::size_t lost) {
    return by == By::kFec ? fec_.Encode(block) : Retransmission(block[lost]);
  }
  std::vector<Bytes> PayloadsSent() const {
    std::vector<Bytes> payloads;
    for (const auto& packet : transport_.packets) payloads.push_back(packet.payload);
    return payloads;
  }
  static std::vector<Bytes> PayloadsOf(const Packets& datagrams) {
    std::vector<Bytes> payloads;
    for (const Bytes& datagram : datagrams)
      payloads.emplace_back(datagram.begin() + kRtpHeaderBytes, datagram.end());
    return payloads;
  }
  Packets Slices(unsigned count) {
    Packets slices;
    for (unsigned i = 0; i < count; ++i) slices.push_back(porch_.Slice(30 + 7 * i)[0]);
    return slices;
  }
  // A viewer that is live, and has been sent nothing that counts here.
  ViewerHandle OpenLive() {
    SendPorch(porch_.Idr());
    const ViewerHandle viewer = OpenApp();
    transport_.Clear();
    return viewer;
  }

  testing::FecEncoder fec_{5, kRepair.value};
  std::uint16_t rtx_sequence_ = 0;
};

// --- what is repaired

TEST_F(RepairTest, ALostPacketIsSentAgainAtTheRelaysRequestAndReachesTheViewerInOrder) {
  OpenLive();
  const Packets slices = Slices(3);
  Push(slices[0]), Push(slices[2]);
  Wait(options_.nack_after);
  ASSERT_EQ(transport_.feedback.size(), 1U);
  RtcpCompound asked;
  ASSERT_EQ(ParseRtcp(transport_.feedback[0].rtcp, asked), RtcpParse::kOk);
  ASSERT_EQ(asked.nacks.size(), 1U);
  EXPECT_EQ(asked.nacks[0].first, ReadBigEndian<std::uint16_t>(&slices[1][2]));
  EXPECT_EQ(Push(Retransmission(slices[1])), Status::kOk);
  EXPECT_EQ(PayloadsSent(), PayloadsOf(slices));
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2}));
  EXPECT_EQ(relay_.counters().packets_retransmitted, 1U);
  EXPECT_EQ(relay_.counters().packets_lost, 0U);
}

TEST_F(RepairTest, ALostPacketIsRecoveredAndReachesTheViewerInOrder) {
  for (std::size_t lost = 0; lost < 3; ++lost) {
    RestartRepaired();
    OpenLive();
    const Packets slices = Slices(3);
    for (std::size_t i = 0; i < 3; ++i)
      if (i != lost) Push(slices[i]);
    EXPECT_EQ(Push(fec_.Encode(slices)), Status::kOk);
    EXPECT_EQ(PayloadsSent(), PayloadsOf(slices)) << lost;
    EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2}));
    EXPECT_EQ(relay_.counters().packets_recovered, 1U);
  }
}

// By turns, under the same numbers and repair SSRCs. Seen to fail with one decoder for two ports.
TEST_F(RepairTest, EachPortRecoversItsOwn) {
  const Port crib_port = StartRepaired(kCrib, kCribSource, crib_);
  const ViewerHandle anna = OpenApp(kAnna), bert = OpenApp(kBert);
  SendPorch(porch_.Idr());
  Send(crib_port, kCribSource, crib_.Idr());
  const Packets porch = Slices(3), crib{crib_.Slice()[0], crib_.Slice()[0], crib_.Slice()[0]};
  testing::FecEncoder crib_fec(6, kRepair.value);
  transport_.Clear();
  for (const std::size_t i : {0U, 2U}) {
    Push(porch[i]);
    Send(crib_port, kCribSource, {crib[i]});
  }
  Push(fec_.Encode(porch));
  Send(crib_port, kCribSource, {crib_fec.Encode(crib)});
  EXPECT_EQ(relay_.counters().packets_recovered, 2U);
  Packets to_anna, to_bert;
  for (const auto& sent : transport_.packets) {
    ASSERT_TRUE(sent.to == anna || sent.to == bert);
    (sent.to == anna ? to_anna : to_bert).push_back(sent.payload);
  }
  EXPECT_EQ(to_anna, PayloadsOf(porch));
  EXPECT_EQ(to_bert, PayloadsOf(crib));
}

// Rows 0 1 2 and 3 4 5, and the column 1 4: only the column can begin, and what it gives the rows
// need. All are there before the packet that sets it off, so that one call recovers them all.
TEST_F(RepairTest, OnePacketMayRecoverMany) {
  OpenLive();
  const Packets all = Slices(6);
  Push(all[0]), Push(all[3]);
  Push(fec_.Encode(std::array{all[0], all[1], all[2]}));
  Push(fec_.Encode(std::array{all[1], all[4]}));
  Push(fec_.Encode(std::array{all[3], all[4], all[5]}));
  EXPECT_EQ(relay_.counters().packets_recovered, 0U);
  Push(all[4]);
  EXPECT_EQ(relay_.counters().packets_recovered, 3U);
  EXPECT_EQ(PayloadsSent(), PayloadsOf(all));
}

TEST_F(RepairTest, AStillBecomesWholeByWhatWasRepaired) {
  for (const By by : {By::kRetransmission, By::kFec}) {
    RestartRepaired();
    SendPorch(porch_.Slice());
    relay_.OnLossReport(OpenDisplay(), 255, now_);
    const Packets idr = porch_.FragmentedIdr();
    for (const std::size_t i : {0, 1, 3}) Push(idr[i]);
    EXPECT_TRUE(transport_.stills.empty());
    EXPECT_EQ(Push(Repair(by, idr, 2)), Status::kOk);
    ASSERT_EQ(transport_.stills.size(), 1U);
    EXPECT_EQ(transport_.stills[0].bytes, AnnexB(porch_.IdrNalUnits(100)));
  }
}

TEST_F(RepairTest, RetransmissionsOfH265HaveAPayloadTypeOfTheirOwn) {
  porch_codec_ = Codec::kH265;
  RestartRepaired();
  OpenLive();
  const Packets slices = Slices(3);
  Push(slices[0]), Push(slices[2]);
  EXPECT_EQ(Push(Retransmission(slices[1], kRtx, 98)), Status::kMalformed) << "as H.264";
  EXPECT_EQ(relay_.counters().foreign_codecs, 1U);
  EXPECT_EQ(Push(Retransmission(slices[1], kRtx, 99)), Status::kOk);
  EXPECT_EQ(PayloadsSent(), PayloadsOf(slices));
}

TEST_F(RepairTest, WhatWasNotLostIsTakenOnce) {
  OpenLive();
  const Packets slices = Slices(3);
  SendPorch(slices);
  EXPECT_EQ(Push(Retransmission(slices[1])), Status::kOk);
  EXPECT_EQ(Push(fec_.Encode(slices)), Status::kOk);
  EXPECT_EQ(PayloadsSent(), PayloadsOf(slices));
  EXPECT_EQ(relay_.counters().packets_retransmitted, 0U);
  EXPECT_EQ(relay_.counters().packets_recovered, 0U);
  EXPECT_EQ(relay_.counters().places[Place::kLate], 1U);
  EXPECT_EQ(relay_.counters().fec_places[FecPlace::kNotNeeded], 1U);
}

// RFC 3550 6.4.1: a report says how the network does.
TEST_F(RepairTest, AReportCountsWhatWasRepairedAsLost) {
  SendPorch(porch_.Idr());
  const Packets slices = Slices(5);
  for (const std::size_t i : {0, 2, 4}) Push(slices[i]);
  Push(Retransmission(slices[1]));
  Push(fec_.Encode(std::array{slices[2], slices[3], slices[4]}));
  EXPECT_EQ(relay_.counters().packets_lost, 0U);
  Wait(options_.report_interval - std::chrono::seconds(1));
  transport_.Clear();
  Push(porch_.Slice()[0]);
  Wait(std::chrono::seconds(1));
  ASSERT_EQ(transport_.feedback.size(), 1U);
  RtcpCompound said;
  ASSERT_EQ(ParseRtcp(transport_.feedback[0].rtcp, said), RtcpParse::kOk);
  ASSERT_EQ(said.report_blocks.size(), 1U);
  EXPECT_EQ(said.report_blocks[0].packets_lost, 2);
}

TEST_F(RepairTest, RepairStreamsGoOnAfterAnUpgrade) {
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenApp();
  ASSERT_EQ(relay_.Resume(options_, relay_.Save(now_), now_), Status::kOk);
  transport_.Clear();
  SendPorch(porch_.Idr());
  const Packets slices = Slices(4);
  Push(slices[0]), Push(slices[2]);
  EXPECT_EQ(Push(Retransmission(slices[1])), Status::kOk);
  EXPECT_EQ(Push(fec_.Encode(std::array{slices[2], slices[3]})), Status::kOk);
  EXPECT_EQ(transport_.packets.size(), 3U + slices.size());
  EXPECT_EQ(transport_.packets.back().to, viewer);
}

// Blocks of five packets and a repair packet, shuffled; a quarter are lost, of which half are sent
// again a block later, and some come twice. No two slices are of one length.
TEST_F(RepairTest, WhateverIsLostLateOrTwiceTheViewerGetsWhatWasSentInItsOrder) {
  constexpr unsigned kRounds = 50, kSlices = 100, kBlock = 5;
  std::mt19937 random(1);
  std::uint64_t recovered = 0, retransmitted = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    RestartRepaired();
    OpenLive();
    const Packets slices = Slices(kSlices);
    Packets late;
    for (unsigned first = 0; first < kSlices; first += kBlock) {
      const Packets block(slices.begin() + first, slices.begin() + first + kBlock);
      Packets arriving = std::exchange(late, {});
      arriving.push_back(fec_.Encode(block));
      for (const Bytes& slice : block) {
        const bool lost = random() % 4 == 0;
        if (!lost) arriving.push_back(slice);
        if (random() % (lost ? 2 : 8) == 0) late.push_back(Retransmission(slice));
      }
      std::ranges::shuffle(arriving, random);
      for (const Bytes& datagram : arriving) {
        ASSERT_EQ(Push(datagram), Status::kOk);
        Wait(std::chrono::milliseconds(1));
      }
    }
    Wait(options_.reorder_wait);
    const auto all = PayloadsOf(slices);
    auto rest = std::span(all);
    for (const Bytes& payload : PayloadsSent()) {
      const auto found = std::ranges::find(rest, payload);
      ASSERT_NE(found, rest.end()) << "not sent, or out of order, or twice";
      rest = rest.subspan(static_cast<std::size_t>(found - rest.begin()) + 1);
    }
    recovered += relay_.counters().packets_recovered;
    retransmitted += relay_.counters().packets_retransmitted;
  }
  EXPECT_GT(recovered, kRounds);
  EXPECT_GT(retransmitted, kRounds);
}

// --- where a repaired packet may go

// Two that follow each other would otherwise pass for a sequence that starts anew (RFC 3550 A.1).
TEST_F(RepairTest, VeryLateRetransmissionsDoNotMoveTheSequence) {
  options_.pacing_bytes = 0;
  RestartRepaired();
  OpenLive();
  const Packets slices = Slices(150);
  SendPorch(slices);
  EXPECT_EQ(Push(Retransmission(slices[3])), Status::kOk);
  EXPECT_EQ(Push(Retransmission(slices[4])), Status::kOk);
  EXPECT_EQ(relay_.counters().places[Place::kLate], 2U);
  EXPECT_EQ(relay_.counters().packets_lost, 0U);
  EXPECT_EQ(transport_.packets.size(), 150U);
}

TEST_F(RepairTest, ARetransmissionNeitherBeginsASequenceNorGivesUpAGap) {
  const Packets slices = Slices(40);
  EXPECT_EQ(Push(Retransmission(slices[39])), Status::kOk);
  Push(slices[0]);
  EXPECT_EQ(Push(Retransmission(slices[39])), Status::kOk);
  EXPECT_EQ(relay_.counters().places[Place::kDoubtful], 2U);
  Push(slices[2]), Push(slices[1]);
  EXPECT_EQ(relay_.counters().places[Place::kNew], 3U);
  EXPECT_EQ(relay_.counters().packets_lost, 0U);
}

// --- whose repair packets have an effect

TEST_F(RepairTest, RepairFromAnotherSourceHasNoEffect) {
  const Port crib_port = StartRepaired(kCrib, kCribSource, crib_);
  OpenLive();
  const Packets slices = Slices(3);
  Push(slices[0]), Push(slices[2]);
  for (const By by : {By::kRetransmission, By::kFec}) {
    const Bytes repair = Repair(by, slices, 1);
    EXPECT_EQ(PushFrom(kCribSource, repair), Status::kForeignSource);
    Send(crib_port, kCribSource, {repair});
  }
  EXPECT_EQ(relay_.counters().ssrc_collisions, 2U);
  EXPECT_EQ(transport_.packets.size(), 1U);
  EXPECT_EQ(relay_.counters().fec_places[FecPlace::kKept], 0U);
  EXPECT_EQ(Push(slices[1]), Status::kOk);
  EXPECT_EQ(relay_.counters().packets_recovered, 0U);
}

TEST_F(RepairTest, RepairUnderAnotherSsrcThanWasDescribedHasNoEffect) {
  OpenLive();
  const Packets slices = Slices(3);
  Push(slices[0]), Push(slices[2]);
  EXPECT_EQ(Push(Retransmission(slices[1], kRepair)), Status::kForeignSource);
  EXPECT_EQ(relay_.counters().rtx[RtxParse::kForeignSource], 1U);
  EXPECT_EQ(Push(testing::FecEncoder(5, kRtx.value).Encode(slices)), Status::kForeignSource);
  EXPECT_EQ(relay_.counters().fec_places[FecPlace::kForeignSource], 1U);
  EXPECT_EQ(Push(testing::FecEncoder(6, kRepair.value).Encode(slices)), Status::kForeignSource);
  EXPECT_EQ(relay_.counters().foreign_ssrcs, 1U);
  EXPECT_EQ(transport_.packets.size(), 1U);
}

TEST_F(RepairTest, RepairThatWasNotDescribedIsRefused) {
  const Packets slices = Slices(3);
  const auto all_refused = [&] {
    Push(slices[0]);
    for (const By by : {By::kRetransmission, By::kFec})
      EXPECT_EQ(Push(Repair(by, slices, 1)), Status::kMalformed);
    EXPECT_EQ(relay_.counters().foreign_payload_types, 2U);
  };
  porch_port_ = Start(kPorch, kPorchSource, porch_);
  all_refused();

  options_.fec_packets_max = 0;
  RestartRepaired();
  OpenLive();
  const Packets more = Slices(3);
  Push(more[0]), Push(more[2]);
  EXPECT_EQ(Push(fec_.Encode(more)), Status::kMalformed);
  EXPECT_EQ(Push(Retransmission(more[1])), Status::kOk);
  EXPECT_EQ(PayloadsSent(), PayloadsOf(more));
}

// Seen to fail with the last one kept for a session that says nothing.
TEST_F(RepairTest, ADescriptionEndsWithItsSession) {
  const Packets slices = Slices(3);
  const auto started = relay_.StartPublisher(kPorch, kPorchSource, PublisherStreams(), now_);
  EXPECT_EQ(started.value, porch_port_);
  for (const By by : {By::kRetransmission, By::kFec})
    EXPECT_EQ(Push(Repair(by, slices, 1)), Status::kMalformed);
  EXPECT_EQ(relay_.counters().foreign_payload_types, 2U);
}

TEST_F(RepairTest, RepairOnAPortWithoutASessionIsRefused) {
  const Packets slices = Slices(3);
  for (const By by : {By::kRetransmission, By::kFec}) {
    const Bytes repair = Repair(by, slices, 1);
    EXPECT_EQ(relay_.OnDatagram(Port(99), kPorchSource, repair, now_), Status::kUnknownId);
    relay_.StopPublisher(porch_port_);
    EXPECT_EQ(Push(repair), Status::kNoSession);
  }
}

// The porch's repair packet waits for packets 80 and 81. The crib's session begins on the same port,
// under the same SSRCs, and has a packet 80 of its own: kept, the two would give a packet 81 of both
// homes' bytes.
TEST_F(RepairTest, ARepairPacketOfTheSessionBeforeRecoversNothing) {
  crib_ = TestCamera(5, 0xbb);
  const Packets porch = Slices(82);
  Push(porch[0]);
  EXPECT_EQ(Push(fec_.Encode(std::array{porch[0], porch[80], porch[81]})), Status::kOk);
  EXPECT_EQ(relay_.counters().fec_places[FecPlace::kKept], 1U);
  relay_.StopPublisher(porch_port_);

  for (int i = 0; i < 77; ++i) crib_.Slice();
  ASSERT_EQ(StartRepaired(kCrib, kCribSource, crib_), porch_port_);
  Send(porch_port_, kCribSource, crib_.Idr());
  OpenApp(testing::kBert);
  transport_.Clear();
  Send(porch_port_, kCribSource, crib_.Slice(porch[80].size() - kRtpHeaderBytes));
  EXPECT_EQ(relay_.counters().fec_recoveries[FecRecovery::kRecovered], 0U);
  EXPECT_EQ(transport_.packets.size(), 1U);
}

// The other way round: the porch's packet 1 is kept, and the crib's repair packet is over 1, 66 and
// 67.
TEST_F(RepairTest, APacketOfTheSessionBeforeRecoversNothing) {
  crib_ = TestCamera(5, 0xbb);
  const Packets porch = Slices(2);
  Push(porch[0]), Push(porch[1]);
  relay_.StopPublisher(porch_port_);

  Packets crib;
  for (int i = 0; i < 68; ++i) crib.push_back(crib_.Slice(porch[1].size() - kRtpHeaderBytes)[0]);
  ASSERT_EQ(StartRepaired(kCrib, kCribSource, crib_), porch_port_);
  Send(porch_port_, kCribSource, {crib[66], fec_.Encode(std::array{crib[1], crib[66], crib[67]})});
  EXPECT_EQ(relay_.counters().fec_places[FecPlace::kKept], 1U);
  EXPECT_EQ(relay_.counters().fec_recoveries[FecRecovery::kRecovered], 0U);
}

// --- what is malformed, and what is large

TEST_F(RepairTest, MalformedRepairPacketsAreCounted) {
  OpenLive();
  const Packets slices = Slices(3);
  Push(slices[0]), Push(slices[2]);
  Bytes rtx = Retransmission(slices[1]);
  rtx.resize(kRtxHeaderBytes);
  EXPECT_EQ(Push(rtx), Status::kMalformed);
  rtx.resize(kRtxHeaderBytes - 1);
  EXPECT_EQ(Push(rtx), Status::kMalformed);
  EXPECT_EQ(relay_.counters().rtx[RtxParse::kEmpty], 1U);
  EXPECT_EQ(relay_.counters().rtx[RtxParse::kTooShort], 1U);

  Bytes fec = fec_.Encode(slices);
  fec.resize(20);
  EXPECT_EQ(Push(fec), Status::kMalformed);
  EXPECT_EQ(relay_.counters().fec[FecParse::kTooShort], 1U);

  fec = fec_.Encode(slices);
  fec.back() ^= std::byte{1};  // what it gives is shorter, and ought to be followed by zeros
  EXPECT_EQ(Push(fec), Status::kOk);
  EXPECT_EQ(relay_.counters().fec_recoveries[FecRecovery::kBadLength], 1U);
  EXPECT_EQ(transport_.packets.size(), 1U);
}

// A packet of the repair stream's own, or of nobody's, payload type.
TEST_F(RepairTest, WhatIsRecoveredMustBeMedia) {
  for (const unsigned payload_type : {98U, 113U, 50U}) {
    RestartRepaired();
    OpenLive();
    Packets slices = Slices(3);
    slices[1][1] = static_cast<std::byte>(payload_type);
    Push(slices[0]), Push(slices[2]);
    EXPECT_EQ(Push(fec_.Encode(slices)), Status::kOk);
    EXPECT_EQ(relay_.counters().fec_recoveries[FecRecovery::kRecovered], 1U);
    EXPECT_EQ(relay_.counters().foreign_payload_types, 1U);
    EXPECT_EQ(transport_.packets.size(), 1U);
  }
}

class RepairSizeTest : public RepairTest {
 protected:
  RepairSizeTest() { options_.packet_bytes_max = kBytesMax; }

  static constexpr std::uint32_t kBytesMax = 200;
  // With a mask of all three parts, over the slice and the one 50 before it.
  Bytes RepairOf(const Packets& slices) { return fec_.Encode(std::array{slices[0], slices[50]}); }
  Packets FiftyAnd(std::size_t bytes) {
    Packets slices;
    for (int i = 0; i < 50; ++i) slices.push_back(porch_.Slice()[0]);
    slices.push_back(porch_.Slice(bytes - kRtpHeaderBytes)[0]);
    return slices;
  }
};

TEST_F(RepairSizeTest, TheLargestPacketIsRepairedAndNoneLarger) {
  for (const By by : {By::kRetransmission, By::kFec}) {
    for (const std::uint32_t beyond : {0U, 1U}) {
      RestartRepaired();
      OpenLive();
      const Packets slices = FiftyAnd(kBytesMax + beyond);
      for (std::size_t i = 0; i < 50; ++i) Push(slices[i]);
      const Bytes repair = by == By::kFec ? RepairOf(slices) : Retransmission(slices[50]);
      EXPECT_EQ(repair.size(), kBytesMax + beyond + (by == By::kFec ? 28 : 2));
      EXPECT_EQ(Push(repair), beyond == 0 ? Status::kOk : Status::kTooLarge);
      EXPECT_EQ(Push(slices[50]), beyond == 0 ? Status::kOk : Status::kTooLarge);
      EXPECT_EQ(transport_.packets.size(), 51 - beyond);
    }
  }
}

// A byte stream lets in what datagrams do.
TEST_F(RepairSizeTest, AByteStreamBringsTheLargestRepairPacket) {
  const auto push = [this](const Bytes& datagram) {
    Bytes frame{std::byte{'$'}, std::byte{0}, static_cast<std::byte>(datagram.size() >> 8),
                static_cast<std::byte>(datagram.size())};
    frame.insert(frame.end(), datagram.begin(), datagram.end());
    const std::span<const std::byte> all(frame);
    EXPECT_EQ(relay_.OnStream(porch_port_, kPorchSource, all.first(9), now_), Status::kOk);
    return relay_.OnStream(porch_port_, kPorchSource, all.subspan(9), now_);
  };
  OpenLive();
  const Packets slices = FiftyAnd(kBytesMax);
  for (std::size_t i = 0; i < 49; ++i) push(slices[i]);
  EXPECT_EQ(push(RepairOf(slices)), Status::kOk);
  EXPECT_EQ(push(Retransmission(slices[49])), Status::kOk);
  EXPECT_EQ(PayloadsSent(), PayloadsOf(slices));
  EXPECT_EQ(push(porch_.Slice(kBytesMax - kRtpHeaderBytes + 1)[0]), Status::kTooLarge);
  EXPECT_EQ(relay_.counters().stream_frames_too_large, 0U);
}

// --- set-up

TEST_F(RepairTest, StreamsOfOneSsrcAreRefused) {
  const Ssrc media(5);
  for (const PublisherStreams& streams :
       {PublisherStreams(media, media), PublisherStreams(media, kRtx, media),
        PublisherStreams(media, kRtx, kRtx)}) {
    EXPECT_EQ(relay_.StartPublisher(kPorch, kPorchSource, streams, now_).status,
              Status::kMalformed);
  }
  EXPECT_EQ(relay_.StartPublisher(kPorch, kPorchSource, {media, kRtx}, now_).status, Status::kOk);
}

TEST_F(RepairTest, PayloadTypesAndRoomOutOfRangeAreRefused) {
  const auto refused = [this](auto change) {
    Options options = options_;
    change(options);
    return relay_.Reset(options) == Status::kMalformed;
  };
  EXPECT_TRUE(refused([](Options& o) { o.payload_type_fec = 128; }));
  EXPECT_TRUE(refused([](Options& o) { o.payload_type_rtx = o.payload_type; }));
  EXPECT_TRUE(refused([](Options& o) { o.payload_type_rtx_h265 = o.payload_type_rtx; }));
  EXPECT_TRUE(refused([](Options& o) { o.payload_type_fec = o.payload_type_h265; }));
  EXPECT_TRUE(refused([](Options& o) { o.fec_packets_max = kFecPacketsLimit + 1; }));
  EXPECT_FALSE(refused([](Options&) {}));
}

}  // namespace
}  // namespace relay
