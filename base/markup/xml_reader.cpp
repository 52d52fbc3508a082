#include "base/markup/xml_reader.h"

#include "base/markup/libxml_reader.h"
#include "base/markup/plain_xml_reader.h"
#include "base/markup/xml_prolog.h"

namespace omadm {

std::unique_ptr<MarkupReader> make_xml_reader(Bytes document, const Limits& limits, XmlAttributes attributes) {
  if (attributes == XmlAttributes::skipped && document.size() <= limits.max_octets) {
    if (const auto begin = plain_xml_begin(document)) return make_plain_xml_reader(document, *begin, limits);
  }
  return make_libxml_reader(document, limits, attributes);
}

}  // namespace omadm
