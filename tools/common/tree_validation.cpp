// The tree against its descriptions.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "dmtree/ddf/ddf.h"
#include "dmtree/value.h"
#include "tools/common/tree_request_parts.h"

namespace omadm {
namespace {

using nlohmann::json;

class Validation {
 public:
  explicit Validation(const Ddf& ddf) : ddf_(ddf) {}

  void check(const Node& node) {
    ++nodes_;
    const DdfNode* described = ddf_.find(node.uri);
    if (described == nullptr) {
      if (!ddf_.may_exist(node.uri)) complain(node, "no description has a place for it");
    } else {
      check_kind(node, *described);
      if (!node.is_leaf()) check_children(node, *described);
    }
    // No value is quoted: it may be a secret.
    if (node.is_leaf() && !check_value(node.format, node.data)) {
      complain(node, "the value is not of Format " + std::string(to_string(node.format)));
    }
  }

  json result() && { return {{"ok", problems_.empty()}, {"nodes", nodes_}, {"problems", std::move(problems_)}}; }

 private:
  void complain(const Node& node, const std::string& what) { problems_.push_back(node.uri.str() + ": " + what); }

  void check_kind(const Node& node, const DdfNode& described) {
    const auto& formats = described.formats;
    if (!formats.empty() && std::find(formats.begin(), formats.end(), node.format) == formats.end()) {
      complain(node, "Format " + std::string(to_string(node.format)) + " is not described");
    }
    const auto& types = described.types;
    const bool listed = types.empty() || std::find(types.begin(), types.end(), node.type) != types.end();
    if (node.is_leaf() && !listed) complain(node, "Type " + node.type + " is not described");
  }

  void check_children(const Node& node, const DdfNode& described) {
    for (const auto& child : described.children) {
      const auto is_it = [&](const std::string& name) { return described.child(name) == child.get(); };
      const auto count = static_cast<std::uint64_t>(std::count_if(node.children.begin(), node.children.end(), is_it));
      const std::string name = child->name.empty() ? "a child" : child->name;
      if (count < child->min_occurs && !child->implied) complain(node, name + " is missing");
      if (child->max_occurs != 0 && count > child->max_occurs) {
        complain(node,
                 "has " + std::to_string(count) + " children where " + std::to_string(child->max_occurs) + " may be");
      }
    }
  }

  const Ddf& ddf_;
  std::size_t nodes_ = 0;
  json problems_ = json::array();
};

}  // namespace

Result<json> validate_subtree(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  DM_TRY(request.begin("Get").property(uri, Property::format));  // what the asker cannot see is not there
  const Uri private_root = Uri().child(kPrivateRoot);
  Validation validation(request.tree().ddf());
  for (const Node& node : DM_TRY(request.tree().begin(Principal::device()).list(uri))) {
    if (!node.uri.is_within(private_root)) validation.check(node);
  }
  return std::move(validation).result();
}

}  // namespace omadm
