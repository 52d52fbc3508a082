#include "tools/dm-trace/json_view.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "tools/dm-trace/meanings.h"

namespace omadm::trace {
namespace {

using Json = nlohmann::ordered_json;

void put_content(Json& out, const MarkupNode& node, bool offsets) {
  if (node.opaque) out["opaque"] = true;
  if (node.hidden) {
    out["hidden"] = true;
    out["octets"] = node.content.size();
  } else if (node.opened) {
    out["document"] = json_of_document(*node.opened, offsets);
  } else if (!node.content.empty() || node.children.empty()) {
    const bool text = is_utf8(node.content);
    out[text ? "value" : "value_base64"] = text ? node.content : base64_encode(node.content);
  }
}

}  // namespace

Json json_of_node(const MarkupNode& node, const MarkupNode* parent, bool offsets) {
  Json out{{"name", node.name}};
  if (offsets) out["offset"] = node.offset;
  put_content(out, node, offsets);
  if (parent != nullptr) {
    if (const std::string_view meaning = meaning_of(node, *parent); !meaning.empty()) out["meaning"] = meaning;
  }
  if (node.children.empty()) return out;
  Json children = Json::array();
  for (const MarkupNode& child : node.children) children.push_back(json_of_node(child, &node, offsets));
  out["children"] = std::move(children);
  return out;
}

Json json_of_document(const MarkupDocument& document, bool offsets) {
  Json out{{"encoding", to_string(document.encoding)}, {"octets", document.octets}};
  if (document.header) {
    const WbxmlHeader& header = *document.header;
    out["wbxml"] = {
        {"version", fmt::format("1.{}", header.version)},
        {"public_id", header.public_id_text.empty() ? fmt::format("0x{:x}", header.public_id) : header.public_id_text},
        {"charset", header.charset},
        {"string_table_octets", header.string_table.size()}};
  }
  if (document.root) out["root"] = json_of_node(*document.root, nullptr, offsets);
  if (document.error) out["error"] = document.error->detail;
  return out;
}

}  // namespace omadm::trace
