#include "base/text.h"
#include "wbxml/tables/provisioning.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

constexpr std::uint32_t kUtf8 = 106;  // MIBenum

}  // namespace

Result<WbxmlHeader> read_wbxml_header(Bytes document) {
  ByteReader in(document);
  WbxmlHeader header;
  header.version = DM_TRY(in.u8());
  if (header.version > 0x03) return Error{Errc::unsupported, "not WBXML 1.0 to 1.3"};
  header.public_id = DM_TRY(in.mb_u32());
  const bool as_text = header.public_id == 0;
  const std::size_t index = as_text ? DM_TRY(in.mb_u32()) : 0;
  // WBXML 1.0 leaves the charset to the transport; DM has none but UTF-8 there.
  header.charset = header.version == 0 ? kUtf8 : DM_TRY(in.mb_u32());
  const std::size_t table_length = DM_TRY(in.mb_u32());
  header.string_table = DM_TRY(in.take(table_length));
  header.length = in.position();
  if (as_text) {
    if (index >= header.string_table.size()) return Error{Errc::malformed, "the public id is not in the string table"};
    // The last string of a table comes with or without its NUL (TNDS-073).
    header.public_id_text =
        std::string_view(header.string_table).substr(index).substr(0, header.string_table.find('\0', index) - index);
  }
  return header;
}

bool is_provisioning_wbxml(Bytes document) {
  const Result<WbxmlHeader> header = read_wbxml_header(document);
  return header && (header->public_id == provisioning::kPublicId ||
                    equals_ignoring_case(header->public_id_text, provisioning::kPublicIdText));
}

bool looks_like_wbxml(Bytes document) noexcept {
  return !document.empty() && document.front() >= 0x01 && document.front() <= 0x03;
}

}  // namespace omadm
