#include "tools/common/tree_changes.h"

#include <algorithm>

#include "base/io/clock.h"

namespace omadm {
namespace {

struct Operation {
  const char* change;
  const char* command;  // of a commit that names none
};

Operation operation_of(EditRecord::Op op) {
  switch (op) {
    case EditRecord::Op::put:
      break;
    case EditRecord::Op::remove:
      return {"removed", "Delete"};
    case EditRecord::Op::rename:
      return {"renamed", "Rename"};
  }
  return {"set", "Replace"};
}

}  // namespace

nlohmann::json change_json(const CommitRecord& commit, const EditRecord& edit) {
  const Operation operation = operation_of(edit.op);
  const Origin& origin = commit.origin;
  nlohmann::json object{{"time", rfc3339(commit.time)},
                        {"who", origin.who},
                        {"session", origin.session},
                        {"msg", origin.msg},
                        {"cmd", origin.cmd},
                        {"command", origin.command.empty() ? operation.command : origin.command},
                        {"uri", edit.node.uri.str()},
                        {"status", "200"},  // what was refused is not committed
                        {"sequence", commit.sequence},
                        {"change", operation.change}};
  if (edit.op == EditRecord::Op::rename) object["renamed"] = edit.renamed.str();
  return object;
}

bool only_counts(const CommitRecord& commit, std::size_t index) {
  const EditRecord& edit = commit.edits[index];
  if (edit.op != EditRecord::Op::put || edit.node.format != Format::node) return false;
  const Uri& uri = edit.node.uri;
  const auto is_child = [&uri](const Uri& other) { return !other.is_root() && other.parent() == uri; };
  return std::any_of(commit.edits.begin(), commit.edits.begin() + static_cast<std::ptrdiff_t>(index),
                     [&](const EditRecord& earlier) { return is_child(earlier.node.uri); });
}

bool concerns(const EditRecord& edit, const Uri& uri) {
  if (edit.node.uri.is_within(uri)) return true;
  if (edit.op == EditRecord::Op::put) return false;
  if (uri.is_within(edit.node.uri)) return true;
  return edit.op == EditRecord::Op::rename && (edit.renamed.is_within(uri) || uri.is_within(edit.renamed));
}

bool may_see_change(Tree& tree, const Principal& who, const Uri& uri) {
  if (uri.is_within(Uri().child(kPrivateRoot))) return false;
  if (who.kind != Principal::Kind::server) return true;
  const Transaction transaction = tree.begin(who);
  Uri there = uri;
  while (!there.is_root() && !transaction.exists(there)) there = there.parent();
  return transaction.check_right(there, AccessType::get).has_value();
}

}  // namespace omadm
