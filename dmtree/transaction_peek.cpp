#include "dmtree/ddf/ddf.h"
#include "dmtree/overlay.h"
#include "dmtree/tree.h"

namespace omadm {

std::optional<Node> Transaction::peek(const Uri& uri) const {
  const NodeView view = overlay_->find(uri);
  if (!view) return std::nullopt;
  Node node;
  node.uri = uri;
  node.format = view.format();
  node.type = view.type();
  const DdfNode* description = view.description();
  const bool permanent = uri.is_root() || (description != nullptr && description->scope == Scope::permanent);
  node.scope = permanent ? Scope::permanent : Scope::dynamic;
  if (view.is_interior()) {
    for (const auto& [name, child] : view.children()) node.children.emplace_back(name);
  } else {
    node.data = view.data();
  }
  return node;
}

}  // namespace omadm
