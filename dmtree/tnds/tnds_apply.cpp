// A TndsDocument as edits of a transaction. TNDS-033…037, 044…046.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/mo_id.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tnds/transferred_value.h"

namespace omadm {
namespace {

struct PlacedNode {
  Uri uri;
  const TndsNode* node = nullptr;
  bool kept = false;  // was there before and is updated in place
};

Uri place(const Uri& target, const TndsNode& node) {
  return node.relative.empty() ? target : target.child(node.relative);
}

Result<std::vector<PlacedNode>> place_all(const Transaction& transaction, const Uri& target,
                                          const TndsDocument& document) {
  if (document.nodes.empty()) return Error{Errc::bad_format, "TNDS: there is no Node"};
  std::vector<PlacedNode> placed;
  placed.reserve(document.nodes.size());
  for (const TndsNode& node : document.nodes) {
    placed.push_back({place(target, node), &node});
    DM_TRY(placed.back().uri.check(transaction.tree().uri_limits()));
  }
  return placed;
}

// A deployed spelling of an object's identifier becomes the one its description uses.
std::string known_spelling(const DdfNode* description, const std::string& type) {
  const std::string_view registered = registered_mo_id(type);
  if (description == nullptr || !description->is_interior() || registered == type) return type;
  const auto& types = description->types;
  return std::find(types.begin(), types.end(), registered) != types.end() ? std::string(registered) : type;
}

// What the node is to hold once stored: Format of TNDS-033, value of TNDS-034 and TNDS-035.
Result<NewNode> stored_form(const Transaction& transaction, const PlacedNode& placed) {
  const TndsNode& node = *placed.node;
  NewNode result;
  result.format = node.format;
  if (!result.format && node.has_children) result.format = Format::node;
  const DdfNode* description = transaction.tree().ddf().find(placed.uri);
  if (!node.type.empty()) result.type = known_spelling(description, node.type);
  const bool is_leaf = description == nullptr || !description->is_interior();
  if (!result.format && is_leaf && node.type_names_object && !node.type.empty()) {  // TNDS-032
    return Error{Errc::bad_format, "the Type of leaf " + placed.uri.str() + " is not a MIME"};
  }
  if (result.format == Format::node) {
    if (node.has_value && !node.value.empty()) {
      return Error{Errc::bad_format, placed.uri.str() + " is an interior node and has a Value"};
    }
    return result;
  }
  if (!node.has_value) {
    if (description != nullptr && description->default_value) result.data = *description->default_value;
    return result;
  }
  TransferredValue value = DM_TRY(store_transferred(description, node.format, node.value, node.value_is_opaque));
  result.format = value.format;
  result.data = std::move(value.data);
  return result;
}

Result<void> set_titles(Transaction& transaction, const std::vector<PlacedNode>& placed) {
  for (const PlacedNode& node : placed) {
    if (!node.node->title && !node.kept) continue;
    const std::string wanted = node.node->title.value_or(std::string());
    if (DM_TRY(transaction.own_title(node.uri)) == wanted) continue;
    Result<void> done = transaction.set_property(node.uri, Property::title, wanted);
    if (!done && done.error().code != Errc::unsupported) return done;  // a device need not keep titles
  }
  return {};
}

// Children before parents: the rights a parent is about to get must not decide over its children yet.
Result<void> set_acls(Transaction& transaction, const std::vector<PlacedNode>& placed) {
  for (auto node = placed.rbegin(); node != placed.rend(); ++node) {
    if (!node->node->acl && !node->kept) continue;
    const Result<Acl> acl = node->node->acl ? Acl::parse(*node->node->acl) : Acl();
    if (!acl) return Error{Errc::failed, node->uri.str() + ": " + acl.error().detail};  // TND-070
    const std::string wanted = acl->str();
    if (DM_TRY(transaction.own_acl(node->uri)).str() == wanted) continue;
    DM_TRY(transaction.set_property(node->uri, Property::acl, wanted));
  }
  return {};
}

// What a leaf gets that is made anew and of which nothing is said (TNDS-031, TNDS-033).
void fill_in(const DdfNode* description, NewNode& leaf) {
  const bool described = description != nullptr;
  if (!leaf.format)
    leaf.format = described && !description->formats.empty() ? description->formats.front() : Format::chr;
  if (leaf.type && !leaf.type->empty()) return;
  leaf.type = described && !description->types.empty() ? description->types.front() : std::string(kTextPlain);
}

// Replaces the subtree of the document's first node.
class SubtreeReplacement {
 public:
  SubtreeReplacement(Transaction& transaction, std::vector<PlacedNode> placed)
      : transaction_(transaction), placed_(std::move(placed)), top_(placed_.front().uri) {}

  Result<void> run() {
    DM_TRY(transaction_.check_right(top_, AccessType::replace));
    for (const PlacedNode& node : placed_) wanted_.push_back(&node);
    std::sort(wanted_.begin(), wanted_.end(), [](const PlacedNode* a, const PlacedNode* b) { return a->uri < b->uri; });
    DM_TRY(prune());
    for (PlacedNode& node : placed_) DM_TRY(write(node));
    placed_.front().kept = false;  // only what is inside counts as created anew
    DM_TRY(set_titles(transaction_, placed_));
    return set_acls(transaction_, placed_);
  }

 private:
  Result<void> prune();
  Result<void> prune_child(const Uri& child, std::vector<Uri>& rest);
  Result<void> write(PlacedNode& node);
  bool is_same_object(const Uri& uri, const NewNode& form, const Node& there) const;
  Result<void> update(const PlacedNode& node, const Node& there, NewNode wanted);
  const PlacedNode* wanted(const Uri& uri) const;

  Transaction& transaction_;
  std::vector<PlacedNode> placed_;
  Uri top_;
  std::vector<const PlacedNode*> wanted_;  // by address
};

const PlacedNode* SubtreeReplacement::wanted(const Uri& uri) const {
  const auto found = std::lower_bound(wanted_.begin(), wanted_.end(), uri,
                                      [](const PlacedNode* node, const Uri& key) { return node->uri < key; });
  return found != wanted_.end() && (*found)->uri == uri ? *found : nullptr;
}

// Removes what the document does not name, or names as something else.
Result<void> SubtreeReplacement::prune() {
  std::vector<Uri> rest{top_};
  while (!rest.empty()) {
    const Uri parent = std::move(rest.back());
    rest.pop_back();
    const std::optional<Node> node = transaction_.peek(parent);
    if (!node) continue;
    for (const std::string& name : node->children) {
      const bool is_private = parent.is_root() && name == kPrivateRoot;  // no part of what anybody describes
      if (!is_private) DM_TRY(prune_child(parent.child(name), rest));
    }
  }
  return {};
}

Result<void> SubtreeReplacement::prune_child(const Uri& child, std::vector<Uri>& rest) {
  const std::optional<Node> there = transaction_.peek(child);
  if (!there) return {};
  const PlacedNode* wanted_node = wanted(child);
  if (wanted_node == nullptr) {
    if (there->scope == Scope::dynamic) return transaction_.remove(child);
    rest.push_back(child);  // it stays, with what is permanent below it (TNDS-046)
    return {};
  }
  const NewNode form = DM_TRY(stored_form(transaction_, *wanted_node));
  const bool to_leaf = form.format ? *form.format != Format::node : there->is_leaf();
  if (to_leaf != there->is_leaf()) return transaction_.remove(child);  // not_allowed where it is permanent
  if (to_leaf) return {};
  if (there->scope == Scope::dynamic && !is_same_object(child, form, *there)) return transaction_.remove(child);
  rest.push_back(child);
  return {};
}

// Whether the interior node would have the same identifier were it made anew.
bool SubtreeReplacement::is_same_object(const Uri& uri, const NewNode& form, const Node& there) const {
  const DdfNode* description = transaction_.tree().ddf().find(uri);
  if (description != nullptr && !description->types.empty()) return true;  // it has no choice
  return registered_mo_id(form.type.value_or(std::string())) == registered_mo_id(there.type);
}

Result<void> SubtreeReplacement::write(PlacedNode& node) {
  NewNode wanted_form = DM_TRY(stored_form(transaction_, node));
  const std::optional<Node> there = transaction_.peek(node.uri);
  if (!there || !node.uri.is_within(top_)) return transaction_.add(node.uri, std::move(wanted_form));
  node.kept = there->scope == Scope::dynamic;
  return update(node, *there, std::move(wanted_form));
}

Result<void> SubtreeReplacement::update(const PlacedNode& node, const Node& there, NewNode wanted_form) {
  if (wanted_form.format && (*wanted_form.format == Format::node) == there.is_leaf()) {
    const Errc code = there.scope == Scope::permanent ? Errc::not_allowed : Errc::bad_format;
    return Error{code, node.uri.str() + " cannot change between interior node and leaf"};
  }
  if (there.is_leaf()) {
    const bool same = wanted_form.data == there.data && (!wanted_form.format || *wanted_form.format == there.format) &&
                      (!wanted_form.type || *wanted_form.type == there.type);
    const DdfNode* description = transaction_.tree().ddf().find(node.uri);
    // A constant leaf may be part of the object, as long as it says what it always says.
    if (same && description != nullptr && !description->can(AccessType::replace)) return {};
    if (node.kept && node.uri != top_) fill_in(description, wanted_form);
    return transaction_.replace(node.uri,
                                {wanted_form.format, std::move(wanted_form.type), std::move(wanted_form.data)});
  }
  if (wanted_form.type && registered_mo_id(*wanted_form.type) != registered_mo_id(there.type)) {
    const Errc code = there.scope == Scope::permanent ? Errc::not_allowed : Errc::bad_format;
    return Error{code, node.uri.str() + " keeps its management object identifier"};
  }
  return {};
}

}  // namespace

Result<void> add_tnds(Transaction& transaction, const Uri& target, const TndsDocument& document) {
  const std::vector<PlacedNode> placed = DM_TRY(place_all(transaction, target, document));
  for (const PlacedNode& node : placed) {
    NewNode form = DM_TRY(stored_form(transaction, node));
    DM_TRY(transaction.add(node.uri, std::move(form)));
  }
  DM_TRY(set_titles(transaction, placed));
  return set_acls(transaction, placed);
}

Result<void> replace_tnds(Transaction& transaction, const Uri& target, const TndsDocument& document) {
  if (!transaction.exists(target)) {
    DM_TRY(transaction.check_right(target, AccessType::replace));
    return Error{Errc::not_found, target.str() + " does not exist"};
  }
  return SubtreeReplacement(transaction, DM_TRY(place_all(transaction, target, document))).run();
}

}  // namespace omadm
