// One table of a TOML file whose every key must be known.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/result.h"

namespace omadm {

// Reads keys into variables and leaves those alone whose key is missing. The first thing that is wrong
// is kept and given by `finish`, with file, line and key.
class TomlSection {
 public:
  TomlSection(const toml::table& table, std::string name, const std::string& file)
      : table_(table), name_(std::move(name)), file_(file) {}

  void text(std::string_view key, std::string& value);
  void path(std::string_view key, std::string& value);  // relative to the folder of the file
  void boolean(std::string_view key, bool& value);
  void number(std::string_view key, std::int64_t lowest, std::int64_t highest,
              const std::function<void(std::int64_t)>& set);
  void real(std::string_view key, double lowest, double highest, double& value);
  void text_list(std::string_view key, std::vector<std::string>& value);  // a string counts as a list of one
  // A text that must be one of `names`; `set` gets its index.
  void choice(std::string_view key, const std::vector<std::string_view>& names,
              const std::function<void(std::size_t)>& set);
  const toml::table* table(std::string_view key);   // null: missing
  const toml::array* tables(std::string_view key);  // an array of tables; null: missing

  void refuse(std::string_view key, const std::string& what);
  void adopt(Result<void> inner);  // what finish() of a part said
  Result<void> finish();           // any other key is an error
  const std::string& name() const noexcept { return name_; }

 private:
  const toml::node* find(std::string_view key);
  void wrong_kind(std::string_view key, std::string_view wanted);
  Error at(const toml::source_region& place, std::string_view key, const std::string& what) const;

  const toml::table& table_;
  std::string name_;
  const std::string& file_;
  std::set<std::string, std::less<>> known_;
  std::optional<Error> error_;
};

}  // namespace omadm
