// Each function that is watched is called inside a case, and outside of one. Seen to fail: with nothing
// that ends the program, with the scope not looked at (all ends it), with a function left out.
#include "harness/ambient/ambient.h"

#include <gtest/gtest.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include "harness/base/ambient.h"
#include "harness/base/prng.h"

namespace framefence {
namespace {

constexpr int kStatus = 5;

struct Read {
  const char* name;  // of the function that it comes to
  const char* cure;
  std::function<void()> read;
};

volatile std::uint64_t sink = 0;  // what was read is used

const Read kReads[] = {
    {"clock_gettime", "NextTimer",
     [] {
       sink =
           static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
     }},
    {"clock_gettime", "NextTimer",
     [] {
       sink =
           static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
     }},
    {"gettimeofday", "NextTimer",
     [] {
       timeval now;
       ::gettimeofday(&now, nullptr);
       sink = static_cast<std::uint64_t>(now.tv_sec);
     }},
    {"time", "NextTimer", [] { sink = static_cast<std::uint64_t>(std::time(nullptr)); }},
    {"timespec_get", "NextTimer",
     [] {
       timespec now;
       std::timespec_get(&now, TIME_UTC);
       sink = static_cast<std::uint64_t>(now.tv_sec);
     }},
    {"clock", "NextTimer", [] { sink = static_cast<std::uint64_t>(std::clock()); }},
    {"getrandom", "Deployment::seed",
     [] {
       std::uint64_t x = 0;
       sink = static_cast<std::uint64_t>(::getrandom(&x, sizeof x, 0));
     }},
    {"getentropy", "Deployment::seed",
     [] {
       std::uint64_t x = 0;
       sink = static_cast<std::uint64_t>(::getentropy(&x, sizeof x));
     }},
    {"arc4random", "Deployment::seed", [] { sink = arc4random(); }},
    {"arc4random_uniform", "Deployment::seed", [] { sink = arc4random_uniform(7); }},
    {"arc4random_buf", "Deployment::seed",
     [] {
       std::uint64_t x = 0;
       arc4random_buf(&x, sizeof x);
       sink = x;
     }},
    {"rand", "Deployment::seed", [] { sink = static_cast<std::uint64_t>(std::rand()); }},
    {"random", "Deployment::seed", [] { sink = static_cast<std::uint64_t>(::random()); }},
    {"drand48", "Deployment::seed", [] { sink = static_cast<std::uint64_t>(::drand48()); }},
    {"lrand48", "Deployment::seed", [] { sink = static_cast<std::uint64_t>(::lrand48()); }},
    {"mrand48", "Deployment::seed", [] { sink = static_cast<std::uint64_t>(::mrand48()); }},
    {"random_device", "Deployment::seed",
     [] {
       std::random_device device;
       sink = device();
     }},
};

class AmbientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!WatchAmbientReads([](const std::string& what) {
          ::_exit(::write(STDERR_FILENO, what.data(), what.size()) > 0 ? kStatus : 1);
        }))
      GTEST_SKIP() << "a sanitizer has replaced the functions";
  }
};

TEST_F(AmbientTest, InACaseEachReadEndsTheProgramWithItsNameAndItsCure) {
  for (const Read& each : kReads) {
    EXPECT_EXIT(
        {
          const ForbidAmbient forbid;
          each.read();
        },
        ::testing::ExitedWithCode(kStatus),
        "called " + std::string(each.name) + "\\(\\) while a case.*\n.*cure: .*" + each.cure)
        << each.name;
  }
}

// The line to paste names this program. Seen to fail without the callers.
TEST_F(AmbientTest, TheCallersAreSaid) {
  EXPECT_EXIT(
      {
        const ForbidAmbient forbid;
        kReads[0].read();
      },
      ::testing::ExitedWithCode(kStatus), "addr2line -Cfipse '.*harness_ambient_test' 0x");
}

TEST_F(AmbientTest, OutsideOfACaseAllIsAsEver) {
  {
    const ForbidAmbient forbid;
    const ForbidAmbient nested;
  }
  for (const Read& each : kReads) each.read();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_LE(before, std::chrono::steady_clock::now());
  EXPECT_GT(std::time(nullptr), 1'600'000'000);
}

// What is seeded may be drawn from. Seen to fail with a thread's scope that counts for all.
TEST_F(AmbientTest, SeededGeneratorsAndOtherThreadsAreFree) {
  const ForbidAmbient forbid;
  std::mt19937_64 twister(7);
  Prng prng(7);
  sink = twister() + prng.Next();
  std::function<void()> free = [] { sink = static_cast<std::uint64_t>(std::time(nullptr)); };
  std::thread([&] { free(); }).join();
}

}  // namespace
}  // namespace framefence
