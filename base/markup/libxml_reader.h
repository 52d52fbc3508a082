// XML of any kind by libxml2's push SAX2 interface, hardened.
#pragma once

#include <memory>

#include "base/markup/xml_reader.h"

namespace omadm {

// As make_xml_reader, whatever the document looks like.
std::unique_ptr<MarkupReader> make_libxml_reader(Bytes document, const Limits& limits, XmlAttributes attributes);

}  // namespace omadm
