// How far downloads and installations are: one line on a terminal, written over and over (UI-005).
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace omadm {

// On stderr, if that is a terminal; what it wrote is gone when it is.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // An event of the daemon: {"downloads": […]} as in `dm-client status --json`; others are not looked at.
  void show(const nlohmann::json& event);

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool written_ = false;
  std::string uri_;  // of the download whose rate is known
  std::uint64_t first_ = 0;
  Clock::time_point begin_;
};

// "downloading  53.6 MiB of 286.1 MiB (18%), 24.1 MiB/s, 10 s left"; `octets_a_second` 0: not known.
std::string progress_text(const std::string& state, std::uint64_t received, std::uint64_t size, double octets_a_second);

}  // namespace omadm
