// One object received in chunks, joined in memory or written to a file. [DMPRO] "Large object handling"; PRO-250 … 263.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "syncml/message.h"
#include "syncml/session/status_map.h"
#include "syncml/session/value_stream.h"

namespace omadm {

// Collects the chunks of one Item. Nothing of it is visible before the last chunk (PRO-255).
class LargeObject {
 public:
  // `limits_files`: also objects for files are under that limit.
  LargeObject(std::uint32_t max_obj_size, bool limits_files) noexcept
      : max_obj_size_(max_obj_size), limits_files_(limits_files) {}

  bool open() const noexcept { return open_; }
  // Whether `item` of `command` goes on with the open object (PRO-257).
  bool continues(const Command& command, const Item& item) const noexcept;

  // An object that came whole is under the same limit (PRO-258); one for a file perhaps not.
  bool limits_files() const noexcept { return limits_files_; }
  bool too_large(const Item& item) const noexcept { return item.data && item.data->octets.size() > max_obj_size_; }

  // Asked once, for an object that begins, with its Size.
  using OpenStream = std::function<StreamOpening(std::uint64_t size)>;
  // Takes a chunk that is not the last: chunk_accepted, size_required, entity_too_large, bad_request; of one for a file
  // also what speaks against the command, and what the file says.
  ItemOutcome take(const Command& command, const Item& item, const OpenStream& open_stream);

  // Takes the last chunk: nullopt when whole() is now complete, else size_mismatch or why it was refused.
  std::optional<StatusCode> finish(const Item& item);
  // The joined Item, with the Meta of the first chunk. Views last until drop().
  const Item& whole() const noexcept { return whole_; }
  // Its value where that went to a file; null: whole() has it.
  std::unique_ptr<ValueSink> take_value() noexcept { return std::move(value_); }

  const std::string& target() const noexcept { return target_; }
  const std::string& source() const noexcept { return source_; }
  void drop();

 private:
  ItemOutcome start(const Command& command, const Item& item, const OpenStream& open_stream);
  Result<void> add(const Item& item);
  StatusCode refuse(StatusCode status);

  std::uint32_t max_obj_size_;
  bool limits_files_;
  bool open_ = false;
  std::optional<StatusCode> refused_;  // set: the remaining chunks are answered the same
  CommandName command_ = CommandName::unknown;
  bool has_target_ = false, has_source_ = false;
  std::string target_, source_, format_, type_, octets_;
  bool opaque_ = false;
  std::uint64_t size_ = 0;               // announced, octets as in the message
  std::uint64_t count_ = 0;              // so far
  std::unique_ptr<ValueStream> stream_;  // null: the value is joined in octets_
  std::unique_ptr<ValueSink> value_;     // complete
  Item whole_;
};

}  // namespace omadm
