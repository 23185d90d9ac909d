#include "targets/program/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

extern char** environ;

namespace framefence::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Ours, with the added ones in the place of those of the same name.
std::vector<std::string> Environment(const std::vector<std::string>& added) {
  std::vector<std::string> result = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string own = *entry;
    const std::string name = own.substr(0, own.find('=') + 1);
    bool replaced = false;
    for (const std::string& other : added) replaced = replaced || other.starts_with(name);
    if (!replaced) result.push_back(own);
  }
  return result;
}

Result<pid_t> Start(const ChildCommand& command) {
  std::vector<std::string> arguments = command.argv, environment = Environment(command.environment);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, command.log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t child = 0;
  const int failure = ::posix_spawn(&child, command.argv.front().c_str(), &files, &attributes,
                                    Pointers(arguments).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0)
    return Error{"cannot start '" + command.argv.front() + "': " + std::strerror(failure)};
  return child;
}

}  // namespace

Result<ChildExit> RunChild(const ChildCommand& command,
                           const std::function<bool(double)>& keep_going) {
  const auto started = Start(command);
  if (!started) return started.error();
  const pid_t child = *started;
  const auto began = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  ChildExit result;
  double stopped_at = 0;
  bool killed = false;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(result.stopped ? 10 : 50));
    if (!result.stopped && !keep_going(seconds())) {
      result.stopped = true;
      stopped_at = seconds();
      ::kill(-child, SIGINT);
    }
    if (result.stopped && !killed && seconds() - stopped_at > 5) {
      killed = true;
      ::kill(-child, SIGKILL);
    }
  }
  result.seconds = seconds();
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace framefence::cli
