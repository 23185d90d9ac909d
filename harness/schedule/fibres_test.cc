#include "harness/schedule/fibres.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/schedule/fibre_sync.h"
#include "harness/schedule/stack.h"

namespace framefence::schedule {
namespace {

constexpr std::memory_order kSeqCst = std::memory_order_seq_cst;
using Flag = FibreSync::Atomic<int>;

void Await(const Flag& flag, int value) {
  for (unsigned tries = 0; flag.load(kSeqCst) != value; ++tries) FibreSync::Wait(tries);
}

Played PlayPlain(Fibres& fibres, std::uint64_t steps_max = Fibres::kStepsMax) {
  ReplaySchedule plain({});
  return fibres.Play(plain, steps_max);
}

// Three fibres that write their numbers down, three times each.
std::pair<std::string, Played> Write(Schedule& schedule) {
  std::string written;
  Flag shared(0);
  Fibres fibres;
  for (int fibre = 0; fibre < 3; ++fibre) {
    fibres.Add([&written, &shared, fibre] {
      for (int i = 0; i < 3; ++i) {
        shared.store(fibre, kSeqCst);
        written += static_cast<char>('0' + fibre);
      }
    });
  }
  Played run = fibres.Play(schedule);
  return {written, std::move(run)};
}

TEST(FibresTest, FibresTakeTurnsAsTheScheduleSays) {
  ReplaySchedule plain({}), told({{2, 1}, {1, 2}, {4, 0}});
  EXPECT_EQ(Write(plain).first, "000111222");
  EXPECT_EQ(Write(told).first, "012220011");
}

// Seen to fail with a record that forgets to count plain choices anew.
TEST(FibresTest, RecordedScheduleReplaysTheRunExactly) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomSchedule random(seed);
    PctSchedule pct(seed, 4, 12);
    for (Schedule* const schedule :
         {static_cast<Schedule*>(&random), static_cast<Schedule*>(&pct)}) {
      const auto [written, run] = Write(*schedule);
      EXPECT_EQ(run.ending, Ending::kAllEnded);
      EXPECT_EQ(run.steps, 12U);
      ReplaySchedule replay(run.handovers);
      const auto [written_again, run_again] = Write(replay);
      EXPECT_EQ(written_again, written);
      EXPECT_EQ(run_again.trace, run.trace);
      EXPECT_EQ(run_again.handovers, run.handovers);
    }
  }
  RandomSchedule one(1), other(2);
  EXPECT_NE(Write(one).second.trace, Write(other).second.trace);
}

TEST(FibresTest, OutsideOfARunScheduleIsNotAsked) {
  Flag flag(3);
  flag.store(flag.fetch_add(1, kSeqCst) + 2, kSeqCst);
  FibreSync::Wait(0);
  EXPECT_EQ(flag.load(kSeqCst), 5);
}

// --- waiting

// Seen to fail with a deadlock called so when one fibre is idle, and with a wait that leaves PCT's
// priorities as they are.
TEST(FibresTest, WhoWaitsForWhatComesGetsItUnderEverySchedule) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    RandomSchedule random(seed);
    PctSchedule pct(seed, 3, 40);
    for (Schedule* const schedule :
         {static_cast<Schedule*>(&random), static_cast<Schedule*>(&pct)}) {
      Flag flag(0);
      Fibres fibres;
      for (int fibre = 0; fibre < 3; ++fibre) {
        fibres.Add([&flag, fibre] {
          for (int round = 0; round < 3; ++round) {
            Await(flag, round * 3 + fibre);
            flag.fetch_add(1, kSeqCst);
          }
        });
      }
      const Played run = fibres.Play(*schedule);
      ASSERT_EQ(run.ending, Ending::kAllEnded) << run.Describe();
    }
  }
}

// Seen to fail with a deadlock that is only looked for where one fibre is left.
TEST(FibresTest, DeadlockIsSaidToBeOneAndWhoIsInIt) {
  Flag never(0);
  Fibres fibres;
  fibres.Add([&] { Await(never, 1); });
  fibres.Add([] {});
  fibres.Add([&] { Await(never, 2); });
  const Played run = PlayPlain(fibres);
  EXPECT_EQ(run.ending, Ending::kDeadlock);
  EXPECT_EQ(run.unfinished, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_LT(run.steps, 50U);
  EXPECT_EQ(run.Describe(), "deadlock after " + std::to_string(run.steps) +
                                " steps, unfinished: 0 2; schedule: replay ");
}

// Two gates, each entered in another order by each of two: only some schedules come to a stop, and
// those replay.
TEST(FibresTest, DeadlockThatDependsOnTheScheduleReplays) {
  const auto play = [](Schedule& schedule) {
    Flag next[2] = {0, 0}, serving[2] = {0, 0};
    const auto enter = [&](int gate) { Await(serving[gate], next[gate].fetch_add(1, kSeqCst)); };
    const auto leave = [&](int gate) { serving[gate].fetch_add(1, kSeqCst); };
    Fibres fibres;
    for (int fibre = 0; fibre < 2; ++fibre) {
      fibres.Add([&, fibre] {
        enter(fibre), enter(1 - fibre);
        leave(fibre), leave(1 - fibre);
      });
    }
    return fibres.Play(schedule);
  };
  int deadlocks = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    PctSchedule schedule(seed, 2, 12);
    const Played run = play(schedule);
    if (run.ending == Ending::kAllEnded) continue;
    ASSERT_EQ(run.ending, Ending::kDeadlock) << run.Describe();
    ++deadlocks;
    ReplaySchedule replay(run.handovers);
    EXPECT_EQ(play(replay).Describe(), run.Describe());
  }
  EXPECT_GT(deadlocks, 5);
  EXPECT_LT(deadlocks, 90);
}

// What it waits for is not written through the policy, but before the other's end. Seen to fail with an
// end that is no write.
TEST(FibresTest, WhoWaitsForAnotherToEndIsInNoDeadlock) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomSchedule schedule(seed);
    Flag flag(0);
    bool done = false;
    Fibres fibres;
    fibres.Add([&] {
      for (bool seen = false; !seen;) {
        seen = done;
        flag.load(kSeqCst);
        if (!seen) FibreSync::Wait(0);
      }
    });
    fibres.Add([&] {
      for (int i = 0; i < 5; ++i) flag.load(kSeqCst);
      done = true;
    });
    const Played run = fibres.Play(schedule);
    ASSERT_EQ(run.ending, Ending::kAllEnded) << run.Describe();
  }
}

TEST(FibresTest, LivelockEndsAtTheStepLimit) {
  Flag flag(0);
  Fibres fibres;
  // Each undoes what the other waits for.
  for (int fibre = 0; fibre < 2; ++fibre) {
    fibres.Add([&flag, fibre] {
      for (unsigned tries = 0; flag.load(kSeqCst) != 2; ++tries) {
        flag.store(fibre, kSeqCst);
        FibreSync::Wait(tries);
      }
    });
  }
  const Played run = PlayPlain(fibres, 1000);
  EXPECT_EQ(run.ending, Ending::kStepLimit);
  EXPECT_EQ(run.steps, 1000U);
}

// --- exceptions and stacks

TEST(FibresTest, ExceptionThatLeavesAFibreEndsTheRun) {
  Flag flag(0);
  Fibres fibres;
  fibres.Add([&] { Await(flag, 1); });
  fibres.Add([&] {
    flag.load(kSeqCst);
    throw std::runtime_error("out of the fibre");
  });
  const Played run = PlayPlain(fibres);
  ASSERT_EQ(run.ending, Ending::kThrew);
  EXPECT_EQ(run.unfinished, std::vector<std::uint32_t>{0});
  EXPECT_THROW(std::rethrow_exception(run.thrown), std::runtime_error);
}

// Seen to fail without ExceptionState.
TEST(FibresTest, EachFibreCatchesItsOwnExceptions) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomSchedule schedule(seed);
    Flag flag(0);
    Fibres fibres;
    int right = 0;
    const auto body = [&](int fibre) {
      // Passes the processor on while it unwinds too.
      struct Passing {
        Flag& flag;
        ~Passing() { flag.fetch_add(1, kSeqCst); }
      };
      try {
        try {
          const Passing passing{flag};
          throw fibre;
        } catch (int) {
          flag.load(kSeqCst);
          EXPECT_EQ(std::uncaught_exceptions(), 0);
          throw;
        }
      } catch (int caught) {
        flag.load(kSeqCst);
        right += caught == fibre ? 1 : 0;
      }
    };
    for (int fibre = 0; fibre < 4; ++fibre) fibres.Add([&body, fibre] { body(fibre); });
    ASSERT_EQ(fibres.Play(schedule).ending, Ending::kAllEnded);
    EXPECT_EQ(right, 4);
  }
}

// So many frames of a kilobyte or so.
int Descend(int frames, const Flag& flag) {
  volatile char frame[1024] = {};
  frame[0] = static_cast<char>(frames);
  const int below = frames == 0 ? flag.load(kSeqCst) : Descend(frames - 1, flag);
  return below + (frame[0] == static_cast<char>(frames) ? 1 : 0);
}

TEST(FibresTest, StacksAreKeptApartAndUsedAnew) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomSchedule schedule(seed);
    Flag flag(0);
    Fibres fibres;
    for (int fibre = 0; fibre < 3; ++fibre)
      fibres.Add([&flag] { EXPECT_EQ(Descend(100, flag), 101); });
    fibres.Play(schedule, seed % 2 == 0 ? 5 : 100);  // some are left as they are
  }
}

TEST(FibresDeathTest, StackThatOverflowsCrashes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto overflow = [] {
    Flag flag(0);
    Fibres fibres;
    fibres.Add([&flag] { Descend(1 << 20, flag); });
    PlayPlain(fibres);
  };
  EXPECT_DEATH(overflow(), "");
}

// Seen to fail: without the check, the ended fibres begin once more on their own stacks.
TEST(FibresDeathTest, WhatWasPlayedIsNotPlayedAgain) {
  Fibres fibres;
  fibres.Add([] {});
  RandomSchedule schedule(1);
  fibres.Play(schedule);
  EXPECT_DEATH(fibres.Play(schedule), "played_");
}

// Seen to fail without the guard page.
TEST(FibresDeathTest, WhatIsBelowAStackCannotBeWritten) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Stack stack;
  volatile std::byte* const below = stack.bottom() - 1;
  EXPECT_DEATH(*below = std::byte{1}, "");
}

}  // namespace
}  // namespace framefence::schedule
