// How XML as servers send it begins: UTF-8 without a document type.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

namespace omadm {

// Where the document begins behind a byte order mark and the XML declaration, in octets; nullopt: it has a document
// type, another encoding, or a prolog that is nothing one sees every day.
std::optional<std::size_t> plain_xml_begin(Bytes document) noexcept;

}  // namespace omadm
