// Generic alerts owed to servers, kept below ./.omadm/alerts until they were acknowledged. PRO-106, 304.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/io/log.h"
#include "base/result.h"
#include "dmtree/management_object.h"
#include "dmtree/tree.h"

namespace omadm {

// 1. An alert survives power loss once it was added and that is durable. 2. It leaves with an answer of the
// server other than 401 and 407, or with the server itself, and only then.
class AlertQueue {
 public:
  using Id = std::uint64_t;

  // `closed` hears of each alert that is not owed any more.
  using Closed = std::function<void(const GenericAlert& alert)>;
  AlertQueue(Tree& tree, Log& log, Closed closed = {}) : tree_(tree), log_(log), closed_(std::move(closed)) {}

  Result<void> add(const GenericAlert& alert);                            // durable on return
  Result<void> add(Transaction& transaction, const GenericAlert& alert);  // with what else is in `transaction`
  std::vector<std::pair<Id, GenericAlert>> owed_to(std::string_view server_id) const;  // oldest first
  std::set<std::string> servers() const;                                               // to which something is owed
  std::size_t size() const;
  // The Status of the server. Not flushed: the flush before the next message covers it.
  void answered(Id id, int status);
  void server_gone(std::string_view server_id);  // nobody is left to take its alerts; not flushed

 private:
  std::vector<std::pair<Id, GenericAlert>> all() const;
  void close(Id id, const GenericAlert& alert);
  Result<void> remove(Id id);

  Tree& tree_;
  Log& log_;
  Closed closed_;
  Id last_ = 0;  // highest id given out since opening: none is reused while a session may still answer it
};

}  // namespace omadm
