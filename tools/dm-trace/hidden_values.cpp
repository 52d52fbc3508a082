#include "tools/dm-trace/hidden_values.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "tools/common/secrets.h"

namespace omadm::trace {
namespace {

void hide(MarkupNode& node) {
  std::fill(node.content.begin(), node.content.end(), '*');
  node.hidden = true;
  node.opened.reset();
  for (MarkupNode& child : node.children) hide(child);
}

// Base64 text, or for some senders the raw octets as OPAQUE: what counts is the length of the text.
void hide_base64(MarkupNode& node) {
  if (node.opaque && !base64_decode(node.content)) node.content = base64_encode(node.content);
  hide(node);
}

void hide_children(MarkupNode& parent, std::string_view name, void (*how)(MarkupNode&)) {
  for (MarkupNode& child : parent.children) {
    if (child.name == name) how(child);
  }
}

bool is_secret_item(const MarkupNode& item) noexcept {
  for (const MarkupNode& location : item.children) {
    if ((location.name == "Target" || location.name == "Source") && is_secret_leaf(location.text_of("LocURI"))) {
      return true;
    }
  }
  return false;
}

// A piece of a TNDS document that does not begin with its beginning may begin inside a secret.
bool is_unopened_tnds(const MarkupNode& item, const MarkupNode* command) noexcept {
  for (const MarkupNode* owner : {&item, command}) {
    const MarkupNode* const meta = owner == nullptr ? nullptr : owner->child("Meta");
    if (meta == nullptr) continue;
    const MarkupNode* const wrapped = meta->child("MetInf");
    const std::string_view type = (wrapped == nullptr ? meta : wrapped)->text_of("Type");
    if (!type.empty()) return type.find("dmtnds") != std::string_view::npos;
  }
  return false;
}

void hide_in_item(MarkupNode& item, const MarkupNode* command) {
  const bool secret = is_secret_item(item);
  for (MarkupNode& data : item.children) {
    if (data.name != "Data") continue;
    const bool closed = !data.opened && data.children.empty() && !data.content.empty();
    if (secret || (closed && is_unopened_tnds(item, command))) hide(data);
  }
}

void hide_in_tree_node(MarkupNode& node) {
  if (!is_secret_leaf(node.text_of("NodeName"))) return;
  hide_children(node, "Value", hide);
  for (MarkupNode& properties : node.children) hide_children(properties, "DefaultValue", hide);
}

// Parms of Client Provisioning.
bool is_secret_parm(std::string_view name) noexcept {
  constexpr std::string_view kSecrets[] = {"AAUTHSECRET", "AAUTHDATA", "AUTHSECRET",
                                           "PXAUTH-PW",   "PROXY-PW",  "BASAUTH-PW"};
  return std::any_of(std::begin(kSecrets), std::end(kSecrets),
                     [name](std::string_view secret) { return equals_ignoring_case(secret, name); });
}

void hide_below(MarkupNode& node, const MarkupNode* parent) {
  if (node.hidden) return;
  if (node.name == "Cred") hide_children(node, "Data", hide_base64);
  if (node.name == "NextNonce") hide_base64(node);
  if (is_secret_parm(node.name)) hide(node);
  if (node.name == "Item") hide_in_item(node, parent);
  if (node.name == "Node") hide_in_tree_node(node);
  const bool is_value = node.name == "Data" || node.name == "Value" || node.name == "DefaultValue";
  if (is_value && !node.opened && names_secret(node.content)) hide(node);
  if (node.opened && node.opened->root) hide_below(*node.opened->root, nullptr);
  for (MarkupNode& child : node.children) hide_below(child, &node);
}

}  // namespace

void hide_secrets(MarkupNode& node) { hide_below(node, nullptr); }

}  // namespace omadm::trace
