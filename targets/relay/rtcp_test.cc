// With either length check taken out, AddressSanitizer sees the cut packets read past their end.
#include "targets/relay/rtcp.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace relay {
namespace {

using Bytes = std::vector<std::byte>;

Bytes BytesOf(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

const Bytes kReportAndBye = BytesOf({0x80, 201, 0, 1, 0, 0, 0, 5,                // RR
                                     0x82, 203, 0, 2, 0, 0, 0, 5, 0, 0, 1, 0});  // BYE, 2 sources

TEST(RtcpTest, ByeIsFoundInACompoundPacket) {
  Farewell farewell;
  ASSERT_EQ(ParseRtcp(kReportAndBye, farewell), RtcpParse::kOk);
  ASSERT_EQ(farewell.count, 2U);
  EXPECT_EQ(farewell.ssrcs[0], 5U);
  EXPECT_EQ(farewell.ssrcs[1], 256U);
}

TEST(RtcpTest, CompoundPacketCutAnywhereButBetweenItsPacketsIsRefused) {
  for (std::size_t length = 0; length < kReportAndBye.size(); ++length) {
    const Bytes cut(kReportAndBye.begin(),
                    kReportAndBye.begin() + static_cast<std::ptrdiff_t>(length));
    Farewell farewell;
    EXPECT_EQ(ParseRtcp(cut, farewell) == RtcpParse::kOk, length == 8) << length;
  }
}

TEST(RtcpTest, ByeThatCountsMoreSourcesThanItHoldsIsRefused) {
  Farewell farewell;
  EXPECT_EQ(ParseRtcp(BytesOf({0x9f, 203, 0, 1, 0, 0, 0, 5}), farewell), RtcpParse::kBadLength);
  EXPECT_EQ(ParseRtcp(BytesOf({0x41, 203, 0, 1, 0, 0, 0, 5}), farewell), RtcpParse::kBadVersion);
}

TEST(RtcpTest, RandomBytesAreNeverReadPastTheirEnd) {
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    Bytes datagram(random() % 48);
    for (std::byte& byte : datagram)
      byte = static_cast<std::byte>(random() % 4 == 0 ? 0x81 : random() % 3);
    Farewell farewell;
    ParseRtcp(datagram, farewell);
    ASSERT_LE(farewell.count, kByeSourcesMax);
  }
}

}  // namespace
}  // namespace relay
