#include "harness/report/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace framefence::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// A terminal of our own, and what was written to it.
class Terminal {
 public:
  Terminal() {
    winsize size{.ws_row = 24, .ws_col = 60, .ws_xpixel = 0, .ws_ypixel = 0};
    int slave = -1;
    EXPECT_EQ(::openpty(&master_, &slave, nullptr, nullptr, &size), 0);
    file_ = ::fdopen(slave, "w");
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    std::fclose(file_);
    ::close(master_);
  }
  std::FILE* file() const { return file_; }
  // All that was written since the last call. What a terminal is given arrives later, in parts:
  // read up to a mark.
  std::string Written() {
    constexpr char kMark = '\x1f';
    std::fputc(kMark, file_);
    std::fflush(file_);
    std::string written;
    for (char c = 0; ::read(master_, &c, 1) == 1 && c != kMark;) written += c;
    return written;
  }

 private:
  int master_ = -1;
  std::FILE* file_ = nullptr;
};

class ProgressTest : public testing::Test {
 protected:
  void SetUp() override { ::setenv("TERM", "xterm", 1); }
};

TEST_F(ProgressTest, ALineSaysPhaseDoneRateAndTimeLeft) {
  const ProgressState state{
      .phase = "hunting", .done = 1'204'331, .unit = "cases", .fraction = 0.6};
  EXPECT_EQ(ProgressLine(state, 30, 80), "hunting  1,204,331 cases  40,144/s  20 s left");
  EXPECT_EQ(ProgressLine(state, 30, 20), "hunting  1,204,331 c");
}

TEST_F(ProgressTest, WhatIsNotKnownIsNotShown) {
  ProgressState state{.phase = "minimising", .done = 12, .unit = "cases"};
  EXPECT_EQ(ProgressLine(state, 0, 80), "minimising  12 cases");
  state.fraction = 0;
  EXPECT_EQ(ProgressLine(state, 6, 80), "minimising  12 cases  2/s");
  state.fraction = 1e-9;
  EXPECT_EQ(ProgressLine(state, 6, 80), "minimising  12 cases  2/s");
  state.fraction = 2;
  EXPECT_THAT(ProgressLine(state, 6, 80), EndsWith("  0 s left"));
}

TEST_F(ProgressTest, LongWaitsAreInMinutesAndHours) {
  const ProgressState half{.phase = "p", .unit = "u", .fraction = 0.5};
  EXPECT_THAT(ProgressLine(half, 59.5, 80), EndsWith("1 min 00 s left"));
  EXPECT_THAT(ProgressLine(half, 185, 80), EndsWith("3 min 05 s left"));
  EXPECT_THAT(ProgressLine(half, 7'620, 80), EndsWith("2 h 07 min left"));
}

TEST_F(ProgressTest, ACutKeepsCharactersWhole) {
  EXPECT_EQ(ProgressLine({.phase = "\xe2\x86\x92\xe2\x86\x92"}, 0, 4), "\xe2\x86\x92");
}

// Seen to fail with the comparison to next_rewrite_ taken away.
TEST_F(ProgressTest, TheLineIsRewrittenAtMostTenTimesASecond) {
  Terminal terminal;
  Progress progress(terminal.file());
  const auto begin = std::chrono::steady_clock::now();
  // Calls that are few enough for what they write to fit a terminal's buffer, were each to write.
  for (std::uint64_t done = 0; done < 50; ++done) {
    progress.Show({.phase = "hunting", .done = done, .unit = "cases"});
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  const std::string written = terminal.Written();
  const auto rewrites = std::count(written.begin(), written.end(), '\r');
  EXPECT_GE(rewrites, 2);
  EXPECT_LE(rewrites, elapsed / std::chrono::milliseconds(100) + 1);
}

TEST_F(ProgressTest, ANewPhaseIsShownAtOnce) {
  Terminal terminal;
  Progress progress(terminal.file());
  progress.Show({.phase = "searching"});
  progress.Show({.phase = "proving"});
  EXPECT_THAT(terminal.Written(), HasSubstr("proving"));
}

TEST_F(ProgressTest, TheLineIsErasedBeforeOtherOutputAndAtTheEnd) {
  Terminal terminal;
  {
    Progress progress(terminal.file());
    progress.Show({.phase = "hunting"});
    progress.Print(terminal.file(), "found");
    EXPECT_THAT(terminal.Written(), EndsWith("\r\x1b[Kfound"));
    progress.Erase();
    EXPECT_EQ(terminal.Written(), "") << "there is nothing to erase";
    progress.Show({.phase = "proving"});
    terminal.Written();
  }
  EXPECT_EQ(terminal.Written(), "\r\x1b[K");
}

TEST_F(ProgressTest, ALineNeverFillsTheTerminalsWidth) {
  Terminal terminal;  // of 60 columns
  Progress progress(terminal.file());
  const std::string phase(100, 'x');
  progress.Show({.phase = phase});
  EXPECT_EQ(terminal.Written(), "\r\x1b[K" + std::string(59, 'x'));
}

TEST_F(ProgressTest, APipeAndADumbTerminalGetNothing) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  std::FILE* pipe = ::fdopen(ends[1], "w");
  {
    Progress progress(pipe);
    progress.Show({.phase = "hunting"});
  }
  char byte;
  EXPECT_EQ(::read(ends[0], &byte, 1), -1);
  std::fclose(pipe);
  ::close(ends[0]);

  ::setenv("TERM", "dumb", 1);
  Terminal terminal;
  Progress progress(terminal.file());
  progress.Show({.phase = "hunting"});
  EXPECT_EQ(terminal.Written(), "");
}

// Under ThreadSanitizer this is a check of the locking.
TEST_F(ProgressTest, ThreadsMayShowAndPrintTogether) {
  Terminal terminal;
  Progress progress(terminal.file());
  const auto work = [&] {
    for (int i = 0; i < 50; ++i) {
      progress.Show({.phase = i % 2 == 0 ? "a" : "b"});
      progress.Erase();
    }
  };
  std::jthread one(work);
  std::jthread two(work);
}

}  // namespace
}  // namespace framefence::report
