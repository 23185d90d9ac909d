// Engines that are programs of their own: libFuzzer, AFL++ and the RapidCheck suite. They leave
// what they found as files, which are played again here before anybody believes them.
#include <fmt/core.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <set>

#include "harness/base/files.h"
#include "harness/cli/case_files.h"
#include "harness/cli/engine_run.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"
#include "harness/cli/test_bed.h"
#include "harness/report/escape.h"
#include "targets/program/child_process.h"
#include "targets/program/engines.h"
#include "targets/program/leak_choice.h"

namespace framefence::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAflFuzz = "/usr/bin/afl-fuzz";
// In the checkout:
constexpr const char* kSeeds = "corpora/fuzz_session";
constexpr const char* kDictionary = "corpora/session.dict";

std::string NameOf(const EngineTask& task, const std::string& program) {
  return task.leaks.empty() ? program : program + "_planted";
}

// A sister program in the build folder of another preset.
fs::path Sister(const EngineTask& task, const std::string& preset, const std::string& program) {
  return ProgramFolder().parent_path().parent_path() / preset / "bin" / NameOf(task, program);
}

std::string LogTail(const fs::path& log, std::size_t bytes_max = 600) {
  const auto bytes = ReadFile(log, std::size_t{64} << 20);
  if (!bytes) return bytes.error().message;
  const std::string text = report::WithoutControlSequences(
      {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (text.size() <= bytes_max) return text;
  const std::string tail = text.substr(text.size() - bytes_max);
  return tail.substr(tail.find('\n') + 1);  // from the beginning of a line on
}

// A line that runs the program again.
std::string Rerun(const ChildCommand& command) {
  std::string line;
  for (const std::string& setting : command.environment) line += setting + " ";
  for (const std::string& word : command.argv) line += word + " ";
  return line;
}

// The engine ended by itself, in a way that it should not.
EngineOutcome EndedBadly(EngineOutcome outcome, const std::string& what,
                         const ChildCommand& command, int status) {
  return Failed(std::move(outcome),
                fmt::format("{} (exit status {}); run again: {}; its last lines:\n{}", what, status,
                            Rerun(command), LogTail(command.log)));
}

// Copies the case out of the scratch folder, and says so; nothing where there is none.
std::string Kept(const fs::path& found, const fs::path& folder) {
  std::error_code failure;
  const fs::path kept = folder / "case.txt";
  fs::create_directories(folder, failure);
  fs::copy_file(found, kept, fs::copy_options::overwrite_existing, failure);
  return failure ? "" : "; its steps: " + kept.string();
}

// The number after the last occurrence of `key` in a log; 0 where there is none.
std::uint64_t NumberAfter(const fs::path& log, const std::string& key) {
  std::ifstream file(log);
  std::uint64_t number = 0;
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(key);
    if (at != std::string::npos)
      number = std::strtoull(line.c_str() + at + key.size(), nullptr, 10);
  }
  return number;
}

// Plays the files that an engine says violate, and keeps one of each signature.
class FindingFilter {
 public:
  explicit FindingFilter(const EngineTask& task)
      : task_(task),
        bed_(*task.target, task.clips, task.recordings),
        replayer_(task.target->make, task.clips, task.recordings) {}

  // Whether the file violates here too.
  bool Take(const fs::path& file, double seconds, std::uint64_t executions,
            EngineOutcome& outcome) {
    const auto loaded = LoadCase(file);
    if (!loaded) {
      outcome.run.notes.push_back(loaded.error().message);
      return false;
    }
    const CaseOutcome played = bed_.Run(*loaded);
    if (played.violations.empty()) return false;
    ++outcome.run.violating_cases;
    if (seen_.insert(sim::SignatureOf(played.violations.front())).second) {
      Announce(task_, outcome.run.name, played.violations.front(), seconds);
      outcome.findings.push_back({*loaded, seconds, executions});
    }
    return true;
  }

  // Whether the file gives two traces here.
  bool TakeDivergence(const fs::path& file, EngineOutcome& outcome) {
    const auto loaded = LoadCase(file);
    if (!loaded) return false;
    bed_.Run(*loaded);
    const auto divergence = replayer_.Replay(bed_.player(), *loaded, /*stop_at_violation=*/true);
    if (divergence) NoteDivergence(outcome, task_, *loaded, *divergence);
    return divergence.has_value();
  }

  // A file that does not violate here: the program met a case that gave two traces, or crashed, or a
  // sanitizer objected.
  void TakeCrash(const fs::path& file, const fs::path& program, const fs::path& log, double seconds,
                 std::uint64_t executions, EngineOutcome& outcome) {
    if (TakeDivergence(file, outcome)) return;
    if (const auto loaded = LoadCase(file)) {
      std::string line = LeakEnvironment(task_.leaks);
      line += (line.empty() ? "" : " ") + program.string();
      outcome.findings.push_back(
          {*loaded, seconds, executions, line, LogTail(log, std::size_t{64} << 10)});
    }
  }

 private:
  const EngineTask& task_;
  TestBed bed_;
  sim::Replayer replayer_;
  std::set<sim::Signature> seen_;
};

std::vector<std::string> FuzzEnvironment(const EngineTask& task) {
  std::vector<std::string> environment;
  if (!task.leaks.empty()) environment.push_back(LeakEnvironment(task.leaks));
  if (task.blind) environment.push_back("FRAMEFENCE_BLIND=1");
  return environment;
}

// Asked by RunChild: shows progress, and says whether there is time left.
auto UntilTimeIsUp(const EngineTask& task, const char* name, double seconds_before,
                   double grace = 0) {
  return [&task, name, seconds_before, grace](double seconds) {
    if (task.progress)
      task.progress->Show({name, static_cast<std::uint64_t>(seconds_before + seconds), "s",
                           (seconds_before + seconds) / task.seconds});
    return !Interrupted() && seconds_before + seconds < task.seconds + grace;
  };
}

}  // namespace

EngineOutcome RunLibFuzzer(const EngineTask& task) {
  const fs::path program = Sister(task, "libfuzzer", "fuzz_session");
  if (!fs::exists(program)) {
    return Skipped(
        "libfuzzer",
        fmt::format("no {}; build it: cmake --preset libfuzzer && cmake --build --preset libfuzzer",
                    program.string()));
  }
  EngineOutcome outcome;
  outcome.run.name = "libfuzzer";
  outcome.run.status = "ran";
  outcome.run.ran = true;
  FindingFilter filter(task);
  const fs::path corpus = task.scratch / "corpus", artifacts = task.scratch / "artifacts";
  fs::create_directories(corpus);
  fs::create_directories(artifacts);
  const auto log = task.scratch / "libfuzzer.log";
  // A finding ends the process; as long as there is time, the next one goes on from the same
  // corpus.
  for (unsigned round = 0; outcome.run.seconds < task.seconds && !Interrupted(); ++round) {
    const int left = static_cast<int>(task.seconds - outcome.run.seconds) + 1;
    ChildCommand command{.argv = {program.string(), corpus.string()},
                         .environment = FuzzEnvironment(task),
                         .log = log};
    if (const fs::path seeds = InCheckout(kSeeds); fs::exists(seeds))
      command.argv.push_back(seeds.string());
    if (const fs::path words = InCheckout(kDictionary); fs::exists(words))
      command.argv.push_back("-dict=" + words.string());
    for (const std::string& flag :
         {fmt::format("-seed={}", (task.seed + round) % 0xffffffffU + 1),
          fmt::format("-max_total_time={}", left), std::string("-max_len=2048"),
          // How often an edge is taken takes longer to note down than to play: session_signals.h
          // says what follows what.
          std::string("-use_counters=0"), std::string("-print_final_stats=1"),
          std::string("-timeout=20"), fmt::format("-artifact_prefix={}/", artifacts.string())}) {
      command.argv.push_back(flag);
    }
    const auto exit = RunChild(command, UntilTimeIsUp(task, "libfuzzer", outcome.run.seconds, 2));
    if (!exit) return Failed(outcome, exit.error().message);
    outcome.run.seconds += exit->seconds;
    outcome.run.cases += NumberAfter(log, "stat::number_of_executed_units:");
    bool any = false, confirmed = false;
    for (const auto& file : fs::directory_iterator(artifacts)) {
      any = true;
      if (filter.Take(file.path(), outcome.run.seconds, outcome.run.cases, outcome)) {
        confirmed = true;
      } else {
        filter.TakeCrash(file.path(), program, log, outcome.run.seconds, outcome.run.cases,
                         outcome);
      }
      fs::rename(file.path(), task.scratch / file.path().filename());
    }
    if (any && !confirmed) break;  // it would crash again
    if (!any && exit->status != 0 && !exit->stopped)
      return EndedBadly(outcome, "it ended early and left no case", command, exit->status);
    if (!any || (confirmed && task.stop_at_first)) break;
  }
  return outcome;
}

EngineOutcome RunAfl(const EngineTask& task) {
  const fs::path program = Sister(task, "afl", "fuzz_session");
  if (!fs::exists(program)) {
    return Skipped("afl", fmt::format("no {}; build it: cmake --preset afl && cmake --build "
                                      "--preset afl --target fuzz_targets",
                                      program.string()));
  }
  const fs::path seeds = InCheckout(kSeeds), words = InCheckout(kDictionary);
  if (!fs::exists(seeds))
    return Skipped("afl", fmt::format("no seeds in {}; run it in a checkout", seeds.string()));
  if (!fs::exists(kAflFuzz))
    return Skipped("afl", fmt::format("no {}; install it: ci/setup", kAflFuzz));
  EngineOutcome outcome;
  outcome.run.name = "afl";
  outcome.run.status = "ran";
  outcome.run.ran = true;
  const fs::path out = task.scratch / "out", log = task.scratch / "afl.log";
  ChildCommand command{.argv = {kAflFuzz, "-i", seeds.string(), "-o", out.string(), "-V",
                                std::to_string(static_cast<int>(task.seconds) + 1), "-s",
                                std::to_string(task.seed % 0xffffffffU + 1), "-G", "2048"},
                       .environment = FuzzEnvironment(task),
                       .log = log};
  if (fs::exists(words)) command.argv.insert(command.argv.end(), {"-x", words.string()});
  command.argv.insert(command.argv.end(), {"--", program.string()});
  for (const char* setting : {"AFL_NO_UI=1", "AFL_SKIP_CPUFREQ=1",
                              "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1", "AFL_NO_AFFINITY=1"}) {
    command.environment.emplace_back(setting);
  }
  if (task.stop_at_first) command.environment.emplace_back("AFL_BENCH_UNTIL_CRASH=1");
  const fs::path mutator = program.parent_path().parent_path() / "lib" / "libsession_mutator.so";
  if (fs::exists(mutator))
    command.environment.push_back("AFL_CUSTOM_MUTATOR_LIBRARY=" + mutator.string());
  const auto exit = RunChild(command, UntilTimeIsUp(task, "afl", 0, 10));
  if (!exit) return Failed(outcome, exit.error().message);
  outcome.run.seconds = exit->seconds;
  const fs::path results = out / "default";
  if (!fs::exists(results / "fuzzer_stats"))
    return EndedBadly(outcome, "it ended before it had run a case", command, exit->status);
  outcome.run.cases = NumberAfter(results / "fuzzer_stats", "execs_done        : ");
  FindingFilter filter(task);
  for (const auto& file : fs::directory_iterator(results / "crashes")) {
    if (file.path().filename() == "README.txt") continue;
    // AFL++ names the time and the count of executions:
    // id:000000,sig:06,src:...,time:1234,execs:567,op:...
    const std::string name = file.path().filename().string();
    const auto field = [&](const char* key) {
      const std::size_t at = name.find(key);
      return at == std::string::npos
                 ? 0
                 : std::strtoull(name.c_str() + at + std::strlen(key), nullptr, 10);
    };
    const double seconds = static_cast<double>(field("time:")) / 1000;
    if (!filter.Take(file.path(), seconds, field("execs:"), outcome))
      filter.TakeCrash(file.path(), program, log, seconds, field("execs:"), outcome);
  }
  return outcome;
}

EngineOutcome RunProperties(const EngineTask& task) {
  const fs::path beside =
      ProgramFolder() / NameOf(task, "stateful_" + std::string(task.target->name));
  if (!fs::exists(beside))
    return Skipped("properties",
                   fmt::format("no {}; build it: cmake --build --preset dev", beside.string()));
  EngineOutcome outcome;
  outcome.run.name = "properties";
  outcome.run.status = "ran";
  outcome.run.ran = true;
  const fs::path counterexample = task.scratch / "counterexample.txt",
                 log = task.scratch / "properties.log";
  ChildCommand command{
      .argv = {beside.string(), "--seconds", fmt::format("{}", task.seconds), "--seed",
               std::to_string(task.seed), "--counterexample", counterexample.string()},
      .environment = FuzzEnvironment(task),
      .log = log};
  const auto exit = RunChild(command, UntilTimeIsUp(task, "properties", 0, 10));
  if (!exit) return Failed(outcome, exit.error().message);
  outcome.run.seconds = exit->seconds;
  outcome.run.cases = NumberAfter(log, "cases: ");
  if (exit->status == 0 || exit->stopped) return outcome;
  FindingFilter filter(task);
  if (!fs::exists(counterexample) ||
      !filter.Take(counterexample, exit->seconds, outcome.run.cases, outcome)) {
    if (fs::exists(counterexample) && filter.TakeDivergence(counterexample, outcome))
      return outcome;
    // The suite asserts more than the oracle: what it says stands, though no case violates.
    return EndedBadly(outcome,
                      "a property does not hold, and no case shows it to the oracle" +
                          Kept(counterexample, task.diverged_folder.parent_path() / "refuted"),
                      command, exit->status);
  }
  return outcome;
}

}  // namespace framefence::cli
