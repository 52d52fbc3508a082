#include "tools/dm-server/recorder.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/io/clock.h"
#include "base/io/file_system.h"
#include "base/text.h"
#include "syncml/codec/codec.h"
#include "tools/common/secrets.h"

namespace omadm::server {
namespace {

std::string extension_of(const Recorder::Entry& entry) {
  const std::optional<Encoding> encoding = encoding_of(entry.content_type);
  if (encoding) return std::string(to_string(*encoding));
  if (entry.content_type.find("wbxml") != std::string::npos) return "wbxml";
  if (entry.content_type.find("xml") != std::string::npos) return "xml";
  return "bin";
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::open(const std::string& directory, const Script& script) {
  PosixFileSystem files;
  DM_TRY(files.make_directory(directory));
  const std::string path = directory + "/index.jsonl";
  std::FILE* const index = std::fopen(path.c_str(), "w");
  if (index == nullptr) return Error{Errc::io, path + ": cannot be written"};
  return std::unique_ptr<Recorder>(new Recorder(directory, index, script));
}

Recorder::~Recorder() { std::fclose(index_); }

void Recorder::write(const Entry& entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool in = entry.direction == Direction::in;
  const std::string name = fmt::format("{:03}-{}.{}", ++number_, in ? "in" : "out", extension_of(entry));
  const auto pieces = pieces_.try_emplace({entry.direction, entry.session_id}).first;
  const Octets body = mask_.body(entry.body, entry.content_type, pieces->second);
  if (pieces->second.empty()) pieces_.erase(pieces);
  if (std::FILE* const file = std::fopen((directory_ + "/" + name).c_str(), "wb"); file != nullptr) {
    std::fwrite(body.data(), 1, body.size(), file);
    std::fclose(file);
  }
  nlohmann::ordered_json line{{"time", rfc3339(SystemClock().utc_seconds())},
                              {"direction", in ? "in" : "out"},
                              {"file", name},
                              {"content_type", masked_header("content-type", entry.content_type)},
                              {"octets", entry.body.size()}};
  if (!entry.session_id.empty()) line["session_id"] = entry.session_id;
  if (!entry.url.empty()) line["url"] = entry.url;
  if (entry.http_status != 0) line["http_status"] = entry.http_status;
  nlohmann::ordered_json headers = nlohmann::ordered_json::object();
  for (const auto& [key, value] : entry.headers) headers[to_lower(key)] = masked_header(key, value);
  line["headers"] = std::move(headers);
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), index_);
  std::fflush(index_);
}

}  // namespace omadm::server
