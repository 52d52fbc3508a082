// XML as servers send it, read where it lies (xml_prolog.h says what that is).
#pragma once

#include <cstddef>
#include <memory>

#include "base/markup/markup.h"

namespace omadm {

// Reads a document that plain_xml_begin knows, from there on. As strict as XML 1.0 and Namespaces in XML 1.0 ask,
// without attributes among the events. Views of texts without references last as long as `document`.
std::unique_ptr<MarkupReader> make_plain_xml_reader(Bytes document, std::size_t begin, const Limits& limits);

}  // namespace omadm
