// The oracle on video that is not stamped. Footage is stood in for by seeded random bytes, which
// look like an encoder's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/prng.h"
#include "harness/oracle/fixture_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle {
namespace {

using namespace testing;

Buffer Video(std::uint64_t seed, std::size_t size) {
  Prng prng(seed);
  Buffer unit = Octets({0x65});
  while (unit.size() < size) unit.push_back(static_cast<std::byte>(1 + prng.Below(255)));
  return unit;
}

struct FootageTest : ::testing::Test, World {
  FootageTest() { Open(); }
  std::uint64_t violations() const { return oracle.statistics().violations; }
  Buffer parameters = Octets({0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x01, 0x41, 0xfb, 0x01, 0x10});
  Buffer own = Video(1, 5000);
  Buffer foreign = Video(2, 5000);
};

TEST_F(FootageTest, OwnFootageIsRightAndAttributedWhicheverWayItIsCut) {
  PublishFootage(kCamera, AnnexB({parameters, own}));
  PublishFootage(kStrangersCamera, AnnexB({parameters, foreign}));
  Deliver(Rtp(parameters));
  for (const std::size_t length : {1200, 999, 47}) {
    for (std::size_t begin = 1; begin < own.size(); begin += length) {
      Deliver(FuA(own, begin, std::min(length, own.size() - begin)));
    }
  }
  Deliver(FuA(own, 2345, 700));
  Show(AnnexB({parameters, own}, 3));
  DeliverStill(AnnexB({parameters, own}));
  EXPECT_EQ(violations(), 0U);
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 0U);
}

TEST_F(FootageTest, AnyWindowOf32StrangersBytesIsFound) {
  // Watched failing with a stride of 32 in the index.
  PublishFootage(kCamera, AnnexB({parameters, own}));
  PublishFootage(kStrangersCamera, AnnexB({parameters, foreign}));
  for (std::size_t begin = 100; begin < 150; ++begin) {
    for (std::size_t at = 30; at < 50; ++at) {
      Buffer packet = FuA(own, 1, 200);
      std::copy_n(foreign.begin() + static_cast<std::ptrdiff_t>(begin), 32,
                  packet.begin() + static_cast<std::ptrdiff_t>(at));
      const std::uint64_t before = violations();
      Deliver(packet);
      ASSERT_EQ(violations(), before + 1) << begin << " at " << at;
    }
  }
  EXPECT_EQ(oracle.statistics().bytes_judged, 50 * 20 * 200U);
  EXPECT_EQ(oracle.violations()[0].offset, 30U);
  EXPECT_EQ(oracle.violations()[0].length, 32U);
  EXPECT_EQ(oracle.violations()[0].origin->camera, kStrangersCamera);
}

TEST_F(FootageTest, AWindowTooShortToBeSureOfIsNobodys) {
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  Buffer packet = FuA(own, 1, 200);
  std::copy_n(foreign.begin() + 108, 20, packet.begin() + 50);  // a whole window of the index
  Deliver(packet);
  EXPECT_EQ(violations(), 0U);
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 20U);
}

TEST_F(FootageTest, FootageThatTwoCamerasPublishIsAmbiguousAndNoLeak) {
  PublishFootage(kStrangersCamera, AnnexB({own}));
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({own}));
  Deliver(FuA(own, 1000, 500));
  Show(AnnexB({own}));
  DeliverStill(AnnexB({own}));
  EXPECT_EQ(violations(), 0U);
  EXPECT_EQ(oracle.statistics().bytes_ambiguous, 500U);
}

TEST_F(FootageTest, AStretchThatTwoCamerasShareIsNoLeak) {
  std::copy_n(own.begin() + 1003, 300, foreign.begin() + 2000);
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  PublishFootage(kCamera, AnnexB({own}));
  Deliver(FuA(own, 1003, 300));
  Deliver(FuA(own, 950, 400));
  EXPECT_EQ(violations(), 0U);
}

TEST_F(FootageTest, OnlyStrangersPublishedItThoughSeveral) {
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  PublishFootage(kSecondCamera, AnnexB({foreign}));
  Deliver(FuA(foreign, 1, 100));
  EXPECT_EQ(violations(), 1U);
}

TEST_F(FootageTest, LoopedFootageIsAsFreshAsItsLastPublication) {
  PublishFootage(kCamera, AnnexB({own}));
  now += 2 * contract::Deployment{}.still_age_max;
  DeliverStill(AnnexB({own}));
  EXPECT_EQ(violations(), 1U);
  PublishFootage(kCamera, AnnexB({own}));
  DeliverStill(AnnexB({own}));
  EXPECT_EQ(violations(), 1U);
}

TEST_F(FootageTest, ALatePacketOfTheLoopBeforeFreshensTheSamePicture) {
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kCamera, AnnexB({own}));
  now += 2 * contract::Deployment{}.still_age_max;
  oracle.OnIngress(kCamera, FrameNumber(0), now);
  DeliverStill(AnnexB({own}));
  EXPECT_EQ(violations(), 0U);
}

TEST_F(FootageTest, FootageOfAnEarlierEpochIsStale) {
  PublishFootage(kCamera, AnnexB({own}));
  Bind(kHome, kCamera);
  Open();
  Deliver(FuA(own, 1, 500));
  ASSERT_EQ(violations(), 1U);
  EXPECT_EQ(oracle.violations()[0].violation_class, ViolationClass::kStaleEpoch);
  PublishFootage(kCamera, AnnexB({own}));
  Deliver(FuA(own, 1, 500));
  EXPECT_EQ(violations(), 1U);
}

// The new owner's camera shows the same as the old one's did. Seen to fail with an earlier epoch's
// publication as good as one that is allowed.
TEST_F(FootageTest, APictureUnderWayIsRightThoughTheNextOwnerPublishesTheSame) {
  PublishFootage(kCamera, AnnexB({own}));
  Bind(kStranger, kCamera);
  PublishFootage(kCamera, AnnexB({own}));
  Show(AnnexB({own}));
  EXPECT_EQ(violations(), 0U);
}

// Seen to fail with a stranger's publication as good as one of the camera itself.
TEST_F(FootageTest, APictureOfAnEarlierEpochIsNoStrangersThoughOnePublishesTheSame) {
  PublishFootage(kCamera, AnnexB({own}));
  Bind(kHome, kCamera);
  Open();
  PublishFootage(kStrangersCamera, AnnexB({own}));
  DeliverStill(AnnexB({own}));
  ASSERT_EQ(violations(), 1U);
  EXPECT_EQ(oracle.violations()[0].violation_class, ViolationClass::kStaleEpoch);
}

// Seen to fail with the first.
TEST_F(FootageTest, OfSeveralWhoPublishedItTheLastIsNamed) {
  for (const CameraId camera : {kStrangersCamera, kSecondCamera, kStrangersCamera}) {
    PublishFootage(camera, AnnexB({foreign}));
    DeliverStill(AnnexB({foreign}));
    EXPECT_EQ(oracle.violations().back().origin->camera, camera);
  }
}

TEST_F(FootageTest, AStrangersTailInAStillIsFound) {
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  Buffer mixed = own;
  std::copy(foreign.begin() + 2500, foreign.end(), mixed.begin() + 2500);
  DeliverStill(AnnexB({mixed}));
  ASSERT_EQ(violations(), 3U);
  EXPECT_EQ(oracle.violations()[0].property, Property::kIso001);
  EXPECT_EQ(oracle.violations()[0].offset, 2504U);
  EXPECT_EQ(oracle.violations()[1].property, Property::kIso010);
  EXPECT_EQ(oracle.violations()[2].property, Property::kIso006);
}

TEST_F(FootageTest, FootageOfAnEarlierCaseIsNobodysInThisOne) {
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  oracle.Reset({.names = 4});
  Bind(kHome, kCamera);
  Open();
  oracle.OnPublished(kCamera, BindingEpoch(1), FrameNumber(0), AnnexB({own}), now,
                     Content::kFootage);
  Deliver(FuA(foreign, 1, 100));
  EXPECT_EQ(violations(), 0U);
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 100U);
}

TEST_F(FootageTest, FillerThatManyPublishIsNobodys) {
  for (std::uint32_t i = 0; i < 12; ++i) {
    Buffer unit = Video(100 + i, 64);
    unit.resize(200, std::byte{0xff});
    PublishFootage(kStrangersCamera, AnnexB({unit}));
  }
  PublishFootage(kCamera, AnnexB({own}));
  Buffer filler = Octets({0x65});
  filler.resize(100, std::byte{0xff});
  Deliver(Rtp(filler));
  EXPECT_EQ(violations(), 0U);
}

TEST_F(FootageTest, RandomBytesAreNobodys) {
  // 2 MB here; 100 MB have been run.
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  Publish(kStrangersCamera);
  Prng prng(11);
  Buffer packet = Rtp(Octets({0x65}));
  packet.resize(1200);
  for (int i = 0; i < 2'000'000 / 1200; ++i) {
    for (std::size_t at = 13; at < packet.size(); ++at) {
      packet[at] = static_cast<std::byte>(prng.Next());
    }
    Deliver(packet);
  }
  EXPECT_EQ(violations(), 0U);
  EXPECT_EQ(oracle.statistics().bytes_attributed, 0U);
}

// --- damage

void Flip(Buffer& bytes, std::size_t bit) {
  bytes[bit / 8] ^= static_cast<std::byte>(0x80U >> bit % 8);
}

// Seen to fail without a flipped bit's being stepped over.
TEST_F(FootageTest, OwnFootageWithABitFlippedIsOwn) {
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  for (std::size_t bit = 8 * 60; bit < 8 * 120; ++bit) {
    Buffer flipped = own;
    Flip(flipped, bit);
    Deliver(FuA(flipped, 1, 200));
  }
  EXPECT_EQ(violations(), 0U);
  EXPECT_EQ(oracle.statistics().bits_flipped, 8 * 60U);
  EXPECT_EQ(oracle.statistics().bytes_unattributed, 0U);
}

// On one side of the bit there are 31 bytes, which hold a window of the index.
TEST_F(FootageTest, AStrangersFootageIsHisWhicheverBitIsFlipped) {
  PublishFootage(kCamera, AnnexB({own}));
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  constexpr std::size_t kBytes = 63;
  for (std::size_t begin = 100; begin < 116; ++begin) {
    for (std::size_t bit = 0; bit < 8 * kBytes; bit += 3) {
      Buffer flipped = foreign;
      Flip(flipped, 8 * begin + bit);
      const std::uint64_t before = violations();
      Deliver(FuA(flipped, begin, kBytes));
      ASSERT_EQ(violations(), before + 1) << begin << ", bit " << bit;
    }
  }
}

// Two cameras of one make: their pictures are alike but for a bit.
struct AlikeFootageTest : FootageTest {
  AlikeFootageTest() {
    own = Video(1, 60);
    foreign = own;
    Flip(foreign, 8 * 30);
    PublishFootage(kCamera, AnnexB({own}));
    PublishFootage(kStrangersCamera, AnnexB({foreign}));
  }
  void DeliverAll(const Buffer& unit) {
    Deliver(Rtp(unit));
    Show(AnnexB({unit}));
    DeliverStill(AnnexB({unit}));
  }
};

TEST_F(AlikeFootageTest, OwnDamagedIntoWhatAStrangerSentIsNoLeak) {
  oracle.OnDamaged(kCamera, FrameNumber(0));
  DeliverAll(foreign);
  EXPECT_EQ(violations(), 0U);
  foreign = Video(2, 60);  // and nothing like it
  PublishFootage(kStrangersCamera, AnnexB({foreign}));
  DeliverAll(foreign);
  EXPECT_EQ(violations(), 3U);
}

TEST_F(AlikeFootageTest, WhereTheNetworkDamagedNothingAStrangersPictureIsHis) {
  Show(AnnexB({foreign}));
  DeliverStill(AnnexB({foreign}));
  EXPECT_EQ(violations(), 2U);
  EXPECT_EQ(oracle.violations()[0].property, Property::kIso001);
}

}  // namespace
}  // namespace framefence::oracle
