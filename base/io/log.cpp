#include "base/io/log.h"

#include <unistd.h>

#include <string>

#include "base/characters.h"

namespace omadm {

void StderrLog::write(LogLevel level, std::string_view line) {
  if (level > highest_) return;
  std::string text(program_);
  text += ": ";
  // A line that came from outside must not pass for two, nor steer the terminal.
  text += without_effects(line);
  text += '\n';
  // One write per line, so that lines of several processes do not mix. Nobody is left to hear of a failure.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace omadm
