// An http: or https: address taken apart, by libcurl's own parser so that both of us read it alike.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm {

struct Url {
  std::string text;    // what is asked for: without user information and fragment
  std::string scheme;  // lower case
  std::string host;    // lower case; IPv6 without brackets
  std::string port;    // decimal, the scheme's when none is written
  std::string path;
  std::string user, password;  // decoded; empty: none

  // malformed: no such grammar, over 8 KiB, control characters; the detail never shows the text. not_allowed: of
  // another scheme.
  static Result<Url> parse(std::string_view text);
  // What `reference`, the value of a Location field, means when this URL answered (RFC 3986 section 5).
  Result<Url> resolve(std::string_view reference) const;

  bool is_https() const noexcept { return scheme == "https"; }
  bool same_origin(const Url& other) const noexcept {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
  std::string shown() const;  // for people: no user information and no query, for both may hold secrets
};

}  // namespace omadm
