#include "tools/dm-client/child_process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern "C" {  // which this header of glibc 2.36 forgets
#include <sys/pidfd.h>
}

extern char** environ;

namespace omadm {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  int get() const { return number_; }
  void reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
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

// All the new process needs, made before there is one: other threads may hold the locks of malloc then.
struct Image {
  std::vector<char*> arguments, environment;
  int input = -1;
  int output = -1;
  int trouble = -1;  // gets errno; closed by the start of the program
  pid_t parent = 0;
  ChildProcess::Life life = ChildProcess::Life::ends_with_ours;
};

[[noreturn]] void give_up(const Image& image, int error) {
  while (::write(image.trouble, &error, sizeof error) < 0 && errno == EINTR) continue;
  ::_exit(127);
}

bool becomes(int from, int to) { return from == to ? ::fcntl(to, F_SETFD, 0) == 0 : ::dup2(from, to) == to; }

// In the new process. posix_spawn knows no signal for the death of a parent.
[[noreturn]] void become(const Image& image) {
  if (image.life == ChildProcess::Life::ends_with_ours) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(image, errno);
    if (::getppid() != image.parent) ::_exit(127);  // it died before that
  }
  ::setpgid(0, 0);
  if (!becomes(image.input, STDIN_FILENO) || !becomes(image.output, STDOUT_FILENO)) give_up(image, errno);
  // The daemon blocks and ignores signals for itself; the program starts with none of that.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(image.arguments[0], image.arguments.data(), image.environment.data());
  give_up(image, errno);
}

// Our handlers of signals do not run in it.
pid_t fork_into(const Image& image) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(image);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

// What give_up() wrote; 0: the program runs.
int trouble_of(int descriptor) {
  int error = 0;
  while (::read(descriptor, &error, sizeof error) < 0 && errno == EINTR) continue;
  return error;
}

Error pipe_error() { return {Errc::io, std::string("pipe: ") + std::strerror(errno)}; }

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& command, const Environment& added, Bytes input,
                                         Life life) {
  if (command.empty()) return Error{Errc::not_found, "no program to run"};
  int ends[2];
  ChildProcess child;
  if (::pipe2(ends, O_CLOEXEC) != 0) return pipe_error();
  child.output_ = ends[0];
  ::fcntl(child.output_, F_SETFL, O_NONBLOCK);
  const Descriptor output(ends[1]);
  if (::pipe2(ends, O_CLOEXEC) != 0) return pipe_error();
  const Descriptor trouble(ends[0]);
  Descriptor trouble_in(ends[1]);
  const Descriptor source(input.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : DM_TRY(input_file(input)));

  std::vector<std::string> arguments = command;
  std::vector<std::string> environment = environment_with(added);
  child.pid_ = fork_into({pointers_to(arguments), pointers_to(environment), source.get(), output.get(),
                          trouble_in.get(), ::getpid(), life});
  if (child.pid_ < 0) return Error{Errc::io, std::string("fork: ") + std::strerror(errno)};
  trouble_in.reset();
  if (const int error = trouble_of(trouble.get()); error != 0) {
    child.exit_status();
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
