// [trace] file: every message, one JSON object a line.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/io/file_system.h"
#include "base/result.h"

namespace omadm {

// {"time", "direction": "out" or "in", "content_type", "octets", "body": Base64}. A message that cannot be
// written is left out: a full disk must not stop a session.
class TraceFile {
 public:
  static Result<std::unique_ptr<TraceFile>> open(const std::string& path);  // appends
  void write(bool outgoing, std::string_view content_type, Bytes body);

 private:
  explicit TraceFile(std::unique_ptr<AppendFile> file) : file_(std::move(file)) {}
  std::unique_ptr<AppendFile> file_;
};

}  // namespace omadm
