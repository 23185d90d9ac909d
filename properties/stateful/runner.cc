#include "properties/stateful/runner.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/base/files.h"
#include "harness/base/prng.h"
#include "harness/cases/text.h"
#include "properties/stateful/suite.h"

namespace framefence::stateful {
namespace {

using Clock = Suite::Clock;

constexpr int kCasesARound = 100;             // RapidCheck's sequences grow over a round
constexpr std::uint64_t kRoundsUntimed = 40;  // seconds, with the sanitizers a minute
constexpr auto kShrinkTime = std::chrono::seconds(8);

struct Flags {
  double seconds = 0;  // 0: kRoundsUntimed
  std::uint64_t seed = 0;
  std::string counterexample;
};

// Empty: go on; else the exit status.
std::optional<int> ReadFlags(int argc, char** argv, Flags& flags) {
  CLI::App app("Checks stateful properties against a model with RapidCheck.");
  app.add_option("--seconds", flags.seconds,
                 "how long to look; without it, a fixed number of cases")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", flags.seed, "same seed, same cases");
  app.add_option("--counterexample", flags.counterexample, "where the shrunk case goes, as text");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

void PrintCases(const Suite& suite) {
  std::printf("cases: %llu\n", static_cast<unsigned long long>(suite.cases()));
  std::fflush(stdout);
}

int Report(const Counterexample& found, const Flags& flags, const std::string& replay_flags) {
  std::printf("\n%s does not hold: %s\n\n%s\n\n%s\n", std::string(found.sentence).c_str(),
              found.what.c_str(), cases::WriteText(found.shrunk).c_str(), found.report.c_str());
  if (flags.counterexample.empty()) return 1;
  if (const Outcome written = WriteFileWhole(flags.counterexample, cases::WriteText(found.shrunk));
      !written) {
    std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return 2;
  }
  std::printf("framefence replay %s%s\n", flags.counterexample.c_str(), replay_flags.c_str());
  return 1;
}

}  // namespace

int RunProgram(int argc, char** argv, contract::SystemUnderTest& system, const Promises& promises,
               const std::string& replay_flags) {
  Flags flags;
  if (const auto status = ReadFlags(argc, argv, flags)) return *status;
  // RapidCheck announces a seed; without this, a random one that nothing uses. Whoever reproduces a
  // failure has set it.
  setenv("RC_PARAMS", fmt::format("seed={}", flags.seed).c_str(), /*overwrite=*/0);
  const char* blind = std::getenv("FRAMEFENCE_BLIND");
  Suite suite(system, promises, blind != nullptr && std::string_view(blind) == "1");
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  double told = 0;
  for (std::uint64_t round = 0;
       flags.seconds > 0 ? elapsed() < flags.seconds : round < kRoundsUntimed; ++round) {
    const Property& property = Properties()[round % Properties().size()];
    const std::uint64_t seed = Prng::ForPurpose(flags.seed, round).Next();
    if (const auto found = suite.Check(property, seed, kCasesARound, /*quiet=*/false,
                                       Clock::now() + kShrinkTime)) {
      const int status = Report(*found, flags, replay_flags);
      PrintCases(suite);
      return status;
    }
    if (elapsed() < told + 1) continue;
    told = elapsed();
    PrintCases(suite);
  }
  PrintCases(suite);
  return 0;
}

}  // namespace framefence::stateful
