#include "wbxml/wbxml_writer.h"

#include <cassert>
#include <utility>

#include "wbxml/global_tokens.h"

namespace omadm {
namespace {

constexpr std::string_view kSyncmlHeader{"\x02\xA4\x01\x6A\x00", 5};
constexpr std::string_view kDmddfHeader{"\x02\x00\x00\x6A\x1B-//OMA//DTD-DM-DDF 1.2//EN\0", 32};

class WbxmlWriter final : public MarkupWriter {
 public:
  explicit WbxmlWriter(std::string_view header) : out_(header) {}

  void start(Element element) override {
    tag(element, wbxml::kContent);
    ++depth_;
  }

  void text(std::string_view text) override {
    if (text.empty()) return;
    if (text.find('\0') != text.npos) return opaque(text);
    put(wbxml::kStrI);
    out_ += text;
    out_ += '\0';
  }

  void opaque(Bytes octets) override {
    put(wbxml::kOpaque);
    put_mb_u32(out_, static_cast<std::uint32_t>(octets.size()));
    out_ += octets;
  }

  void end() override {
    assert(depth_ > 0);
    put(wbxml::kEnd);
    --depth_;
  }

  void empty(Element element) override { tag(element, 0); }

  std::size_t size() const override { return out_.size(); }
  std::size_t size_if_finished() const override { return out_.size() + depth_; }  // END is one octet, on any page

  Mark mark() const override { return {out_.size(), depth_, page_}; }

  void rewind(const Mark& mark) override {
    assert(mark.depth == depth_ && mark.size <= out_.size());
    out_.resize(mark.size);
    page_ = mark.page;
  }

  Octets finish() && override {
    assert(depth_ == 0);
    return std::move(out_);
  }

 private:
  void put(std::uint8_t octet) { out_.push_back(static_cast<char>(octet)); }

  void tag(Element element, std::uint8_t flags) {
    assert(element != Element::unknown);
    const int page = static_cast<int>(code_page(element));
    if (page != page_) {
      put(wbxml::kSwitchPage);
      put(static_cast<std::uint8_t>(page));
      page_ = page;
    }
    put(static_cast<std::uint8_t>(token(element) | flags));
  }

  Octets out_;
  std::size_t depth_ = 0;
  int page_ = 0;
};

}  // namespace

std::unique_ptr<MarkupWriter> make_wbxml_writer(WbxmlDocument document) {
  return std::make_unique<WbxmlWriter>(document == WbxmlDocument::syncml ? kSyncmlHeader : kDmddfHeader);
}

}  // namespace omadm
