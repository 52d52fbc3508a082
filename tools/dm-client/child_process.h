// A program run beside us, without a shell.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// Its standard input is what it was given, its standard error ours. 1. Both descriptors are closed by the destructor,
// which neither waits for the program nor ends it.
class ChildProcess {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;
  // What becomes of it when the thread that started it ends, killed or not: begun anew by our next run, nothing may
  // meet its former self. What it has started itself is not killed.
  enum class Life : std::uint8_t { ends_with_ours, its_own };
  // `command`: program, looked for in PATH, and arguments; `added` goes on top of our environment; `input`: what it
  // reads. not_found; io.
  static Result<ChildProcess> start(const std::vector<std::string>& command, const Environment& added, Bytes input = {},
                                    Life life = Life::ends_with_ours);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  int output() const noexcept { return output_; }  // reads its standard output; does not block
  int ended() const noexcept { return pidfd_; }    // readable when the program has ended
  void kill();                                     // with all it has started, unless that has gone its own way
  // After it has ended: its exit status, or 128 + number of the signal that ended it.
  int exit_status();

 private:
  ChildProcess() = default;

  pid_t pid_ = -1;
  int pidfd_ = -1;
  int output_ = -1;
};

}  // namespace omadm
