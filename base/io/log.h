// Log: lines for people. No secret ever goes into one (UI-006).
#pragma once

#include <string_view>

namespace omadm {

enum class LogLevel : unsigned char { error, warning, notice, info, debug };

class Log {
 public:
  virtual ~Log() = default;
  // One line without line end. `what` failed or happened, with its reason.
  virtual void write(LogLevel level, std::string_view line) = 0;
};

class NullLog final : public Log {
 public:
  void write(LogLevel, std::string_view) override {}
};

// To stderr as "program: line", up to and including `highest`.
class StderrLog final : public Log {
 public:
  StderrLog(std::string_view program, LogLevel highest) : program_(program), highest_(highest) {}
  void write(LogLevel level, std::string_view line) override;

 private:
  std::string_view program_;
  LogLevel highest_;
};

}  // namespace omadm
