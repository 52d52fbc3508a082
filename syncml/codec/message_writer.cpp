#include <optional>

#include "base/markup/xml_writer.h"
#include "syncml/codec/codec.h"
#include "syncml/codec/command_names.h"
#include "wbxml/wbxml_writer.h"

namespace omadm {
namespace {

void write_optional(MarkupWriter& writer, Element element, const std::optional<std::string_view>& content) {
  if (content) writer.leaf(element, *content);
}

void write_present(MarkupWriter& writer, Element element, std::string_view content) {
  if (!content.empty()) writer.leaf(element, content);
}

void write_location(MarkupWriter& writer, Element element, const std::optional<std::string_view>& uri,
                    const std::optional<std::string_view>& name) {
  if (!uri && !name) return;
  writer.start(element);
  write_optional(writer, Element::LocURI, uri);
  write_optional(writer, Element::LocName, name);
  writer.end();
}

std::optional<std::string_view> unless_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void write_data(MarkupWriter& writer, const Data& data) {
  if (!data.opaque) return writer.leaf(Element::Data, data.octets);
  writer.start(Element::Data);
  writer.opaque(data.octets);
  writer.end();
}

void write_cred(MarkupWriter& writer, const Cred& cred) {
  writer.start(Element::Cred);
  write_meta(writer, cred.meta);
  writer.leaf(Element::Data, cred.data);
  writer.end();
}

}  // namespace

void write_meta(MarkupWriter& writer, const Meta& meta) {
  if (meta.empty()) return;
  writer.start(Element::Meta);
  write_optional(writer, Element::MetFormat, meta.format);
  write_optional(writer, Element::MetType, meta.type);
  write_optional(writer, Element::MetMark, meta.mark);
  write_optional(writer, Element::MetSize, meta.size);
  write_optional(writer, Element::MetNextNonce, meta.next_nonce);
  write_optional(writer, Element::MetMaxMsgSize, meta.max_msg_size);
  write_optional(writer, Element::MetMaxObjSize, meta.max_obj_size);
  writer.end();
}

void write_header(MarkupWriter& writer, const SyncHdr& header) {
  writer.start(Element::SyncHdr);
  write_present(writer, Element::VerDTD, header.ver_dtd);
  write_present(writer, Element::VerProto, header.ver_proto);
  write_present(writer, Element::SessionID, header.session_id);
  write_present(writer, Element::MsgID, header.msg_id);
  write_location(writer, Element::Target, unless_empty(header.target), unless_empty(header.target_name));
  write_location(writer, Element::Source, unless_empty(header.source), unless_empty(header.source_name));
  write_present(writer, Element::RespURI, header.resp_uri);
  if (header.cred) write_cred(writer, *header.cred);
  write_meta(writer, header.meta);
  writer.end();
}

void write_item(MarkupWriter& writer, const Item& item) {
  writer.start(Element::Item);
  write_location(writer, Element::Target, item.target, item.target_name);
  write_location(writer, Element::Source, item.source, item.source_name);
  write_meta(writer, item.meta);
  if (item.data) write_data(writer, *item.data);
  if (item.more_data) writer.empty(Element::MoreData);
  writer.end();
}

// One order serves every kind: no two kinds want the same two members in different order.
void write_command(MarkupWriter& writer, const Command& command, std::string_view cmd_id) {
  if (command.name == CommandName::unknown) return;  // there is no element to write
  writer.start(element_of(command.name));
  write_present(writer, Element::CmdID, cmd_id);
  if (command.name == CommandName::status) {  // PRO-120: never without these, even when they are not known
    writer.leaf(Element::MsgRef, command.msg_ref);
    writer.leaf(Element::CmdRef, command.cmd_ref);
    writer.leaf(Element::Cmd, command.cmd);
  } else {
    write_present(writer, Element::MsgRef, command.msg_ref);
    write_present(writer, Element::CmdRef, command.cmd_ref);
  }
  write_meta(writer, command.meta);
  for (const std::string_view ref : command.target_refs) writer.leaf(Element::TargetRef, ref);
  for (const std::string_view ref : command.source_refs) writer.leaf(Element::SourceRef, ref);
  if (command.chal) {
    writer.start(Element::Chal);
    write_meta(writer, *command.chal);
    writer.end();
  }
  if (command.has_data || !command.data.empty()) writer.leaf(Element::Data, command.data);
  write_present(writer, Element::Correlator, command.correlator);
  for (const Item& item : command.items) write_item(writer, item);
  for (const Command& child : command.children) write_command(writer, child);
  writer.end();
}

void write_command(MarkupWriter& writer, const Command& command) { write_command(writer, command, command.cmd_id); }

std::unique_ptr<MarkupWriter> make_message_writer(Encoding encoding) {
  return encoding == Encoding::xml ? make_xml_writer() : make_wbxml_writer(WbxmlDocument::syncml);
}

Octets encode(const Message& message, Encoding encoding) {
  const std::unique_ptr<MarkupWriter> writer = make_message_writer(encoding);
  writer->start(Element::SyncML);
  write_header(*writer, message.header);
  writer->start(Element::SyncBody);
  for (const Command& command : message.commands) write_command(*writer, command);
  if (message.final_message) writer->empty(Element::Final);
  writer->end();
  writer->end();
  return std::move(*writer).finish();
}

}  // namespace omadm
