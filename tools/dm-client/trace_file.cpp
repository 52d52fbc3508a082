#include "tools/dm-client/trace_file.h"

#include <nlohmann/json.hpp>

#include "base/io/clock.h"
#include "base/text.h"

namespace omadm {

Result<std::unique_ptr<TraceFile>> TraceFile::open(const std::string& path) {
  PosixFileSystem files;
  auto file = DM_TRY(files.open_append(path));
  return std::unique_ptr<TraceFile>(new TraceFile(std::move(file)));
}

void TraceFile::write(bool outgoing, std::string_view content_type, Bytes body) {
  const nlohmann::ordered_json line = {{"time", rfc3339(SystemClock().utc_seconds())},
                                       {"direction", outgoing ? "out" : "in"},
                                       {"content_type", content_type},
                                       {"octets", body.size()},
                                       {"body", base64_encode(body)}};
  const Result<void> written =
      file_->append(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  static_cast<void>(written);
}

}  // namespace omadm
