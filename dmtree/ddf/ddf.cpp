#include "dmtree/ddf/ddf.h"

#include <algorithm>
#include <utility>

#include "dmtree/ddf/ddf_parser.h"

namespace omadm {
namespace {

void allow_everything(DdfNode& node) {
  std::fill(std::begin(node.access), std::end(node.access), true);
  std::fill(std::begin(node.properties), std::end(node.properties), true);
  node.properties[static_cast<std::size_t>(Property::size)] = false;
  node.formats = {Format::node};
  node.min_occurs = 0;
}

DdfNode* exact_child(DdfNode& parent, std::string_view name) {
  const auto found = std::find_if(parent.children.begin(), parent.children.end(),
                                  [&](const auto& child) { return child->name == name; });
  return found != parent.children.end() ? found->get() : nullptr;
}

void set_locality(DdfNode& node, std::size_t locality) {
  node.locality = locality;
  for (const auto& child : node.children) set_locality(*child, locality);
}

// Recursion is bounded by what the parser accepts, here and below.
std::unique_ptr<DdfNode> copy_of(const DdfNode& node) {
  auto copy = std::make_unique<DdfNode>();
  static_cast<DdfProperties&>(*copy) = node;
  for (const auto& child : node.children) copy->children.push_back(copy_of(*child));
  return copy;
}

// A leaf that has come to have children: the documents, or two Nodes of one, do not agree.
std::optional<Uri> torn_leaf(const DdfNode& node, const Uri& uri) {
  if (!node.is_interior() && !node.children.empty()) return uri;
  for (const auto& child : node.children) {
    // Below a node of any name the address ends at its parent: good enough to find the place.
    auto torn = torn_leaf(*child, child->name.empty() ? uri : uri.child(child->name));
    if (torn) return torn;
  }
  return std::nullopt;
}

std::size_t depth_of(const DdfNode& node) {
  std::size_t deepest = 0;
  for (const auto& child : node.children) deepest = std::max(deepest, 1 + depth_of(*child));
  return deepest;
}

void merge_children(DdfNode& into, std::vector<std::unique_ptr<DdfNode>> children);

// The more local description wins, the later one among equals (TNDS-016); children come together.
void merge(DdfNode& into, DdfNode&& described) {
  std::vector<std::unique_ptr<DdfNode>> children = std::move(described.children);
  if (into.implied || described.locality >= into.locality) {
    std::vector<std::unique_ptr<DdfNode>> kept = std::move(into.children);
    into = std::move(described);
    into.children = std::move(kept);
  }
  merge_children(into, std::move(children));
}

void merge_children(DdfNode& into, std::vector<std::unique_ptr<DdfNode>> children) {
  for (auto& child : children) {
    if (DdfNode* same = exact_child(into, child->name)) {
      merge(*same, std::move(*child));
    } else {
      into.children.push_back(std::move(child));
    }
  }
}

// The node a Path leads to. What no document has described yet is implied.
DdfNode& walk(DdfNode& root, const Uri& path) {
  DdfNode* node = &root;
  std::string_view rest = path.path();
  while (!rest.empty()) {
    const std::string_view name = Uri::next_segment(rest);
    DdfNode* next = exact_child(*node, name);
    if (next == nullptr) next = exact_child(*node, "");
    if (next == nullptr) {
      auto implied = std::make_unique<DdfNode>();
      implied->name = name;
      implied->implied = true;
      allow_everything(*implied);
      next = implied.get();
      node->children.push_back(std::move(implied));
    }
    node = next;
  }
  return *node;
}

bool find_object(const DdfNode& node, const Uri& uri, std::string_view mo_id, Placement& placement) {
  for (const auto& child : node.children) {
    const bool same =
        child->is_interior() && std::find(child->types.begin(), child->types.end(), mo_id) != child->types.end();
    if (same) {
      placement = {uri, child->name};
      return true;
    }
    if (!child->name.empty() && find_object(*child, uri.child(child->name), mo_id, placement)) return true;
  }
  return false;
}

}  // namespace

bool DdfNode::is_interior() const noexcept {
  return std::find(formats.begin(), formats.end(), Format::node) != formats.end();
}

const DdfNode* DdfNode::child(std::string_view canonical) const noexcept {
  const DdfNode* placeholder = nullptr;
  for (const auto& node : children) {
    if (node->name == canonical) return node.get();
    if (node->name.empty()) placeholder = node.get();
  }
  return placeholder;
}

Ddf::Ddf() : root_(std::make_unique<DdfNode>()) {
  root_->name = ".";
  root_->scope = Scope::permanent;
  allow_everything(*root_);
}

Ddf::Ddf(Ddf&&) noexcept = default;
Ddf& Ddf::operator=(Ddf&&) noexcept = default;
Ddf::~Ddf() = default;

Result<void> Ddf::add(std::string_view document, std::string_view origin, const Limits& limits) {
  std::vector<DescribedBranch> branches = DM_TRY(parse_ddf(document, origin, limits));
  const auto malformed = [&](const DescribedBranch& branch, const std::string& what) {
    return Error{Errc::malformed, std::string(origin) + ":" + std::to_string(branch.line) + ": " + what};
  };
  std::unique_ptr<DdfNode> merged = copy_of(*root_);
  for (DescribedBranch& branch : branches) {
    if (branch.parent.depth() + 1 + depth_of(*branch.node) > kMaxSegments) {
      return malformed(branch, "an address would have more than " + std::to_string(kMaxSegments) + " segments");
    }
    if (branch.node->name != ".") {
      set_locality(*branch.node, branch.parent.depth() + 1);
      std::vector<std::unique_ptr<DdfNode>> nodes;
      nodes.push_back(std::move(branch.node));
      merge_children(walk(*merged, branch.parent), std::move(nodes));
      continue;
    }
    if (!branch.parent.is_root()) return malformed(branch, "Path of the root");
    if (!branch.node->is_interior()) return malformed(branch, "the root is a leaf");
    set_locality(*branch.node, 0);
    branch.node->open = true;  // TND-001: the root is there whatever a document says, and open
    branch.node->scope = Scope::permanent;
    merge(*merged, std::move(*branch.node));
  }
  if (const auto torn = torn_leaf(*merged, Uri())) {
    const auto culprit = std::find_if(branches.rbegin(), branches.rend(), [&](const DescribedBranch& branch) {
      return branch.parent.is_within(*torn) || torn->is_within(branch.parent);
    });
    return malformed(culprit != branches.rend() ? *culprit : branches.back(),
                     torn->str() + " is a leaf and has Nodes below it");
  }
  root_ = std::move(merged);
  return {};
}

Result<std::vector<Uri>> Ddf::roots(std::string_view document, std::string_view origin, const Limits& limits) {
  std::vector<Uri> found;
  for (const DescribedBranch& branch : DM_TRY(parse_ddf(document, origin, limits))) {
    if (branch.node->name.empty() || branch.node->name == ".") {
      const std::string_view what = branch.node->name.empty() ? "a top Node without a name" : "the root of the tree";
      return Error{Errc::unsupported,
                   std::string(origin) + ":" + std::to_string(branch.line) + ": nobody can own " + std::string(what)};
    }
    found.push_back(branch.parent.child(branch.node->name));
  }
  return found;
}

const DdfNode& Ddf::root() const noexcept { return *root_; }

const DdfNode* Ddf::find(const Uri& uri) const noexcept {
  const DdfNode* node = root_.get();
  std::string_view rest = uri.path();
  while (node != nullptr && !rest.empty()) node = node->child(Uri::next_segment(rest));
  return node;
}

bool Ddf::may_exist(const Uri& uri) const noexcept {
  const DdfNode* node = root_.get();
  std::string_view rest = uri.path();
  while (!rest.empty()) {
    const DdfNode* child = node->child(Uri::next_segment(rest));
    if (child == nullptr) return node->is_open();
    node = child;
  }
  return true;
}

std::optional<Placement> Ddf::locate(std::string_view mo_id) const {
  Placement placement;
  if (mo_id.empty() || !find_object(*root_, Uri(), mo_id, placement)) return std::nullopt;
  return placement;
}

}  // namespace omadm
