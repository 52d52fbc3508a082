#include "tools/dmtree-cli/configured_ddfs.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/io/file_system.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr const char* kMainFile = "/etc/dm-client/dm-client.toml";
constexpr const char* kFolder = "/etc/dm-client/conf.d";
constexpr std::uint64_t kMaxFile = 4U << 20U;  // octets

std::string beside(const std::string& file, const std::string& given) {
  const std::size_t slash = file.rfind('/');
  return given.front() == '/' || slash == std::string::npos ? given : file.substr(0, slash + 1) + given;
}

Result<void> read_one(FileSystem& files, const std::string& file, std::vector<std::string>& texts) {
  const Octets content = DM_TRY(files.read(file, kMaxFile));
  const toml::parse_result parsed = toml::parse(std::string_view(content), file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error{Errc::malformed, fmt::format("{}:{}: {}", file, error.source().begin.line, error.description())};
  }
  const toml::array* objects = parsed.table()["mo"].as_array();
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

}  // namespace

Result<std::vector<std::string>> configured_ddfs(const std::string& file) {
  PosixFileSystem files;
  std::vector<std::string> texts;
  if (!file.empty()) {
    DM_TRY(read_one(files, file, texts));
    return texts;
  }
  const auto optional = [&](const std::string& path) -> Result<void> {
    Result<void> read = read_one(files, path, texts);
    const bool absent = !read && (read.error().code == Errc::not_found || read.error().code == Errc::permission_denied);
    return absent ? Result<void>() : read;
  };
  DM_TRY(optional(kMainFile));
  for (const std::string& name : files.list(kFolder).value_or(std::vector<std::string>{})) {
    if (name.size() > 5 && name.substr(name.size() - 5) == ".toml") DM_TRY(optional(std::string(kFolder) + "/" + name));
  }
  return texts;
}

}  // namespace omadm
