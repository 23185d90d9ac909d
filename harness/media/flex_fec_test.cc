// That a decoder which shares nothing with it recovers what was lost, the relay's tests of the whole
// show (targets/adapters/upload_test.cc).
//
// Seen to fail with the length recovered left out, with the mask from its last bit on, and without
// the zeros that fill up.
#include "harness/media/flex_fec.h"

#include <gtest/gtest.h>

#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

TEST(FlexFecSender, ARepairPacketIsTheExclusiveOrOfWhatItProtects) {
  const Bytes first = BytesOf({0x80, 0x60, 0x12, 0x34, 1, 2, 3, 4, 9, 9, 9, 9, 0x41, 7, 5});
  const Bytes second = BytesOf({0x80, 0xe0, 0x12, 0x35, 1, 2, 3, 6, 9, 9, 9, 9, 0x21});
  FlexFecSender sender;
  sender.Restart({.ssrc = 0x0a0b0c0d,
                  .source_ssrc = 0x09090909,
                  .first_sequence_number = 0xffff,
                  .payload_type = 100,
                  .packets = 2});
  for (const int high : {0xff, 0x00}) {
    EXPECT_TRUE(sender.Add(first).empty());
    const auto repair = sender.Add(second);
    EXPECT_EQ(Bytes(repair.begin(), repair.end()),
              BytesOf({0x81, 100,   high, high, 1,    2, 3,           6, 0x0a,  0x0b, 0x0c,
                       0x0d, 9,     9,    9,    9,    0, 0x80,        0, 3 ^ 1, 0,    0,
                       0,    4 ^ 6, 0x12, 0x34, 0x60, 0, 0x41 ^ 0x21, 7, 5}));
  }
}

TEST(FlexFecSender, NoneIsSentWhereNoneIsAskedFor) {
  FlexFecSender sender;
  sender.Restart({});
  for (int i = 0; i < 40; ++i)
    EXPECT_TRUE(sender.Add(BytesOf({0x80, 0x60, 0, i, 0, 0, 0, 0, 0, 0, 0, 0, 1})).empty());
}

// What a session left unprotected must not turn up in the next one's repair packets.
TEST(FlexFecSender, ANewSessionBeginsANewRepairPacket) {
  FlexFecSender sender;
  sender.Restart({.packets = 2});
  sender.Add(BytesOf({0x80, 0x60, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x55}));
  sender.Restart({.packets = 1});
  const auto repair = sender.Add(BytesOf({0x80, 0x60, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x11}));
  ASSERT_EQ(repair.size(), 12 + FlexFecSender::kOverheadBytes + 1);
  EXPECT_EQ(repair.back(), std::byte{0x11});
}

}  // namespace
}  // namespace framefence::media
