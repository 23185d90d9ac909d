// The relay as a whole. That nobody receives what is not theirs is the core's work, and the
// proof's; here the ways by which bytes reach a viewer are each walked, and each withdrawal is seen
// to stop all of them.
//
// Seen to fail: with Check() always kOk, EachWithdrawal...; with leak A3 planted,
// AnotherCamerasStill...; with B5, AShorterStill... and LiveViewer...; with K1, JsonDoor...; with
// R1, AReleasedPorts...; with starts_for_sure taken for starts, TornAccessUnits...; with the age of
// the still's own packets where it borrows parameter sets, BareIdr...; with those kept from session
// to session, ParameterSets...; without the bound on ids in a token, TokenOfALargerDeployment...;
// with the number in a packet's slot not compared, PacketLostFromTheGop...
#include "targets/relay/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium/core.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "targets/relay/octets_for_tests.h"
#include "targets/relay/relay_fixture_for_tests.h"
#include "targets/relay/test_camera.h"

namespace relay {
namespace {

using testing::AnnexB;
using testing::Bytes;
using testing::kAnna;
using testing::kBack;
using testing::kBert;
using testing::kCrib;
using testing::kCribSource;
using testing::kDisplay;
using testing::kFront;
using testing::kPorch;
using testing::kPorchSource;
using testing::NalUnit;
using testing::Octets;
using testing::RelayTest;
using testing::TestCamera;

// --- packets

TEST_F(RelayTest, LiveViewerReceivesEveryPacketUnderItsOwnNumbers) {
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenApp();
  transport_.Clear();
  for (int i = 0; i < 1000; ++i)
    SendPorch(porch_.Slice());  // the camera's numbers and timestamps wrap on the way
  ASSERT_EQ(transport_.packets.size(), 1000U);
  EXPECT_EQ(transport_.parse_failures, 0);
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto& sent = transport_.packets[i];
    EXPECT_EQ(sent.to, viewer);
    EXPECT_EQ(sent.payload, NalUnit(0x41, 50, 0xaa));
    EXPECT_NE(sent.header.ssrc, porch_.ssrc());
    EXPECT_EQ(sent.header.timestamp,
              transport_.packets[0].header.timestamp + 3000 * static_cast<std::uint32_t>(i));
    EXPECT_EQ(SequenceNumbersFromFirst()[i], i);
  }
}

TEST_F(RelayTest, NewViewerGetsTheGopFirst) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  SendPorch(porch_.Slice());
  OpenApp();
  ASSERT_EQ(transport_.packets.size(), 4U);
  EXPECT_EQ(transport_.packets[0].payload[0], std::byte{0x67});
  SendPorch(porch_.Slice());
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2, 3, 4}));
}

TEST_F(RelayTest, ViewerWithoutAGopWaitsForTheNextIdr) {
  OpenApp();
  SendPorch(porch_.Slice());
  EXPECT_TRUE(transport_.silent());
  SendPorch(porch_.FragmentedIdr());
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2, 3}));
}

TEST_F(RelayTest, GopTooLongForItsCacheIsGivenUpUntilTheNextIdr) {
  SendPorch(porch_.Idr());
  const ViewerHandle live = OpenApp();
  for (int i = 0; i < 100; ++i) SendPorch(porch_.Slice());
  EXPECT_EQ(relay_.counters().gops_overflowed, 1U);
  EXPECT_EQ(transport_.packets.size(), 103U);
  transport_.Clear();
  OpenApp();
  EXPECT_TRUE(transport_.silent());
  SendPorch(porch_.Idr());
  EXPECT_EQ(transport_.packets.size(), 6U);
  EXPECT_EQ(std::ranges::count(transport_.packets, live, &testing::SentPacket::to), 3);
}

// By the next packet, or by one that waits for it. Seen to fail: a cache that is longer by one, and
// what was lost not told before the packet's turn.
TEST_F(RelayTest, AGopOfWhichASlotWasTakenIsNotShown) {
  for (const bool next_is_late : {false, true}) {
    Restart();
    SendPorch(porch_.Idr());
    for (std::uint32_t i = 3; i < options_.gop_packets_max; ++i) SendPorch(porch_.Slice());
    OpenApp();
    EXPECT_EQ(transport_.packets.size(), options_.gop_packets_max);
    if (next_is_late) porch_.Slice();
    SendPorch(porch_.Slice());
    transport_.Clear();
    OpenApp();
    EXPECT_TRUE(transport_.silent());
  }
}

TEST_F(RelayTest, ReorderedAndRepeatedPacketsAreDeliveredInOrderAndOnce) {
  SendPorch(porch_.Idr());
  OpenApp();
  transport_.Clear();
  std::vector<Bytes> datagrams;
  for (unsigned i = 0; i < 8; ++i) datagrams.push_back(porch_.Slice(40 + i)[0]);
  std::swap(datagrams[1], datagrams[4]);
  std::swap(datagrams[3], datagrams[7]);
  datagrams.insert(datagrams.begin() + 5, datagrams[1]);
  SendPorch(datagrams);
  ASSERT_EQ(transport_.packets.size(), 8U);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(transport_.packets[i].payload.size(), 40 + i);
}

TEST_F(RelayTest, LossBeforeTheRelayStaysAGapForTheViewer) {
  SendPorch(porch_.Idr());
  OpenApp();
  transport_.Clear();
  SendPorch(porch_.Slice());
  porch_.Slice();  // lost
  SendPorch(porch_.Slice());
  EXPECT_EQ(transport_.packets.size(), 1U);
  ASSERT_TRUE(relay_.NextTimer().has_value());
  EXPECT_EQ(*relay_.NextTimer(), Later(now_, options_.nack_after));
  Wait(options_.reorder_wait);
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 2}));
  EXPECT_EQ(relay_.counters().packets_lost, 1U);
}

TEST_F(RelayTest, PacketLostFromTheGopIsAGapInTheBurstNotAnOlderPacket) {
  // Fills every slot with an older packet first.
  for (int i = 0; i < 70; ++i) SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  porch_.Slice();  // lost
  SendPorch(porch_.Slice());
  Wait(options_.reorder_wait);
  OpenApp();
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2, 4}));
}

TEST_F(RelayTest, NextPublisherSessionBeginsBehindAGapAtItsIdr) {
  SendPorch(porch_.Idr());
  OpenApp();
  TestCamera again(8, 0xaa, 3);
  now_ = Later(now_, std::chrono::seconds(1));
  const Port port = Start(kPorch, kCribSource, again);
  Send(port, kCribSource, again.Slice());
  Send(port, kCribSource, again.Idr());
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2, 4, 5, 6}));
  const std::uint32_t elapsed =
      transport_.packets[3].header.timestamp - transport_.packets[2].header.timestamp;
  EXPECT_NEAR(elapsed, 90'000, 1);
  EXPECT_EQ(transport_.packets[3].header.ssrc, transport_.packets[2].header.ssrc);
}

TEST_F(RelayTest, ViewersSeeNothingOfEachOthersNumbers) {
  OpenApp();
  OpenApp();
  SendPorch(porch_.Idr());
  ASSERT_EQ(transport_.packets.size(), 6U);
  for (const auto& packet : transport_.packets) {
    for (const auto& other : transport_.packets) {
      if (packet.to == other.to) continue;
      EXPECT_NE(packet.header.ssrc, other.header.ssrc);
      EXPECT_NE(packet.header.sequence_number, other.header.sequence_number);
      EXPECT_NE(packet.header.timestamp, other.header.timestamp);
    }
  }
}

TEST_F(RelayTest, StreamsAreCalledTheSameWhateverOtherAccountsDo) {
  SendPorch(porch_.Idr());
  OpenApp();
  const auto alone = transport_.packets;
  Restart();
  OpenApp(kBert), OpenDisplay(kBert);
  SendPorch(porch_.Idr());
  OpenApp();
  ASSERT_EQ(alone.size(), transport_.packets.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].header.ssrc, transport_.packets[i].header.ssrc);
    EXPECT_EQ(alone[i].header.sequence_number, transport_.packets[i].header.sequence_number);
    EXPECT_EQ(alone[i].header.timestamp, transport_.packets[i].header.timestamp);
  }
}

// --- stills

TEST_F(RelayTest, DegradedDisplayGetsTheLastStillAtOnceAndAtEachIntervalAndWhenThereIsANewOne) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenDisplay();
  transport_.Clear();
  ASSERT_EQ(relay_.OnLossReport(viewer, 65, now_), Status::kOk);
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(porch_.IdrNalUnits(100)));
  SendPorch(porch_.Slice());
  EXPECT_TRUE(transport_.packets.empty());
  Wait(options_.still_interval);
  EXPECT_EQ(transport_.stills.size(), 2U);
  SendPorch(porch_.FragmentedIdr(200));
  ASSERT_EQ(transport_.stills.size(), 3U);
  EXPECT_EQ(transport_.stills[2].bytes, AnnexB(porch_.IdrNalUnits(200)));
  EXPECT_TRUE(transport_.packets.empty());
}

TEST_F(RelayTest, RecoveredDisplayIsLiveFromTheNextIdr) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenDisplay();
  relay_.OnLossReport(viewer, 255, now_);
  relay_.OnLossReport(viewer, 16, now_);
  SendPorch(porch_.Idr());
  relay_.OnLossReport(viewer, 15, now_);
  SendPorch(porch_.Slice());
  const std::size_t before = transport_.packets.size();
  EXPECT_EQ(before, 3U);
  SendPorch(porch_.Idr());
  EXPECT_EQ(SequenceNumbersFromFirst(), (std::vector<unsigned>{0, 1, 2, 4, 5, 6}));
  transport_.Clear();
  Wait(options_.still_interval);
  EXPECT_TRUE(transport_.stills.empty());
}

TEST_F(RelayTest, AppIsNeverServedAStill) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenApp();
  EXPECT_EQ(relay_.OnLossReport(viewer, 255, now_), Status::kOk);
  Wait(options_.still_interval);
  EXPECT_TRUE(transport_.stills.empty());
}

TEST_F(RelayTest, StillIsNotShownBeyondItsAge) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  transport_.Clear();
  now_ = Later(now_, options_.still_age_max);
  relay_.AdvanceTo(now_);
  EXPECT_EQ(transport_.stills.size(), 1U);
  Wait(options_.still_interval);
  EXPECT_EQ(transport_.stills.size(), 1U);
}

TEST_F(RelayTest, TornAccessUnitsNeverBecomeStills) {
  std::uint64_t torn = 0;
  for (std::size_t lost = 0; lost < 8; ++lost) {
    Restart();
    SendPorch(porch_.Slice());
    relay_.OnLossReport(OpenDisplay(), 255, now_);
    auto nal_units = porch_.IdrNalUnits(100);
    nal_units.insert(nal_units.begin(), NalUnit(0x06, 6, 0xaa));
    auto datagrams = lost < 4 ? porch_.FragmentedIdr() : porch_.Packets(nal_units);
    ASSERT_EQ(datagrams.size(), 4U);
    datagrams.erase(datagrams.begin() + static_cast<std::ptrdiff_t>(lost % 4));
    SendPorch(datagrams);
    SendPorch(porch_.Slice());
    Wait(options_.reorder_wait);
    EXPECT_TRUE(transport_.stills.empty()) << lost;
    torn += relay_.counters().stills_torn;
    SendPorch(porch_.FragmentedIdr());
    EXPECT_EQ(transport_.stills.size(), 1U) << lost;
  }
  EXPECT_EQ(torn, 2U);  // without its second fragment, and without its last
}

TEST_F(RelayTest, FirstAccessUnitOfASessionIsAStillOnlyBehindADelimiter) {
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  SendPorch(porch_.Idr());
  EXPECT_TRUE(transport_.stills.empty());
  porch_port_ = Start(kPorch, kPorchSource, porch_);
  auto nal_units = porch_.IdrNalUnits(100);
  nal_units.insert(nal_units.begin(), NalUnit(0x09, 2, 0xf0));
  SendPorch(porch_.Packets(nal_units));
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(nal_units));
}

TEST_F(RelayTest, BrokenFragmentOrdersNeverBecomeStills) {
  const auto start = Bytes{std::byte{0x7c}, std::byte{0x85}, std::byte{1}};
  const auto middle = Bytes{std::byte{0x7c}, std::byte{0x05}, std::byte{1}};
  const auto end = Bytes{std::byte{0x7c}, std::byte{0x45}, std::byte{1}};
  const auto other_end = Bytes{std::byte{0x5c}, std::byte{0x45}, std::byte{1}};
  const auto sps = NalUnit(0x67, 4, 1), pps = NalUnit(0x68, 4, 1), idr = NalUnit(0x65, 4, 1);
  const auto slice = NalUnit(0x41, 4, 1);
  const std::vector<std::vector<Bytes>> kBroken = {
      {sps, pps, middle, end},       {sps, pps, start, middle}, {sps, pps, start, idr},
      {sps, pps, start, start, end}, {sps, pps, idr, end},      {sps, pps, start, sps, end},
      {sps, pps, start, other_end},  {sps, pps, idr, slice},    {sps, pps}};
  for (const auto& payloads : kBroken) {
    Restart();
    SendPorch(porch_.Slice());
    relay_.OnLossReport(OpenDisplay(), 255, now_);
    SendPorch(porch_.Packets(payloads));
    EXPECT_TRUE(transport_.stills.empty()) << ::testing::PrintToString(payloads);
  }
  SendPorch(porch_.Packets({sps, pps, start, middle, end}));
  EXPECT_EQ(transport_.stills.size(), 1U);
}

TEST_F(RelayTest, BareIdrBorrowsTheSessionsParameterSetsAndTheirAge) {
  const auto nal_units = porch_.IdrNalUnits(100);
  SendPorch(porch_.Slice());
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  SendPorch(porch_.Packets({nal_units[2]}));
  EXPECT_TRUE(transport_.stills.empty());
  EXPECT_EQ(relay_.counters().stills_bare, 1U);
  SendPorch(porch_.Packets({nal_units[0], nal_units[1]}));
  SendPorch(porch_.Packets({nal_units[2]}));
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(nal_units));
  // What was admitted before a restore is not for the integration, the borrowed parameter sets
  // included.
  relay_.Suspend(kDisplay);
  relay_.Restore(kDisplay);
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  transport_.Clear();
  SendPorch(porch_.Packets({nal_units[2]}));
  EXPECT_TRUE(transport_.silent());
  SendPorch(porch_.Packets(nal_units));
  EXPECT_EQ(transport_.stills.size(), 1U);
}

TEST_F(RelayTest, ParameterSetsOfAnEarlierPublisherSessionAreForgotten) {
  SendPorch(porch_.Idr());
  porch_port_ = Start(kPorch, kPorchSource, porch_);
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  SendPorch(porch_.Slice());
  SendPorch(porch_.Packets({porch_.IdrNalUnits(100)[2]}));
  EXPECT_TRUE(transport_.stills.empty());
}

TEST_F(RelayTest, TooLargeAnAccessUnitIsNoStill) {
  options_.still_bytes_max = 256;
  Restart();
  SendPorch(porch_.Slice());
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  SendPorch(porch_.Idr(300));
  EXPECT_TRUE(transport_.stills.empty());
  EXPECT_EQ(relay_.counters().stills_too_large, 1U);
  SendPorch(porch_.Idr(200));
  EXPECT_EQ(transport_.stills.size(), 1U);
}

// The incident in small: a display under loss, its camera gone, another home's camera on the same
// port.
TEST_F(RelayTest, AnotherCamerasStillInARememberedSlotIsNotShown) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  relay_.OnLossReport(OpenDisplay(kAnna), 255, now_);
  EXPECT_EQ(transport_.stills.size(), 1U);
  relay_.StopPublisher(porch_port_);
  const Port port = Start(kCrib, kCribSource, crib_);
  ASSERT_EQ(port, porch_port_);
  Send(port, kCribSource, crib_.Slice());
  for (int i = 0; i < 4; ++i) Send(port, kCribSource, crib_.Idr());
  transport_.Clear();
  Wait(options_.still_interval);
  EXPECT_TRUE(transport_.silent());
  EXPECT_EQ(relay_.counters().still_lends[Status::kForeignSlot], 1U);
  // Nor is its own forgotten: from wherever it publishes now.
  porch_port_ = Start(kPorch, kPorchSource, porch_);
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  EXPECT_TRUE(Shows(porch_));
  EXPECT_FALSE(Shows(crib_));
}

TEST_F(RelayTest, AShorterStillInAReusedSlotIsAsLongAsItIs) {
  SendPorch(porch_.Slice());
  for (int i = 0; i < 2; ++i) SendPorch(porch_.Idr(900));
  relay_.StopPublisher(porch_port_);
  const Port port = Start(kCrib, kCribSource, crib_);
  Send(port, kCribSource, crib_.Slice());
  relay_.OnLossReport(OpenDisplay(kBert), 255, now_);
  Send(port, kCribSource, crib_.Idr(100));
  ASSERT_EQ(transport_.stills.size(), 1U);
  EXPECT_EQ(transport_.stills[0].bytes, AnnexB(crib_.IdrNalUnits(100)));
}

// --- withdrawal

// Opens a live app viewer, a live display and a degraded one, leaves a packet waiting behind a gap,
// withdraws, and then makes the camera, the timers and the doors do all that ever led to a
// delivery.
TEST_F(RelayTest, EachWithdrawalStopsEverythingAtOnce) {
  struct Row {
    const char* name;
    std::function<void()> withdraw;
    bool app_stops;
  };
  const Row kRows[] = {
      {"revoke", [&] { relay_.RevokeAccount(kAnna); }, true},
      {"rebind to another", [&] { relay_.Bind(kPorch, kBert, kBack); }, true},
      {"rebind to the same", [&] { relay_.Bind(kPorch, kAnna, kFront); }, true},
      {"unbind", [&] { relay_.Unbind(kPorch); }, true},
      {"unlink", [&] { relay_.Unlink(kAnna, kDisplay); }, false},
      {"suspend", [&] { relay_.Suspend(kDisplay); }, false},
      {"suspend and restore", [&] { relay_.Suspend(kDisplay), relay_.Restore(kDisplay); }, false},
      {"expiry", [&] { now_ = Later(now_, options_.token_lifetime); }, true},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    Restart();
    SendPorch(porch_.Slice());
    SendPorch(porch_.Idr());
    const ViewerHandle app = OpenApp();
    const ViewerHandle display = OpenDisplay(), degraded = OpenDisplay();
    relay_.OnLossReport(degraded, 255, now_);
    EXPECT_FALSE(transport_.packets.empty() || transport_.stills.empty());
    const auto lost = porch_.Slice();
    SendPorch(porch_.Slice());  // waits in the reorder window
    transport_.Clear();

    row.withdraw();
    EXPECT_TRUE(transport_.silent());
    SendPorch(lost);
    SendPorch(porch_.Idr());
    SendPorch(porch_.Slice());
    Wait(options_.still_interval);
    EXPECT_TRUE(transport_.stills.empty());
    for (const auto& packet : transport_.packets) EXPECT_EQ(packet.to, app);
    EXPECT_EQ(transport_.packets.empty(), row.app_stops);
    EXPECT_EQ(relay_.OnLossReport(display, 255, now_), Status::kNoSession);
    EXPECT_EQ(relay_.CloseViewer(degraded, now_), Status::kNoSession);
    EXPECT_EQ(relay_.CloseViewer(app, now_), row.app_stops ? Status::kNoSession : Status::kOk);
  }
}

TEST_F(RelayTest, ClosedViewerReceivesNothingAndItsHandleIsDead) {
  SendPorch(porch_.Idr());
  const ViewerHandle viewer = OpenApp();
  EXPECT_EQ(relay_.CloseViewer(viewer, now_), Status::kOk);
  transport_.Clear();
  SendPorch(porch_.Idr());
  EXPECT_TRUE(transport_.silent());
  const ViewerHandle next = OpenApp();
  EXPECT_EQ(next.viewer, viewer.viewer);
  EXPECT_EQ(relay_.CloseViewer(viewer, now_), Status::kNoSession);
  EXPECT_EQ(relay_.CloseViewer(next, now_), Status::kOk);
}

TEST_F(RelayTest, AfterARestoreTheDisplayGetsNothingFromBeforeIt) {
  SendPorch(porch_.Slice());
  SendPorch(porch_.Idr());
  const auto lost = porch_.Slice();
  SendPorch(porch_.Slice());  // admitted before, released after
  relay_.Suspend(kDisplay);
  EXPECT_EQ(relay_.IssueIntegrationToken(kAnna, kFront, kDisplay, now_).status, Status::kSuspended);
  relay_.Restore(kDisplay);
  const ViewerHandle viewer = OpenDisplay();
  relay_.OnLossReport(viewer, 255, now_);
  EXPECT_TRUE(transport_.silent());
  relay_.OnLossReport(viewer, 0, now_);
  SendPorch(lost);
  EXPECT_TRUE(transport_.silent());
  SendPorch(porch_.Idr());
  EXPECT_EQ(transport_.packets.size(), 3U);
}

// A still is as old as the first of it. Seen to fail: as old as the last.
TEST_F(RelayTest, AStillBegunBeforeARestoreIsFromBeforeIt) {
  SendPorch(porch_.Slice());
  const auto idr = porch_.FragmentedIdr();
  SendPorch({idr[0], idr[1]});
  relay_.Suspend(kDisplay);
  relay_.Restore(kDisplay);
  SendPorch({idr[2], idr[3]});
  EXPECT_EQ(relay_.counters().stills_completed, 1U);
  const ViewerHandle viewer = OpenDisplay();
  relay_.OnLossReport(viewer, 255, now_);
  EXPECT_TRUE(transport_.stills.empty());
}

// Its timer finds it out, where its camera sends nothing. Seen to fail: served nothing for ever.
TEST_F(RelayTest, ADegradedSessionThatIsOverIsDroppedWhenItsNextStillIsDue) {
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  relay_.Unlink(kAnna, kDisplay);
  Wait(options_.still_interval);
  EXPECT_EQ(relay_.counters().sessions_dropped, 1U);
}

TEST_F(RelayTest, DeadSessionsGiveTheirPlacesBack) {
  for (int round = 0; round < 100; ++round) {
    for (std::uint32_t i = 0; i < options_.viewers; ++i) OpenApp();
    EXPECT_EQ(
        relay_.OpenViewer(relay_.IssueAppToken(kAnna, kFront, now_).value.text(), now_).status,
        Status::kNoCapacity);
    relay_.RevokeAccount(kAnna);
    if (round % 2 == 0)
      SendPorch(porch_.Idr());  // else nothing is lent: found when places are short
  }
  EXPECT_EQ(relay_.counters().sessions_dropped, 99U * options_.viewers);
}

// --- publisher sessions

TEST_F(RelayTest, AReleasedPortsOldCameraIsNotHeardUnderItsNextOne) {
  SendPorch(porch_.Idr());
  relay_.StopPublisher(porch_port_);
  const Port port = Start(kCrib, kCribSource, crib_);
  ASSERT_EQ(port, porch_port_);
  OpenApp(kBert);
  Send(port, kCribSource, crib_.Idr());
  SendPorch(porch_.Idr());
  Send(port, kPorchSource, {porch_.Bye(), crib_.Bye()});
  Send(port, kCribSource, crib_.Slice());
  EXPECT_EQ(transport_.packets.size(), 4U);
  EXPECT_FALSE(Shows(porch_));
  EXPECT_EQ(relay_.counters().datagrams[Status::kForeignSource], 5U);
}

TEST_F(RelayTest, GopDoesNotOutliveItsPublisherSession) {
  SendPorch(porch_.Idr());
  relay_.StopPublisher(porch_port_);
  OpenApp();
  const Port port = Start(kCrib, kCribSource, crib_);
  Send(port, kCribSource, crib_.Idr());
  OpenApp();
  EXPECT_TRUE(transport_.silent());
}

TEST_F(RelayTest, SilentPublisherLosesItsPort) {
  EXPECT_EQ(*relay_.NextTimer(), Later(now_, options_.publisher_timeout));
  Wait(options_.publisher_timeout / 2);
  SendPorch(porch_.Idr());
  Wait(options_.publisher_timeout / 2);
  EXPECT_EQ(relay_.counters().publishers_timed_out, 0U);
  Wait(options_.publisher_timeout / 2);
  EXPECT_EQ(relay_.counters().publishers_timed_out, 1U);
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, porch_.Slice()[0], now_),
            Status::kNoSession);
  EXPECT_EQ(relay_.NextTimer(), std::nullopt);
}

// Seen to fail: with libsodium not initialised by the relay's constructor.
TEST_F(RelayTest, LibsodiumIsInitialisedBeforeATokenIsSigned) { EXPECT_EQ(sodium_init(), 1); }

TEST_F(RelayTest, WhatIsNeitherRtpNorRtcpIsCountedByItsFault) {
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, Octets({0x40, 96}), now_),
            Status::kMalformed);
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, Octets({0x81, 205}), now_),
            Status::kMalformed);
  EXPECT_EQ(relay_.counters().rtp[RtpParse::kTooShort], 1U);
  EXPECT_EQ(relay_.counters().rtcp[RtcpParse::kTooShort], 1U);
}

// Seen to fail with its timer kept.
TEST_F(RelayTest, AStoppedPublisherIsNotTimedOut) {
  relay_.StopPublisher(porch_port_);
  EXPECT_EQ(relay_.NextTimer(), std::nullopt);
  Wait(options_.publisher_timeout);
  EXPECT_EQ(relay_.counters().publishers_timed_out, 0U);
}

TEST_F(RelayTest, ByeEndsTheSessionOfItsOwnSourceOnly) {
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kCribSource, porch_.Bye(), now_),
            Status::kForeignSource);
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, crib_.Bye(), now_),
            Status::kForeignSource);
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, porch_.Bye(), now_), Status::kOk);
  EXPECT_EQ(relay_.OnDatagram(porch_port_, kPorchSource, porch_.Bye(), now_), Status::kNoSession);
  EXPECT_EQ(relay_.counters().publishers_said_bye, 1U);
}

TEST_F(RelayTest, PortsRunOutAndAreNotTakenByASecondSessionOfACamera) {
  for (int i = 0; i < 10; ++i) Start(kPorch, kPorchSource, porch_);
  for (std::uint32_t i = 1; i < options_.ports; ++i) {
    ASSERT_EQ(relay_.Bind(Camera(i), kBert, Name(i % 2)), Status::kOk);
    Start(Camera(i), kCribSource, crib_);
  }
  ASSERT_EQ(relay_.Bind(Camera(3), kAnna, kBack), Status::kOk);
  EXPECT_EQ(relay_.StartPublisher(Camera(3), kCribSource, Ssrc(1), now_).status,
            Status::kNoCapacity);
  relay_.Unbind(kPorch);
  EXPECT_EQ(relay_.StartPublisher(Camera(3), kCribSource, Ssrc(1), now_).status, Status::kOk);
  ASSERT_EQ(relay_.Bind(kPorch, kAnna, kFront), Status::kOk);
  EXPECT_EQ(relay_.StartPublisher(kPorch, kPorchSource, Ssrc(1), now_).status, Status::kNoCapacity);
}

// --- hostile input

TEST_F(RelayTest, RandomDatagramsFromTheRightSourceHarmNobody) {
  OpenDisplay();
  relay_.OnLossReport(OpenDisplay(), 255, now_);
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    Bytes datagram(kRtpHeaderBytes + random() % 40);
    for (std::byte& byte : datagram) byte = static_cast<std::byte>(random());
    const auto sequence_number = static_cast<std::uint16_t>(i + static_cast<int>(random() % 8));
    WriteRtpHeader({random() % 4 == 0,
                    96,
                    sequence_number,
                    static_cast<std::uint32_t>(random() % 3),
                    porch_.ssrc(),
                    {}},
                   std::span<std::byte, kRtpHeaderBytes>(datagram.data(), kRtpHeaderBytes));
    if (datagram.size() > 14)
      datagram[12] = static_cast<std::byte>("\x65\x67\x68\x7c\x78\x41"[random() % 6]);
    relay_.OnDatagram(porch_port_, kPorchSource, datagram, now_);
    if (random() % 64 == 0) Wait(options_.reorder_wait);
    transport_.Clear();
  }
  EXPECT_GT(relay_.counters().datagrams[Status::kOk], 100'000U);
  EXPECT_GT(relay_.counters().stills_completed, 0U);
}

TEST_F(RelayTest, ForgedTokensOpenNothing) {
  const std::string good(relay_.IssueAppToken(kAnna, kFront, now_).value.text());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string forged = good;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(relay_.OpenViewer(forged, now_).status, Status::kOk);
  }
  EXPECT_EQ(relay_.OpenViewer(good, now_).status, Status::kOk);
}

TEST_F(RelayTest, TokenOfALargerDeploymentUnderTheSameSecretIsRefused) {
  options_.accounts = options_.cameras = 100;
  Restart();
  relay_.Bind(Camera(99), Account(99), kFront);
  const Token token = relay_.IssueAppToken(Account(99), kFront, now_).value;
  options_ = Options();
  Restart();
  EXPECT_EQ(relay_.OpenViewer(token.text(), now_).status, Status::kBadToken);
}

// Seen to fail without the bound on integrations.
TEST_F(RelayTest, TokenOfADeploymentWithMoreIntegrationsIsRefused) {
  options_.integrations = 100;
  Restart();
  relay_.Link(kAnna, Integration(99));
  const Token token = relay_.IssueIntegrationToken(kAnna, kFront, Integration(99), now_).value;
  options_ = Options();
  Restart();
  EXPECT_EQ(relay_.OpenViewer(token.text(), now_).status, Status::kBadToken);
}

TEST_F(RelayTest, OptionsOutOfRangeAreRefused) {
  const auto refuses = [&](auto change) {
    Options options = options_;
    change(options);
    return relay_.Reset(options) != Status::kOk;
  };
  EXPECT_TRUE(refuses([](Options& o) { o.gop_packets_max = 48; }));
  EXPECT_TRUE(refuses([](Options& o) { o.reorder_packets_max = 0; }));
  EXPECT_TRUE(refuses([](Options& o) { o.reorder_packets_max = 65; }));
  EXPECT_TRUE(refuses([](Options& o) { o.ports = std::numeric_limits<std::uint32_t>::max(); }));
  EXPECT_TRUE(refuses([](Options& o) { o.recover_at = 65; }));
  EXPECT_FALSE(refuses([](Options&) {}));
}

// --- the integration's door

TEST_F(RelayTest, JsonDoorOffersAStreamThatOpens) {
  const std::string request =
      R"({"requestId":"r","inputs":[{"intent":"action.devices.EXECUTE","payload":{"commands":[{)"
      R"("devices":[{"id":"0"}],"execution":[{"command":"action.devices.commands.GetCameraStream",)"
      R"("params":{"StreamToChromecast":true,)"
      R"("SupportedStreamProtocols":["hls"]}}]}]}}]})";
  const auto ask = [&](Account account) {
    const auto answer =
        nlohmann::json::parse(relay_.HandleStreamRequest(request, account, kDisplay, now_));
    return answer["payload"]["commands"][0];
  };
  const auto offer = ask(kAnna);
  ASSERT_EQ(offer["status"], "SUCCESS");
  EXPECT_EQ(
      relay_.OpenViewer(offer["states"]["cameraStreamAuthToken"].get<std::string>(), now_).status,
      Status::kOk);
  EXPECT_EQ(ask(kBert)["errorCode"], "deviceOffline");
  EXPECT_EQ(ask(Account(77))["errorCode"], "deviceNotFound");
  relay_.Unbind(kCrib);
  EXPECT_EQ(ask(kBert)["errorCode"], "deviceNotFound");
  relay_.Suspend(kDisplay);
  EXPECT_EQ(ask(kAnna)["errorCode"], "authFailure");
  const auto broken = nlohmann::json::parse(relay_.HandleStreamRequest("{", kAnna, kDisplay, now_));
  EXPECT_EQ(broken["payload"]["errorCode"], "protocolError");
}

}  // namespace
}  // namespace relay
