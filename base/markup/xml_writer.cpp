#include "base/markup/xml_writer.h"

#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/octet_buffer.h"
#include "base/plain_vector.h"

namespace omadm {
namespace {

constexpr std::string_view kCdataStart = "<![CDATA[";
constexpr std::string_view kCdataEnd = "]]>";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD, for characters XML 1.0 cannot hold
constexpr std::size_t kLongestTag = 96;                    // with its namespace
constexpr int kHasChildren = 1 << 8;                       // in Mark::page, which else holds the code page

// What stands in the document for each octet; empty: the octet itself.
constexpr std::array<std::string_view, 256> make_escapes() {
  std::array<std::string_view, 256> escapes{};
  for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = kReplacement;
  escapes['\t'] = escapes['\n'] = {};
  escapes['\r'] = "&#13;";  // a bare CR would be read back as LF
  escapes['&'] = "&amp;";
  escapes['<'] = "&lt;";
  escapes['>'] = "&gt;";
  return escapes;
}
constexpr std::array<std::string_view, 256> kEscapes = make_escapes();

// U+FFFE and U+FFFF are the only characters of three octets that XML refuses.
bool is_noncharacter(std::string_view text, std::size_t at) noexcept {
  return text.substr(at, 3) == "\xEF\xBF\xBE" || text.substr(at, 3) == "\xEF\xBF\xBF";
}

constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0; c < 0x80; ++c) plain[c] = kEscapes[c].empty();
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

// Whether one of eight octets may need an escape: an octet is below `n` when taking `n` away borrows from its highest
// bit. May err on the safe side.
bool holds_special(std::uint64_t word) noexcept {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  const std::uint64_t ampersand = word ^ (kEach * '&');
  const std::uint64_t angle = (word | (kEach * 2)) ^ (kEach * '>');  // '<' and '>' differ in this bit
  const std::uint64_t borrowed = (word - kEach * 0x20) | (ampersand - kEach) | (angle - kEach) | word;
  return (borrowed & (kEach * 0x80)) != 0;
}

// Copies `text` to `at`, where there is room, up to the first octet that may need an escape; how many octets.
std::size_t copy_plain(char* at, std::string_view text) noexcept {
  std::size_t count = 0;
  for (std::uint64_t word = 0; text.size() - count >= sizeof word; count += sizeof word) {
    std::memcpy(&word, text.data() + count, sizeof word);
    if (holds_special(word)) break;
    std::memcpy(at + count, &word, sizeof word);
  }
  for (; count < text.size() && kPlain[static_cast<unsigned char>(text[count])]; ++count) at[count] = text[count];
  return count;
}

// "<Name>" and "</Name>", ready to be copied as a whole.
struct Tags {
  std::array<char, 24> start{};
  std::array<char, 24> end{};
  std::uint8_t name_size = 0;
};

constexpr std::size_t kPages = 3;
constexpr std::size_t kTokens = 64;

constexpr std::size_t tag_index(Element element) noexcept {
  return static_cast<std::size_t>(code_page(element)) * kTokens + token(element);
}

constexpr auto make_tags() {
  std::array<Tags, kPages * kTokens> all{};
  const auto add = [&all](Element element, std::string_view name) {
    Tags& tags = all[tag_index(element)];
    tags.name_size = static_cast<std::uint8_t>(name.size());
    tags.start[0] = tags.end[0] = '<';
    tags.end[1] = '/';
    for (std::size_t i = 0; i < name.size(); ++i) tags.start[i + 1] = tags.end[i + 2] = name[i];
    tags.start[name.size() + 1] = tags.end[name.size() + 2] = '>';
  };
#define OMADM_ELEMENT_TAGS(id, name, page, token) add(Element::id, name);
  OMADM_ELEMENTS(OMADM_ELEMENT_TAGS)
#undef OMADM_ELEMENT_TAGS
  return all;
}
constexpr auto kTags = make_tags();

const Tags& tags_of(Element element) noexcept { return kTags[tag_index(element)]; }

class XmlWriter final : public MarkupWriter {
 public:
  explicit XmlWriter(const XmlWriterOptions& options) : pretty_(options.pretty) {}

  void expect(std::size_t size) override { out_.reserve(size); }

  void start(Element element) override {
    indent_child();
    out_.advance(open_tag(out_.room(kLongestTag), element, ">"));
    open_.push_back({element, false});
    closing_ += tags_of(element).name_size + 3U;
  }

  void text(std::string_view text) override {
    char* const at = out_.room(text.size());
    std::size_t copied = copy_plain(at, text);
    out_.advance(at + copied);
    for (std::size_t i = copied; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const bool refused = c == 0xEF && is_noncharacter(text, i);
      if (kEscapes[c].empty() && !refused) continue;
      out_.append(text.substr(copied, i - copied));
      out_.append(refused ? kReplacement : kEscapes[c]);
      if (refused) i += 2;
      copied = i + 1;
    }
    out_.append(text.substr(copied));
  }

  void opaque(Bytes octets) override {
    out_.append(kCdataStart);
    std::size_t copied = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
      const auto c = static_cast<unsigned char>(octets[i]);
      if (c == '>' && i >= copied + 2 && octets.substr(i - 2, 2) == "]]") {
        out_.append(octets.substr(copied, i - copied));
        out_.append("]]><![CDATA[>");
      } else if (c == '\r' || is_refused(octets, i)) {
        out_.append(octets.substr(copied, i - copied));
        out_.append(kCdataEnd);
        out_.append(c == '\r' ? kEscapes[c] : kReplacement);
        out_.append(kCdataStart);
        if (c == 0xEF) i += 2;
      } else {
        continue;
      }
      copied = i + 1;
    }
    out_.append(octets.substr(copied));
    out_.append(kCdataEnd);
  }

  void end() override {
    assert(!open_.empty());
    const Open last = open_.back();
    open_.pop_back();
    if (last.has_children) indent(open_.size());
    out_.advance(close_tag(out_.room(kLongestTag), last.element));
    closing_ -= tags_of(last.element).name_size + 3U;
  }

  void empty(Element element) override {
    indent_child();
    out_.advance(open_tag(out_.room(kLongestTag), element, "/>"));
  }

  void leaf(Element element, std::string_view content) override {
    if (content.empty()) return empty(element);
    indent_child();
    char* at = open_tag(out_.room(content.size() + 2 * kLongestTag), element, ">");
    const std::size_t copied = copy_plain(at, content);
    at += copied;
    if (copied < content.size()) {
      out_.advance(at);
      text(content.substr(copied));
      at = out_.room(kLongestTag);
    }
    out_.advance(close_tag(at, element));
  }

  std::size_t size() const override { return out_.size(); }

  std::size_t size_if_finished() const override {
    std::size_t total = out_.size() + closing_;
    if (!pretty_) return total;
    for (std::size_t depth = 0; depth < open_.size(); ++depth) {
      // Every open element but the innermost one has a child: the next open element.
      if (open_[depth].has_children) total += 1 + 2 * depth;
    }
    return total;
  }

  Mark mark() const override {
    const bool children = !open_.empty() && open_.back().has_children;
    return {out_.size(), open_.size(), children ? kHasChildren : 0};
  }

  void rewind(const Mark& mark) override {
    assert(mark.depth == open_.size() && mark.size <= out_.size());
    out_.cut(mark.size);
    if (!open_.empty()) open_.back().has_children = (mark.page & kHasChildren) != 0;
  }

  Octets finish() && override {
    assert(open_.empty());
    return std::move(out_).take();
  }

 private:
  struct Open {
    Element element;
    bool has_children;
  };

  static bool is_refused(std::string_view text, std::size_t at) noexcept {
    const auto c = static_cast<unsigned char>(text[at]);
    return (c < 0x20 && !kEscapes[c].empty()) || (c == 0xEF && is_noncharacter(text, at));
  }

  void indent(std::size_t depth) {
    if (!pretty_) return;
    out_.push('\n');
    for (std::size_t i = 0; i < 2 * depth; ++i) out_.push(' ');
  }
  // Before the tag of a child of the innermost element.
  void indent_child() {
    if (pretty_ && !out_.empty()) indent(open_.size());
  }

  // These write to `at`, where there is room for kLongestTag, and return the place behind. `end` is ">" or "/>".
  char* open_tag(char* at, Element element, std::string_view end) {
    const bool inherited = !open_.empty() && code_page(open_.back().element) == code_page(element);
    if (!open_.empty()) open_.back().has_children = true;
    const Tags& tags = tags_of(element);
    std::memcpy(at, tags.start.data(), tags.start.size());
    at += 1 + tags.name_size;
    if (!inherited) {
      at = OctetBuffer::put(at, " xmlns=\"");
      at = OctetBuffer::put(at, xml_namespace(code_page(element)));
      *at++ = '"';
    }
    return OctetBuffer::put(at, end);
  }

  static char* close_tag(char* at, Element element) {
    const Tags& tags = tags_of(element);
    std::memcpy(at, tags.end.data(), tags.end.size());
    return at + tags.name_size + 3;
  }

  bool pretty_;
  OctetBuffer out_;
  PlainVector<Open> open_;
  std::size_t closing_ = 0;  // octets of the end tags of open_
};

}  // namespace

std::unique_ptr<MarkupWriter> make_xml_writer(const XmlWriterOptions& options) {
  return std::make_unique<XmlWriter>(options);
}

}  // namespace omadm
