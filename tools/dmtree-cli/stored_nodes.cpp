#include "tools/dmtree-cli/stored_nodes.h"

#include <utility>
#include <vector>

namespace omadm {

Result<void> StoredNodes::apply(const CommitRecord& commit) {
  for (const EditRecord& edit : commit.edits) {
    if (auto applied = apply(edit); !applied) {
      return Error{Errc::corrupt, "record " + std::to_string(commit.sequence) + ": " + applied.error().detail};
    }
  }
  sequence_ = commit.sequence;
  return {};
}

Result<void> StoredNodes::apply(const EditRecord& edit) {
  const Uri& uri = edit.node.uri;
  if (edit.op == EditRecord::Op::put) {
    if (!has(uri.parent())) return Error{Errc::corrupt, uri.str() + " has no parent"};
    nodes_[std::string(uri.path())] = edit.node;
    return {};
  }
  if (uri.is_root() || !has(uri)) return Error{Errc::corrupt, uri.str() + " is not there"};
  // Addresses that begin with this one stand together, with "A-" between "A" and "A/B".
  std::vector<NodeRecord> moved;
  for (auto at = nodes_.lower_bound(std::string(uri.path())); at != nodes_.end();) {
    if (at->first.compare(0, uri.path().size(), uri.path()) != 0) break;
    if (!at->second.uri.is_within(uri)) {
      ++at;
      continue;
    }
    moved.push_back(std::move(at->second));
    at = nodes_.erase(at);
  }
  if (edit.op == EditRecord::Op::remove) return {};
  if (!has(edit.renamed.parent()) || has(edit.renamed)) {
    return Error{Errc::corrupt, uri.str() + " cannot become " + edit.renamed.str()};
  }
  for (NodeRecord& node : moved) {
    node.uri = node.uri.rebased(uri, edit.renamed);
    const std::string path(node.uri.path());
    nodes_[path] = std::move(node);
  }
  return {};
}

void StoredNodes::for_each(const std::function<void(const NodeRecord&)>& put) const {
  for (const auto& [path, node] : nodes_) put(node);
}

}  // namespace omadm
