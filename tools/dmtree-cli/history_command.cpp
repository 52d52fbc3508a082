#include "tools/dmtree-cli/history_command.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/io/clock.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/tree_changes.h"
#include "tools/dmtree-cli/configured_ddfs.h"
#include "tools/dmtree-cli/state_directory.h"
#include "tools/dmtree-cli/stored_past.h"
#include "tools/dmtree-cli/tree_access.h"

namespace omadm {
namespace {

using nlohmann::json;

// Whom the history is told to. Only a server's rights need the tree.
class Listener {
 public:
  static Result<Listener> of(const Arguments& arguments) {
    Listener listener;
    if (!arguments.as) return listener;
    listener.who_ = Principal::server(*arguments.as);
    const std::vector<std::string> descriptions = DM_TRY(configured_ddfs(arguments.common.config));
    listener.tree_ = DM_TRY(LocalTree::open_for_reading(arguments.common.state_directory(), descriptions));
    return listener;
  }
  bool may_see(const Uri& uri) const {
    if (tree_ != nullptr) return may_see_change(tree_->tree(), who_, uri);
    return !uri.is_within(Uri().child(kPrivateRoot));
  }

 private:
  Principal who_ = Principal::user();
  std::unique_ptr<LocalTree> tree_;  // null: for the user
};

// Adds what the node before the edit tells about it.
json described(json change, const EditRecord& edit, const NodeRecord* before) {
  if (edit.op != EditRecord::Op::put) return change;
  static const NodeRecord kBareRoot;  // the root is always there
  if (edit.node.uri.is_root() && before == nullptr) before = &kBareRoot;
  change["change"] = before == nullptr ? "added" : "changed";
  if (before == nullptr) return change;
  json properties = json::array();
  const NodeRecord& after = edit.node;
  if (before->acl != after.acl) properties.push_back("ACL");
  if (before->title != after.title) properties.push_back("Title");
  if (before->type != after.type) properties.push_back("Type");
  if (before->format != after.format) properties.push_back("Format");
  // Also what was replaced by the same again.
  const bool leaf = after.format != Format::node;
  if (before->data != after.data || (leaf && properties.empty())) properties.push_back("Value");
  change["properties"] = std::move(properties);
  return change;
}

Result<json> changes(const Arguments& arguments) {
  const Uri below = DM_TRY(Uri::parse(arguments.uri));
  const StoredPast past = DM_TRY(load_past(arguments.common.state_directory()));
  const Listener listener = DM_TRY(Listener::of(arguments));
  const History& history = past.history;
  std::size_t first = 0;
  bool reaches = past.is_complete();
  if (!arguments.since.empty()) {
    const auto since = parse_moment(arguments.since, SystemClock().utc_seconds());
    if (!since)
      return Error{Errc::malformed, "--since: '" + arguments.since + "' is none of " + std::string(kMomentForms)};
    // What was made at that very second belongs to the time since.
    const Moment before = since->sequence ? *since : Moment{std::nullopt, since->time - 1};
    const auto count = past.commits_until(before);
    const bool later = since->sequence && *since->sequence > history.sequence;
    reaches = count.has_value() || later;
    first = count ? *count : later ? history.commits.size() : 0;
  }
  json list = json::array();
  StoredNodes nodes = history.base;
  for (std::size_t i = 0; i < history.commits.size(); ++i) {
    const CommitRecord& commit = history.commits[i];
    for (std::size_t k = 0; k < commit.edits.size(); ++k) {
      const EditRecord& edit = commit.edits[k];
      if (i >= first && concerns(edit, below) && listener.may_see(edit.node.uri)) {
        json change = described(change_json(commit, edit), edit, nodes.find(edit.node.uri));
        const bool counts = change.value("properties", json()) == json::array() && only_counts(commit, k);
        if (!counts) list.push_back(std::move(change));
      }
      DM_TRY(nodes.apply(edit));
    }
  }
  return json{{"changes", std::move(list)}, {"complete", reaches}, {"begins_after", past.before_all()}};
}

struct LastChange {
  std::size_t commit = 0;  // its place in the history
  const EditRecord* edit = nullptr;
  Uri uri;  // the node's address then
};

// Back in time; the node may have had other addresses.
std::optional<LastChange> last_change(const History& history, Uri uri) {
  for (std::size_t i = history.commits.size(); i-- > 0;) {
    const std::vector<EditRecord>& edits = history.commits[i].edits;
    for (std::size_t k = edits.size(); k-- > 0;) {
      const EditRecord& edit = edits[k];
      const Uri& about = edit.op == EditRecord::Op::rename ? edit.renamed : edit.node.uri;
      if (about == uri && !only_counts(history.commits[i], k)) return LastChange{i, &edit, uri};
      if (edit.op == EditRecord::Op::rename && uri.is_within(about)) uri = uri.rebased(about, edit.node.uri);
    }
  }
  return std::nullopt;
}

// Why there is nothing to blame, with who removed it where that is known.
Error not_there(const History& history, const Uri& uri) {
  for (auto commit = history.commits.rbegin(); commit != history.commits.rend(); ++commit) {
    for (const EditRecord& edit : commit->edits) {
      if (edit.op == EditRecord::Op::put || !uri.is_within(edit.node.uri)) continue;
      const json change = change_json(*commit, edit);
      return {Errc::not_found, uri.str() + ": " + change["change"].get<std::string>() + " by " + commit->origin.who +
                                   " at " + rfc3339(commit->time) + " (" + change["command"].get<std::string>() + ")"};
    }
  }
  return {Errc::not_found, uri.str() + ": no such node"};
}

Result<json> blame(const Arguments& arguments) {
  const Uri uri = DM_TRY(Uri::parse(arguments.uri));
  const StoredPast past = DM_TRY(load_past(arguments.common.state_directory()));
  const Listener listener = DM_TRY(Listener::of(arguments));
  const bool there = uri.is_root() || past.now.find(uri) != nullptr;
  if (!listener.may_see(uri)) {
    if (!arguments.as || !there) return Error{Errc::not_found, uri.str() + ": no such node"};
    return Error{Errc::permission_denied, uri.str() + ": " + *arguments.as + " may not read it"};
  }
  if (!there) return not_there(past.history, uri);
  const auto last = last_change(past.history, uri);
  if (!last) {
    json unknown{{"uri", uri.str()}, {"known", false}, {"complete", past.is_complete()}};
    if (!past.is_complete()) unknown["before"] = rfc3339(past.history.time);
    return unknown;
  }
  const CommitRecord& commit = past.history.commits[last->commit];
  const StoredNodes before = DM_TRY(past.history.after(last->commit, past.now));
  json result = described(change_json(commit, *last->edit), *last->edit, before.find(last->edit->node.uri));
  result["known"] = true;
  return result;
}

json answer_of(Result<json> result) {
  if (result) return control_answer(std::move(*result));
  const Error& error = result.error();
  switch (error.code) {
    case Errc::malformed:
    case Errc::uri_too_long:
      return control_failure(error, kExitUsage);
    case Errc::permission_denied: {
      json answer = control_failure(error);
      answer["status"] = 425;
      return answer;
    }
    case Errc::not_found:
      // As with every other command: a directory that is not there is no missing node.
      return control_failure(error, error.detail.starts_with("no state") ? kExitFailed : kExitNotFound);
    default:
      return store_failure(error);
  }
}

}  // namespace

json list_changes(const Arguments& arguments) { return answer_of(changes(arguments)); }

json blame_node(const Arguments& arguments) { return answer_of(blame(arguments)); }

}  // namespace omadm
