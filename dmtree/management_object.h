// Adding an object of one's own: what the tree asks of those who own a part of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

class Transaction;
class Tree;

// One change of a transaction, in the order made.
struct Edit {
  enum class Kind : std::uint8_t { add, replace, remove, rename, property };
  Kind kind = Kind::replace;
  Uri uri;      // the node; for rename its former address
  Uri renamed;  // rename only: its new address
};
using Edits = std::span<const Edit>;

struct ExecRequest {
  Uri uri;                 // the node executed
  Octets data;             // of the Item, decoded; may be empty
  std::string correlator;  // of the Exec; empty: none was given (PRO-177)
  std::string server_id;   // who asks; empty: the device itself
};
enum class ExecOutcome : std::uint8_t {
  done,      // 200
  accepted,  // 202: a generic alert with the same correlator follows
};

// [DMPRO] "Generic Alert" (1226). PRO-300…305.
struct GenericAlert {
  std::string server_id;   // to whom it is owed
  std::string type;        // Item/Meta/Type
  std::string format;      // Item/Meta/Format, a SyncML format name
  std::string mark;        // Item/Meta/Mark; empty: left out
  std::string source;      // Item/Source/LocURI; empty: left out
  std::string correlator;  // empty: left out
  Octets data;             // Item/Data
};

// Live values that took time to get. Destroying it lets them go, and cancels what is under way.
class LiveValues {
 public:
  virtual ~LiveValues() = default;
};

// Takes the octets of one value on their way to a file. Destroyed without a commit that has its reference, it leaves
// nothing behind.
class ValueSink {
 public:
  virtual ~ValueSink() = default;
  virtual Result<void> write(Bytes octets) = 0;  // too_large, storage_full, io
  // Once, after the last octet: all is durable. What the tree keeps in place of the value, and must not be empty when
  // the value is not. The commit of this reference is the commit of the value; the sink is destroyed after it.
  virtual Result<Octets> finish() = 0;  // storage_full, io
};

// What keeps values in files of its own: those that are, or may be, too large for the tree, which has everything in
// memory. An empty value has no file; the tree keeps it itself.
class FileKeeper {
 public:
  virtual ~FileKeeper() = default;
  virtual bool keeps(const Uri& leaf) const = 0;                  // whether the value of this leaf is in a file
  virtual std::uint64_t largest() const noexcept = 0;             // octets of the largest value it takes now; 0: none
  virtual Result<std::uint64_t> size(const Uri& leaf) const = 0;  // octets of the committed value
  // For a value of about `size` octets. Nothing is written before the rights to do so were judged. too_large,
  // storage_full; unavailable: not now; io.
  virtual Result<std::unique_ptr<ValueSink>> receive(const Uri& leaf, std::uint64_t size) = 0;
};

// Owns the subtree it is attached to. All calls come on the loop thread. Default implementations
// accept everything and act on nothing.
class ManagementObject {
 public:
  virtual ~ManagementObject() = default;
  // A live value of a leaf; nullopt: the stored one counts. Must not block: a value that takes time is got by
  // `fetch` before, and unavailable without it.
  virtual Result<std::optional<Octets>> read(const Uri& leaf);
  // Whether values take time; then `fetch` is called before a package, or a request of a user, reads leaves.
  virtual bool reads_slowly() const noexcept;
  // Gets the live values of `leaves`, which whoever wants them may read. `ready` is called once, on the loop and never
  // inside this call; from then on `read` has a value or an error for each, for as long as the returned object lives.
  virtual std::unique_ptr<LiveValues> fetch(std::vector<Uri> leaves, std::function<void()> ready);
  // What keeps values of its leaves in files, as long as the object is attached; null: the tree keeps them all. `read`
  // has to give such a value, or too_large.
  virtual FileKeeper* file_keeper() noexcept;
  // Before a commit that touches the subtree. May refuse (veto: bad value, unavailable: in use), must
  // not act. `after` shows the tree as it would be.
  virtual Result<void> check(const Transaction& after, Edits edits);
  // After the commit and flush. Too late to refuse. May begin transactions of its own.
  virtual void committed(Edits edits) noexcept;
  // Exec on a node of the subtree, after the rights were checked. unsupported: not here.
  virtual Result<ExecOutcome> exec(const ExecRequest& request);
};

}  // namespace omadm
