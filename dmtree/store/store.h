// Where the tree is kept: a log of commits. Formats and files are the implementations' affair.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

// The whole stored state of one node, children excluded.
struct NodeRecord {
  Uri uri;
  Format format = Format::node;
  std::string type;  // MIME type of a leaf, management object identifier of an interior node
  std::string title;
  std::string acl;          // own ACL, normalised; empty: inherits
  std::int64_t tstamp = 0;  // seconds since 1970, UTC: last change of the value
  std::uint16_t verno = 0;
  Octets data;
};

struct EditRecord {
  enum class Op : std::uint8_t {
    put = 1,     // create or overwrite `node`; its children stay; parents come first
    remove = 2,  // `node.uri` and everything below
    rename = 3,  // `node.uri` becomes `renamed`, with everything below
  };
  Op op = Op::put;
  NodeRecord node;  // remove and rename use only its uri
  Uri renamed;
};

// Who made a commit, for the history.
struct Origin {
  std::string who;      // "server:ID", "user" or "device"
  std::string session;  // SessionID, empty outside sessions
  std::string msg;      // MsgID
  std::string cmd;      // CmdID
  std::string command;  // "Add" …, or what the device did
};

struct CommitRecord {
  std::uint64_t sequence = 0;  // 1, 2, 3 … without gap
  std::int64_t time = 0;       // seconds since 1970, UTC
  Origin origin;
  std::vector<EditRecord> edits;
};

// What loading found out.
struct LoadReport {
  std::uint64_t generation = 0;       // of the snapshot in use
  std::uint64_t records = 0;          // good records read, snapshot and journal
  std::vector<std::string> problems;  // for people; empty: clean
};

// A log of commits. Calls come from one thread. After an io error of append, sync or compact the store
// refuses further writes (unavailable): a failed sync is never retried; reopen and load.
class Store {
 public:
  using Replay = std::function<Result<void>(const CommitRecord&)>;
  using Snapshot = std::function<void(const std::function<void(const NodeRecord&)>& put)>;

  virtual ~Store() = default;
  // Hands every commit since the beginning to `replay`, oldest first (a snapshot is one commit of puts).
  // Called once, before anything else. corrupt: nothing usable is left.
  virtual Result<LoadReport> load(const Replay& replay) = 0;
  virtual Result<void> append(const CommitRecord& commit) = 0;  // may stay in memory until sync; storage_full, io
  virtual Result<void> sync() = 0;                              // every append so far is durable
  virtual bool wants_compaction() const = 0;
  // Replaces the log by a snapshot of the state after commit `sequence`. Durable on return.
  virtual Result<void> compact(std::uint64_t sequence, const Snapshot& snapshot) = 0;
};

}  // namespace omadm
