// Both directions, and the address that a home is seen under.
#include "harness/net/path.h"

#include "gtest/gtest.h"

namespace framefence::net {
namespace {

using std::chrono::seconds;

VirtualTime At(int s) { return VirtualTime(seconds(s)); }

Link Clear(int latency_s) { return Link(Prng(1), {.delay = {.latency = seconds(latency_s)}}); }

TEST(PathTest, EachDirectionIsALinkOfItsOwn) {
  Path path(Clear(1), Clear(2));
  EXPECT_EQ(path.SendUp(At(0), 100).fate.arrival, At(1));
  EXPECT_EQ(path.SendDown(At(0), 100, 1).arrival, At(2));
  path.up().SetLoss(Blackout{});
  EXPECT_EQ(path.SendUp(At(1), 100).fate.arrival, std::nullopt) << "one way only";
  EXPECT_EQ(path.SendDown(At(1), 100, 1).arrival, At(3));
}

TEST(PathTest, AHomeThatSentNothingHasNoAddress) {
  Path path(Clear(0), Clear(0));
  EXPECT_EQ(path.EpochAt(At(0)), 0U);
  EXPECT_EQ(path.SendDown(At(0), 100, 0).arrival, std::nullopt);
  EXPECT_EQ(path.SendDown(At(0), 100, 1).arrival, std::nullopt);
  EXPECT_EQ(path.unreachable(), 2U);
  EXPECT_EQ(path.down().counters().passed, 2U);
}

// Seen to fail when Rebind keeps the address for what goes down.
TEST(PathTest, AfterARebindTheOldAddressIsDeadAndTheNextPacketHasANewOne) {
  Path path(Clear(0), Clear(0));
  EXPECT_EQ(path.SendUp(At(0), 100).source_epoch, 1U);
  EXPECT_EQ(path.SendUp(At(1), 100).source_epoch, 1U);
  path.Rebind();
  EXPECT_EQ(path.EpochAt(At(1)), 0U);
  EXPECT_EQ(path.SendDown(At(1), 100, 1).arrival, std::nullopt);
  EXPECT_EQ(path.SendUp(At(2), 100).source_epoch, 2U);
  EXPECT_EQ(path.SendDown(At(2), 100, 1).arrival, std::nullopt) << "never given out again";
  EXPECT_EQ(path.SendDown(At(2), 100, 2).arrival, At(2));
}

// Seen to fail when it takes none, and when it takes another one each time.
TEST(PathTest, WhatCrossesNoLinkTakesTheAddressToo) {
  Path path(Clear(0), Clear(0));
  EXPECT_EQ(path.TakeAddress(At(0)), 1U);
  EXPECT_EQ(path.EpochAt(At(0)), 1U);
  EXPECT_EQ(path.SendUp(At(0), 100).source_epoch, 1U);
  path.Rebind();
  EXPECT_EQ(path.TakeAddress(At(1)), 2U);
  EXPECT_EQ(path.SendUp(At(1), 100).source_epoch, 2U);
}

// Seen to fail when what comes down keeps the address, and with >= for >.
TEST(PathTest, AnAddressThatIsNotUsedIsGone) {
  Path path(Clear(0), Clear(0), seconds(120));
  EXPECT_EQ(path.SendUp(At(0), 100).source_epoch, 1U);
  EXPECT_EQ(path.SendUp(At(120), 100).source_epoch, 1U);
  EXPECT_EQ(path.SendDown(At(200), 100, 1).arrival, At(200));
  EXPECT_EQ(path.SendDown(At(240), 100, 1).arrival, At(240));
  EXPECT_EQ(path.SendDown(At(241), 100, 1).arrival, std::nullopt);
  EXPECT_EQ(path.SendUp(At(242), 100).source_epoch, 2U);
}

TEST(PathTest, APacketThatIsLostOnItsWayUpKeepsTheAddress) {
  Path path(Clear(0), Clear(0), seconds(120));
  path.up().SetLoss(Blackout{});
  EXPECT_EQ(path.SendUp(At(0), 100).source_epoch, 1U);
  EXPECT_EQ(path.SendUp(At(100), 100).source_epoch, 1U);
  EXPECT_EQ(path.EpochAt(At(200)), 1U);
}

}  // namespace
}  // namespace framefence::net
