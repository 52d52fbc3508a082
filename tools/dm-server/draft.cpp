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
  const WireData wire = wire_data(script, draft.message().encoding);
  put(item.meta.format, arena, wire.format);
  if (!script.data) return item;
  const Octets piece = wire.octets.substr(std::min(cut.offset, wire.octets.size()), cut.count);
  item.data = Data{arena.copy(piece), wire.opaque};
  item.more_data = cut.more || script.more;
  if (script.size != 0) item.meta.size = arena.copy(std::to_string(script.size));
  if (cut.total != 0) item.meta.size = arena.copy(std::to_string(cut.total));
  return item;
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

WireData wire_data(const ItemScript& item, Encoding encoding) {
  WireData wire{item.format, item.data.value_or(Octets()), false};
  if (item.format == "b64" || (item.format == "bin" && encoding == Encoding::xml)) {
    wire.format = "b64";
    wire.octets = base64_encode(wire.octets);
    return wire;
  }
  const bool markup = item.format == "xml" && is_xml_text(wire.octets);
  wire.opaque = item.format == "bin" || markup || (encoding == Encoding::wbxml && !is_xml_text(wire.octets));
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
