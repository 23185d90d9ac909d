#include "harness/base/bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/base/prng.h"

namespace framefence {
namespace {

std::vector<std::byte> SomeBytes(std::size_t size, std::uint32_t values) {
  Prng prng(size);
  std::vector<std::byte> bytes(size);
  for (std::byte& each : bytes) each = static_cast<std::byte>(prng.Below(values));
  return bytes;
}

// Lengths on both sides of where the library's own takes over. Trace hashes hang on it.
TEST(BytesTest, TheHashIsXxh3HoweverItIsComputed) {
  for (const std::size_t size : {0U, 1U, 16U, 240U, 241U, 1024U, 1200U, 65'537U}) {
    const auto bytes = SomeBytes(size, 256);
    EXPECT_EQ(HashOfBytes(bytes), XXH3_64bits(bytes.data(), size)) << size;
  }
}

// Seen to fail without the last byte of a block's neighbour, and without the rest behind the blocks.
TEST(BytesTest, TwoZerosAreFoundWhereverTheyBegin) {
  for (std::size_t size = 0; size < 200; ++size) {
    for (std::size_t at = 0; at + 1 < size; ++at) {
      std::vector<std::byte> bytes(size, std::byte{1});
      bytes[at] = bytes[at + 1] = std::byte{0};
      for (std::size_t from = 0; from <= at; ++from) ASSERT_EQ(FindTwoZeros(bytes, from), at);
      ASSERT_EQ(FindTwoZeros(bytes, at + 1), size);
    }
  }
}

TEST(BytesTest, OfManyZerosTheFirstTwoInARowAreFound) {
  const auto bytes = SomeBytes(2'000, 8);
  for (std::size_t from = 0; from <= bytes.size(); ++from) {
    std::size_t expected = from;
    while (expected + 1 < bytes.size() && (bytes[expected] | bytes[expected + 1]) != std::byte{0})
      ++expected;
    if (expected + 1 >= bytes.size()) expected = bytes.size();
    ASSERT_EQ(FindTwoZeros(bytes, from), expected) << from;
  }
}

// Seen to fail without the zeros gone through, and with the search going on at the next byte but one.
TEST(BytesTest, AStartCodeIsFoundBehindAnyNumberOfZeros) {
  auto bytes = SomeBytes(20'000, 3);
  bytes.resize(bytes.size() + 2);
  for (std::size_t from = 0; from < bytes.size(); ++from) {
    const auto prefix = {std::byte{0}, std::byte{0}, std::byte{1}};
    const auto found = std::search(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(),
                                   prefix.begin(), prefix.end());
    ASSERT_EQ(FindStartCode(bytes, from), static_cast<std::size_t>(found - bytes.begin())) << from;
  }
}

}  // namespace
}  // namespace framefence
