// RTCP both ways: what publishers are asked for, and what viewers may ask for. Nobody is asked, and
// nobody is answered, but who the session belongs to.
//
// Seen to fail: with a source made up, ARequestGoesTo... and others; without the limit on picture
// requests, PicturesAreAskedFor...; with numbers of before a restart looked up,
// WhatWasSentBeforeARecovery...; with any SSRC taken for one's own, AnotherStreams...
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "targets/relay/relay_fixture_for_tests.h"
#include "targets/relay/rtcp.h"

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Bytes;
using testing::kAnna;
using testing::kBert;
using testing::kCrib;
using testing::kCribSource;
using testing::kFront;
using testing::kPorch;
using testing::kPorchSource;
using testing::SentFeedback;
using testing::TestCamera;

class FeedbackTest : public testing::RelayTest {
 protected:
  // What was sent to publishers since the last call, as one.
  RtcpCompound TakeFeedback(Source to = kPorchSource) {
    RtcpCompound all;
    for (const SentFeedback& sent : transport_.feedback) {
      EXPECT_EQ(sent.to, to);
      RtcpCompound said;
      EXPECT_EQ(ParseRtcp(sent.rtcp, said), RtcpParse::kOk);
      for (const Nack& nack : said.nacks) all.nacks.Add(nack);
      for (const std::uint32_t ssrc : said.picture_requests) all.picture_requests.Add(ssrc);
      for (const ReportBlock& block : said.report_blocks) all.report_blocks.Add(block);
    }
    transport_.feedback.clear();
    return all;
  }
  std::uint16_t NumberOf(const Bytes& datagram) {
    RtpPacket packet;
    EXPECT_EQ(ParseRtp(datagram, packet), RtpParse::kOk);
    return packet.sequence_number;
  }

  Status Ask(ViewerHandle viewer, const Nack& nack) {
    std::array<std::byte, kRtcpBytesMax> space;
    RtcpWriter writer(space);
    writer.AddNack(1, std::span(&nack, 1));
    return relay_.OnViewerDatagram(viewer, writer.written(), now_);
  }
  Status AskForPicture(ViewerHandle viewer, std::uint32_t ssrc) {
    std::array<std::byte, kRtcpBytesMax> space;
    RtcpWriter writer(space);
    writer.AddPictureLossIndication(1, ssrc);
    return relay_.OnViewerDatagram(viewer, writer.written(), now_);
  }
  // Live on a GOP of an IDR picture and a slice; what the last packet was sent as.
  ViewerHandle OpenLive() {
    SendPorch(porch_.Idr());
    SendPorch(porch_.Slice());
    const ViewerHandle viewer = OpenApp();
    last_ = transport_.packets.back();
    transport_.Clear();
    return viewer;
  }
  Nack LastPacket() const { return {last_.header.ssrc, last_.header.sequence_number, 0}; }

  testing::SentPacket last_;
};

// --- to publishers

TEST_F(FeedbackTest, ARequestGoesToThePublisherAndNamesWhatIsMissing) {
  Start(kCrib, kCribSource, crib_);
  SendPorch(porch_.Idr());
  const auto lost = porch_.Slice();
  SendPorch(porch_.Slice());
  porch_.Slice();
  SendPorch(porch_.Slice());
  EXPECT_TRUE(transport_.feedback.empty()) << "it may only be out of order";
  Wait(options_.nack_after);
  const RtcpCompound said = TakeFeedback();
  ASSERT_EQ(said.nacks.size(), 1U);
  EXPECT_EQ(said.nacks[0], (Nack{porch_.ssrc(), NumberOf(lost[0]), 0b10}));
}

TEST_F(FeedbackTest, WhatComesInTheMeantimeIsNotAskedFor) {
  SendPorch(porch_.Idr());
  const auto late = porch_.Slice();
  SendPorch(porch_.Slice());
  SendPorch(late);
  Wait(seconds(1));
  EXPECT_TRUE(transport_.feedback.empty());
}

TEST_F(FeedbackTest, AGapIsAskedForAgainUntilItIsGivenUpAndThenAPictureIs) {
  SendPorch(porch_.Idr());
  porch_.Slice();
  SendPorch(porch_.Slice());
  Wait(milliseconds(5));
  EXPECT_EQ(TakeFeedback().nacks.size(), 1U);
  Wait(milliseconds(10));
  EXPECT_EQ(TakeFeedback().nacks.size(), 1U);
  Wait(milliseconds(5));
  const RtcpCompound given_up = TakeFeedback();
  EXPECT_TRUE(given_up.nacks.empty());
  ASSERT_EQ(given_up.picture_requests.size(), 1U);
  EXPECT_EQ(given_up.picture_requests[0], porch_.ssrc());
  EXPECT_EQ(relay_.counters().pictures_asked_for, 1U);
  Wait(seconds(4));
  EXPECT_TRUE(transport_.feedback.empty());
}

TEST_F(FeedbackTest, FarApartGapsAreAllNamed) {
  SendPorch(porch_.Idr());
  const auto first = porch_.Slice();
  for (int i = 0; i < 20; ++i) SendPorch(porch_.Slice());
  const auto second = porch_.Slice();
  SendPorch(porch_.Slice());
  Wait(options_.nack_after);
  const RtcpCompound said = TakeFeedback();
  ASSERT_EQ(said.nacks.size(), 2U);
  EXPECT_EQ(said.nacks[0], (Nack{porch_.ssrc(), NumberOf(first[0]), 0}));
  EXPECT_EQ(said.nacks[1], (Nack{porch_.ssrc(), NumberOf(second[0]), 0}));
}

TEST_F(FeedbackTest, WhatIsSentAgainFillsTheGap) {
  SendPorch(porch_.Idr());
  OpenApp();
  const auto lost = porch_.Slice();
  SendPorch(porch_.Slice());
  Wait(options_.nack_after);
  transport_.Clear();
  SendPorch(lost);
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1}));
  EXPECT_EQ(relay_.counters().packets_lost, 0U);
}

TEST_F(FeedbackTest, PicturesAreAskedForNoOftenerThanTheInterval) {
  const auto lose = [&] {
    porch_.Slice();
    SendPorch(porch_.Slice());
    Wait(options_.reorder_wait);
  };
  SendPorch(porch_.Slice());
  lose();
  EXPECT_EQ(TakeFeedback().picture_requests.size(), 1U);
  lose();
  lose();
  EXPECT_EQ(TakeFeedback().picture_requests.size(), 0U);
  Wait(options_.picture_interval);
  EXPECT_EQ(TakeFeedback().picture_requests.size(), 1U);
  lose();
  SendPorch(porch_.Idr());
  Wait(options_.picture_interval);
  EXPECT_EQ(TakeFeedback().picture_requests.size(), 0U) << "it has come meanwhile";
}

// Seen to fail with one port's limit kept for all, or for the port's next session.
TEST_F(FeedbackTest, APictureIsAskedForWhateverAnotherPublisherWasAskedFor) {
  const auto lose = [&](Port port, Source source, TestCamera& camera) {
    Send(port, source, camera.Slice());
    camera.Slice();
    Send(port, source, camera.Slice());
    Wait(options_.reorder_wait);
    return TakeFeedback(source).picture_requests.size();
  };
  Port crib_port = Start(kCrib, kCribSource, crib_);
  EXPECT_EQ(lose(porch_port_, kPorchSource, porch_), 1U);
  EXPECT_EQ(lose(crib_port, kCribSource, crib_), 1U);
  relay_.StopPublisher(crib_port);
  relay_.StopPublisher(porch_port_);
  crib_port = Start(kCrib, kCribSource, crib_);
  EXPECT_EQ(crib_port, porch_port_);
  EXPECT_EQ(lose(crib_port, kCribSource, crib_), 1U);
}

// Seen to fail with the reception of the port's session before carried on.
TEST_F(FeedbackTest, AReportTellsNothingOfThePortsSessionBefore) {
  for (int i = 0; i < 4; ++i) {
    porch_.Slice();
    SendPorch(porch_.Slice());
  }
  relay_.StopPublisher(porch_port_);
  const Port port = Start(kCrib, kCribSource, crib_);
  EXPECT_EQ(port, porch_port_);
  Send(port, kCribSource, crib_.Idr());
  Wait(seconds(4));
  Send(port, kCribSource, crib_.Slice());
  transport_.Clear();
  Wait(seconds(1));
  const RtcpCompound said = TakeFeedback(kCribSource);
  ASSERT_EQ(said.report_blocks.size(), 1U);
  EXPECT_EQ(said.report_blocks[0].packets_lost, 0);
  EXPECT_EQ(said.report_blocks[0].highest_sequence, 65000U + 3);
}

TEST_F(FeedbackTest, AReceiverReportSaysWhatWasLost) {
  SendPorch(porch_.Idr());
  for (int i = 0; i < 4; ++i) {
    porch_.Slice();
    SendPorch(porch_.Slice());
  }
  Wait(seconds(1));
  SendPorch(porch_.Slice());
  transport_.Clear();
  Wait(seconds(4));
  const RtcpCompound said = TakeFeedback();
  ASSERT_EQ(said.report_blocks.size(), 1U);
  const ReportBlock& block = said.report_blocks[0];
  EXPECT_EQ(block.ssrc, porch_.ssrc());
  EXPECT_EQ(block.packets_lost, 4);
  EXPECT_EQ(block.fraction_lost, 4 * 256 / 12);
  EXPECT_EQ(block.highest_sequence, 65000U + 11);
  EXPECT_EQ(block.last_sender_report, 0U);
}

TEST_F(FeedbackTest, AReceiverReportAnswersTheSendersReport) {
  SendPorch(porch_.Slice());
  Bytes report{std::byte{0x80}, std::byte{200}, std::byte{0}, std::byte{6}};
  report.resize(28);
  WriteBigEndian(&report[4], porch_.ssrc());
  WriteBigEndian(&report[8], std::uint64_t{0x0123456789abcdef});
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, report, now_), Status::kOk);
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kCribSource, report, now_), Status::kForeignSource);
  Wait(seconds(4));
  SendPorch(porch_.Slice());
  Wait(seconds(1));
  const RtcpCompound said = TakeFeedback();
  ASSERT_EQ(said.report_blocks.size(), 1U);
  EXPECT_EQ(said.report_blocks[0].last_sender_report, 0x456789abU);
  EXPECT_EQ(said.report_blocks[0].delay_since_last_sr, 5U * 65536);
}

TEST_F(FeedbackTest, ASessionThatEndedIsToldNothingMore) {
  SendPorch(porch_.Idr());
  porch_.Slice();
  SendPorch(porch_.Slice());
  ASSERT_EQ(relay_.StopPublisher(porch_port_), Status::kOk);
  Wait(seconds(10));
  EXPECT_TRUE(transport_.feedback.empty());
}

TEST_F(FeedbackTest, CollisionsAreCountedApart) {
  TestCamera impostor(porch_.ssrc(), 0xcc), renumbered(9, 0xcc);
  Send(porch_port_, kCribSource, impostor.Slice());
  Send(porch_port_, kPorchSource, renumbered.Slice());
  Send(porch_port_, kPorchSource, renumbered.Slice());
  EXPECT_EQ(relay_.counters().ssrc_collisions, 1U);
  EXPECT_EQ(relay_.counters().foreign_ssrcs, 2U);
}

// --- from viewers

TEST_F(FeedbackTest, AViewerIsSentAPacketAgainJustAsItWas) {
  const ViewerHandle viewer = OpenLive();
  SendPorch(porch_.Slice());
  transport_.Clear();
  EXPECT_EQ(Ask(viewer, LastPacket()), Status::kOk);
  ASSERT_EQ(transport_.packets.size(), 1U);
  const auto& again = transport_.packets[0];
  EXPECT_EQ(again.header.sequence_number, last_.header.sequence_number);
  EXPECT_EQ(again.header.timestamp, last_.header.timestamp);
  EXPECT_EQ(again.header.marker, last_.header.marker);
  EXPECT_EQ(again.payload, last_.payload);
  EXPECT_EQ(again.to, viewer);
  EXPECT_EQ(relay_.counters().packets_sent_again, 1U);
}

TEST_F(FeedbackTest, NumbersThatWereNeverSentAreNotAnswered) {
  const ViewerHandle viewer = OpenLive();
  Nack nack = LastPacket();
  ++nack.first;
  EXPECT_EQ(Ask(viewer, nack), Status::kOk);
  nack.first = static_cast<std::uint16_t>(nack.first - 100);
  EXPECT_EQ(Ask(viewer, nack), Status::kOk);
  EXPECT_TRUE(transport_.silent());
}

// Its slot holds another packet by then. Seen to fail: the number of what lies there not compared.
TEST_F(FeedbackTest, APacketThatWasOverwrittenIsNotSentAgain) {
  const ViewerHandle viewer = OpenLive();
  for (std::uint32_t i = 0; i < options_.gop_packets_max; ++i) SendPorch(porch_.Slice());
  transport_.Clear();
  EXPECT_EQ(Ask(viewer, LastPacket()), Status::kOk);
  EXPECT_TRUE(transport_.silent());
}

// Seen to fail without the look at the session's mode.
TEST_F(FeedbackTest, ADegradedViewerIsSentNoPacketAgain) {
  SendPorch(porch_.Idr());
  const ViewerHandle display = OpenDisplay();
  last_ = transport_.packets.back();
  EXPECT_EQ(relay_.OnLossReport(display, 255, now_), Status::kOk);
  transport_.Clear();
  EXPECT_EQ(Ask(display, LastPacket()), Status::kOk);
  EXPECT_TRUE(transport_.packets.empty());
}

// The packet before its first one is there, and was another GOP's. Seen to fail: one number too many.
TEST_F(FeedbackTest, WhatCameBeforeTheSessionIsNotSentAgain) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenApp();
  Nack nack{transport_.packets[0].header.ssrc, transport_.packets[0].header.sequence_number, 0};
  transport_.Clear();
  --nack.first;
  EXPECT_EQ(Ask(viewer, nack), Status::kOk);
  EXPECT_TRUE(transport_.silent());
}

TEST_F(FeedbackTest, AnotherStreamsPacketsAreNotAnswered) {
  const ViewerHandle viewer = OpenLive();
  Nack nack = LastPacket();
  ++nack.media_ssrc;
  EXPECT_EQ(Ask(viewer, nack), Status::kOk);
  EXPECT_EQ(AskForPicture(viewer, nack.media_ssrc), Status::kOk);
  EXPECT_TRUE(transport_.silent());
  EXPECT_TRUE(transport_.feedback.empty());
}

TEST_F(FeedbackTest, WhatWasSentBeforeARestartIsNotSentAgain) {
  const ViewerHandle viewer = OpenLive();
  ASSERT_EQ(relay_.StopPublisher(porch_port_), Status::kOk);
  const Port crib_port = Start(kCrib, kCribSource, crib_);
  ASSERT_EQ(crib_port, porch_port_) << "Bert's camera has Anna's port now";
  for (int i = 0; i < 70; ++i) Send(crib_port, kCribSource, crib_.Slice());
  EXPECT_EQ(Ask(viewer, LastPacket()), Status::kOk);
  porch_port_ = Start(kPorch, kPorchSource, porch_);
  SendPorch(porch_.Idr());
  transport_.Clear();
  EXPECT_EQ(Ask(viewer, LastPacket()), Status::kOk);
  EXPECT_TRUE(transport_.silent());
}

// Under the number of a packet of before, another would go out.
TEST_F(FeedbackTest, WhatWasSentBeforeARecoveryIsNotSentAgain) {
  SendPorch(porch_.Idr());
  const ViewerHandle display = OpenDisplay();
  last_ = transport_.packets.back();
  ASSERT_EQ(relay_.OnLossReport(display, 255, now_), Status::kOk);
  for (int i = 0; i < 3; ++i) SendPorch(porch_.Slice());
  ASSERT_EQ(relay_.OnLossReport(display, 0, now_), Status::kOk);
  SendPorch(porch_.Idr());
  transport_.Clear();
  EXPECT_EQ(Ask(display, LastPacket()), Status::kOk);
  EXPECT_TRUE(transport_.silent());
}

TEST_F(FeedbackTest, ARevokedViewerIsSentNothingAgain) {
  const ViewerHandle viewer = OpenLive();
  ASSERT_EQ(relay_.RevokeAccount(kAnna), Status::kOk);
  EXPECT_EQ(Ask(viewer, LastPacket()), Status::kNoSession);
  EXPECT_EQ(AskForPicture(viewer, last_.header.ssrc), Status::kNoSession);
  EXPECT_TRUE(transport_.silent());
  EXPECT_TRUE(transport_.feedback.empty());
}

TEST_F(FeedbackTest, AViewersPictureRequestReachesItsCamerasPublisher) {
  Start(kCrib, kCribSource, crib_);
  const ViewerHandle viewer = OpenLive();
  EXPECT_EQ(AskForPicture(viewer, last_.header.ssrc), Status::kOk);
  const RtcpCompound said = TakeFeedback();
  ASSERT_EQ(said.picture_requests.size(), 1U);
  EXPECT_EQ(said.picture_requests[0], porch_.ssrc());
}

TEST_F(FeedbackTest, ADegradedViewersReportIsHeardInRtcpToo) {
  for (int i = 0; i < 2; ++i) SendPorch(porch_.Idr());
  const ViewerHandle display = OpenDisplay();
  ReportBlock block;
  block.ssrc = transport_.packets.back().header.ssrc;
  block.fraction_lost = 255;
  std::array<std::byte, kRtcpBytesMax> space;
  RtcpWriter writer(space);
  writer.AddReceiverReport(1, std::span(&block, 1));
  transport_.Clear();
  EXPECT_EQ(relay_.OnViewerDatagram(display, writer.written(), now_), Status::kOk);
  EXPECT_EQ(transport_.stills.size(), 1U);
}

TEST_F(FeedbackTest, AViewerThatOpensBeforeAnyPictureAsksForOne) {
  SendPorch(porch_.Slice());
  OpenApp();
  EXPECT_EQ(TakeFeedback().picture_requests.size(), 1U);
}

TEST_F(FeedbackTest, MalformedFeedbackIsCountedAndChangesNothing) {
  const ViewerHandle viewer = OpenLive();
  const Bytes garbage{std::byte{0x81}, std::byte{205}};
  EXPECT_EQ(relay_.OnViewerDatagram(viewer, garbage, now_), Status::kMalformed);
  EXPECT_EQ(relay_.counters().viewer_rtcp[RtcpParse::kTooShort], 1U);
  EXPECT_TRUE(transport_.silent());
}

}  // namespace
}  // namespace relay
