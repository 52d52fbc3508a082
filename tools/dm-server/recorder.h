// Keeps every message as a file, without its secrets.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tools/dm-server/mask.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

// Writes NNN-in.wbxml, NNN-out.xml … and index.jsonl into one directory. In bodies, passwords,
// credentials and nonces are overwritten with asterisks of the same length; in headers as well.
class Recorder {
 public:
  static Result<std::unique_ptr<Recorder>> open(const std::string& directory, const Script& script);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  enum class Direction : std::uint8_t { in, out };
  struct Entry {
    Direction direction = Direction::in;
    std::string content_type;
    std::string session_id;
    std::string url;
    int http_status = 0;  // out only
    std::vector<std::pair<std::string, std::string>> headers;
    Octets body;
  };
  void write(const Entry& entry);

 private:
  Recorder(std::string directory, std::FILE* index, const Script& script)
      : directory_(std::move(directory)), index_(index), mask_(script) {}

  std::string directory_;
  std::FILE* index_;
  Mask mask_;
  std::map<std::pair<Direction, std::string>, Mask::Pieces> pieces_;  // by session id
  unsigned number_ = 0;
  std::mutex mutex_;
};

}  // namespace omadm::server
