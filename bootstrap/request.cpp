// The body of a client initiated bootstrap request. RFC 2388; BOOT-082 … BOOT-084.
#include <algorithm>
#include <array>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "bootstrap/bootstrap.h"

namespace omadm {
namespace {

struct Part {
  std::string_view name;
  std::string value;
};

void append_part(Octets& body, std::string_view boundary, const Part& part) {
  body += "--";
  body += boundary;
  body += "\r\nContent-Disposition: form-data; name=\"";
  body += part.name;
  body += "\"\r\nContent-Type: text/plain\r\n\r\n";
  body += part.value;
  body += "\r\n";
}

bool holds(const std::vector<Part>& parts, std::string_view boundary) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Part& part) { return part.value.find(boundary) != std::string::npos; });
}

bool is_boundary(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 70 && std::all_of(text.begin(), text.end(), allowed);
}

Result<std::vector<Part>> parts_of(const BootstrapRequestFields& fields) {
  if (fields.device_id.empty()) return Error{Errc::incomplete, "bootstrap request: no device id"};
  if (!fields.username.empty() && fields.passphrase.empty()) {
    return Error{Errc::incomplete, "bootstrap request: a user name without passphrase"};
  }
  std::vector<Part> parts{{"devid", fields.device_id}};
  if (!fields.username.empty()) {
    parts.push_back({"username", fields.username});
    parts.push_back({"passphrase", base64_encode(fields.passphrase)});
  }
  if (!fields.push_address.empty()) parts.push_back({"push-address", fields.push_address});
  for (const Part& part : parts) {
    if (!is_xml_text(part.value) || part.value.find_first_of("\r\n") != std::string::npos) {
      return Error{Errc::malformed, "bootstrap request: " + std::string(part.name) + " is not one line of text"};
    }
  }
  return parts;
}

}  // namespace

Result<MultipartBody> bootstrap_request(const BootstrapRequestFields& fields, std::string boundary) {
  const std::vector<Part> parts = DM_TRY(parts_of(fields));
  if (boundary.empty()) {
    do {
      boundary = "dmBoot" + hex_encode(random_octets(12));
    } while (holds(parts, boundary));
  } else if (!is_boundary(boundary) || holds(parts, boundary)) {
    return Error{Errc::malformed, "bootstrap request: the boundary occurs in a value or is none"};
  }
  MultipartBody result;
  result.content_type = "multipart/form-data; boundary=" + boundary;
  for (const Part& part : parts) append_part(result.body, boundary, part);
  result.body += "--" + boundary + "--\r\n";
  return result;
}

}  // namespace omadm
