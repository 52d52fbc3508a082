#include "tools/dmtree-cli/moment.h"

#include <array>
#include <ctime>
#include <limits>

#include "base/text.h"

namespace omadm {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array kUnits{Unit{"s", 1},    Unit{"sec", 1},   Unit{"m", 60},    Unit{"min", 60},
                            Unit{"h", 3600}, Unit{"d", 86400}, Unit{"w", 604800}};

std::optional<std::int64_t> duration(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos) return std::nullopt;
  const auto count = parse_unsigned(text.substr(0, digits));
  if (!count || *count > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (unit.name == text.substr(digits)) return static_cast<std::int64_t>(*count) * unit.seconds;
  }
  return std::nullopt;
}

// "Z", "+01:00", "-0530"; empty: UTC. In seconds east of Greenwich.
std::optional<std::int64_t> zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text.front() != '+' && text.front() != '-') return std::nullopt;
  const std::int64_t sign = text.front() == '-' ? -1 : 1;
  const auto hours = parse_unsigned(text.substr(1, 2));
  text.remove_prefix(std::min<std::size_t>(3, text.size()));
  if (!text.empty() && text.front() == ':') text.remove_prefix(1);
  const auto minutes = text.empty() ? std::optional<std::uint64_t>(0) : parse_unsigned(text);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * static_cast<std::int64_t>(*hours * 3600 + *minutes * 60);
}

std::optional<std::int64_t> date_and_time(const std::string& text) {
  for (const char* format :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    std::tm parts{};
    const char* const end = ::strptime(text.c_str(), format, &parts);
    if (end == nullptr) continue;
    const auto east = zone(end);
    if (!east) continue;
    const int day = parts.tm_mday;
    const std::int64_t seconds = ::timegm(&parts);
    if (parts.tm_mday != day) return std::nullopt;  // the 31st of a short month
    return seconds - *east;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Moment> parse_moment(const std::string& text, std::int64_t now) {
  if (text == "now") return Moment{std::nullopt, std::numeric_limits<std::int64_t>::max()};
  if (text.starts_with("@")) {
    const auto sequence = parse_unsigned(std::string_view(text).substr(1));
    return sequence ? std::optional<Moment>({sequence, 0}) : std::nullopt;
  }
  if (const auto ago = duration(text)) return Moment{std::nullopt, now - *ago};
  const auto time = date_and_time(text);
  return time ? std::optional<Moment>({std::nullopt, *time}) : std::nullopt;
}

}  // namespace omadm
