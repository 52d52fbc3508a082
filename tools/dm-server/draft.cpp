#include "tools/dm-server/draft.h"

#include "base/text.h"
#include "syncml/codec/codec.h"

namespace omadm::server {
namespace {

void put(std::optional<std::string_view>& member, Arena& arena, const std::string& text) {
  if (!text.empty()) member = arena.copy(text);
}

Item build_item(Draft& draft, const ItemScript& script, const Cut& cut) {
  Arena& arena = draft.arena();
  Item item;
  put(item.target, arena, script.uri);
  put(item.source, arena, script.source);
  put(item.meta.type, arena, script.type);
  put(item.meta.mark, arena, script.mark);
  const WireData wire = wire_data(script, draft.message().encoding, cut.offset, cut.count);
  put(item.meta.format, arena, wire.format);
  if (!script.data) return item;
  item.data = Data{arena.copy(wire.octets), wire.opaque};
  item.more_data = cut.more || script.more;
  if (script.size != 0) item.meta.size = arena.copy(std::to_string(script.size));
  if (cut.total != 0) item.meta.size = arena.copy(std::to_string(cut.total));
  return item;
}

bool is_base64(const ItemScript& item, Encoding encoding) {
  return item.format == "b64" || (item.format == "bin" && encoding == Encoding::xml);
}

}  // namespace

Draft::Draft(Encoding encoding) { message_.encoding = encoding; }

Command& Draft::status(const Answered& answered, int code) {
  Command status;
  status.name = CommandName::status;
  status.cmd_id = arena().copy(next_cmd_id());
  status.msg_ref = arena().copy(answered.msg_ref);
  status.cmd_ref = arena().copy(answered.cmd_ref);
  status.cmd = arena().copy(answered.cmd);
  if (!answered.target.empty()) status.target_refs.push_back(arena().copy(answered.target));
  if (!answered.source.empty()) status.source_refs.push_back(arena().copy(answered.source));
  status.data = arena().copy(std::to_string(code));
  status.has_data = true;
  add(std::move(status));
  return message_.commands.back();
}

void Draft::add(Command command) {
  octets_ += octets_of(command);
  message_.commands.push_back(std::move(command));
}

std::size_t Draft::octets_of(const Command& command) const {
  const std::unique_ptr<MarkupWriter> writer = make_message_writer(message_.encoding);
  writer->start(Element::SyncML);
  writer->start(Element::SyncBody);
  const std::size_t before = writer->size();
  write_command(*writer, command);
  constexpr std::size_t kPageSwitch = 2;  // back to the page the next command begins on
  return writer->size() - before + kPageSwitch;
}

std::size_t Draft::header_octets() const {
  const std::unique_ptr<MarkupWriter> writer = make_message_writer(message_.encoding);
  writer->start(Element::SyncML);
  write_header(*writer, message_.header);
  writer->start(Element::SyncBody);
  writer->empty(Element::Final);
  return writer->size_if_finished();
}

std::size_t wire_size(const ItemScript& item, Encoding encoding) {
  const std::size_t size = item.data ? item.data->size() : 0;
  return is_base64(item, encoding) ? (size + 2) / 3 * 4 : size;
}

WireData wire_data(const ItemScript& item, Encoding encoding, std::size_t offset, std::size_t count) {
  WireData wire{item.format, {}, false};
  const std::string_view data = item.data ? std::string_view(*item.data) : std::string_view();
  offset = std::min(offset, wire_size(item, encoding));
  count = std::min(count, wire_size(item, encoding) - offset);
  if (is_base64(item, encoding)) {
    wire.format = "b64";
    const std::size_t first = offset / 4, last = (offset + count + 3) / 4;  // groups of three octets and four digits
    const std::string_view octets = data.substr(std::min(first * 3, data.size()), (last - first) * 3);
    wire.octets = base64_encode(octets).substr(offset - first * 4, count);
    return wire;
  }
  wire.octets = data.substr(offset, count);
  if (item.format == "bin") {
    wire.opaque = true;
    return wire;
  }
  const bool text = is_xml_text(data);
  wire.opaque = text ? item.format == "xml" : encoding == Encoding::wbxml;
  return wire;
}

Command build_command(Draft& draft, const CommandScript& script, const Cut& cut) {
  Command command;
  command.name = script.name;
  command.cmd_id = draft.arena().copy(draft.next_cmd_id());
  command.correlator = draft.arena().copy(script.correlator);
  if (!script.code.empty()) {
    command.data = draft.arena().copy(script.code);
    command.has_data = true;
  }
  for (const ItemScript& item : script.items) command.items.push_back(build_item(draft, item, cut));
  for (const CommandScript& child : script.children) {
    command.children.push_back(build_command(draft, child, Cut{}));
  }
  return command;
}

}  // namespace omadm::server
