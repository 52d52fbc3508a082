// WBXML 1.0 to 1.3 to markup events. [WBXML] WAP-192 sections 5 to 8.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/markup/markup.h"

namespace omadm {

// Reads `document`, which must outlive the reader. Public ids: SyncML 1.1/1.2 numeric (0x0FD3,
// 0x1201), 01 (unknown), 0 with an index into the string table. unsupported: a charset other than
// UTF-8 or US-ASCII (0 counts as UTF-8), or the public id of SyncML 1.0. Unknown tags are
// Start{Element::unknown}. Octets after the root element are malformed.
std::unique_ptr<MarkupReader> make_wbxml_reader(Bytes document, const Limits& limits);

// The same for an OMA Client Provisioning document (public id 0x0B or its text; unsupported: any other). Its elements
// are Element::unknown with their names, and their attributes are reported.
std::unique_ptr<MarkupReader> make_provisioning_wbxml_reader(Bytes document, const Limits& limits);

// What stands before the first tag.
struct WbxmlHeader {
  std::uint8_t version = 0;     // 0x01, 0x02 or 0x03
  std::uint32_t public_id = 0;  // 0 when given as text
  std::string public_id_text;   // from the string table, else empty
  std::uint32_t charset = 0;    // IANA MIBenum, 106 is UTF-8
  std::string string_table;
  std::size_t length = 0;  // octets of the header
};
Result<WbxmlHeader> read_wbxml_header(Bytes document);

// True when the octets begin like WBXML (first octet 01 to 03), false for XML text.
bool looks_like_wbxml(Bytes document) noexcept;
// WBXML whose header says that it is a Client Provisioning document.
bool is_provisioning_wbxml(Bytes document);

}  // namespace omadm
