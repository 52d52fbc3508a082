#include "base/io/log.h"

#include <unistd.h>

#include <string>

namespace omadm {

void StderrLog::write(LogLevel level, std::string_view line) {
  if (level > highest_) return;
  std::string text(program_);
  text += ": ";
  // A line that came from outside must not pass for two, nor steer the terminal.
  for (const char c : line) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  text += '\n';
  // One write per line, so that lines of several processes do not mix. Nobody is left to hear of a failure.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace omadm
