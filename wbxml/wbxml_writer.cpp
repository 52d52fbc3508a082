#include "wbxml/wbxml_writer.h"

#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/octet_buffer.h"
#include "wbxml/global_tokens.h"

namespace omadm {
namespace {

constexpr std::string_view kSyncmlHeader{"\x02\xA4\x01\x6A\x00", 5};
constexpr std::string_view kDmddfHeader{"\x02\x00\x00\x6A\x1B-//OMA//DTD-DM-DDF 1.2//EN\0", 32};

// Copies `text` to `at`, where there is room; false: it holds a NUL, and not all is copied.
bool copy_without_nul(char* at, std::string_view text) noexcept {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  std::size_t count = 0;
  for (std::uint64_t word = 0; text.size() - count >= sizeof word; count += sizeof word) {
    std::memcpy(&word, text.data() + count, sizeof word);
    if (((word - kEach) & ~word & (kEach * 0x80)) != 0) return false;  // an octet borrowed: it was 0
    std::memcpy(at + count, &word, sizeof word);
  }
  for (; count < text.size(); ++count) {
    if (text[count] == '\0') return false;
    at[count] = text[count];
  }
  return true;
}

class WbxmlWriter final : public MarkupWriter {
 public:
  explicit WbxmlWriter(std::string_view header) { out_.append(header); }

  void expect(std::size_t size) override { out_.reserve(size); }

  void start(Element element) override {
    out_.advance(tag(out_.room(3), element, wbxml::kContent));
    ++depth_;
  }

  void text(std::string_view text) override {
    if (text.empty()) return;
    if (text.find('\0') != text.npos) return opaque(text);
    out_.advance(inline_string(out_.room(text.size() + 2), text));
  }

  void leaf(Element element, std::string_view content) override {
    if (content.empty()) return empty(element);
    char* at = tag(out_.room(content.size() + 6), element, wbxml::kContent);
    char* const string = at;
    *at++ = static_cast<char>(wbxml::kStrI);
    if (!copy_without_nul(at, content)) {
      out_.advance(string);
      opaque(content);
      return out_.push(static_cast<char>(wbxml::kEnd));
    }
    at += content.size();
    *at++ = '\0';
    *at++ = static_cast<char>(wbxml::kEnd);
    out_.advance(at);
  }

  void opaque(Bytes octets) override {
    out_.push(static_cast<char>(wbxml::kOpaque));
    Octets count;
    put_mb_u32(count, static_cast<std::uint32_t>(octets.size()));
    out_.append(count);
    out_.append(octets);
  }

  void end() override {
    assert(depth_ > 0);
    out_.push(static_cast<char>(wbxml::kEnd));
    --depth_;
  }

  void empty(Element element) override { out_.advance(tag(out_.room(3), element, 0)); }

  std::size_t size() const override { return out_.size(); }
  std::size_t size_if_finished() const override { return out_.size() + depth_; }  // END is one octet, on any page

  Mark mark() const override { return {out_.size(), depth_, page_}; }

  void rewind(const Mark& mark) override {
    assert(mark.depth == depth_ && mark.size <= out_.size());
    out_.cut(mark.size);
    page_ = mark.page;
  }

  Octets finish() && override {
    assert(depth_ == 0);
    return std::move(out_).take();
  }

 private:
  // These write to `at`, where there is room, and return the place behind.
  char* tag(char* at, Element element, std::uint8_t flags) {
    assert(element != Element::unknown);
    const int page = static_cast<int>(code_page(element));
    if (page != page_) {
      *at++ = static_cast<char>(wbxml::kSwitchPage);
      *at++ = static_cast<char>(page);
      page_ = page;
    }
    *at++ = static_cast<char>(token(element) | flags);
    return at;
  }

  static char* inline_string(char* at, std::string_view text) {
    *at++ = static_cast<char>(wbxml::kStrI);
    at = OctetBuffer::put(at, text);
    *at++ = '\0';
    return at;
  }

  OctetBuffer out_;
  std::size_t depth_ = 0;
  int page_ = 0;
};

}  // namespace

std::unique_ptr<MarkupWriter> make_wbxml_writer(WbxmlDocument document) {
  return std::make_unique<WbxmlWriter>(document == WbxmlDocument::syncml ? kSyncmlHeader : kDmddfHeader);
}

}  // namespace omadm
