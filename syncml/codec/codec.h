// Octets to Message and Message to octets, in both encodings.
#pragma once

#include <functional>

#include "base/limits.h"
#include "base/markup/markup.h"
#include "base/result.h"
#include "syncml/message.h"

namespace omadm {

inline constexpr std::string_view kDmXmlType = "application/vnd.syncml.dm+xml";
inline constexpr std::string_view kDmWbxmlType = "application/vnd.syncml.dm+wbxml";
inline constexpr std::string_view kDmTypes =
    "application/vnd.syncml.dm+wbxml, application/vnd.syncml.dm+xml";  // Accept

std::string_view media_type(Encoding encoding) noexcept;
// Of a Content-Type value; parameters are ignored. nullopt: not a DM message.
std::optional<Encoding> encoding_of(std::string_view content_type) noexcept;

// Reads one message. Children may come in any order (PRO-380); unknown elements are skipped, unknown
// commands kept as CommandName::unknown. A TNDS object written inline below Data becomes its XML text.
// malformed, too_large, unsupported.
Result<Message> decode(Encoding encoding, Bytes document, const Limits& limits);

// What can be said of a document that `decode` refused: the header when it was complete.
Result<Message> decode_header(Encoding encoding, Bytes document, const Limits& limits);

// Writing, element order of the DTD (PRO-380). Empty members are left out.
void write_meta(MarkupWriter& writer, const Meta& meta);
void write_header(MarkupWriter& writer, const SyncHdr& header);  // SyncHdr
void write_item(MarkupWriter& writer, const Item& item);
// Any command, Status and Results included. `cmd_id` stands for its own.
void write_command(MarkupWriter& writer, const Command& command, std::string_view cmd_id);
void write_command(MarkupWriter& writer, const Command& command);

std::unique_ptr<MarkupWriter> make_message_writer(Encoding encoding);
Octets encode(const Message& message, Encoding encoding);

}  // namespace omadm
