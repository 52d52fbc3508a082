#include "tools/common/toml_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace omadm {

const toml::node* TomlSection::find(std::string_view key) {
  known_.emplace(key);
  return table_.get(key);
}

Error TomlSection::at(const toml::source_region& place, std::string_view key, const std::string& what) const {
  const std::string section = name_.empty() ? "" : "[" + name_ + "] ";
  return {Errc::malformed, fmt::format("{}:{}: {}{}: {}", file_, place.begin.line, section, key, what)};
}

void TomlSection::refuse(std::string_view key, const std::string& what) {
  const toml::node* node = table_.get(key);
  if (!error_) error_ = at(node != nullptr ? node->source() : table_.source(), key, what);
}

void TomlSection::wrong_kind(std::string_view key, std::string_view wanted) {
  refuse(key, fmt::format("must be {}", wanted));
}

void TomlSection::text(std::string_view key, std::string& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (const auto found = node->value_exact<std::string>()) {
    value = *found;
  } else {
    wrong_kind(key, "a text");
  }
}

void TomlSection::path(std::string_view key, std::string& value) {
  std::string given;
  text(key, given);
  if (given.empty()) return;
  const std::size_t slash = file_.rfind('/');
  value = given.front() == '/' || slash == std::string::npos ? given : file_.substr(0, slash + 1) + given;
}

void TomlSection::boolean(std::string_view key, bool& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (const auto found = node->value_exact<bool>()) {
    value = *found;
  } else {
    wrong_kind(key, "true or false");
  }
}

void TomlSection::number(std::string_view key, std::int64_t lowest, std::int64_t highest,
                         const std::function<void(std::int64_t)>& set) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto found = node->value_exact<std::int64_t>();
  if (found && *found >= lowest && *found <= highest) return set(*found);
  wrong_kind(key, fmt::format("a whole number from {} to {}", lowest, highest));
}

void TomlSection::real(std::string_view key, double lowest, double highest, double& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto found = node->is_number() ? node->value<double>() : std::nullopt;
  if (found && *found >= lowest && *found <= highest) {
    value = *found;
  } else {
    wrong_kind(key, fmt::format("a number from {} to {}", lowest, highest));
  }
}

void TomlSection::text_list(std::string_view key, std::vector<std::string>& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  std::vector<std::string> texts;
  if (const auto one = node->value_exact<std::string>()) {
    if (!one->empty()) texts.push_back(*one);
  } else if (const toml::array* list = node->as_array()) {
    for (const toml::node& element : *list) {
      const auto text = element.value_exact<std::string>();
      if (!text) return wrong_kind(key, "a text or a list of texts");
      texts.push_back(*text);
    }
  } else {
    return wrong_kind(key, "a text or a list of texts");
  }
  value = std::move(texts);
}

void TomlSection::choice(std::string_view key, const std::vector<std::string_view>& names,
                         const std::function<void(std::size_t)>& set) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto given = node->value_exact<std::string>();
  for (std::size_t i = 0; given && i < names.size(); ++i) {
    if (names[i] == *given) return set(i);
  }
  wrong_kind(key, fmt::format("one of \"{}\"", fmt::join(names, "\", \"")));
}

const toml::table* TomlSection::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) wrong_kind(key, "a table");
  return node->as_table();
}

const toml::array* TomlSection::tables(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array_of_tables()) {
    wrong_kind(key, "an array of tables");
    return nullptr;
  }
  return node->as_array();
}

void TomlSection::adopt(Result<void> inner) {
  if (!inner && !error_) error_ = std::move(inner).error();
}

Result<void> TomlSection::finish() {
  if (error_) return *error_;
  for (const auto& [key, node] : table_) {
    if (!known_.contains(key.str())) return at(key.source(), key.str(), "unknown key");
  }
  return {};
}

}  // namespace omadm
