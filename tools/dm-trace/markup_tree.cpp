#include "tools/dm-trace/markup_tree.h"

#include <algorithm>
#include <utility>

#include "base/markup/xml_reader.h"
#include "base/text.h"
#include "bootstrap/cp/provisioning_document.h"
#include "wbxml/global_tokens.h"

namespace omadm::trace {
namespace {

class TreeReader {
 public:
  TreeReader(MarkupDocument& document, Bytes octets, const Limits& limits)
      : document_(document), octets_(octets), reader_(make_reader(document.encoding, octets, limits)) {}

  void read() {
    std::size_t before = document_.header ? document_.header->length : 0;
    while (true) {
      const Result<Event> event = reader_->next();
      if (!event) {
        document_.error = event.error();
        return;
      }
      if (std::holds_alternative<Done>(*event)) return;
      take(*event, before);
      before = reader_->position().offset;
    }
  }

 private:
  static std::unique_ptr<MarkupReader> make_reader(Encoding encoding, Bytes octets, const Limits& limits) {
    if (encoding == Encoding::xml) return make_xml_reader(octets, limits, XmlAttributes::reported);
    return is_provisioning_wbxml(octets) ? make_provisioning_wbxml_reader(octets, limits)
                                         : make_wbxml_reader(octets, limits);
  }

  // Client Provisioning says everything in attributes: a parm becomes a node of its name with its value as content, a
  // characteristic one of its type.
  void name_by(const Attribute& attribute) {
    if (document_.root->name != kProvisioningRoot || open_.size() < 2) return;
    if (attribute.name == "type" || attribute.name == "name") open_.back()->name = attribute.value;
    if (attribute.name == "value") open_.back()->content = attribute.value;
  }

  void take(const Event& event, std::size_t before) {
    if (const auto* start = std::get_if<Start>(&event)) {
      open(*start, before);
    } else if (open_.empty()) {
      return;  // white space around the root element
    } else if (const auto* attribute = std::get_if<Attribute>(&event)) {
      name_by(*attribute);
    } else if (const auto* text = std::get_if<Text>(&event)) {
      open_.back()->content += text->text;
    } else if (const auto* opaque = std::get_if<Opaque>(&event)) {
      open_.back()->content += opaque->octets;
      open_.back()->opaque = true;
    } else {
      MarkupNode& ended = *open_.back();
      if (!ended.children.empty() && trim(ended.content).empty()) ended.content.clear();
      open_.pop_back();
    }
  }

  void open(const Start& start, std::size_t before) {
    MarkupNode node;
    node.element = start.foreign ? Element::unknown : start.element;
    node.name = start.name;
    node.offset = document_.encoding == Encoding::wbxml ? wbxml_offset(before) : xml_offset();
    if (open_.empty()) {
      open_.push_back(&document_.root.emplace(std::move(node)));
    } else {
      // Only ancestors are pointed to, and theirs are not the children that move.
      open_.push_back(&open_.back()->children.emplace_back(std::move(node)));
    }
  }

  // The tag itself, behind a change of the code page.
  std::size_t wbxml_offset(std::size_t at) const {
    while (at + 2 < octets_.size() && static_cast<unsigned char>(octets_[at]) == wbxml::kSwitchPage) at += 2;
    return at;
  }

  // libxml2 tells of a tag when it has read it.
  std::size_t xml_offset() const {
    const std::size_t end = std::min(reader_->position().offset, octets_.size());
    const std::size_t begin = octets_.substr(0, end).rfind('<');
    return begin == Bytes::npos ? end : begin;
  }

  MarkupDocument& document_;
  Bytes octets_;
  std::unique_ptr<MarkupReader> reader_;
  std::vector<MarkupNode*> open_;
};

}  // namespace

const MarkupNode* MarkupNode::child(std::string_view child_name) const noexcept {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const MarkupNode& candidate) { return candidate.name == child_name; });
  return found == children.end() ? nullptr : &*found;
}

std::string_view MarkupNode::text_of(std::string_view child_name) const noexcept {
  const MarkupNode* const found = child(child_name);
  return found == nullptr ? std::string_view() : trim(found->content);
}

MarkupDocument read_markup(Encoding encoding, Bytes octets, const Limits& limits) {
  MarkupDocument document;
  document.encoding = encoding;
  document.octets = octets.size();
  if (encoding == Encoding::wbxml) {
    Result<WbxmlHeader> header = read_wbxml_header(octets);
    if (header) document.header = std::move(header).value();
  }
  TreeReader(document, octets, limits).read();
  return document;
}

}  // namespace omadm::trace
