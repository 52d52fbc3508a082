// A TOML table read key by key; what nobody asked for is an error.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm::server {

// The first mistake is kept and told by finish(); after it every getter gives its default.
class TomlKeys {
 public:
  TomlKeys(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  bool has(std::string_view key) const { return table_.contains(key); }
  std::string text(std::string_view key, std::string_view fallback = {});
  std::optional<std::string> optional_text(std::string_view key);
  bool flag(std::string_view key, bool fallback);
  std::uint64_t number(std::string_view key, std::uint64_t fallback);
  // One of KEY, KEY_base64, KEY_file (a path relative to `directory`).
  std::optional<Octets> octets(std::string_view key, const std::string& directory);
  std::vector<int> numbers(std::string_view key);  // a number or an array of them
  std::optional<std::vector<std::string>> texts(std::string_view key);
  const toml::node* node(std::string_view key);  // null: absent

  // Calls `read(TomlKeys&)` for each table of an array of tables, or for a single table.
  template <typename Read>
  void each(std::string_view key, Read read) {
    const toml::node* const found = node(key);
    if (found == nullptr) return;
    if (const toml::table* const one = found->as_table()) return child(*one, key, read);
    const toml::array* const many = found->as_array();
    if (many == nullptr) return fail(*found, key, "must be a table or an array of tables");
    for (const toml::node& entry : *many) {
      const toml::table* const table = entry.as_table();
      if (table == nullptr) return fail(entry, key, "must be an array of tables");
      child(*table, key, read);
    }
  }

  void fail(const toml::node& at, std::string_view key, std::string_view what);
  void fail(std::string_view key, std::string_view what);
  Result<void> finish();  // malformed: the first mistake, or a key nobody asked for
  const std::string& where() const noexcept { return where_; }

 private:
  template <typename Read>
  void child(const toml::table& table, std::string_view, Read read) {
    TomlKeys keys(table, where_);
    read(keys);
    if (const Result<void> done = keys.finish(); !done && !error_) error_ = done.error();
  }

  const toml::table& table_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> error_;
};

// The whole of a file. not_found, io.
Result<Octets> read_file(const std::string& path);

}  // namespace omadm::server
