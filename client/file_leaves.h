// Leaves whose values are files of the device: [[mo]] files of dm-client, for any host.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/io/log.h"
#include "dmtree/tree.h"
#include "mo/common/kept_files.h"

namespace omadm {

struct FileLeaf {
  Uri uri;
  std::string path;            // the file; its folder is made when it is missing
  std::uint64_t max_size = 0;  // octets
};

// 1. The file is the value, and after any power cut the old or the new one, never a mixture. 2. Without a value in the
// tree a file that is there all the same, such as a factory's, is read, and goes with the first value. 3. When the leaf
// is removed, or its value is empty, a file that was written here goes too.
class FileLeaves final : public ManagementObject, private FileKeeper {
 public:
  // After a value or the leaf itself was changed, and the file is what it should be.
  using Told = std::function<void(const Edit& edit, const std::string& path)>;
  // Attaches itself to each leaf. `most_read`: octets of the largest value that is read into memory. References must
  // outlive the object.
  FileLeaves(Tree& tree, Log& log, std::shared_ptr<FileSystem> files, std::vector<FileLeaf> leaves,
             std::uint64_t most_read, Told told = {});
  FileLeaves(const FileLeaves&) = delete;
  FileLeaves& operator=(const FileLeaves&) = delete;
  ~FileLeaves() override { tree_.detach(*this); }

  // Once, at the start: what a power cut left behind is completed or removed, and a value that the tree still has
  // itself becomes a file.
  Result<void> resume();

  Result<std::optional<Octets>> read(const Uri& leaf) override;
  FileKeeper* file_keeper() noexcept override { return this; }
  Result<void> check(const Transaction& after, Edits edits) override;
  void committed(Edits edits) noexcept override;

 private:
  bool keeps(const Uri& leaf) const override { return find(leaf) != nullptr; }
  std::uint64_t largest() const noexcept override;
  Result<std::uint64_t> size(const Uri& leaf) const override;
  Result<std::unique_ptr<ValueSink>> receive(const Uri& leaf, std::uint64_t size) override;

  const FileLeaf* find(const Uri& leaf) const;
  Octets stored(const Uri& leaf) const;
  Result<void> settle(const FileLeaf& leaf);
  Result<void> take_up(const FileLeaf& leaf);

  Tree& tree_;
  Log& log_;
  KeptFiles files_;
  std::vector<FileLeaf> leaves_;
  std::uint64_t most_read_;
  Told told_;
};

}  // namespace omadm
