// Markup events to WBXML, inline strings, UTF-8.
#pragma once

#include <memory>

#include "base/markup/markup.h"

namespace omadm {

enum class WbxmlDocument : std::uint8_t {
  syncml,  // header 02 A4 01 6A 00: WBXML 1.2, public id 0x1201, empty string table
  dmddf,   // header 02 00 00 6A 1B "-//OMA//DTD-DM-DDF 1.2//EN" NUL
};

// Text holding a NUL is written as OPAQUE.
std::unique_ptr<MarkupWriter> make_wbxml_writer(WbxmlDocument document);

}  // namespace omadm
