#include "harness/cases/mutate.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/cases/case.h"
#include "harness/cases/text.h"

namespace framefence::cases {
namespace {

using field::kCamera;

std::vector<std::byte> SmallCase(bool header) {
  Case input;
  input.options.cameras = 2;
  for (std::uint32_t i = 0; i < 6; ++i)
    input.steps.push_back(MakeStep(Op::kPublish, {{kCamera, i}}));
  std::vector<std::byte> bytes = EncodeCase(input);
  if (!header) bytes.erase(bytes.begin(), bytes.begin() + kStepBytes);
  return bytes;
}

std::vector<std::byte> Mutated(const std::vector<std::byte>& from, std::size_t size_max,
                               std::uint64_t seed) {
  std::vector<std::byte> bytes = from;
  bytes.resize(size_max);
  bytes.resize(Mutate(bytes, from.size(), seed));
  return bytes;
}

TEST(MutateTest, OneSeedGivesOneChild) {
  const std::vector<std::byte> parent = SmallCase(true);
  std::set<std::vector<std::byte>> children;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<std::byte> child = Mutated(parent, 512, seed);
    EXPECT_EQ(child, Mutated(parent, 512, seed));
    children.insert(child);
  }
  EXPECT_GT(children.size(), 150U);
  EXPECT_FALSE(children.contains(parent) && children.size() < 2);
}

// Long chains of mutations: sizes, header and options stay what they should. Seen to fail with a
// step inserted before the options, and with the room for an insertion not checked.
TEST(MutateTest, CasesStayWithinTheirRoomAndKeepTheirHeader) {
  Prng prng(1);
  for (const bool header : {true, false}) {
    for (const std::size_t size_max : {8U, 16U, 67U, 256U, 1024U}) {
      std::vector<std::byte> bytes = SmallCase(header);
      bytes.resize(std::min(bytes.size(), size_max));
      const bool has_header = LayoutOf(bytes).options != 0;
      for (int i = 0; i < 5'000; ++i) {
        bytes = Mutated(bytes, size_max, prng.Next());
        ASSERT_LE(bytes.size(), size_max);
        ASSERT_EQ(bytes.size() % kStepBytes, 0U);
        const CaseLayout layout = LayoutOf(bytes);
        ASSERT_EQ(layout.options != 0, has_header);
        for (std::size_t at = layout.body; at < layout.end; at += kStepBytes) {
          ASSERT_NE(bytes[at], static_cast<std::byte>(Op::kOption))
              << "an option after the first step";
        }
      }
    }
  }
}

TEST(MutateTest, EveryOpAndEveryOptionIsReached) {
  Prng prng(2);
  std::set<Op> ops;
  std::set<std::uint8_t> options;
  std::vector<std::byte> bytes = SmallCase(false);
  for (int i = 0; i < 20'000; ++i) {
    bytes = Mutated(bytes, 512, prng.Next());
    const CaseLayout layout = LayoutOf(bytes);
    for (std::size_t at = 0; at < layout.end; at += kStepBytes) {
      const Step step = LoadStep(bytes.data() + at);
      if (step.op == Op::kOption) {
        options.insert(step.actor);
      } else {
        ops.insert(step.op);
      }
    }
  }
  EXPECT_EQ(ops.size(), AllOps().size() - 2) << "all but none and option";
  EXPECT_EQ(options.size(), AllOptions().size());
}

TEST(MutateTest, GarbageIsMutatedToo) {
  Prng prng(3);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> bytes(prng.Below(70));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(prng.Next32());
    const std::size_t size_max = bytes.size() + prng.Below(30);
    ASSERT_LE(Mutated(bytes, size_max, prng.Next()).size(), size_max);
  }
}

TEST(MutateTest, AnEmptyCaseGrowsAndABufferWithoutRoomIsLeftAlone) {
  bool grew = false;
  for (std::uint64_t seed = 0; seed < 10; ++seed) grew = grew || !Mutated({}, 64, seed).empty();
  EXPECT_TRUE(grew);
  std::array<std::byte, 5> little{std::byte{1}, std::byte{2}};
  EXPECT_EQ(Mutate(little, 2, 1), 2U);
  EXPECT_EQ(little[1], std::byte{2});
}

TEST(MutateTest, RandomStepsAreCanonicalAndReachEveryValue) {
  Prng prng(4);
  for (const OpInfo& info : AllOps()) {
    std::vector<std::set<std::uint32_t>> seen(info.fields.size());
    for (int i = 0; i < 20'000; ++i) {
      const Step step = RandomStep(info, prng);
      ASSERT_EQ(Canonical(step), step);
      for (std::size_t f = 0; f < info.fields.size(); ++f) {
        if (Exists(info.fields[f], step)) seen[f].insert(Read(step, info.fields[f]));
      }
    }
    for (std::size_t f = 0; f < info.fields.size(); ++f) {
      const Field& field = info.fields[f];
      const std::size_t values = field.value_max() - field.value_min() + 1;
      EXPECT_GE(seen[f].size(), std::min<std::size_t>(values, 200))
          << info.name << " " << field.name;
    }
  }
}

TEST(CrossoverTest, AChildIsMadeOfItsParentsSteps) {
  Case one;
  Case two;
  for (std::uint32_t i = 0; i < 8; ++i) {
    one.steps.push_back(MakeStep(Op::kPublish, {{kCamera, i}}));
    two.steps.push_back(MakeStep(Op::kUnbind, {{kCamera, i}}));
  }
  one.options.cameras = 3;
  const std::vector<std::byte> first = EncodeCase(one);
  const std::vector<std::byte> second = EncodeCase(two);
  bool mixed = false;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::vector<std::byte> out(40 * kStepBytes);
    out.resize(Crossover(first, second, out, seed));
    const Result<Case> child = ParseCaseFile(out);
    ASSERT_TRUE(child.ok());
    EXPECT_EQ(child->options, one.options);
    EXPECT_EQ(LayoutOf(out).options, kStepBytes) << "the first parent's header is kept";
    int foreign = 0;
    for (const Step& step : child->steps) foreign += step.op == Op::kUnbind ? 1 : 0;
    EXPECT_LE(foreign, 8);
    mixed = mixed || (foreign != 0 && foreign != static_cast<int>(child->steps.size()));
  }
  EXPECT_TRUE(mixed);
}

TEST(CrossoverTest, AChildFitsItsRoom) {
  Prng prng(5);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> parents[2];
    for (auto& parent : parents) {
      parent.resize(prng.Below(100));
      for (std::byte& byte : parent) byte = static_cast<std::byte>(prng.Next32() & 0x11);
    }
    std::vector<std::byte> out(prng.Below(100));
    const std::size_t size = Crossover(parents[0], parents[1], out, prng.Next());
    ASSERT_LE(size, out.size());
    ASSERT_EQ(size % kStepBytes, 0U);
  }
}

}  // namespace
}  // namespace framefence::cases
