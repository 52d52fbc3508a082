// Typed values of leaves. [TND] "Format", "Type". TND-058, 059, 130…133.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

enum class Format : std::uint8_t { b64, bin, bool_, chr, int_, node, null, xml, date, time, float_ };

std::string_view to_string(Format format) noexcept;  // "b64", "bool", "node" …
std::optional<Format> format_from(std::string_view text) noexcept;

inline constexpr std::string_view kTextPlain = "text/plain";

struct Value {
  Format format = Format::chr;
  std::string type{kTextPlain};  // MIME type of a leaf
  Octets data;                   // decoded octets; text is UTF-8

  friend bool operator==(const Value&, const Value&) = default;
};

// Whether `data` can be read as `format`: int is a 32-bit signed decimal, bool "true" or "false",
// date and time ISO 8601, float XML Schema's; chr and xml are UTF-8. bad value: veto (answered 403).
Result<void> check_value(Format format, Bytes data);

}  // namespace omadm
