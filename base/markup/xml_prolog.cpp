#include "base/markup/xml_prolog.h"

#include <string_view>

#include "base/markup/xml_characters.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kLongestDeclaration = 256;  // octets
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view skip_space(std::string_view text) noexcept {
  while (!text.empty() && xml::is(text.front(), xml::kSpace)) text.remove_prefix(1);
  return text;
}

// The value of `name` at the beginning of `text`, which is left behind it; nullopt, and `text` as it was: something
// else.
std::optional<std::string_view> take(std::string_view name, std::string_view& text) noexcept {
  std::string_view rest = skip_space(text);
  if (rest.size() == text.size() || rest.substr(0, name.size()) != name) return std::nullopt;
  rest = skip_space(rest.substr(name.size()));
  if (rest.empty() || rest.front() != '=') return std::nullopt;
  rest = skip_space(rest.substr(1));
  if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return std::nullopt;
  const std::size_t end = rest.find(rest.front(), 1);
  if (end == rest.npos) return std::nullopt;
  text = rest.substr(end + 1);
  return rest.substr(1, end - 1);
}

// The octets of an XML declaration of version 1.0 in UTF-8 at the beginning of `text`, 0 where there is none; nullopt:
// of another kind.
std::optional<std::size_t> declaration(std::string_view text) noexcept {
  constexpr std::string_view kBegin = "<?xml", kEnd = "?>";
  if (text.substr(0, kBegin.size()) != kBegin) return 0;
  const std::size_t end = text.substr(0, kLongestDeclaration).find(kEnd);
  if (end == text.npos) return std::nullopt;
  std::string_view rest = text.substr(kBegin.size(), end - kBegin.size());
  if (take("version", rest) != "1.0") return std::nullopt;
  if (const auto encoding = take("encoding", rest); encoding && !equals_ignoring_case(*encoding, "UTF-8")) {
    return std::nullopt;
  }
  if (const auto alone = take("standalone", rest); alone && *alone != "yes" && *alone != "no") return std::nullopt;
  return skip_space(rest).empty() ? std::optional(end + kEnd.size()) : std::nullopt;
}

// Whether the first tag comes next, behind comments and instructions at most.
bool begins_with_a_tag(std::string_view text) noexcept {
  while (true) {
    text = skip_space(text);
    if (text.size() < 2 || text[0] != '<') return false;
    if (text[1] != '!' && text[1] != '?') return true;
    const bool is_comment = text.substr(0, 4) == "<!--";
    if (text[1] == '!' && !is_comment) return false;
    const std::string_view closing = is_comment ? "-->" : "?>";
    const std::size_t end = text.find(closing, is_comment ? 4 : 2);
    if (end == text.npos) return false;
    text.remove_prefix(end + closing.size());
  }
}

}  // namespace

std::optional<std::size_t> plain_xml_begin(Bytes document) noexcept {
  const std::size_t mark = document.substr(0, kByteOrderMark.size()) == kByteOrderMark ? kByteOrderMark.size() : 0;
  const auto declared = declaration(document.substr(mark));
  if (!declared || !begins_with_a_tag(document.substr(mark + *declared))) return std::nullopt;
  return mark + *declared;
}

}  // namespace omadm
