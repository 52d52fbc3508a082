#include "dmtree/uri.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

constexpr bool is_pchar(unsigned char octet) {
  if ((octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9')) return true;
  return std::string_view("-_.!~*'():@&=+$,").find(static_cast<char>(octet)) != std::string_view::npos;
}

constexpr auto kPchar = [] {
  std::array<bool, 256> table{};
  for (std::size_t octet = 1; octet < table.size(); ++octet) table[octet] = is_pchar(static_cast<unsigned char>(octet));
  return table;
}();

bool needs_escape(char c) { return !kPchar[static_cast<unsigned char>(c)]; }

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7F;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

// The octets that `text` stands for; malformed: a broken escape.
Result<std::string> unescape(std::string_view text) {
  std::string octets;
  octets.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      octets.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return Error{Errc::malformed, "broken escape in URI"};
    octets.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return octets;
}

std::string escape(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(octets.size());
  for (const char c : octets) {
    if (!needs_escape(c)) {
      text.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    text.push_back('%');
    text.push_back(kDigits[octet >> 4U]);
    text.push_back(kDigits[octet & 0x0FU]);
  }
  return text;
}

// Most names are already canonical; they need neither decoding nor a second look.
bool is_plain_name(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         std::none_of(segment.begin(), segment.end(), needs_escape);
}

bool is_over(std::size_t count, std::uint16_t limit) { return limit != 0 && count > limit; }

// In characters, of which there are not more than octets.
bool is_longer(std::string_view text, std::uint16_t limit) {
  return is_over(text.size(), limit) && is_over(utf8_length(text), limit);
}

// Whether these eight octets are letters, digits and '/', never two of those behind one another. `before` is the octet
// in front of them.
bool are_simple(const char* octets, char before) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = kEach * 0x80;
  std::uint64_t word = 0;
  std::memcpy(&word, octets, sizeof word);
  // The highest bits of those octets, ASCII all, that are `least` at least.
  const auto from = [](std::uint64_t ascii, unsigned least) { return ascii + kEach * (0x80U - least); };
  const std::uint64_t lower = word | kEach * 0x20;
  const std::uint64_t letters = from(lower, 'a') & ~from(lower, 'z' + 1);
  const std::uint64_t slashes = from(word, '/') & ~from(word, '0') & kHigh;
  const std::uint64_t digits = from(word, '0') & ~from(word, '9' + 1);
  const std::uint64_t doubled = slashes & (slashes << 8U | (before == '/' ? 0x80U : 0U));
  return ((letters | digits | slashes) & ~word & kHigh) == kHigh && doubled == 0;
}

// Whether `path` is names of letters and digits alone; looked at eight octets at a time.
bool is_simple_path(std::string_view path) {
  constexpr std::size_t kStep = 8;
  if (std::endian::native != std::endian::little || path.size() < kStep || path.back() == '/') return false;
  char before = '/';
  std::size_t at = 0;
  for (; path.size() - at >= kStep; at += kStep) {
    if (!are_simple(path.data() + at, before)) return false;
    before = path[at + kStep - 1];
  }
  const std::size_t last = path.size() - kStep;  // some of these are looked at twice
  return at == path.size() || are_simple(path.data() + last, path[last - 1]);
}

// Whether `path` is canonical as it stands and within the limits of depth and segments: the usual case, in one pass.
bool is_plain_path(std::string_view path, const UriLimits& limits) {
  const bool any_segments = limits.max_seg_len == 0 && limits.max_depth == 0 && path.size() < 2 * kMaxSegments;
  if (any_segments && is_simple_path(path)) return true;
  const char* at = path.data();
  const char* const end = at + path.size();
  std::size_t segments = 0;
  while (true) {
    const char* const first = at;
    while (at != end && kPchar[static_cast<unsigned char>(*at)]) ++at;
    const auto length = static_cast<std::size_t>(at - first);
    if (length == 0 || at[-1] == '.' || is_over(length, limits.max_seg_len)) return false;
    ++segments;
    if (at == end) return segments <= kMaxSegments && !is_over(segments, limits.max_depth);
    if (*at++ != '/') return false;
  }
}

Error too_long(std::string_view what) { return Error{Errc::uri_too_long, std::string(what)}; }

Result<std::string_view> without_prefix(std::string_view text) {
  if (text.starts_with("./")) {
    text.remove_prefix(2);
  } else if (text.starts_with('/')) {
    text.remove_prefix(1);
  }
  if (text.empty() || text.ends_with('/')) return Error{Errc::malformed, "a URI is not empty and does not end in '/'"};
  return text;
}

}  // namespace

Result<std::string> canonical_name(std::string_view segment) {
  if (is_plain_name(segment)) return std::string(segment);
  if (segment.find('/') != std::string_view::npos) return Error{Errc::malformed, "a name holds no '/'"};
  const std::string octets = DM_TRY(unescape(segment));
  if (octets.empty() || octets == "." || octets == "..") return Error{Errc::malformed, "empty or reserved name"};
  if (!is_utf8(octets)) return Error{Errc::malformed, "name is not UTF-8"};
  if (std::any_of(octets.begin(), octets.end(), is_control)) return Error{Errc::malformed, "control character in name"};
  return escape(octets);
}

Result<Uri> Uri::parse(std::string_view text, const UriLimits& limits) {
  if (text.empty()) return Error{Errc::malformed, "empty URI"};
  if (is_longer(text, limits.max_tot_len)) return too_long("URI longer than MaxTotLen");
  if (text == ".") return Uri();
  std::string_view rest = DM_TRY(without_prefix(text));
  const std::size_t prefix_size = text.size() - rest.size();
  if (is_plain_path(rest, limits)) {
    Result<Uri> plain{Uri()};
    plain->text_ = rest;
    return plain;
  }
  Uri uri;
  if (rest.find_first_of("?#") != std::string_view::npos) return Error{Errc::malformed, "'?' or '#' in a node's URI"};
  uri.text_.reserve(rest.size());
  std::size_t segments = 0;
  while (!rest.empty()) {
    const std::string_view segment = next_segment(rest);
    if (++segments > kMaxSegments || is_over(segments, limits.max_depth)) return too_long("URI deeper than MaxDepth");
    if (is_longer(segment, limits.max_seg_len)) return too_long("segment longer than MaxSegLen");
    const std::string name = DM_TRY(canonical_name(segment));
    if (!rest.empty() && name.ends_with('.')) return Error{Errc::malformed, "a name before '/' does not end in '.'"};
    // Escaping makes a name longer; the form in which it is sent back counts as well.
    if (is_over(name.size(), limits.max_seg_len)) return too_long("segment longer than MaxSegLen");
    if (!uri.text_.empty()) uri.text_.push_back('/');
    uri.text_ += name;
  }
  if (is_over(uri.text_.size() + prefix_size, limits.max_tot_len)) return too_long("URI longer than MaxTotLen");
  return uri;
}

std::size_t Uri::depth() const noexcept {
  if (text_.empty()) return 0;
  return static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '/')) + 1;
}

std::string_view Uri::name() const noexcept {
  if (text_.empty()) return ".";
  const std::size_t slash = text_.rfind('/');
  return std::string_view(text_).substr(slash == std::string::npos ? 0 : slash + 1);
}

Uri Uri::parent() const {
  Uri uri;
  const std::size_t slash = text_.rfind('/');
  if (slash != std::string::npos) uri.text_ = text_.substr(0, slash);
  return uri;
}

Uri Uri::child(std::string_view canonical) const {
  Uri uri;
  uri.text_.reserve(text_.size() + 1 + canonical.size());
  uri.text_ = text_;
  uri.descend(canonical);
  return uri;
}

void Uri::descend(std::string_view canonical) {
  if (!text_.empty()) text_.push_back('/');
  text_ += canonical;
}

bool Uri::is_within(const Uri& ancestor) const noexcept {
  if (ancestor.text_.empty()) return true;
  if (!text_.starts_with(ancestor.text_)) return false;
  return text_.size() == ancestor.text_.size() || text_[ancestor.text_.size()] == '/';
}

Uri Uri::rebased(const Uri& from, const Uri& to) const {
  std::string_view rest = std::string_view(text_).substr(from.text_.size());
  if (rest.starts_with('/')) rest.remove_prefix(1);
  return rest.empty() ? to : to.child(rest);
}

std::string Uri::str() const { return text_.empty() ? "." : "./" + text_; }

Result<void> Uri::check(const UriLimits& limits) const {
  if (is_over(text_.empty() ? 1 : text_.size() + 2, limits.max_tot_len)) return too_long("URI longer than MaxTotLen");
  std::size_t segments = 0;
  std::string_view rest = text_;
  while (!rest.empty()) {
    // Canonical names are ASCII: octets are characters.
    if (is_over(next_segment(rest).size(), limits.max_seg_len)) return too_long("segment longer than MaxSegLen");
    if (++segments > kMaxSegments || is_over(segments, limits.max_depth)) return too_long("URI deeper than MaxDepth");
  }
  return {};
}

std::string_view Uri::next_segment(std::string_view& path) noexcept {
  std::size_t end = 0;  // segments are short: a call of memchr costs more than this loop
  while (end < path.size() && path[end] != '/') ++end;
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

Result<Address> Address::parse(std::string_view text, const UriLimits& limits) {
  if (is_longer(text, limits.max_tot_len)) return too_long("URI longer than MaxTotLen");
  Result<Address> result{Address()};
  Address& address = *result;
  const std::size_t question = text.find('?');
  Result<Uri> node = Uri::parse(text.substr(0, question), limits);
  if (!node) return std::move(node).error();
  address.node = std::move(*node);
  if (question == std::string_view::npos) return result;
  std::string_view suffix = text.substr(question + 1);
  if (suffix.starts_with("prop=")) {
    address.suffix = Suffix::property;
  } else if (suffix.starts_with("list=")) {
    address.suffix = Suffix::list;
  } else {
    return Error{Errc::unsupported, "a URI's suffix is ?prop= or ?list="};
  }
  suffix.remove_prefix(5);
  if (suffix.find_first_of("?&#") != std::string_view::npos)
    return Error{Errc::unsupported, "more than one URI suffix"};
  address.argument = DM_TRY(unescape(suffix));
  return result;
}

}  // namespace omadm
