// Trees to measure: every leaf at depth 6, so that only the number of nodes differs.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tree.h"

namespace omadm::bench {

// Ends the program: a benchmark of something that fails measures nothing.
inline void demand(const Result<void>& result) {
  if (!result) {
    std::fprintf(stderr, "bench: %s\n", result.error().detail.c_str());
    std::abort();
  }
}
template <typename T>
T demand(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "bench: %s\n", result.error().detail.c_str());
    std::abort();
  }
  return std::move(result).value();
}

struct Device {
  Ddf ddf;
  SystemClock clock;
  std::unique_ptr<Tree> tree;

  explicit Device(Store& store) { tree = demand(Tree::open(store, ddf, clock)); }
};

// Adds about `nodes` nodes below ./Bench, which every server may use; returns the leaves.
inline std::vector<Uri> fill(Tree& tree, std::size_t nodes, const std::string& value) {
  Transaction transaction = tree.begin(Principal::device());
  const Uri root = Uri().child("Bench");
  demand(transaction.put(root, {Format::node, "", {}}));
  demand(transaction.set_property(root, Property::acl, "Add=*&Delete=*&Exec=*&Get=*&Replace=*"));
  const std::size_t width = nodes >= 50000 ? 10 : nodes >= 1000 ? 5 : 2;
  std::vector<Uri> level{root};
  std::size_t made = 1;
  for (int depth = 2; depth <= 5; ++depth) {
    std::vector<Uri> next;
    for (const Uri& parent : level) {
      for (std::size_t i = 0; i < width; ++i) {
        next.push_back(parent.child("n" + std::to_string(i)));
        demand(transaction.put(next.back(), {Format::node, "", {}}));
      }
    }
    made += next.size();
    level = std::move(next);
  }
  std::vector<Uri> leaves;
  for (std::size_t i = 0; made < nodes; ++i, ++made) {
    leaves.push_back(level[i % level.size()].child("leaf" + std::to_string(i / level.size())));
    demand(transaction.put(leaves.back(), {Format::chr, "text/plain", value}));
  }
  demand(std::move(transaction).commit());
  demand(tree.flush());
  return leaves;
}

}  // namespace omadm::bench
