#include "tools/dm-client/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

extern "C" {  // which this header of glibc 2.36 forgets
#include <sys/pidfd.h>
}

extern char** environ;

namespace omadm {
namespace {

// posix_spawn's two kinds of options, freed in any case.
class SpawnOptions {
 public:
  SpawnOptions() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
  ~SpawnOptions() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

std::vector<std::string> environment_with(const ChildProcess::Environment& added) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool replaced = std::any_of(added.begin(), added.end(), [text](const auto& variable) {
      const std::string& name = variable.first;
      return text.starts_with(name) && text.substr(name.size()).starts_with('=');
    });
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// A file without a name that holds `input`: nobody waits for a program that does not read.
Result<int> input_file(Bytes input) {
  const int file = ::memfd_create("input", MFD_CLOEXEC);
  if (file < 0) return Error{Errc::io, std::string("memfd_create: ") + std::strerror(errno)};
  while (!input.empty()) {
    const ssize_t written = ::write(file, input.data(), input.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const Error error{Errc::io, std::string("write: ") + std::strerror(errno)};
      ::close(file);
      return error;
    }
    input.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file, 0, SEEK_SET);
  return file;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& command, const Environment& added,
                                         Bytes input) {
  if (command.empty()) return Error{Errc::not_found, "no program to run"};
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return Error{Errc::io, std::string("pipe: ") + std::strerror(errno)};
  ChildProcess child;
  child.output_ = pipe_ends[0];
  ::fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);

  SpawnOptions options;
  int input_end = -1;
  if (input.empty()) {
    ::posix_spawn_file_actions_addopen(&options.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  } else {
    Result<int> file = input_file(input);
    if (!file) {
      ::close(pipe_ends[1]);
      return file.error();
    }
    input_end = *file;
    ::posix_spawn_file_actions_adddup2(&options.actions, input_end, STDIN_FILENO);
  }
  ::posix_spawn_file_actions_adddup2(&options.actions, pipe_ends[1], STDOUT_FILENO);
  // The daemon blocks and ignores signals for itself; the program starts with none of that.
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&options.attributes, &none);
  ::posix_spawnattr_setsigdefault(&options.attributes, &all);
  ::posix_spawnattr_setflags(&options.attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&options.attributes, 0);

  std::vector<std::string> arguments = command;
  std::vector<std::string> environment = environment_with(added);
  const int error = ::posix_spawnp(&child.pid_, command[0].c_str(), &options.actions, &options.attributes,
                                   pointers_to(arguments).data(), pointers_to(environment).data());
  ::close(pipe_ends[1]);
  if (input_end >= 0) ::close(input_end);
  if (error != 0) {
    child.pid_ = -1;
    return Error{error == ENOENT ? Errc::not_found : Errc::io, command[0] + ": " + std::strerror(error)};
  }
  child.pidfd_ = ::pidfd_open(child.pid_, 0);
  if (child.pidfd_ < 0) return Error{Errc::io, std::string("pidfd_open: ") + std::strerror(errno)};
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      output_(std::exchange(other.output_, -1)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(output_, other.output_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pidfd_ >= 0) ::close(pidfd_);
  if (output_ >= 0) ::close(output_);
}

// Its number stays its own until exit_status() has asked for it.
void ChildProcess::kill() { ::kill(-pid_, SIGKILL); }

int ChildProcess::exit_status() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) return 255;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace omadm
