// Values of leaves kept in files, each under a path of its own, old or new after any power cut.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/io/file_system.h"
#include "base/result.h"
#include "dmtree/management_object.h"
#include "dmtree/tree.h"

namespace omadm {

// What the tree keeps in place of such a value, as text.
struct KeptValue {
  std::uint64_t generation = 0;
  std::uint64_t size = 0;  // octets
  std::string sha256;      // lower-case hexadecimal

  static std::optional<KeptValue> parse(Bytes stored);  // nullopt: no reference
  Octets text() const;
};

// 1. What is received goes to a file beside the others, PATH.omadm-N, durable before the tree gets its reference.
// 2. The commit of the reference is the commit of the value. From then on the value is in PATH.omadm-N, and once
// settle() has given that file its name, in PATH.
// 3. A generation that no commit refers to is removed: by its sink, or, after a power cut, by settle().
class KeptFiles {
 public:
  // The tree must outlive this and every sink. `files` has two owners: this and the sinks, which may live longer.
  KeptFiles(std::shared_ptr<FileSystem> files, Tree& tree);

  struct Place {
    Uri leaf;
    std::string path;
    std::uint64_t max_size = 0;  // octets
  };
  // For a value of about `size` octets. too_large, storage_full: it would not fit; io.
  Result<std::unique_ptr<ValueSink>> receive(const Place& place, std::uint64_t size);

  // After every commit that touches the leaf, and at the start: `stored`, which the tree has, counts. Its file gets
  // its name, all other generations that nobody is writing go. io, and what a file system may have against it.
  Result<void> settle(const std::string& path, Bytes stored);
  Result<void> remove(const std::string& path);  // the file itself; none: fine
  // Generations of all paths in `directory` but those, left behind by a power cut, go; so do files of that ending.
  Result<void> sweep(const std::string& directory, std::string_view ending, const std::set<std::string>& paths);

  // The committed value that `stored` refers to. too_large: over `most` octets; not_found, io.
  Result<Octets> read(const std::string& path, Bytes stored, std::uint64_t most) const;

 private:
  class Sink;
  struct Shared;
  std::shared_ptr<Shared> shared_;  // owners: this and the sinks
};

}  // namespace omadm
