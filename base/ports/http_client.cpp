#include "base/ports/http_client.h"

#include "base/text.h"

namespace omadm {

std::string HttpResponse::header(std::string_view name) const {
  std::string joined;
  bool found = false;
  for (const auto& [key, value] : headers) {
    if (!equals_ignoring_case(key, name)) continue;
    if (found) joined += ", ";
    joined += value;
    found = true;
  }
  return joined;
}

std::string HttpResponse::content_type() const {
  const std::string value = header("Content-Type");
  return to_lower(trim(std::string_view(value).substr(0, value.find(';'))));
}

}  // namespace omadm
