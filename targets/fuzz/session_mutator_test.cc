// Both forms of the session mutator: libFuzzer's hooks, and AFL++'s shared object.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

int own_mutations = 0;

using Octets = std::vector<std::uint8_t>;

}  // namespace

// libFuzzer's own mutation, which it gives to custom mutators.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t*, std::size_t size, std::size_t) {
  ++own_mutations;
  return size;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed);
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* out,
                                                 std::size_t out_size_max, unsigned int seed);
extern "C" void* afl_custom_init(void* afl, unsigned int seed);
extern "C" std::size_t afl_custom_fuzz(void* data, std::uint8_t* first, std::size_t first_size,
                                       std::uint8_t** out, std::uint8_t* second,
                                       std::size_t second_size, std::size_t size_max);
extern "C" void afl_custom_deinit(void* data);

namespace {

// Steps of one op each; bytes of the two parents differ.
Octets Steps(std::size_t count, std::uint8_t op) {
  Octets steps(8 * count);
  for (std::size_t i = 0; i < count; ++i) steps[8 * i] = op;
  return steps;
}

TEST(LibFuzzerSessionMutator, OneMutationInFourIsTheEnginesOwn) {
  Octets room = Steps(40, 0x14);
  own_mutations = 0;
  for (unsigned seed = 0; seed < 400; ++seed)
    LLVMFuzzerCustomMutator(room.data(), 80, room.size(), seed);
  EXPECT_EQ(own_mutations, 100);
}

TEST(LibFuzzerSessionMutator, RoomForNoStepIsLeftToTheEngine) {
  Octets room(7);
  own_mutations = 0;
  LLVMFuzzerCustomMutator(room.data(), 3, room.size(), 1);
  EXPECT_EQ(own_mutations, 1);
}

TEST(LibFuzzerSessionMutator, CrossoverTakesStepsOfBothAndKeepsToItsRoom) {
  const Octets first = Steps(20, 0x14), second = Steps(20, 0x15);
  bool mixed = false;
  for (unsigned seed = 0; seed < 100; ++seed) {
    Octets out(200);
    const std::size_t size = LLVMFuzzerCustomCrossOver(first.data(), first.size(), second.data(),
                                                       second.size(), out.data(), out.size(), seed);
    ASSERT_LE(size, out.size());
    out.resize(size);
    mixed |= std::ranges::count(out, 0x14) > 0 && std::ranges::count(out, 0x15) > 0;
  }
  EXPECT_TRUE(mixed);
}

struct AflRun {
  std::vector<Octets> children;
  explicit AflRun(unsigned seed, std::size_t size_max = 400) {
    void* mutator = afl_custom_init(nullptr, seed);
    Octets first = Steps(10, 0x14), second = Steps(10, 0x15);
    for (int i = 0; i < 100; ++i) {
      std::uint8_t* out = nullptr;
      const std::size_t size = afl_custom_fuzz(mutator, first.data(), first.size(), &out,
                                               second.data(), second.size(), size_max);
      children.emplace_back(out, out + size);
    }
    afl_custom_deinit(mutator);
  }
};

TEST(AflSessionMutator, SameSeedSameChildren) {
  EXPECT_EQ(AflRun(1).children, AflRun(1).children);
  EXPECT_NE(AflRun(1).children, AflRun(2).children);
}

// Seen to fail with a child that keeps all of a parent larger than its room.
TEST(AflSessionMutator, ChildrenAreWholeStepsWithinTheirRoom) {
  for (const Octets& child : AflRun(3, 64).children) {
    EXPECT_LE(child.size(), 64U);
    EXPECT_EQ(child.size() % 8, 0U);
  }
}

TEST(AflSessionMutator, SomeChildrenHaveTwoParents) {
  const AflRun run(4);
  EXPECT_TRUE(std::ranges::any_of(run.children, [](const Octets& child) {
    return std::ranges::count(child, 0x14) > 2 && std::ranges::count(child, 0x15) > 2;
  }));
}

}  // namespace
