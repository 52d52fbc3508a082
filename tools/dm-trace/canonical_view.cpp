#include "tools/dm-trace/canonical_view.h"

#include <optional>
#include <string_view>

#include "base/text.h"
#include "dmtree/tnds/tnds.h"
#include "tools/common/readable.h"

namespace omadm::trace {
namespace {

std::string content_of(const MarkupNode& node) {
  if (node.element == Element::MetType && trim(node.content) == kTndsWbxmlType) return std::string(kTndsXmlType);
  return with_references(xml_escaped(is_xml_text(node.content) ? node.content : base64_encode(node.content)));
}

std::optional<CodePage> page_of(const MarkupNode& node) noexcept {
  return node.element == Element::unknown ? std::nullopt : std::optional(code_page(node.element));
}

void write(const MarkupNode& node, std::optional<CodePage> above, std::size_t depth, std::string& out) {
  const std::optional<CodePage> page = page_of(node);
  const bool is_token = node.element == Element::unknown && node.name.find(':') != std::string::npos;
  const std::string name = is_token ? "unknown" : with_references(node.name);
  out.append(2 * depth, ' ') += "<" + name;
  if (page && page != above) out += " xmlns=\"" + std::string(xml_namespace(*page)) + "\"";
  const MarkupNode* const inside = node.opened && node.opened->root ? &*node.opened->root : nullptr;
  const std::string content = inside == nullptr ? content_of(node) : std::string();
  if (inside == nullptr && content.empty() && node.children.empty()) {
    out += "/>\n";
    return;
  }
  out += ">" + content;
  if (inside != nullptr || !node.children.empty()) {
    out += '\n';
    if (inside != nullptr) write(*inside, page, depth + 1, out);
    for (const MarkupNode& child : node.children) write(child, page, depth + 1, out);
    out.append(2 * depth, ' ');
  }
  out += "</" + name + ">\n";
}

}  // namespace

std::string canonical_xml(const MarkupNode& root) {
  std::string out;
  write(root, std::nullopt, 0, out);
  return out;
}

}  // namespace omadm::trace
