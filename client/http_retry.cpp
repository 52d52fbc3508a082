#include "client/http_retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::chrono::milliseconds kLongestRetryAfter = std::chrono::hours(1);

// RFC 9110 IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT". The obsolete forms are not worth reading.
std::optional<std::int64_t> http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto parts = split(trim(text), ' ');
  if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
  const auto time = split(parts[4], ':');
  const auto month = std::find(months.begin(), months.end(), parts[2]);
  if (time.size() != 3 || month == months.end()) return std::nullopt;
  const auto day = parse_unsigned(parts[1]);
  const auto year = parse_unsigned(parts[3]);
  const auto hour = parse_unsigned(time[0]);
  const auto minute = parse_unsigned(time[1]);
  const auto second = parse_unsigned(time[2]);
  if (!day || !year || !hour || !minute || !second || *year > 9999 || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(static_cast<int>(*year)),
                            std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
                            std::chrono::day(static_cast<unsigned>(std::min<std::uint64_t>(*day, 99)))};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int64_t>(sys_days(date).time_since_epoch().count()) * 86400 +
         static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second);
}

}  // namespace

std::chrono::milliseconds back_off(const RetryConfig& retry, unsigned repeat) {
  const double wait = static_cast<double>(retry.first.count()) * std::pow(retry.factor, repeat);
  const double longest = static_cast<double>(retry.max.count());
  const auto whole = static_cast<std::int64_t>(std::clamp(wait, 0.0, longest));
  const auto fifth = static_cast<std::uint32_t>(std::min<std::int64_t>(whole / 5, UINT32_MAX - 1));
  return std::chrono::milliseconds(whole - random_below(fifth + 1));
}

std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response, std::int64_t now_utc) {
  if (response.status != 429 && response.status != 503) return std::nullopt;
  const std::string value = response.header("Retry-After");
  if (const auto seconds = parse_unsigned(trim(value))) {
    return *seconds >= 3600 ? kLongestRetryAfter : std::chrono::seconds(*seconds);
  }
  const auto date = http_date(value);
  if (!date) return std::nullopt;
  return std::clamp<std::chrono::milliseconds>(std::chrono::seconds(*date - now_utc), std::chrono::milliseconds(0),
                                               kLongestRetryAfter);
}

bool worth_repeating(const HttpResponse& response) {
  if (response.status == 501 || response.status == 505) return false;
  return response.status == 429 || (response.status >= 500 && response.status <= 599);
}

bool worth_repeating(const Error& error) { return error.code == Errc::transport || error.code == Errc::timed_out; }

Error http_error(const HttpResponse& response) {
  const Errc code = response.status == 401 || response.status == 407 ? Errc::authentication
                    : response.status == 404                         ? Errc::not_found
                                                                     : Errc::transport;
  return {code, fmt::format("{} answered HTTP status {}", response.url, response.status)};
}

}  // namespace omadm
