#include "bootstrap/content_type.h"

#include "base/text.h"

namespace omadm {
namespace {

// Takes the next parameter value off `rest`, up to the ';' after it.
Result<std::string> take_value(std::string_view& rest) {
  if (!rest.starts_with('"')) {
    const std::size_t end = rest.find(';');
    const std::string value(trim(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
    return value;
  }
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest = trim(rest.substr(i + 1));
      if (rest.empty() || rest.front() == ';') return value;
      break;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    value.push_back(rest[i]);
  }
  return Error{Errc::malformed, "Content-Type: broken quotes"};
}

}  // namespace

const std::string* ContentType::parameter(std::string_view lower_case_name) const noexcept {
  for (const auto& [name, value] : parameters) {
    if (name == lower_case_name) return &value;
  }
  return nullptr;
}

Result<ContentType> parse_content_type(std::string_view text) {
  ContentType result;
  const std::size_t end = text.find(';');
  result.media_type = to_lower(trim(text.substr(0, end)));
  std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  while (!rest.empty()) {
    rest = trim(rest.substr(1));  // the ';'
    if (rest.empty()) break;
    if (rest.front() == ';') continue;
    const std::size_t equals = rest.find('=');
    const std::string name = to_lower(trim(rest.substr(0, equals)));
    if (equals == std::string_view::npos || name.empty() || name.find(';') != std::string::npos) {
      return Error{Errc::malformed, "Content-Type: a parameter without '='"};
    }
    if (result.parameter(name) != nullptr) return Error{Errc::malformed, "Content-Type: " + name + " comes twice"};
    rest = trim(rest.substr(equals + 1));
    std::string value = DM_TRY(take_value(rest));
    result.parameters.emplace_back(name, std::move(value));
  }
  return result;
}

}  // namespace omadm
