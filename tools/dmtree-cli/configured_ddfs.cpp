#include "tools/dmtree-cli/configured_ddfs.h"

#include <fmt/format.h>

#include <functional>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/io/file_system.h"
#include "tools/common/config_files.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxFile = 4U << 20U;  // octets

std::string beside(const std::string& file, const std::string& given) {
  const std::size_t slash = file.rfind('/');
  return given.front() == '/' || slash == std::string::npos ? given : file.substr(0, slash + 1) + given;
}

Result<void> take_descriptions(const toml::table& top, const std::string& file, std::vector<std::string>& texts) {
  PosixFileSystem files;
  const toml::array* objects = top["mo"].as_array();
  if (objects == nullptr) return {};
  for (const toml::node& object : *objects) {
    const toml::table* table = object.as_table();
    const auto path = table != nullptr ? (*table)["ddf"].value_exact<std::string>() : std::nullopt;
    if (!path || path->empty()) continue;
    Result<Octets> text = files.read(beside(file, *path), kMaxFile);
    if (!text) return Error{Errc::malformed, fmt::format("{}: [[mo]] ddf: {}", file, text.error().detail)};
    texts.push_back(std::move(*text));
  }
  return {};
}

Result<void> take_options(const toml::table& top, const std::string& file, JournalStoreOptions& options) {
  const auto given = top["store"]["history"];
  if (!given) return {};
  const auto octets = given.value_exact<std::int64_t>();
  if (!octets || *octets < 0) return Error{Errc::malformed, file + ": [store] history: must be a number of octets"};
  options.history_octets = static_cast<std::uint64_t>(*octets);
  return {};
}

using Take = std::function<Result<void>(const toml::table& top, const std::string& file)>;

Result<void> read_one(const std::string& file, const Take& take) {
  PosixFileSystem files;
  const Octets content = DM_TRY(files.read(file, kMaxFile));
  const toml::parse_result parsed = toml::parse(std::string_view(content), file);
  if (parsed) return take(parsed.table(), file);
  const toml::parse_error& error = parsed.error();
  return Error{Errc::malformed, fmt::format("{}:{}: {}", file, error.source().begin.line, error.description())};
}

Result<void> read_all(const std::string& file, const Take& take) {
  // The daemon's files may be nobody's business; without their descriptions every node is allowed.
  const auto is_closed = [&file](const Error& error) {
    return file.empty() && (error.code == Errc::permission_denied || error.code == Errc::not_found);
  };
  const Result<std::vector<std::string>> sources = config_files(file);
  if (!sources && is_closed(sources.error())) return {};
  for (const std::string& source : DM_TRY(sources)) {
    const Result<void> read = read_one(source, take);
    if (!read && !is_closed(read.error())) return read.error();
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> configured_ddfs(const std::string& file) {
  std::vector<std::string> texts;
  DM_TRY(read_all(file, [&texts](const toml::table& top, const std::string& source) {
    return take_descriptions(top, source, texts);
  }));
  return texts;
}

Result<JournalStoreOptions> configured_store(const std::string& file) {
  JournalStoreOptions options;
  DM_TRY(read_all(file, [&options](const toml::table& top, const std::string& source) {
    return take_options(top, source, options);
  }));
  return options;
}

}  // namespace omadm
