// A trace: what [trace] of dm-client or --record of dm-server wrote, one JSON object a line.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm::trace {

struct TraceEntry {
  nlohmann::ordered_json line;  // the object without its body; null when it is none
  std::optional<Octets> body;
  std::optional<Error> error;
};

bool looks_like_trace(Bytes octets);

// Bodies that dm-server wrote as files of their own are read from `directory`, and from nowhere else.
std::vector<TraceEntry> read_trace(Bytes octets, const std::string& directory);

}  // namespace omadm::trace
