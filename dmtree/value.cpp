#include "dmtree/value.h"

#include <array>
#include <limits>

#include "base/text.h"

namespace omadm {
namespace {

struct FormatRow {
  Format format;
  std::string_view name;
};
constexpr std::array kFormats{
    FormatRow{Format::b64, "b64"},   FormatRow{Format::bin, "bin"},      FormatRow{Format::bool_, "bool"},
    FormatRow{Format::chr, "chr"},   FormatRow{Format::int_, "int"},     FormatRow{Format::node, "node"},
    FormatRow{Format::null, "null"}, FormatRow{Format::xml, "xml"},      FormatRow{Format::date, "date"},
    FormatRow{Format::time, "time"}, FormatRow{Format::float_, "float"},
};

Error bad_value(std::string_view what) { return Error{Errc::veto, "value is not " + std::string(what)}; }

// Takes decimal digits off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::size_t digits() {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    rest_.remove_prefix(count);
    return count;
  }
  std::optional<unsigned> number(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    unsigned value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }

 private:
  std::string_view rest_;
};

bool is_int32(std::string_view text) {
  const auto value = parse_signed(text);
  return value && *value >= std::numeric_limits<std::int32_t>::min() &&
         *value <= std::numeric_limits<std::int32_t>::max();
}

// XML Schema float: a decimal with optional exponent, INF, -INF or NaN.
bool is_float(std::string_view text) {
  if (text == "INF" || text == "-INF" || text == "NaN") return true;
  Scanner scan(text);
  if (!scan.skip('-')) scan.skip('+');
  std::size_t digits = scan.digits();
  if (scan.skip('.')) digits += scan.digits();
  if (digits == 0) return false;
  if (scan.skip('e') || scan.skip('E')) {
    if (!scan.skip('-')) scan.skip('+');
    if (scan.digits() == 0) return false;
  }
  return scan.at_end();
}

unsigned days_in(unsigned year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// ISO 8601 with century, extended or basic: 2024-02-29, 20240229.
bool is_date(std::string_view text) {
  Scanner scan(text);
  const auto year = scan.number(4);
  const bool extended = scan.skip('-');
  const auto month = scan.number(2);
  if (extended && !scan.skip('-')) return false;
  const auto day = scan.number(2);
  if (!year || !month || !day || !scan.at_end()) return false;
  return *month >= 1 && *month <= 12 && *day >= 1 && *day <= days_in(*year, *month);
}

bool is_zone(Scanner& scan) {
  if (scan.at_end() || scan.skip('Z')) return scan.at_end();
  if (!scan.skip('+') && !scan.skip('-')) return false;
  const auto hours = scan.number(2);
  if (!hours || *hours > 14) return false;
  if (scan.at_end()) return true;
  scan.skip(':');
  const auto minutes = scan.number(2);
  return minutes && *minutes < 60 && scan.at_end();
}

// ISO 8601, extended or basic: 07:59, 07:59:02.5Z, 075902+0100.
bool is_time(std::string_view text) {
  Scanner scan(text);
  const auto hours = scan.number(2);
  const bool extended = scan.skip(':');
  const auto minutes = scan.number(2);
  if (!hours || !minutes || *hours > 24 || *minutes > 59) return false;
  unsigned seconds = 0;
  Scanner before = scan;
  const bool separated = !extended || scan.skip(':');
  if (const auto value = separated ? scan.number(2) : std::nullopt) {
    seconds = *value;
    if (seconds > 60) return false;
    if ((scan.skip('.') || scan.skip(',')) && scan.digits() == 0) return false;
  } else {
    scan = before;
  }
  if (*hours == 24 && (*minutes != 0 || seconds != 0)) return false;
  return is_zone(scan);
}

}  // namespace

std::string_view to_string(Format format) noexcept {
  for (const FormatRow& row : kFormats) {
    if (row.format == format) return row.name;
  }
  return "chr";
}

std::optional<Format> format_from(std::string_view text) noexcept {
  for (const FormatRow& row : kFormats) {
    if (row.name == text) return row.format;
  }
  return std::nullopt;
}

Result<void> check_value(Format format, Bytes data) {
  switch (format) {
    case Format::bin:
      return {};
    case Format::node:
    case Format::null:
      if (!data.empty()) return bad_value("empty, as its format asks");
      return {};
    case Format::chr:
    case Format::xml:
      if (!is_utf8(data)) return bad_value("UTF-8");
      return {};
    case Format::b64:
      if (!base64_decode(data)) return bad_value("Base64");
      return {};
    case Format::bool_:
      if (!data.empty() && data != "true" && data != "false") return bad_value("true or false");
      return {};
    case Format::int_:
      if (!data.empty() && !is_int32(data)) return bad_value("a 32-bit decimal number");
      return {};
    case Format::float_:
      if (!data.empty() && !is_float(data)) return bad_value("a floating-point number");
      return {};
    case Format::date:
      if (!data.empty() && !is_date(data)) return bad_value("an ISO 8601 date");
      return {};
    case Format::time:
      if (!data.empty() && !is_time(data)) return bad_value("an ISO 8601 time");
      return {};
  }
  return {};
}

}  // namespace omadm
