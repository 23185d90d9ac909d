// Packets in the shapes that RFC 3550 and RFC 6184 allow, and in others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/prng.h"
#include "harness/oracle/expectations_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle {
namespace {

using ::testing::ElementsAre;
using namespace testing;

struct PacketShapesTest : JudgedWorld {};

// --- Packets in other shapes

TEST_F(PacketShapesTest, ReorderedDuplicatedAndRefragmentedPacketsAreRight) {
  Open();
  const Frame frame = Publish(kCamera, 1000);
  for (const std::size_t length : {100, 7, 333, 16}) {
    for (std::size_t begin = 1; begin < frame.unit.size(); begin += length) {
      Deliver(FuA(frame.unit, begin, std::min(length, frame.unit.size() - begin)));
    }
  }
  Deliver(FuA(frame.unit, 600, 401));
  Deliver(FuA(frame.unit, 1, 599));
  Deliver(FuA(frame.unit, 1, 599));
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 0U);
}

TEST_F(PacketShapesTest, AStrangersFragmentIsFoundWhicheverWayItIsCut) {
  for (std::size_t begin = 1; begin < 40; ++begin) {
    World world;
    world.Open();
    world.Publish(kCamera);
    world.Deliver(FuA(world.Publish(kStrangersCamera).unit, begin, 50));
    ASSERT_EQ(world.oracle.statistics().violations, 1U) << begin;
    EXPECT_EQ(world.oracle.violations()[0].length, 50U) << begin;
  }
}

TEST_F(PacketShapesTest, AggregatedPaddedAndExtendedPacketsAreRight) {
  Open();
  const BindingEpoch epoch = oracle.epoch_of(kCamera);
  const Buffer sps = StampedNalUnit({kCamera, epoch, FrameNumber(0), 0}, 16, 0x67);
  const Buffer pps = StampedNalUnit({kCamera, epoch, FrameNumber(0), 1}, 16, 0x68);
  const Buffer slice = StampedNalUnit({kCamera, epoch, FrameNumber(0), 2}, 77);
  oracle.OnPublished(kCamera, epoch, FrameNumber(0), AnnexB({sps, pps, slice}), now,
                     Content::kStamped);
  Deliver(StapA({sps, pps}));
  Deliver(StapA({sps, pps, slice}));
  Buffer padded = Rtp(slice);
  padded[0] |= std::byte{0x20};
  Append(padded, Octets({0, 0, 0, 4}));
  Deliver(padded);
  Buffer extended = Octets({0x91, 96, 0, 1, 0,    0,    0, 1, 0, 0, 0, 2,  // one CSRC, an extension
                            1,    2,  3, 4, 0xbe, 0xde, 0, 1, 0, 0, 0, 0});  // of one word
  Append(extended, slice);
  Deliver(extended);
  ExpectNoViolation();
  EXPECT_EQ(oracle.statistics().bytes_attributed, 2 * 32 + 3 * 77U);
}

// A slice of one byte, like the first one of the frame that the camera has sent since. Seen to fail
// when one byte is enough to tell frames apart.
TEST_F(PacketShapesTest, AByteThatIsLikeTheNewestFramesIsNoSecondFrameInThePacket) {
  Open();
  const media::Stamp first{kCamera, BindingEpoch(1), FrameNumber(0), 0};
  const Buffer one = StampedNalUnit(first, 16);
  const Buffer two = StampedNalUnit({kCamera, BindingEpoch(1), FrameNumber(0), 1}, 1);
  oracle.OnPublished(kCamera, BindingEpoch(1), FrameNumber(0), AnnexB({one, two}), now,
                     Content::kStamped);
  media::Stamp alike = first;
  Buffer unit;
  do {
    ++alike.frame.value;
    unit = StampedNalUnit(alike, 40);
  } while (unit[1] != two[1]);
  oracle.OnPublished(kCamera, BindingEpoch(1), alike.frame, AnnexB({unit}), now, Content::kStamped);
  Deliver(StapA({one, two}));
  ExpectNoViolation();
  Buffer both = Rtp(one);  // the twin: what the buffer held before
  Append(both, std::span(unit).subspan(1));
  Deliver(both);
  ExpectExactly(ViolationClass::kSpliced, Property::kIso010);
}

TEST_F(PacketShapesTest, AStrangersUnitInAnAggregateIsFound) {
  Open();
  const Frame own = Publish(kCamera, 40);
  Deliver(StapA({own.unit, Publish(kStrangersCamera, 40).unit}));
  EXPECT_THAT(oracle.violations(),
              ElementsAre(Is(ViolationClass::kCrossAccount, Property::kIso001)));
}

TEST_F(PacketShapesTest, AStrangersBytesInPaddingOrExtensionAreFound) {
  Open();
  const Buffer own = Publish(kCamera).unit;
  const Buffer foreign = Publish(kStrangersCamera, 20).unit;
  Buffer padded = Rtp(own);
  padded[0] |= std::byte{0x20};
  Append(padded, std::span(foreign).subspan(1));
  Append(padded, Octets({21}));
  Deliver(padded);
  EXPECT_EQ(oracle.statistics().violations, 1U);
  Buffer extended = Octets({0x90, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 5});
  Append(extended, std::span(foreign).subspan(1));
  Append(extended, own);
  Deliver(extended);
  EXPECT_EQ(oracle.statistics().violations, 2U);
}

TEST_F(PacketShapesTest, AnyBytesAtAllAreSurvived) {
  Open();
  Prng prng(7);
  Buffer bytes;
  for (int i = 0; i < 20'000; ++i) {
    bytes.resize(prng.Below(80));
    for (auto& byte : bytes) byte = static_cast<std::byte>(prng.Next());
    if (!bytes.empty() && i % 2 == 0) bytes[0] = std::byte{0x80} | (bytes[0] & std::byte{0x3f});
    Deliver(bytes);
    Show(bytes);
  }
  for (const Violation& violation : oracle.violations()) {
    EXPECT_EQ(violation.property, Property::kIso006);  // frames that nobody published, and no leak
  }
}

}  // namespace
}  // namespace framefence::oracle
