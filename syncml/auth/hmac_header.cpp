#include <optional>

#include "base/text.h"
#include "syncml/auth/credential.h"

namespace omadm {
namespace {

struct Parameter {
  std::string name;
  std::string value;
};

Error refused(std::string_view why) {
  return Error{Errc::authentication, std::string(kHmacHeaderName) + ": " + std::string(why)};
}

// Takes a quoted string, `rest` standing on its first quote, with its escapes resolved.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (rest[i] == '\\' && ++i == rest.size()) break;
    value.push_back(rest[i]);
  }
  return std::nullopt;
}

// Takes `name = value` up to the comma or the end. A token value keeps its own '=' (Base64 padding).
Result<Parameter> take_parameter(std::string_view& rest) {
  const std::size_t equals = rest.find_first_of("=,");
  if (equals == std::string_view::npos || rest[equals] == ',') return refused("a parameter without value");
  Parameter parameter{to_lower(trim(rest.substr(0, equals))), {}};
  rest = trim(rest.substr(equals + 1));
  if (!rest.empty() && rest.front() == '"') {
    std::optional<std::string> value = take_quoted(rest);
    if (!value) return refused("a quoted string without end");
    parameter.value = std::move(*value);
    rest = trim(rest);
    if (!rest.empty() && rest.front() != ',') return refused("text after a quoted string");
  } else {
    const std::size_t comma = rest.find(',');
    parameter.value = std::string(trim(rest.substr(0, comma)));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma);
  }
  return parameter;
}

}  // namespace

Result<HmacHeader> parse_hmac_header(std::string_view value) {
  std::optional<std::string> algorithm;
  std::optional<std::string> username;
  std::optional<std::string> mac;
  std::string_view rest = trim(value);
  while (!rest.empty()) {
    if (rest.front() == ',') {
      rest = trim(rest.substr(1));
      continue;
    }
    Parameter parameter = DM_TRY(take_parameter(rest));
    std::optional<std::string>* const slot = parameter.name == "algorithm"  ? &algorithm
                                             : parameter.name == "username" ? &username
                                             : parameter.name == "mac"      ? &mac
                                                                            : nullptr;
    if (slot == nullptr) continue;
    if (*slot) return refused("a parameter given twice");
    *slot = std::move(parameter.value);
  }
  if (algorithm && !equals_ignoring_case(*algorithm, "MD5")) return refused("an algorithm other than MD5");
  if (!username || username->empty()) return refused("no username");
  if (!mac || trim(*mac).empty()) return refused("no mac");
  return HmacHeader{std::move(*username), std::string(trim(*mac))};  // blanks within its quotes are no part of it
}

std::string format_hmac_header(const HmacHeader& header) {
  std::string out = "algorithm=MD5, username=\"";
  for (const char c : header.username) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\", mac=" + header.mac;
}

}  // namespace omadm
