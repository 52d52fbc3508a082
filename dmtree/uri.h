// Addresses of nodes. [TND] "The Management Tree", [StdObj] "DevDetail" URI limits. TND-020…034.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm {

// No address has more segments than this, whatever the limits say: it bounds every walk of the tree.
inline constexpr std::size_t kMaxSegments = 256;

// The values of ./DevDetail/URI/*; 0 is unlimited. Characters, not octets (TND-027…030).
struct UriLimits {
  std::uint16_t max_depth = 0;    // segments, the root's "." not counted
  std::uint16_t max_tot_len = 0;  // characters of a whole URI as written, suffix included
  std::uint16_t max_seg_len = 0;  // characters of one segment
};

// Brings one segment to the form in which names are stored and compared: escapes of characters that
// need none are resolved, other octets are %HH in upper case. malformed: empty, ".", "..", a "/", a
// broken escape, not UTF-8. Names that designate the same node have the same canonical form (TND-024).
Result<std::string> canonical_name(std::string_view segment);

// The address of a node, canonical, without suffix. The root is the empty path.
// 1. text_ is segments joined by '/', each a canonical name. 2. Equal addresses have equal text.
class Uri {
 public:
  Uri() = default;  // the root

  // "./A/B", "A/B", "." and "/A/B" (TND-020, 026). malformed (answered 404) or uri_too_long.
  static Result<Uri> parse(std::string_view text, const UriLimits& limits = {});

  bool is_root() const noexcept { return text_.empty(); }
  std::size_t depth() const noexcept;           // segments
  std::string_view name() const noexcept;       // last segment; "." for the root
  Uri parent() const;                           // of the root: the root
  Uri child(std::string_view canonical) const;  // `canonical` must be a canonical name
  // The same in place, for a walk of the tree; and back to the ancestor whose path has so many octets.
  void descend(std::string_view canonical);
  void ascend_to(std::size_t path_octets) { text_.resize(path_octets); }
  bool is_within(const Uri& ancestor) const noexcept;  // itself or below; whole segments (TND-033)
  // `*this` with the leading `from` replaced by `to`; requires is_within(from).
  Uri rebased(const Uri& from, const Uri& to) const;
  std::string str() const;                                  // "./A/B", "." for the root
  std::string_view path() const noexcept { return text_; }  // "A/B", empty for the root
  Result<void> check(const UriLimits& limits) const;        // uri_too_long

  // Takes the first segment off `path` and returns it; "" at the end. For walking without copies.
  static std::string_view next_segment(std::string_view& path) noexcept;

  friend bool operator==(const Uri&, const Uri&) = default;
  friend auto operator<=>(const Uri&, const Uri&) = default;

 private:
  std::string text_;
};

// What a LocURI can say: a node, one of its properties, or a listing (TND-034, 040; `?prop=`, `?list=`).
struct Address {
  enum class Suffix : std::uint8_t { none, property, list };
  Uri node;
  Suffix suffix = Suffix::none;
  std::string argument;  // the text after `?prop=` or `?list=`

  // malformed, uri_too_long; unsupported: another suffix than the two, or both.
  static Result<Address> parse(std::string_view text, const UriLimits& limits = {});
};

}  // namespace omadm
