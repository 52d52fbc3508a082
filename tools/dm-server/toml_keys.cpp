#include "tools/dm-server/toml_keys.h"

#include "base/io/file_system.h"
#include "base/text.h"

namespace omadm::server {
namespace {

constexpr std::uint64_t kLargestFile = 1ULL << 30U;

}  // namespace

Result<Octets> read_file(const std::string& path) {
  PosixFileSystem files;
  return files.read(path, kLargestFile);
}

const toml::node* TomlKeys::node(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

std::string TomlKeys::text(std::string_view key, std::string_view fallback) {
  return optional_text(key).value_or(std::string(fallback));
}

std::optional<std::string> TomlKeys::optional_text(std::string_view key) {
  const toml::node* const found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const std::optional<std::string> value = found->value_exact<std::string>()) return value;
  // Numbers are welcome where text is wanted: data = 3, session ids, alert codes.
  if (const std::optional<std::int64_t> value = found->value_exact<std::int64_t>()) return std::to_string(*value);
  if (const std::optional<bool> value = found->value_exact<bool>()) return *value ? "true" : "false";
  fail(*found, key, "must be text");
  return std::nullopt;
}

bool TomlKeys::flag(std::string_view key, bool fallback) {
  const toml::node* const found = node(key);
  if (found == nullptr) return fallback;
  if (const std::optional<bool> value = found->value_exact<bool>()) return *value;
  fail(*found, key, "must be true or false");
  return fallback;
}

std::uint64_t TomlKeys::number(std::string_view key, std::uint64_t fallback) {
  const toml::node* const found = node(key);
  if (found == nullptr) return fallback;
  const std::optional<std::int64_t> value = found->value_exact<std::int64_t>();
  if (value && *value >= 0) return static_cast<std::uint64_t>(*value);
  fail(*found, key, "must be a number, 0 or more");
  return fallback;
}

std::optional<Octets> TomlKeys::octets(std::string_view key, const std::string& directory) {
  const std::string base64_key = std::string(key) + "_base64";
  const std::string file_key = std::string(key) + "_file";
  const std::optional<std::string> plain = optional_text(key);
  const std::optional<std::string> base64 = optional_text(base64_key);
  const std::optional<std::string> file = optional_text(file_key);
  if (static_cast<int>(plain.has_value()) + static_cast<int>(base64.has_value()) + static_cast<int>(file.has_value()) >
      1) {
    fail(key, "is given in more than one way");
    return std::nullopt;
  }
  if (base64) {
    Result<Octets> decoded = base64_decode(*base64);
    if (decoded) return std::move(decoded).value();
    fail(base64_key, "is not Base64");
    return std::nullopt;
  }
  if (file) {
    Result<Octets> content = read_file(file->starts_with("/") ? *file : directory + "/" + *file);
    if (content) return std::move(content).value();
    fail(file_key, content.error().detail);
    return std::nullopt;
  }
  return plain;
}

std::vector<int> TomlKeys::numbers(std::string_view key) {
  std::vector<int> out;
  const toml::node* const found = node(key);
  if (found == nullptr) return out;
  const auto take = [&](const toml::node& entry) {
    const std::optional<std::int64_t> value = entry.value_exact<std::int64_t>();
    if (value && *value >= 0 && *value <= 999) {
      out.push_back(static_cast<int>(*value));
    } else {
      fail(entry, key, "must be a status or an array of them");
    }
  };
  if (const toml::array* const many = found->as_array()) {
    for (const toml::node& entry : *many) take(entry);
  } else {
    take(*found);
  }
  return out;
}

std::optional<std::vector<std::string>> TomlKeys::texts(std::string_view key) {
  const toml::node* const found = node(key);
  if (found == nullptr) return std::nullopt;
  std::vector<std::string> out;
  const toml::array* const many = found->as_array();
  if (many == nullptr) {
    fail(*found, key, "must be an array of texts");
    return out;
  }
  for (const toml::node& entry : *many) {
    if (const std::optional<std::string> value = entry.value_exact<std::string>()) {
      out.push_back(*value);
    } else {
      fail(entry, key, "must be an array of texts");
    }
  }
  return out;
}

void TomlKeys::fail(const toml::node& at, std::string_view key, std::string_view what) {
  if (error_) return;
  error_ = Error{Errc::malformed, where_ + ":" + std::to_string(at.source().begin.line) + ": " + std::string(key) +
                                      " " + std::string(what)};
}

void TomlKeys::fail(std::string_view key, std::string_view what) {
  const toml::node* const found = table_.get(key);
  fail(found != nullptr ? *found : static_cast<const toml::node&>(table_), key, what);
}

Result<void> TomlKeys::finish() {
  if (error_) return *error_;
  for (const auto& [key, value] : table_) {
    if (asked_.count(key.str()) != 0) continue;
    return Error{Errc::malformed,
                 where_ + ":" + std::to_string(key.source().begin.line) + ": unknown key " + std::string(key.str())};
  }
  return {};
}

}  // namespace omadm::server
