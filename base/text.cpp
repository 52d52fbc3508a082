#include "base/text.h"

#include <array>
#include <charconv>
#include <cstring>

namespace omadm {
namespace {

constexpr std::string_view kBase64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

constexpr auto make_base64_values() {
  std::array<short, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64Alphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Alphabet[i])] = static_cast<short>(i);
  }
  return values;
}
constexpr std::array<short, 256> kBase64Values = make_base64_values();

// Octets at the front that are ASCII, in steps of eight: nearly all text is nothing else.
std::size_t ascii_prefix(std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t count = 0;
  for (std::uint64_t word = 0; text.size() - count >= sizeof word; count += sizeof word) {
    std::memcpy(&word, text.data() + count, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  while (count < text.size() && static_cast<unsigned char>(text[count]) < 0x80) ++count;
  return count;
}

// The same for what is also no control character below 0x20: taking 0x20 away borrows from the highest bit of those.
std::size_t printable_prefix(std::string_view text) noexcept {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  std::size_t count = 0;
  for (std::uint64_t word = 0; text.size() - count >= sizeof word; count += sizeof word) {
    std::memcpy(&word, text.data() + count, sizeof word);
    if (((word | (word - kEach * 0x20)) & (kEach * 0x80)) != 0) break;
  }
  return count;
}

constexpr char32_t kNoCharacter = 0xFFFFFFFF;

// Decodes the character at the front and removes it; kNoCharacter: not UTF-8.
char32_t take_character(Bytes& rest) noexcept {
  const auto first = static_cast<unsigned char>(rest.front());
  if (first < 0x80) return rest.remove_prefix(1), first;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || rest.size() < length) return kNoCharacter;
  char32_t character = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(rest[i]);
    if ((next & 0xC0U) != 0x80) return kNoCharacter;
    character = character << 6U | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < smallest[length] || character > 0x10FFFF || surrogate) return kNoCharacter;
  rest.remove_prefix(length);
  return character;
}

}  // namespace

std::string base64_encode(Bytes octets) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, octets.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (k < count ? static_cast<unsigned char>(octets[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= count ? kBase64Alphabet[group >> (18 - 6 * k) & 0x3FU] : '=');
    }
  }
  return text;
}

Result<Octets> base64_decode(std::string_view text) {
  Octets octets;
  octets.reserve(text.size() / 4 * 3);
  unsigned pending = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int value = kBase64Values[static_cast<unsigned char>(c)];
    if (value < 0 || padding > 0) return Error{Errc::malformed, "not Base64: a character outside the alphabet"};
    pending = (pending << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    ++digits;
    // Digits 2, 3 and 4 of a group complete an octet each, with 4, 2 and 0 bits left.
    if (digits % 4 != 1) octets.push_back(static_cast<char>(pending >> (8 - digits % 4 * 2) % 8 & 0xFFU));
  }
  const std::size_t tail = digits % 4;
  const unsigned left_over = tail == 2 ? pending & 0x0FU : tail == 3 ? pending & 0x03U : 0;
  if (tail == 1 || left_over != 0) return Error{Errc::malformed, "not Base64: bits left over"};
  const std::size_t wanted_padding = (4 - tail) % 4;
  if (padding != 0 && padding != wanted_padding) return Error{Errc::malformed, "not Base64: wrong padding"};
  return octets;
}

std::string hex_encode(Bytes octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    text.push_back(digits[octet >> 4U]);
    text.push_back(digits[octet & 0x0FU]);
  }
  return text;
}

Result<Octets> hex_decode(std::string_view digits) {
  if (digits.size() % 2 != 0) return Error{Errc::malformed, "an odd number of hexadecimal digits"};
  Octets octets;
  octets.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_value(digits[i]);
    const int low = hex_value(digits[i + 1]);
    if (high < 0 || low < 0) return Error{Errc::malformed, "not a hexadecimal digit"};
    octets.push_back(static_cast<char>(high << 4 | low));
  }
  return octets;
}

bool is_ascii(Bytes octets) noexcept { return ascii_prefix(octets) == octets.size(); }

bool is_utf8(Bytes octets) noexcept {
  octets.remove_prefix(ascii_prefix(octets));
  while (!octets.empty()) {
    if (take_character(octets) == kNoCharacter) return false;
  }
  return true;
}

std::size_t utf8_length(std::string_view text) noexcept {
  std::size_t count = ascii_prefix(text);
  for (const char c : text.substr(count)) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) ++count;
  }
  return count;
}

std::string to_utf8(char32_t character) {
  const auto octet = [character](unsigned mark, unsigned shift) {
    return static_cast<char>(mark | ((character >> shift) & (mark == 0x80 ? 0x3FU : 0xFFU)));
  };
  if (character < 0x80) return {octet(0, 0)};
  if (character < 0x800) return {octet(0xC0, 6), octet(0x80, 0)};
  if (character < 0x10000) return {octet(0xE0, 12), octet(0x80, 6), octet(0x80, 0)};
  return {octet(0xF0, 18), octet(0x80, 12), octet(0x80, 6), octet(0x80, 0)};
}

bool is_xml_text(std::string_view text) noexcept {
  text.remove_prefix(printable_prefix(text));
  while (!text.empty()) {
    const char32_t character = take_character(text);
    if (character == kNoCharacter || character == 0xFFFE || character == 0xFFFF) return false;
    if (character < 0x20 && character != '\t' && character != '\n' && character != '\r') return false;
  }
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> parse_unsigned(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) noexcept {
  const std::optional<std::uint64_t> number = parse_unsigned(digits);
  if (!number || *number > 0xFFFF) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::optional<std::int64_t> parse_signed(std::string_view digits) noexcept {
  // from_chars knows no plus sign, and would take "-" after a plus of ours.
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace omadm
