#include "base/io/clock.h"

#include <fmt/format.h>

namespace omadm {
namespace {

struct Civil {
  std::int64_t year;
  unsigned month, day, hour, minute, second;
};

Civil civil(std::int64_t utc_seconds) {
  using namespace std::chrono;
  const sys_seconds time{seconds(utc_seconds)};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const auto second = static_cast<unsigned>((time - day).count());
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          second / 3600,
          second / 60 % 60,
          second % 60};
}

}  // namespace

std::int64_t SystemClock::utc_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Clock::Steady SystemClock::steady() const { return std::chrono::steady_clock::now(); }

std::string iso8601_basic(std::int64_t utc_seconds) {
  const Civil c = civil(utc_seconds);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string rfc3339(std::int64_t utc_seconds) {
  const Civil c = civil(utc_seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

}  // namespace omadm
