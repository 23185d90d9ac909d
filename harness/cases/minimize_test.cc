#include "harness/cases/minimize.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/prng.h"
#include "harness/cases/mutate.h"
#include "harness/cases/schema.h"
#include "harness/cases/text.h"

namespace framefence::cases {
namespace {

using Predicate = std::function<bool(const Case&)>;

Case RandomCase(std::uint64_t seed, std::size_t steps) {
  Prng prng(seed);
  Case result;
  for (const OptionInfo& info : AllOptions())
    result.options.*info.member = info.Clamp(prng.Below(5000));
  for (std::size_t i = 0; i < steps; ++i) result.steps.push_back(RandomStep(RandomOp(prng), prng));
  return result;
}

// Whether the ops occur in this order, with anything between them, on one camera where they have
// one.
bool Contains(const Case& input, std::initializer_list<Op> ops) {
  const Op* next = ops.begin();
  for (const Step& step : input.steps) {
    if (next != ops.end() && step.op == *next) ++next;
  }
  return next == ops.end();
}

void ExpectOneMinimal(const MinimizeResult& result, const Predicate& still_fails) {
  ASSERT_TRUE(result.is_minimal);
  EXPECT_TRUE(still_fails(result.smallest));
  for (std::size_t i = 0; i < result.smallest.steps.size(); ++i) {
    Case without = result.smallest;
    without.steps.erase(without.steps.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(still_fails(without)) << "step " << i << " of\n" << WriteText(result.smallest);
  }
}

TEST(MinimizeTest, WhatDoesNotMatterGoes) {
  const Predicate still_fails = [](const Case& c) {
    return Contains(c, {Op::kPublish, Op::kFrame, Op::kOpen, Op::kReport});
  };
  const MinimizeResult result = Minimize(RandomCase(1, 500), still_fails);
  ExpectOneMinimal(result, still_fails);
  EXPECT_EQ(WriteText(result.smallest),
            "framefence case 1\n"
            "publish camera=0\n"
            "frame camera=0 idr=no slices=1 payload_bytes=0\n"
            "open viewer=0 account=0 camera=0 path=app\n"
            "report viewer=0 lost=0\n");
}

// Steps that only fail in pairs: no single one can go first. Seen to fail with a pass that ends at
// runs of two.
TEST(MinimizeTest, StepsThatNeedEachOtherAreFoundMinimal) {
  const Predicate still_fails = [](const Case& c) {
    const auto count = [&](Op op) { return std::ranges::count(c.steps, op, &Step::op); };
    return count(Op::kLink) == count(Op::kUnlink) && count(Op::kFrame) >= 3;
  };
  Case input = RandomCase(2, 300);
  while (std::ranges::count(input.steps, Op::kLink, &Step::op) <
         std::ranges::count(input.steps, Op::kUnlink, &Step::op)) {
    input.steps.push_back({.op = Op::kLink});
  }
  while (std::ranges::count(input.steps, Op::kUnlink, &Step::op) <
         std::ranges::count(input.steps, Op::kLink, &Step::op)) {
    input.steps.push_back({.op = Op::kUnlink});
  }
  const MinimizeResult result = Minimize(input, still_fails);
  ExpectOneMinimal(result, still_fails);
}

TEST(MinimizeTest, RandomConditionsGiveOneMinimalCases) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    // A needle: any one bit pattern of a hash over the ops that are left.
    const Predicate still_fails = [seed](const Case& c) {
      std::uint64_t sum = seed;
      for (const Step& step : c.steps) sum += Mix64(static_cast<std::uint64_t>(step.op) + seed);
      return sum % 3 == seed % 3 && c.steps.size() >= seed % 7;
    };
    Case input = RandomCase(seed, 60);
    while (!still_fails(input)) input.steps.push_back({.op = Op::kPublish});
    ExpectOneMinimal(Minimize(input, still_fails), still_fails);
  }
}

// Frames that are needed, each followed by a step that must not go without its like. No run of steps can
// go, only all of them at once.
Case FramesBetween(std::initializer_list<Step> others) {
  Case input;
  for (const Step& other : others) {
    input.steps.push_back(MakeStep(Op::kFrame, {{field::kCamera, 1}}));
    input.steps.push_back(other);
  }
  return input;
}
Predicate FramesAndNoneOrAll(const Case& input) {
  const auto frames = [](const Case& c) {
    return std::ranges::count(c.steps, Op::kFrame, &Step::op);
  };
  const auto others = [frames](const Case& c) { return std::ssize(c.steps) - frames(c); };
  return [=, all = others(input), needed = frames(input)](const Case& c) {
    return frames(c) == needed && (others(c) == 0 || others(c) == all);
  };
}

// Seen to fail without RemoveActors.
TEST(MinimizeTest, AnActorWhoseStepsNeedEachOtherGoesWhole) {
  const Case input = FramesBetween({MakeStep(Op::kBind, {{field::kCamera, 5}}),
                                    MakeStep(Op::kPublish, {{field::kCamera, 5}}),
                                    MakeStep(Op::kUnbind, {{field::kCamera, 5}})});
  EXPECT_EQ(Minimize(input, FramesAndNoneOrAll(input)).smallest.steps.size(), 3U);
}

// Of several links. Seen to fail without CalmWeather.
TEST(MinimizeTest, WeatherThatNeedsItsLikeGoesWhole) {
  const Case input =
      FramesBetween({MakeStep(Op::kWeather, {{field::kLinkCamera, 5}, {field::kWeatherModel, 3}}),
                     MakeStep(Op::kDrop, {{field::kLinkEnd, 1}, {field::kLinkViewer, 2}}),
                     MakeStep(Op::kStall, {{field::kViewer, 3}})});
  EXPECT_EQ(Minimize(input, FramesAndNoneOrAll(input)).smallest.steps.size(), 3U);
}

TEST(MinimizeTest, AThresholdIsFoundExactly) {
  const Predicate still_fails = [](const Case& c) {
    std::uint32_t ms = 0;
    for (const Step& step : c.steps)
      ms += step.op == Op::kAdvance ? Read(step, field::kAdvanceMs) : 0;
    return ms >= 5001;
  };
  Case input = RandomCase(3, 200);
  input.steps.push_back(MakeStep(Op::kAdvance, {{field::kAdvanceMs, 60'000}}));
  EXPECT_EQ(WriteText(Minimize(input, still_fails).smallest),
            "framefence case 1\nadvance ms=5001\n");
}

TEST(MinimizeTest, NeighbouringAdvancesBecomeOne) {
  const Predicate still_fails = [](const Case& c) {
    std::uint32_t ms = 0;
    for (const Step& step : c.steps)
      ms += step.op == Op::kAdvance ? Read(step, field::kAdvanceMs) : 0;
    return ms == 60;
  };
  Case input;
  for (const std::uint32_t ms : {10U, 20U, 30U}) {
    input.steps.push_back(MakeStep(Op::kAdvance, {{field::kAdvanceMs, ms}}));
  }
  EXPECT_EQ(WriteText(Minimize(input, still_fails).smallest), "framefence case 1\nadvance ms=60\n");
}

TEST(MinimizeTest, OptionsReturnToTheirDefaultsOrAsNearAsTheyCan) {
  const Predicate still_fails = [](const Case& c) {
    return c.options.cameras >= 9 && c.options.idr_bytes <= 100 && !c.steps.empty();
  };
  Case input = RandomCase(4, 20);
  input.options.cameras = 777;
  input.options.idr_bytes = 70;
  const MinimizeResult result = Minimize(input, still_fails);
  WorldOptions expected;
  expected.cameras = 9;
  expected.idr_bytes = 100;
  EXPECT_EQ(result.smallest.options, expected);
}

// Seen to fail with a single round of passes: fewer viewers allow fewer frames only in the next.
// Either would do: the frame says it. Seen to fail without the first pass over the options.
TEST(MinimizeTest, AStepIsKeptRatherThanAnOptionThatDoesTheSame) {
  const Predicate still_fails = [](const Case& c) {
    return Contains(c, {Op::kPublish}) && (Contains(c, {Op::kFrame}) || c.options.liveness_ms != 0);
  };
  Case input = RandomCase(5, 200);
  input.options.liveness_ms = 2000;
  const MinimizeResult result = Minimize(input, still_fails);
  ExpectOneMinimal(result, still_fails);
  EXPECT_EQ(WriteText(result.smallest),
            "framefence case 1\n"
            "publish camera=0\n"
            "frame camera=0 idr=no slices=1 payload_bytes=0\n");
}

TEST(MinimizeTest, WhatOnePassAllowsTheNextRoundTakes) {
  const Predicate still_fails = [](const Case& c) {
    return static_cast<std::uint32_t>(std::ranges::count(c.steps, Op::kFrame, &Step::op)) >=
           c.options.viewers;
  };
  Case input;
  input.options.viewers = 20;
  input.steps.resize(30, {.op = Op::kFrame});
  const MinimizeResult result = Minimize(input, still_fails);
  ExpectOneMinimal(result, still_fails);
  EXPECT_EQ(result.smallest.steps.size(), WorldOptions{}.viewers);
}

// Seen to fail without ShrinkIds: neither camera can change alone.
TEST(MinimizeTest, IdsThatMustAgreeBecomeSmallTogether) {
  const Predicate still_fails = [](const Case& c) {
    for (const Step& one : c.steps) {
      for (const Step& other : c.steps) {
        if (one.op != Op::kPublish || other.op != Op::kOpen) continue;
        const std::uint32_t camera = Read(one, field::kCamera);
        if (camera == Read(other, field::kCamera) && camera != Read(other, field::kAccount))
          return true;
      }
    }
    return false;
  };
  Case input;
  input.steps = {MakeStep(Op::kPublish, {{field::kCamera, 200}}),
                 MakeStep(Op::kOpen, {{field::kCamera, 200}, {field::kAccount, 90}})};
  const MinimizeResult result = Minimize(input, still_fails);
  EXPECT_EQ(WriteText(result.smallest),
            "framefence case 1\n"
            "publish camera=1\n"
            "open viewer=0 account=0 camera=1 path=app\n");
}

TEST(MinimizeTest, ACaseThatDoesNotFailIsHandedBack) {
  const MinimizeResult result = Minimize(RandomCase(5, 10), [](const Case&) { return false; });
  EXPECT_FALSE(result.fails);
  EXPECT_FALSE(result.is_minimal);
  EXPECT_EQ(result.executions, 1U);
  EXPECT_EQ(result.smallest, Canonical(RandomCase(5, 10)));
}

TEST(MinimizeTest, TheLimitHoldsAndWhatWasFoundIsKept) {
  std::uint64_t calls = 0;
  const Predicate still_fails = [&](const Case& c) {
    ++calls;
    return Contains(c, {Op::kPublish, Op::kOpen});
  };
  const MinimizeResult result = Minimize(RandomCase(6, 300), still_fails, {.executions_max = 60});
  EXPECT_EQ(calls, 60U);
  EXPECT_EQ(result.executions, 60U);
  EXPECT_FALSE(result.is_minimal);
  EXPECT_TRUE(still_fails(result.smallest));
  EXPECT_LT(result.smallest.steps.size(), 300U);
}

TEST(MinimizeTest, ProgressIsToldAndMayEndTheSearch) {
  std::uint64_t last = 0;
  const auto on_progress = [&](const MinimizeProgress& progress) {
    EXPECT_EQ(progress.executions, last + 1);
    EXPECT_EQ(progress.executions_max, 1000U);
    last = progress.executions;
    return last < 5;
  };
  const MinimizeResult result = Minimize(
      RandomCase(7, 50), [](const Case& c) { return !c.steps.empty(); }, {.executions_max = 1000},
      on_progress);
  EXPECT_EQ(result.executions, 5U);
  EXPECT_FALSE(result.is_minimal);
}

TEST(MinimizeTest, OnePredicateGivesOneResult) {
  const Predicate still_fails = [](const Case& c) {
    return Contains(c, {Op::kBind, Op::kFrame, Op::kFrame});
  };
  const MinimizeResult one = Minimize(RandomCase(8, 200), still_fails);
  const MinimizeResult other = Minimize(RandomCase(8, 200), still_fails);
  EXPECT_EQ(one.smallest, other.smallest);
  EXPECT_EQ(one.executions, other.executions);
}

}  // namespace
}  // namespace framefence::cases
