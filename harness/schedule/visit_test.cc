// Fibres that serve the thread that calls them, from visit to visit.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "harness/schedule/fibre_sync.h"
#include "harness/schedule/fibres.h"

namespace framefence::schedule {
namespace {

// Each writes its letter three times a day, with scheduling points after each, and sleeps until it is woken.
struct Office {
  std::string written;
  bool closed = false;
  Fibres fibres;

  explicit Office(std::uint32_t clerks) {
    for (std::uint32_t clerk = 0; clerk < clerks; ++clerk) {
      fibres.Add([this, clerk] {
        while (true) {
          Fibres::Sleep();
          if (closed) return;
          for (int i = 0; i < 3; ++i) {
            written += static_cast<char>('a' + clerk);
            Fibres::Yield();
          }
        }
      });
    }
    Visit(plain, [] { Drain(); });
  }
  ~Office() {
    Visit(plain, [this] {
      Drain();
      closed = true;
      for (std::uint32_t clerk = 0; clerk < 3; ++clerk) Fibres::Wake(clerk);
      Drain();
    });
  }
  static void Drain() {
    while (!Fibres::IsAlone()) Fibres::Wait();
  }
  std::string Visit(Schedule& schedule, const std::function<void()>& call) {
    written.clear();
    fibres.Enter(schedule);
    call();
    fibres.Leave();
    return written;
  }
  ReplaySchedule plain{{}};
};

TEST(VisitTest, TheThreadGoesOnUntilItWaits) {
  Office office(3);
  EXPECT_EQ(office.Visit(office.plain,
                         [&] {
                           Fibres::Wake(2);
                           Fibres::Wake(0);
                           Fibres::Yield();
                           office.written += '.';
                           Office::Drain();
                         }),
            ".aaaccc");
}

// Seen to fail with a visit that forgets who was awake.
TEST(VisitTest, AFibreStaysWhereTheThreadLeavesIt) {
  Office office(3);
  ReplaySchedule leaves_b({{0, 1}, {1, 3}});
  EXPECT_EQ(office.Visit(leaves_b,
                         [&] {
                           Fibres::Wake(1);
                           Fibres::Yield();
                         }),
            "bb");
  EXPECT_EQ(office.Visit(office.plain, [&] { office.written += '.'; }), ".");
  EXPECT_EQ(office.Visit(office.plain,
                         [&] {
                           Fibres::Wake(0);
                           Office::Drain();
                         }),
            "aaab");
}

// Seen to fail with a way given that counts as a wait.
TEST(VisitTest, WhoGivesWayKeepsItsPriority) {
  int unbroken = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Office office(2);
    PctSchedule pct(seed, 1, 1);
    std::string written;
    for (int i = 0; i < 3; ++i) {
      written += office.Visit(pct, [] {
        Fibres::Wake(0);
        Fibres::Wake(1);
        Fibres::GiveWay();
      });
    }
    // By priority: both, one or nobody.
    EXPECT_TRUE(written == "aaabbbaaabbbaaabbb" || written == "bbbaaabbbaaabbbaaa" ||
                written == "aaaaaaaaa" || written == "bbbbbbbbb" || written.empty())
        << written;
    unbroken += written.empty() ? 1 : 0;
  }
  EXPECT_GT(unbroken, 5);
  Office office(2);
  EXPECT_EQ(office.Visit(office.plain,
                         [&] {
                           Fibres::Wake(1);
                           Fibres::GiveWay();
                           office.written += '.';
                         }),
            "bbb.");
}

TEST(VisitTest, WhoSleepsIsNotChosen) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Office office(3);
    RandomSchedule random(seed);
    const std::string written = office.Visit(random, [] {
      Fibres::Wake(1);
      Office::Drain();
    });
    EXPECT_EQ(written, "bbb");
  }
}

TEST(VisitTest, OutsideOfAVisitNothingIsScheduled) {
  Office office(3);
  Fibres::Wake(0);
  Fibres::Yield();
  Fibres::Wait();
  EXPECT_TRUE(Fibres::IsAlone());
  EXPECT_EQ(office.Visit(office.plain, [] { Office::Drain(); }), "");
}

// Seen to fail (by not ending) without the check of who is idle.
TEST(VisitDeathTest, AWaitThatNobodyEndsIsSaid) {
  Office office(3);
  EXPECT_DEATH(office.Visit(office.plain,
                            [] {
                              while (true) Fibres::Wait();
                            }),
               "deadlock after");
}

TEST(VisitTest, AllAsleepIsADeadlockOfARun) {
  Fibres fibres;
  for (int i = 0; i < 2; ++i) fibres.Add([] { Fibres::Sleep(); });
  ReplaySchedule plain({});
  const Played run = fibres.Play(plain);
  EXPECT_EQ(run.ending, Ending::kDeadlock);
  EXPECT_EQ(run.unfinished, (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace framefence::schedule
