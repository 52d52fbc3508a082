#include "client/file_leaves.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "client/private_area.h"

namespace omadm {
namespace {

// There while the file of a leaf is one that was written here: then it is ours to remove.
Uri mark_of(const Uri& leaf) { return private_uri({"files", hex_encode(sha1(leaf.path()))}); }

}  // namespace

FileLeaves::FileLeaves(Tree& tree, Log& log, std::shared_ptr<FileSystem> files, std::vector<FileLeaf> leaves,
                       std::uint64_t most_read, Told told)
    : tree_(tree),
      log_(log),
      files_(std::move(files), tree),
      leaves_(std::move(leaves)),
      most_read_(most_read),
      told_(std::move(told)) {
  for (const FileLeaf& leaf : leaves_) tree_.attach(leaf.uri, *this);
}

const FileLeaf* FileLeaves::find(const Uri& leaf) const {
  const auto found =
      std::find_if(leaves_.begin(), leaves_.end(), [&](const FileLeaf& each) { return each.uri == leaf; });
  return found != leaves_.end() ? &*found : nullptr;
}

// What the tree has: a reference, or "" for no value, or for no leaf.
Octets FileLeaves::stored(const Uri& leaf) const {
  auto node = tree_.begin(Principal::device()).peek(leaf);
  return node && node->is_leaf() ? std::move(node->data) : Octets();
}

std::uint64_t FileLeaves::largest() const noexcept {
  std::uint64_t largest = 0;
  for (const FileLeaf& leaf : leaves_) largest = std::max(largest, leaf.max_size);
  return largest;
}

Result<std::uint64_t> FileLeaves::size(const Uri& leaf) const {
  if (const auto value = KeptValue::parse(stored(leaf))) return value->size;
  const FileLeaf* place = find(leaf);
  if (place == nullptr) return Error{Errc::not_found, leaf.str()};
  std::error_code failed;
  const auto size = std::filesystem::file_size(place->path, failed);
  return failed ? 0 : static_cast<std::uint64_t>(size);
}

Result<std::unique_ptr<ValueSink>> FileLeaves::receive(const Uri& leaf, std::uint64_t size) {
  const FileLeaf* place = find(leaf);
  if (place == nullptr) return Error{Errc::not_found, leaf.str()};
  return files_.receive({leaf, place->path, place->max_size}, size);
}

Result<std::optional<Octets>> FileLeaves::read(const Uri& leaf) {
  const FileLeaf* place = find(leaf);
  if (place == nullptr) return std::optional<Octets>();
  auto content = files_.read(place->path, stored(leaf), most_read_);
  if (content) return std::optional<Octets>(*std::move(content));
  if (content.error().code == Errc::not_found && stored(leaf).empty()) return std::optional<Octets>();
  // A file that is gone is no leaf that is not there.
  if (content.error().code != Errc::too_large) content.error().code = Errc::io;
  return std::move(content).error();
}

Result<void> FileLeaves::check(const Transaction&, Edits edits) {
  for (const Edit& edit : edits) {
    if (edit.kind != Edit::Kind::rename) continue;
    return Error{Errc::not_allowed, edit.uri.str() + ": a value in a file keeps its address"};
  }
  return {};
}

void FileLeaves::committed(Edits edits) noexcept {
  for (const FileLeaf& leaf : leaves_) {
    for (const Edit& edit : edits) {
      if (edit.kind == Edit::Kind::property || !leaf.uri.is_within(edit.uri)) continue;
      if (auto settled = settle(leaf); !settled) {
        log_.write(LogLevel::error,
                   leaf.uri.str() + ": " + leaf.path + " does not have the new value yet: " + settled.error().detail);
      }
      if (told_ && edit.uri == leaf.uri) told_(edit, leaf.path);
    }
  }
}

// The file follows the tree. The mark is durable before there is anything that it would have to tell.
Result<void> FileLeaves::settle(const FileLeaf& leaf) {
  const Octets value = stored(leaf.uri);
  const Uri mark = mark_of(leaf.uri);
  const bool marked = read_private(tree_, mark).has_value();
  if (!value.empty() && !marked) DM_TRY(write_private(tree_, {{mark, leaf.path}}, "file of a leaf"));
  DM_TRY(tree_.flush());  // what is settled must not be older than what is durable
  DM_TRY(files_.settle(leaf.path, value));
  if (!value.empty() || !marked) return {};
  DM_TRY(files_.remove(leaf.path));
  Transaction transaction = tree_.begin(Principal::device(), {"device", {}, {}, {}, "file of a leaf"});
  DM_TRY(transaction.remove(mark));
  DM_TRY(std::move(transaction).commit());
  return tree_.flush();
}

Result<void> FileLeaves::resume() {
  for (const FileLeaf& leaf : leaves_) {
    if (auto taken = take_up(leaf); !taken) {
      return Error{taken.error().code, leaf.uri.str() + ": " + taken.error().detail};
    }
  }
  return {};
}

Result<void> FileLeaves::take_up(const FileLeaf& leaf) {
  Octets value = stored(leaf.uri);
  if (!value.empty() && !KeptValue::parse(value)) {
    Transaction transaction = tree_.begin(Principal::device(), {"device", {}, {}, {}, "file of a leaf"});
    DM_TRY(transaction.replace(leaf.uri, {std::nullopt, std::nullopt, std::move(value)}));
    DM_TRY(std::move(transaction).commit());
  }
  return settle(leaf);
}

}  // namespace omadm
