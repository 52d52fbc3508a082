#include "dmtree/store/stored_nodes.h"

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
  const bool whole = extent_ == Extent::whole;
  const Uri& uri = edit.node.uri;
  if (edit.op == EditRecord::Op::put) {
    if (whole && !has(uri.parent())) return Error{Errc::corrupt, uri.str() + " has no parent"};
    put(edit.node);
    return {};
  }
  if (uri.is_root() || (whole && !has(uri))) return Error{Errc::corrupt, uri.str() + " is not there"};
  // Addresses that begin with this one stand together, with "A-" between "A" and "A/B".
  std::vector<NodeRecord> moved;
  for (auto at = nodes_.lower_bound(uri.path()); at != nodes_.end();) {
    if (at->first.compare(0, uri.path().size(), uri.path()) != 0) break;
    if (!at->second.uri.is_within(uri)) {
      ++at;
      continue;
    }
    moved.push_back(std::move(at->second));
    at = nodes_.erase(at);
  }
  if (edit.op == EditRecord::Op::remove) return {};
  if (whole && (!has(edit.renamed.parent()) || has(edit.renamed))) {
    return Error{Errc::corrupt, uri.str() + " cannot become " + edit.renamed.str()};
  }
  for (NodeRecord& node : moved) {
    node.uri = node.uri.rebased(uri, edit.renamed);
    put(std::move(node));
  }
  return {};
}

void StoredNodes::put(NodeRecord node) {
  std::string path(node.uri.path());
  nodes_.insert_or_assign(std::move(path), std::move(node));
}

void StoredNodes::erase_if(const std::function<bool(const NodeRecord&)>& condition) {
  std::erase_if(nodes_, [&condition](const auto& entry) { return condition(entry.second); });
}

const NodeRecord* StoredNodes::find(const Uri& uri) const {
  const auto found = nodes_.find(uri.path());
  return found != nodes_.end() ? &found->second : nullptr;
}

void StoredNodes::for_each(const std::function<void(const NodeRecord&)>& put) const {
  for (const auto& [path, node] : nodes_) put(node);
}

}  // namespace omadm
