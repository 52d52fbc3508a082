#include "tools/dm-server/expectation.h"

#include <algorithm>
#include <regex>

#include "base/text.h"

namespace omadm::server {
namespace {

std::string quoted(Bytes data) {
  if (!is_xml_text(data)) return std::to_string(data.size()) + " octets, hexadecimal " + hex_encode(data.substr(0, 32));
  return "\"" + std::string(data.substr(0, 200)) + "\"";
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "/") + name;
  return text;
}

}  // namespace

bool matches(Bytes data, const std::string& pattern) {
  try {
    return std::regex_match(data.begin(), data.end(), std::regex(pattern));
  } catch (const std::regex_error&) {
    return false;
  }
}

std::optional<std::string> check_status(const Expectation& expect, int status) {
  if (expect.statuses.empty()) return std::nullopt;
  if (std::find(expect.statuses.begin(), expect.statuses.end(), status) != expect.statuses.end()) return std::nullopt;
  std::string wanted;
  for (const int code : expect.statuses) wanted += (wanted.empty() ? "" : " or ") + std::to_string(code);
  return "status " + std::to_string(status) + ", expected " + wanted;
}

bool expects_result(const Expectation& expect) noexcept {
  return expect.data || expect.matches || expect.children || expect.format || expect.type;
}

std::optional<std::string> check_result(const Expectation& expect, const ResultSeen& result,
                                        const Variables& variables) {
  if (expect.data) {
    Result<std::string> wanted =
        is_utf8(*expect.data) ? variables.expand(*expect.data) : Result<std::string>(*expect.data);
    if (!wanted) return wanted.error().detail;
    if (*wanted != result.data) return "data " + quoted(result.data) + ", expected " + quoted(*wanted);
  }
  if (expect.matches && !matches(result.data, *expect.matches)) {
    return "data " + quoted(result.data) + " does not match " + *expect.matches;
  }
  if (expect.children) {
    std::vector<std::string> names;
    if (!result.data.empty()) {
      for (const std::string_view name : split(result.data, '/')) names.emplace_back(name);
    }
    std::sort(names.begin(), names.end());
    std::vector<std::string> wanted = *expect.children;
    std::sort(wanted.begin(), wanted.end());
    if (names != wanted) return "children " + joined(names) + ", expected " + joined(wanted);
  }
  if (expect.format && *expect.format != result.format) {
    return "format " + result.format + ", expected " + *expect.format;
  }
  if (expect.type && *expect.type != result.type) return "type " + result.type + ", expected " + *expect.type;
  return std::nullopt;
}

}  // namespace omadm::server
