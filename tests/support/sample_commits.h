// Commits for tests of stores, and what they add up to.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dmtree/store/store.h"

namespace omadm::test {

inline Uri uri(std::string_view text) {
  Result<Uri> parsed = Uri::parse(text);
  return parsed ? *parsed : Uri();
}

inline NodeRecord leaf(std::string_view address, std::string data, std::int64_t tstamp = 1700000000) {
  NodeRecord node;
  node.uri = uri(address);
  node.format = Format::chr;
  node.type = kTextPlain;
  node.tstamp = tstamp;
  node.data = std::move(data);
  return node;
}

inline NodeRecord interior(std::string_view address, std::string acl = {}) {
  NodeRecord node;
  node.uri = uri(address);
  node.acl = std::move(acl);
  node.tstamp = 1700000000;
  return node;
}

inline EditRecord put(NodeRecord node) { return {EditRecord::Op::put, std::move(node), {}}; }
inline EditRecord remove(std::string_view address) {
  EditRecord edit;
  edit.op = EditRecord::Op::remove;
  edit.node.uri = uri(address);
  return edit;
}
inline EditRecord rename(std::string_view from, std::string_view to) {
  EditRecord edit;
  edit.op = EditRecord::Op::rename;
  edit.node.uri = uri(from);
  edit.renamed = uri(to);
  return edit;
}

inline CommitRecord commit(std::uint64_t sequence, std::vector<EditRecord> edits) {
  CommitRecord record;
  record.sequence = sequence;
  record.time = 1700000000 + static_cast<std::int64_t>(sequence);
  record.origin.who = "server:acme";
  record.origin.session = "7";
  record.origin.msg = "2";
  record.origin.cmd = std::to_string(sequence);
  record.origin.command = "Add";
  record.edits = std::move(edits);
  return record;
}

// The state commits add up to: every stored fact of every node, as text.
class SampleState {
 public:
  void apply(const CommitRecord& record) {
    sequence_ = record.sequence;
    for (const EditRecord& edit : record.edits) apply(edit);
  }
  std::uint64_t sequence() const { return sequence_; }
  const std::map<std::string, NodeRecord>& nodes() const { return nodes_; }

  // One line a node.
  std::string text() const {
    std::string result;
    for (const auto& [path, node] : nodes_) {
      result += path + '|' + std::string(to_string(node.format)) + '|' + node.type + '|' + node.title + '|' + node.acl +
                '|' + std::to_string(node.tstamp) + '|' + std::to_string(node.verno) + '|' + node.data + '\n';
    }
    return result;
  }

 private:
  void apply(const EditRecord& edit) {
    const std::string path(edit.node.uri.path());
    if (edit.op == EditRecord::Op::put) {
      nodes_[path] = edit.node;
      return;
    }
    std::map<std::string, NodeRecord> kept;
    for (auto& [name, node] : nodes_) {
      if (!node.uri.is_within(edit.node.uri)) {
        kept[name] = std::move(node);
      } else if (edit.op == EditRecord::Op::rename) {
        node.uri = node.uri.rebased(edit.node.uri, edit.renamed);
        const std::string renamed(node.uri.path());
        kept[renamed] = std::move(node);
      }
    }
    nodes_ = std::move(kept);
  }

  std::map<std::string, NodeRecord> nodes_;
  std::uint64_t sequence_ = 0;
};

inline Store::Snapshot snapshot_of(const SampleState& state) {
  return [&state](const std::function<void(const NodeRecord&)>& put_node) {
    for (const auto& [path, node] : state.nodes()) put_node(node);
  };
}

// A varied sequence of commits, 1 … count.
inline std::vector<CommitRecord> sample_commits(std::size_t count) {
  std::vector<CommitRecord> commits;
  for (std::uint64_t n = 1; n <= count; ++n) {
    const std::string branch = "./Vendor/B" + std::to_string(n % 3);
    std::vector<EditRecord> edits;
    if (n == 1) edits.push_back(put(interior("./Vendor", "Get=*&Replace=acme")));
    switch (n % 5) {
      case 0:
        edits.push_back(remove(branch));
        break;
      case 4:
        edits.push_back(rename(branch, branch + "x" + std::to_string(n)));
        break;
      default:
        edits.push_back(put(interior(branch)));
        edits.push_back(put(leaf(branch + "/Level", "value " + std::to_string(n))));
        edits.push_back(put(leaf(branch + "/Blob", std::string(n * 7 % 90, static_cast<char>(n)))));
    }
    commits.push_back(commit(n, std::move(edits)));
  }
  return commits;
}

}  // namespace omadm::test
