// Seen to fail: with elements cleared as std::allocator's are, ResizedIsNotCleared; with any alignment
// for all sizes, OfManyBytes.... Without the check of
// the number of elements MoreThan... does not compile.
#include "targets/relay/core/large_vector.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace relay::core {
namespace {

template <class T>
bool IsAlignedTo(std::size_t bytes, const LargeVector<T>& vector) {
  return reinterpret_cast<std::uintptr_t>(vector.data()) % bytes == 0;
}

TEST(LargeVectorTest, OfManyBytesItBeginsALargePage) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(IsAlignedTo(kLargePageBytes, LargeVector<char>(kLargePageBytes, 'a')));
  }
}

struct alignas(kCacheLineBytes) Record {
  std::uint32_t value = 7;
};

TEST(LargeVectorTest, OfFewBytesItIsAlignedAsItsElementsAre) {
  const LargeVector<Record> records(3);
  EXPECT_TRUE(IsAlignedTo(alignof(Record), records));
  EXPECT_EQ(records[2].value, 7U);
}

TEST(LargeVectorTest, ResizedIsNotCleared) {
  LargeVector<char> frame(100, 'a');
  frame.resize(0);
  frame.resize(100);
  EXPECT_EQ(frame[99], 'a');
}

TEST(LargeVectorTest, MoreThanCanBeCountedIsRefused) {
  LargePageAllocator<std::uint64_t> allocator;
  EXPECT_THROW(allocator.allocate(~std::size_t{0} / 4), std::bad_array_new_length);
}

}  // namespace
}  // namespace relay::core
