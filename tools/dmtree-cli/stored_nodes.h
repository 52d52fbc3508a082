// What a log of commits adds up to, without descriptions and rights.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "dmtree/store/store.h"

namespace omadm {

class StoredNodes {
 public:
  // corrupt: a node without its parent, or an edit of one that is not there.
  Result<void> apply(const CommitRecord& commit);
  std::uint64_t sequence() const noexcept { return sequence_; }  // of the last commit
  std::size_t size() const noexcept { return nodes_.size(); }
  void for_each(const std::function<void(const NodeRecord&)>& put) const;  // parents first

 private:
  Result<void> apply(const EditRecord& edit);
  bool has(const Uri& uri) const { return uri.is_root() || nodes_.count(std::string(uri.path())) != 0; }

  std::map<std::string, NodeRecord> nodes_;  // by path
  std::uint64_t sequence_ = 0;
};

}  // namespace omadm
