#include "tools/dm-trace/trace_log.h"

#include <utility>

#include "base/io/file_system.h"
#include "base/limits.h"
#include "base/text.h"
#include "tools/common/secrets.h"

namespace omadm::trace {
namespace {

using Json = nlohmann::ordered_json;

std::string member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::optional<Octets>> body_of(const Json& line, const std::string& directory) {
  using Body = std::optional<Octets>;
  if (const std::string text = member(line, "body"); !text.empty()) return Body(DM_TRY(base64_decode(text)));
  const std::string name = member(line, "file");
  if (name.empty()) return Body();
  if (name.find('/') != std::string::npos || name.starts_with('.')) {
    return Error{Errc::malformed, "\"" + name + "\" is no file of a record"};
  }
  PosixFileSystem files;
  return Body(DM_TRY(files.read(directory + "/" + name, Limits{}.max_octets)));
}

void mask_headers(Json& line) {
  if (const auto type = line.find("content_type"); type != line.end() && type->is_string()) {
    *type = masked_header("content-type", type->get<std::string>());
  }
  const auto headers = line.find("headers");
  if (headers == line.end() || !headers->is_object()) return;
  for (auto& [name, value] : headers->items()) {
    if (value.is_string()) value = masked_header(name, value.get<std::string>());
  }
}

TraceEntry read_entry(std::string_view text, const std::string& directory) {
  TraceEntry entry;
  entry.line = Json::parse(text, nullptr, false);
  if (!entry.line.is_object()) {
    entry.line = nullptr;
    entry.error = Error{Errc::malformed, "not a JSON object"};
    return entry;
  }
  Result<std::optional<Octets>> body = body_of(entry.line, directory);
  if (body) {
    entry.body = std::move(body).value();
  } else {
    entry.error = body.error();
  }
  entry.line.erase("body");
  mask_headers(entry.line);
  return entry;
}

}  // namespace

bool looks_like_trace(Bytes octets) {
  const std::string_view text = trim(octets);
  const std::string_view first = text.substr(0, text.find('\n'));
  return first.starts_with('{') && first.find("\"direction\"") != std::string_view::npos;
}

std::vector<TraceEntry> read_trace(Bytes octets, const std::string& directory) {
  std::vector<TraceEntry> entries;
  std::size_t number = 0;
  for (const std::string_view line : split(octets, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    entries.push_back(read_entry(line, directory));
    std::optional<Error>& error = entries.back().error;
    if (error) error->detail = "line " + std::to_string(number) + ": " + error->detail;
  }
  return entries;
}

}  // namespace omadm::trace
