// XML documents as markup events.
#pragma once

#include <cstdint>
#include <memory>

#include "base/markup/markup.h"

namespace omadm {

// Reads `document`, which must outlive the reader. No entity declarations (malformed), no DTD is
// fetched, no network. A DOCTYPE without entity declarations is passed over. UTF-8 and UTF-16.
// Elements without namespace, or with SyncML's, that SyncML does not know are looked up in MetInf and
// then in DDF; below an element named MgmtTree without namespace in DDF first.
enum class XmlAttributes : std::uint8_t { skipped, reported };
std::unique_ptr<MarkupReader> make_xml_reader(Bytes document, const Limits& limits,
                                              XmlAttributes attributes = XmlAttributes::skipped);

}  // namespace omadm
