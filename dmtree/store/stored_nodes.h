// What a log of commits adds up to, without descriptions and rights.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dmtree/store/store.h"

namespace omadm {

class StoredNodes {
 public:
  enum class Extent : std::uint8_t {
    whole,    // every node of a tree: edits must fit
    partial,  // some nodes of a tree: edits of others are none of its affair
  };
  explicit StoredNodes(Extent extent = Extent::whole) noexcept : extent_(extent) {}

  // corrupt, of a whole tree: a node without its parent, or an edit of one that is not there.
  Result<void> apply(const CommitRecord& commit);
  Result<void> apply(const EditRecord& edit);
  void put(NodeRecord node);  // whatever stands above it
  void erase_if(const std::function<bool(const NodeRecord&)>& condition);

  std::uint64_t sequence() const noexcept { return sequence_; }  // of the last commit
  std::size_t size() const noexcept { return nodes_.size(); }
  const NodeRecord* find(const Uri& uri) const;                            // null: not there
  void for_each(const std::function<void(const NodeRecord&)>& put) const;  // parents first

 private:
  bool has(const Uri& uri) const { return uri.is_root() || find(uri) != nullptr; }

  Extent extent_;
  std::map<std::string, NodeRecord, std::less<>> nodes_;  // by path
  std::uint64_t sequence_ = 0;
};

}  // namespace omadm
