#include "tools/common/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

namespace omadm {
namespace {

void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free descriptor is the stream itself. The wrong way round: using it stays an error.
    const int nowhere = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (nowhere > STDERR_FILENO) ::close(nowhere);
  }
}

}  // namespace

void say(std::string_view program, std::string_view what) {
  const std::string line = std::string(program) + ": " + one_line(what) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void write_out(Bytes octets) { std::fwrite(octets.data(), 1, octets.size(), stdout); }

bool flush_out() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

int refuse(std::string_view program, std::string_view what, int exit, bool as_json) {
  say(program, what);
  if (as_json) write_out(json_text(nlohmann::ordered_json{{"error", what}, {"exit", exit}}));
  return exit;
}

int run_program(std::string_view program, const std::function<int()>& run) {
  occupy_standard_streams();
  int exit = kExitFailed;
  try {
    exit = run();
  } catch (const std::exception& error) {
    // None of ours: a library met what it did not expect.
    say(program, std::string("internal error: ") + error.what());
  }
  if (flush_out()) return exit;
  say(program, "the output cannot be written");
  return exit == kExitDone ? static_cast<int>(kExitFailed) : exit;
}

}  // namespace omadm
