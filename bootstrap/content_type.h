// A Content-Type value in its parts. RFC 2045 section 5.1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace omadm {

struct ContentType {
  std::string media_type;                                       // lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case, quotes resolved
  const std::string* parameter(std::string_view lower_case_name) const noexcept;  // null: none
};

// malformed: a parameter without "=", one given twice, an open quote.
Result<ContentType> parse_content_type(std::string_view text);

}  // namespace omadm
