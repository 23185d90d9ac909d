#include "harness/media/retransmission.h"

#include <gtest/gtest.h>

#include "harness/media/test_support.h"

namespace framefence::media {
namespace {

// Seen to fail with the original's number left out, and with the stream's standing still.
TEST(RetransmissionStream, APacketIsWrappedUnderTheStreamsOwnHeader) {
  const Bytes original = BytesOf({0x80, 0xe0, 0x12, 0x34, 1, 2, 3, 4, 9, 9, 9, 9, 0x41, 7});
  RetransmissionStream stream;
  stream.Restart({.ssrc = 0x0a0b0c0d, .first_sequence_number = 0xffff, .payload_type = 98});
  for (const int high : {0xff, 0x00}) {
    const auto wrapped = stream.Wrap(original);
    EXPECT_EQ(Bytes(wrapped.begin(), wrapped.end()),
              BytesOf({0x80, 0x80 | 98, high, high, 1, 2, 3, 4, 0x0a, 0x0b, 0x0c, 0x0d, 0x12, 0x34,
                       0x41, 7}));
  }
}

}  // namespace
}  // namespace framefence::media
