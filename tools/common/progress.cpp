#include "tools/common/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "tools/common/readable.h"
#include "tools/common/terminal.h"

namespace omadm {
namespace {

constexpr std::size_t kWidth = 79;  // a line that is full moves the cursor on some terminals

std::string octets_text(double octets) {
  constexpr std::array kUnits{"octets", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; octets >= 1024 && unit + 1 < kUnits.size(); ++unit) octets /= 1024;
  return unit == 0 ? fmt::format("{:.0f} {}", octets, kUnits[unit]) : fmt::format("{:.1f} {}", octets, kUnits[unit]);
}

std::string time_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  return whole < 100 ? fmt::format("{} s", whole) : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

void write_line(const std::string& text) {
  const std::string line = "\r\033[K" + text;
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_text(const std::string& state, std::uint64_t received, std::uint64_t size,
                          double octets_a_second) {
  if (received == 0 && size == 0) return state;
  std::string text = state + "  " + octets_text(static_cast<double>(received));
  if (size > 0) text += fmt::format(" of {} ({}%)", octets_text(static_cast<double>(size)), received * 100 / size);
  if (octets_a_second < 1 || received >= size) return text;
  const double left = static_cast<double>(size - received) / octets_a_second;
  return text + fmt::format(", {}/s, {} left", octets_text(octets_a_second), time_text(left));
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (written_) write_line("");
}

void ProgressLine::show(const nlohmann::json& event) {
  if (!terminal_ || !event.contains("downloads")) return;
  for (const auto& download : event["downloads"]) {
    const std::string uri = download.value("uri", "");
    const std::uint64_t received = download.value("received", std::uint64_t{0});
    const auto now = Clock::now();
    if (uri != uri_ || received < first_) {
      uri_ = uri;
      first_ = received;
      begin_ = now;
    }
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const double rate = seconds > 0 ? static_cast<double>(received - first_) / seconds : 0;
    const std::string text =
        one_line(progress_text(download.value("state", ""), received, download.value("size", std::uint64_t{0}), rate));
    write_line(Terminal::clip(text, kWidth));
    written_ = true;
  }
}

}  // namespace omadm
