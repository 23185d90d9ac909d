#include "properties/proofs/cvc5.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

extern char** environ;

namespace framefence::proofs {
namespace {

// A file that exists as long as its descriptor: it has no name that could be left behind.
int OpenNameless() {
  std::array<char, 32> name = {"/tmp/framefence-smt2-XXXXXX"};
  const int file = mkstemp(name.data());
  if (file >= 0) unlink(name.data());
  return file;
}

bool WriteAll(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(file, text.data() + done, text.size() - done);
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return lseek(file, 0, SEEK_SET) == 0;
}

std::string ReadAll(int file) {
  std::string text;
  std::array<char, 4096> buffer;
  lseek(file, 0, SEEK_SET);
  for (ssize_t got = 0; (got = read(file, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

// What cvc5 prints, given `input` as its standard input; empty if it cannot be run.
std::string RunCvc5(const std::string& input, unsigned milliseconds_max) {
  const int in = OpenNameless();
  const int out = OpenNameless();
  std::string printed;
  if (in >= 0 && out >= 0 && WriteAll(in, input)) {
    const std::string limit = "--tlimit-per=" + std::to_string(milliseconds_max);
    std::array<const char*, 5> arguments = {"cvc5", "--lang=smt2", limit.c_str(), "-", nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, "cvc5", &actions, nullptr,
                                    const_cast<char* const*>(arguments.data()), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed == 0 && waitpid(child, nullptr, 0) == child) printed = ReadAll(out);
  }
  if (in >= 0) close(in);
  if (out >= 0) close(out);
  return printed;
}

}  // namespace

std::vector<Answer> AskCvc5(const std::vector<std::string>& scripts, unsigned milliseconds_max) {
  std::vector<Answer> answers(scripts.size(), Answer::kUnknown);
  if (scripts.empty()) return answers;
  std::string input;
  for (const std::string& script : scripts) input += "(set-logic ALL)\n" + script + "(reset)\n";
  std::istringstream lines(RunCvc5(input, milliseconds_max));
  std::string line;
  for (std::size_t i = 0; i < answers.size() && std::getline(lines, line); ++i) {
    if (line == "sat") answers[i] = Answer::kSatisfiable;
    if (line == "unsat") answers[i] = Answer::kUnsatisfiable;
  }
  return answers;
}

}  // namespace framefence::proofs
