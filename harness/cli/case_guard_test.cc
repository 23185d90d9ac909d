// A system under test that takes the process down leaves its case behind, and a status.
//
// Seen to fail: without the handler; with the file not written; with Leave() forgotten.
#include "harness/cli/case_guard.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "harness/base/files.h"
#include "harness/cli/exit_status.h"

namespace framefence::cli {
namespace {

class CaseGuardTest : public ::testing::Test {
 protected:
  CaseGuardTest() { played_.steps.resize(3); }
  ~CaseGuardTest() override { std::filesystem::remove_all(folder_); }

  void ExpectTheCaseIsKept() const {
    const auto bytes = ReadFile(folder_ + "/case.bin", cases::kCaseFileBytesMax);
    ASSERT_TRUE(bytes.ok());
    const auto kept = cases::ParseCaseFile(*bytes);
    ASSERT_TRUE(kept.ok());
    EXPECT_EQ(kept->steps.size(), played_.steps.size());
  }

  const std::string folder_ = ::testing::TempDir() + "case_guard_test";
  cases::Case played_;
};

TEST_F(CaseGuardTest, ACrashKeepsTheCaseAndEndsWithItsStatus) {
  EXPECT_EXIT(
      {
        CaseGuard guard(folder_, "framefence replay --leak A3");
        guard.Enter(played_);
        std::raise(SIGSEGV);
      },
      ::testing::ExitedWithCode(kExitCrash),
      "crashed in this case.*framefence replay --leak A3 .*case.bin");
  ExpectTheCaseIsKept();
}

TEST_F(CaseGuardTest, ACaseThatDoesNotComeBackEndsLikewise) {
  EXPECT_EXIT(
      {
        CaseGuard guard(folder_, "framefence replay");
        guard.Enter(played_);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        guard.EndIfOverdue(std::chrono::hours(1));
        guard.EndIfOverdue(std::chrono::milliseconds(10));
      },
      ::testing::ExitedWithCode(kExitCrash), "did not come back in this case");
  ExpectTheCaseIsKept();
}

TEST_F(CaseGuardTest, OutsideACaseACrashIsOurOwn) {
  EXPECT_EXIT(
      {
        CaseGuard guard(folder_, "framefence replay");
        guard.Enter(played_);
        guard.Leave();
        guard.EndIfOverdue(std::chrono::milliseconds(0));
        std::raise(SIGSEGV);
      },
      ::testing::KilledBySignal(SIGSEGV), "");
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

}  // namespace
}  // namespace framefence::cli
