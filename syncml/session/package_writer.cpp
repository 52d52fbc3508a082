#include "syncml/session/package_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "syncml/codec/codec.h"

namespace omadm {
namespace {

// Enough for Final, and for Alert 1222 in XML with a CmdID of ten digits.
constexpr std::size_t kTrailerBound = 96;

std::optional<std::string_view> copied(Arena& arena, const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return arena.copy(*text);
}

Meta copied(Arena& arena, const Meta& meta) {
  return {copied(arena, meta.format),      copied(arena, meta.type),       copied(arena, meta.mark),
          copied(arena, meta.size),        copied(arena, meta.next_nonce), copied(arena, meta.max_msg_size),
          copied(arena, meta.max_obj_size)};
}

Item copied(Arena& arena, const Item& item) {
  Item copy;
  copy.target = copied(arena, item.target);
  copy.source = copied(arena, item.source);
  copy.target_name = copied(arena, item.target_name);
  copy.source_name = copied(arena, item.source_name);
  copy.meta = copied(arena, item.meta);
  if (item.data) copy.data = Data{arena.copy(item.data->octets), item.data->opaque};
  copy.more_data = item.more_data;
  return copy;
}

// The client sends no Atomic or Sequence, so children need no copy.
Command copied(Arena& arena, const Command& command) {
  Command copy;
  copy.name = command.name;
  copy.meta = copied(arena, command.meta);
  copy.correlator = arena.copy(command.correlator);
  for (const Item& item : command.items) copy.items.push_back(copied(arena, item));
  copy.data = arena.copy(command.data);
  copy.has_data = command.has_data;
  copy.msg_ref = arena.copy(command.msg_ref);
  copy.cmd_ref = arena.copy(command.cmd_ref);
  copy.cmd = arena.copy(command.cmd);
  for (const std::string_view ref : command.target_refs) copy.target_refs.push_back(arena.copy(ref));
  for (const std::string_view ref : command.source_refs) copy.source_refs.push_back(arena.copy(ref));
  if (command.chal) copy.chal = copied(arena, *command.chal);
  return copy;
}

// PRO-261, PRO-303.
bool can_be_chunked(const Command& command) {
  const bool may_be_large = command.name == CommandName::results || command.name == CommandName::alert;
  return may_be_large && command.items.size() == 1 && command.items.front().data.has_value();
}

// The largest length up to `length` that does not cut a UTF-8 character.
std::size_t character_border(std::string_view text, std::size_t length) {
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  return length;
}

}  // namespace

void PackageWriter::open(const SyncHdr& header, std::size_t expected) {
  writer_ = make_message_writer(encoding_);
  writer_->expect(limit_ != 0 ? std::min(expected, limit_) : expected);
  writer_->start(Element::SyncML);
  write_header(*writer_, header);
  writer_->start(Element::SyncBody);
  next_cmd_id_ = 1;
  sent_.clear();
  chunk_open_ = false;
  chunk_cmd_id_.clear();
  alone_ = true;
}

bool PackageWriter::fits() const {
  if (limit_ == 0) return true;
  const std::size_t size = writer_->size_if_finished();
  if (size + kTrailerBound <= limit_) return true;
  if (size > limit_) return false;
  // Near the limit the trailer is written and counted, not guessed.
  const MarkupWriter::Mark mark = writer_->mark();
  auto* self = const_cast<PackageWriter*>(this);
  const std::uint32_t cmd_id = next_cmd_id_;
  self->write_trailer();
  writer_->empty(Element::Final);
  const bool good = writer_->size_if_finished() <= limit_;
  writer_->rewind(mark);
  self->next_cmd_id_ = cmd_id;
  return good;
}

void PackageWriter::write_trailer() {
  Command alert;
  alert.name = CommandName::alert;
  const std::string cmd_id = std::to_string(next_cmd_id_++);
  alert.cmd_id = cmd_id;
  alert.data = "1222";
  alert.has_data = true;
  write_command(*writer_, alert);
}

bool PackageWriter::write(const Command& command, std::uint64_t id) {
  if (chunk_open_) return false;
  const MarkupWriter::Mark mark = writer_->mark();
  std::array<char, 10> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), next_cmd_id_).ptr;
  const std::string_view cmd_id(digits.data(), static_cast<std::size_t>(end - digits.data()));
  write_command(*writer_, command, cmd_id);
  if (!fits()) {
    writer_->rewind(mark);
    return false;
  }
  ++next_cmd_id_;
  if (id != 0) sent_.push_back({id, std::string(cmd_id)});
  return true;
}

PackageWriter::Kept PackageWriter::keep(const Command& command, std::uint64_t id) {
  Kept kept;
  kept.command = copied(kept.arena, command);
  kept.id = id;
  return kept;
}

void PackageWriter::put(const Command& command, std::uint64_t id) {
  if (kept_.empty() && write(command, id)) {
    alone_ = false;
    return;
  }
  kept_.push_back(keep(command, id));
  if (kept_.size() == 1) resume();
}

void PackageWriter::put_now(const Command& command) {
  if (write(command, 0)) return;
  // The references only repeat what MsgRef and CmdRef say; without them the Status must fit.
  Command bare = command;
  bare.target_refs.clear();
  bare.source_refs.clear();
  if (!write(bare, 0)) oversize_ = true;
}

void PackageWriter::resume() {
  while (!kept_.empty() && !chunk_open_) {
    Kept& kept = kept_.front();
    if (kept.offset == 0 && write(kept.command, kept.id)) {
      kept_.pop_front();
      alone_ = false;
      continue;
    }
    if (can_be_chunked(kept.command)) {
      // Chunks go into messages of their own: what fits whole elsewhere is not torn.
      if (!alone_) return;
      if (write_chunk(kept)) {
        if (kept.offset >= kept.command.items.front().data->octets.size()) kept_.pop_front();
        return;
      }
    }
    if (!alone_) return;
    // Nothing but the Statuses of this message stands before it, and it still does not fit: it never will.
    oversize_ = true;
    kept_.pop_front();
  }
}

void PackageWriter::resume_whole() {
  while (!kept_.empty()) {
    const Kept& kept = kept_.front();
    if (kept.offset == 0) static_cast<void>(write(kept.command, kept.id));
    kept_.pop_front();
  }
}

void PackageWriter::object_lost() {
  if (kept_.empty() || kept_.front().offset == 0) return;
  Kept& kept = kept_.front();
  if (std::exchange(kept.again, true)) {
    kept_.pop_front();
  } else {
    kept.offset = 0;
  }
}

std::uint64_t PackageWriter::drop_open_object() {
  const std::uint64_t id = kept_.front().id;
  kept_.pop_front();
  chunk_cmd_id_.clear();
  return id;
}

bool PackageWriter::write_chunk(Kept& kept) {
  const Data whole = *kept.command.items.front().data;
  const std::string size = std::to_string(whole.octets.size());
  const std::string cmd_id = std::to_string(next_cmd_id_);
  std::string_view rest = whole.octets.substr(kept.offset);
  std::size_t length = std::min(rest.size(), limit_);
  const MarkupWriter::Mark mark = writer_->mark();
  while (length > 0) {
    Command chunk = kept.command;
    chunk.cmd_id = cmd_id;
    Item& item = chunk.items.front();
    if (kept.offset == 0) item.meta.size = size;  // PRO-252: the first chunk, and only it
    // OPAQUE is octets in WBXML, but CDATA, so text, in XML.
    if (!whole.opaque || encoding_ == Encoding::xml) length = character_border(rest, length);
    if (length == 0) break;
    item.data = Data{rest.substr(0, length), whole.opaque};
    item.more_data = length < rest.size();
    write_command(*writer_, chunk);
    if (fits()) {
      ++next_cmd_id_;
      kept.offset += length;
      if (kept.id != 0 && !item.more_data) sent_.push_back({kept.id, cmd_id});
      chunk_open_ = true;
      if (item.more_data) chunk_cmd_id_ = cmd_id;
      alone_ = false;
      return true;
    }
    const std::size_t encoded = writer_->size_if_finished();
    writer_->rewind(mark);
    // Each octet taken away saves at least one encoded octet.
    const std::size_t excess = encoded + kTrailerBound > limit_ ? encoded + kTrailerBound - limit_ : 1;
    length = excess < length ? length - excess : length / 2;
  }
  return false;
}

Octets PackageWriter::close(bool final_message, bool ask_next) {
  if (ask_next) write_trailer();
  if (final_message && kept_.empty()) writer_->empty(Element::Final);
  writer_->end();  // SyncBody
  writer_->end();  // SyncML
  return std::move(*std::exchange(writer_, nullptr)).finish();
}

}  // namespace omadm
