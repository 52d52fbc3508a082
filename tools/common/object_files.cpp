#include "tools/common/object_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/io/file_system.h"
#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "tools/common/config_files.h"
#include "tools/common/toml_section.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxFile = 4U << 20U;  // octets
constexpr std::string_view kCommand = "command:";
constexpr std::int64_t kLongestCall = 600;          // seconds
constexpr std::uint64_t kMaxValue = 1ULL << 30U;    // octets of a file, unless said otherwise
constexpr std::int64_t kLargestValue = 1LL << 40U;  // … and at most
constexpr std::array kFileFormats = {Format::bin, Format::chr, Format::xml};

void read_handler(TomlSection& section, const std::string& handler, ObjectFile& object) {
  if (!handler.starts_with(kCommand)) {
    return section.refuse("handler", "must be \"command:\" and a program with its arguments");
  }
  for (const std::string_view word : split(std::string_view(handler).substr(kCommand.size()), ' ')) {
    if (!word.empty()) object.handler.emplace_back(word);
  }
  if (object.handler.empty()) section.refuse("handler", "names no program");
}

// Why a leaf cannot be a file; "": it can.
std::string problem_with_leaf(const Ddf& ddf, const Result<Uri>& uri) {
  if (!uri) return "is no URI of a node";
  const DdfNode* leaf = ddf.find(*uri);
  if (leaf == nullptr) return "is not described by the ddf";
  const bool fits = std::any_of(leaf->formats.begin(), leaf->formats.end(), [](Format format) {
    return std::find(kFileFormats.begin(), kFileFormats.end(), format) != kFileFormats.end();
  });
  return fits ? "" : "is no leaf of Format bin, chr or xml";
}

// files = { "URI" = "path", "URI" = { path = "path", max_size = octets } }
Result<void> read_files(const toml::table& files, const std::string& file, ObjectFile& object) {
  Ddf ddf;
  if (auto added = ddf.add(object.ddf, object.ddf_file); !added) {
    return Error{Errc::malformed, added.error().detail};
  }
  TomlSection section(files, "mo.files", file);
  for (const auto& [key, node] : files) {
    const auto uri = Uri::parse(key.str());
    FileLeaf leaf{uri ? *uri : Uri(), {}, kMaxValue};
    if (const toml::table* table = node.as_table(); table != nullptr) {
      static_cast<void>(section.table(key.str()));
      TomlSection entry(*table, fmt::format("mo.files.\"{}\"", key.str()), file);
      entry.path("path", leaf.path);
      entry.number("max_size", 1, kLargestValue,
                   [&leaf](std::int64_t value) { leaf.max_size = static_cast<std::uint64_t>(value); });
      if (leaf.path.empty()) entry.refuse("path", "missing");
      section.adopt(entry.finish());
    } else {
      section.path(key.str(), leaf.path);
      if (leaf.path.empty()) section.refuse(key.str(), "names no file");
    }
    if (const std::string problem = problem_with_leaf(ddf, uri); !problem.empty()) section.refuse(key.str(), problem);
    object.files.push_back(std::move(leaf));
  }
  return section.finish();
}

// Two leaves must not be one file, nor one leaf two.
Result<void> check_distinct(const std::vector<ObjectFile>& objects, const std::string& file) {
  std::vector<const FileLeaf*> known;
  for (const ObjectFile& object : objects) {
    for (const FileLeaf& leaf : object.files) {
      for (const FileLeaf* other : known) {
        if (other->uri != leaf.uri && other->path != leaf.path) continue;
        return Error{Errc::malformed, fmt::format("{}: [[mo]] files: {} and {} are both for {}", file, other->uri.str(),
                                                  leaf.uri.str(), leaf.path)};
      }
      known.push_back(&leaf);
    }
  }
  return {};
}

Result<ObjectFile> read_object(const toml::table& table, const std::string& file) {
  TomlSection section(table, "[mo]", file);
  ObjectFile object;
  std::string handler;
  section.path("ddf", object.ddf_file);
  section.text("handler", handler);
  section.number("timeout_s", 1, kLongestCall,
                 [&](std::int64_t value) { object.timeout = std::chrono::seconds(value); });
  const toml::table* leaves = section.table("files");
  if (object.ddf_file.empty()) section.refuse("ddf", "missing");
  if (!handler.empty()) read_handler(section, handler, object);
  DM_TRY(section.finish());
  PosixFileSystem files;
  Result<Octets> text = files.read(object.ddf_file, kMaxFile);
  if (!text) {
    section.refuse("ddf", text.error().detail);
    DM_TRY(section.finish());
  }
  object.ddf = *std::move(text);
  if (leaves != nullptr) DM_TRY(read_files(*leaves, file, object));
  if (object.handler.empty()) return object;
  Result<std::vector<Uri>> roots = Ddf::roots(object.ddf, object.ddf_file);
  if (!roots) return Error{Errc::malformed, roots.error().detail};
  object.roots = *std::move(roots);
  return object;
}

}  // namespace

Result<void> read_objects(TomlSection& top, const std::string& file, std::vector<ObjectFile>& objects) {
  const toml::array* tables = top.tables("mo");
  if (tables == nullptr) return {};
  for (const toml::node& table : *tables) objects.push_back(DM_TRY(read_object(*table.as_table(), file)));
  return check_distinct(objects, file);
}

Result<void> for_each_configuration(
    const std::string& file, const std::function<Result<void>(TomlSection& top, const std::string& source)>& take) {
  // The daemon's files may be nobody's business; without their descriptions every node is allowed.
  const auto is_closed = [&file](const Error& error) {
    return file.empty() && (error.code == Errc::permission_denied || error.code == Errc::not_found);
  };
  PosixFileSystem files;
  const Result<std::vector<std::string>> sources = config_files(file);
  if (!sources && is_closed(sources.error())) return {};
  for (const std::string& source : DM_TRY(sources)) {
    const Result<Octets> text = files.read(source, kMaxFile);
    if (!text && is_closed(text.error())) continue;
    const toml::parse_result parsed = toml::parse(std::string_view(DM_TRY(text)), source);
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      return Error{Errc::malformed, fmt::format("{}:{}: {}", source, error.source().begin.line, error.description())};
    }
    TomlSection top(parsed.table(), "", source);
    DM_TRY(take(top, source));
  }
  return {};
}

Result<std::vector<ObjectFile>> configured_objects(const std::string& file) {
  std::vector<ObjectFile> objects;
  DM_TRY(for_each_configuration(
      file, [&objects](TomlSection& top, const std::string& source) { return read_objects(top, source, objects); }));
  return objects;
}

}  // namespace omadm
