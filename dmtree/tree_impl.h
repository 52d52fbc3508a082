// What the committed tree consists of. For tree.cpp and the transactions alone.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/management_object.h"
#include "dmtree/overlay.h"
#include "dmtree/store/store.h"
#include "dmtree/tree.h"
#include "dmtree/tree_node.h"

namespace omadm {

// An object and those edits of a commit that are in its part of the tree.
struct TouchedObject {
  ManagementObject* object = nullptr;
  std::vector<Edit> edits;
};

struct Tree::Impl {
  Impl(Store& s, const Ddf& d, const Clock& c) : store(s), ddf(d), clock(c), nodes(d) {}

  ManagementObject* owner(const Uri& uri) const;  // the deepest attached at or above; null: none
  std::vector<TouchedObject> touched(const std::vector<Edit>& edits) const;
  bool is_attached(const ManagementObject* object) const;
  // A commit that `object` has not been told of concerns the value of `leaf`: what is stored is newer than what lives.
  bool is_untold(const ManagementObject* object, const Uri& leaf) const;

  // A commit that somebody is to be told of.
  struct Unflushed {
    CommitRecord record;  // empty: nobody was observing then
    std::vector<TouchedObject> objects;
  };

  Store& store;
  const Ddf& ddf;
  const Clock& clock;
  CommittedNodes nodes;
  UriLimits limits;
  LoadReport report;
  std::uint64_t generation = 0;
  std::uint64_t sequence = 0;
  std::optional<Error> store_failure;  // the first one of the store: no further commit
  bool flushing = false;
  bool unsynced = false;  // commits since the store was last synced
  std::vector<std::pair<Uri, ManagementObject*>> objects;
  std::vector<std::pair<Uri, FileKeeper*>> keepers;  // of those objects that keep values in files
  std::vector<Observer> observers;
  std::vector<Unflushed> unflushed;
  // What a commit leaves behind for the next one, so that their memory is used again.
  std::unique_ptr<Overlay> spare_overlay;
  CommitRecord record;
};

}  // namespace omadm
