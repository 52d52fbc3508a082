// Text helpers shared by every parser: Base64, hexadecimal, UTF-8, numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// Base64, standard alphabet, padded, no line breaks. RFC 4648 section 4.
std::string base64_encode(Bytes octets);
// White space is skipped (RFC 2045); padding may be missing. malformed: any other character, or bits left over.
Result<Octets> base64_decode(std::string_view text);

std::string hex_encode(Bytes octets);                // lower case, two digits an octet
Result<Octets> hex_decode(std::string_view digits);  // either case; malformed: odd count or another character

bool is_ascii(Bytes octets) noexcept;
bool is_utf8(Bytes octets) noexcept;                      // shortest form, no surrogates, at most U+10FFFF
std::size_t utf8_length(std::string_view text) noexcept;  // characters, counting every non-continuation octet
std::string to_utf8(char32_t character);                  // at most U+10FFFF
bool is_xml_text(std::string_view text) noexcept;         // UTF-8 whose every character XML 1.0 allows

std::string_view trim(std::string_view text) noexcept;                       // without ASCII white space at both ends
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;  // ASCII
std::string to_lower(std::string_view text);                                 // ASCII
std::vector<std::string_view> split(std::string_view text, char separator);  // "" gives one empty part

std::optional<std::uint64_t> parse_unsigned(
    std::string_view digits) noexcept;                                      // decimal digits only, no sign, no overflow
std::optional<std::uint16_t> parse_port(std::string_view digits) noexcept;  // 0 … 65535
std::optional<std::int64_t> parse_signed(std::string_view digits) noexcept;  // optional sign, no overflow

}  // namespace omadm
