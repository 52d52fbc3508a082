// Adding an object of one's own: what the tree asks of those who own a part of it.
#pragma once

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
  // Before a commit that touches the subtree. May refuse (veto: bad value, unavailable: in use), must
  // not act. `after` shows the tree as it would be.
  virtual Result<void> check(const Transaction& after, Edits edits);
  // After the commit and flush. Too late to refuse. May begin transactions of its own.
  virtual void committed(Edits edits) noexcept;
  // Exec on a node of the subtree, after the rights were checked. unsupported: not here.
  virtual Result<ExecOutcome> exec(const ExecRequest& request);
};

}  // namespace omadm
