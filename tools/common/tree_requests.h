// Reads and edits of a tree as JSON, so that dmtree-cli can have a running daemon do them.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace omadm {

class LiveValues;
class Tree;

// Does what `request` asks: {"op": "tree.get", …}. Edits are committed and flushed on return.
// Answers {"ok": true, "result": …} or {"ok": false, "error": text, "code": name of the Errc, "exit": UI-004}, with
// "status", the SyncML code, where one applies. An unknown op is refused with exit 2.
nlohmann::json run_tree_request(Tree& tree, const nlohmann::json& request);

// Has objects that read slowly get the live values `request` asks for, as Tree::fetch. Null: run it at once.
std::unique_ptr<LiveValues> fetch_for_tree_request(Tree& tree, const nlohmann::json& request,
                                                   std::function<void()> ready);

}  // namespace omadm
